"""The server around the pages: it imports what they need before the first visitor, and names what a browser will want.

Streamlit's page fetches the parts that draw pictures, buttons and sliders when the first of each kind arrives, after it
has started and asked for the page. Named in the page itself, they are there by then.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from playground import shell
from playground.pages import PAGES

HEAD_START = 0.3
"""Seconds in which the server answers its first visitor before imports hold it up."""
STATIC = Path(st.__file__).parent / "static"
SCRIPTS = STATIC / "static" / "js"
WANTED = ("BidiComponent", "Html")
"""The parts that the first picture of every page is drawn with. More would only hold up the page itself."""
IMPORT = re.compile(r'(?:from|import)\s*"\./([\w.-]+\.js)"')
UNUSED_FONT = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*/>')
"""The theme names the fonts of the system instead."""


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Import everything heavy while the first visitor's browser loads the page; the first script waits for the rest."""
    PagesManager.uses_pages_directory = False  # or the page of the first link is run alone, without the entry script
    warming = asyncio.create_task(_warm_up())
    yield
    await warming


async def _warm_up() -> None:
    await asyncio.sleep(HEAD_START)
    await asyncio.to_thread(shell.warm_up)


def pages() -> list[Route]:
    """The addresses of the pages, each answered with Streamlit's page and the names of what it will want."""
    return [Route(path, _index) for path in ("/", *(f"/{page.address}" for page in PAGES))]


async def _index(_: Request) -> HTMLResponse:
    return HTMLResponse(index(), headers={"Cache-Control": "no-cache"})


@cache
def index() -> str:
    """Streamlit's page with a link to each part of it that will be wanted and is not named yet."""
    page = UNUSED_FONT.sub("", (STATIC / "index.html").read_text(encoding="utf-8"))
    page = page.replace("<title>Streamlit</title>", "<title>Generative Playground</title>")
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in _parts(page)]
    return page.replace("</head>", "\n".join([*links, "</head>"]), 1)


def _parts(page: str) -> list[str]:
    """The files of the wanted parts and all that they import, without those that the page names itself."""
    todo = [path.name for part in WANTED for path in SCRIPTS.glob(f"{part}.*.js")]
    found: list[str] = []
    while todo:
        name = todo.pop(0)
        if name not in page and name not in found:
            found.append(name)
            todo += IMPORT.findall((SCRIPTS / name).read_text(encoding="utf-8"))
    return found
