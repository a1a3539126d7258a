"""The server around the pages: it imports what they need before the first visitor, and names what a browser will want.

Streamlit's page fetches the parts that draw pictures, buttons and sliders when the first of each kind arrives, after it
has started and asked for the page. Named in the page itself, they are there by then. It also asks the server where it
is and what it allows, before it connects; the page says that, too.
"""

import asyncio
import json
import mimetypes
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from playground import shell
from playground.components.code import FILE, SCRIPT
from playground.pages import PAGES

HEAD_START = 0.3
"""Seconds in which the server answers its first visitor before imports hold it up."""
STATIC = Path(st.__file__).parent / "static"
SCRIPTS = STATIC / "static" / "js"
WANTED = ("BidiComponent", "Html")
"""The parts that the first picture of every page is drawn with. More would only hold up the page itself."""
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""The names of Streamlit's parts change with what is in them."""
IMPORT = re.compile(r'(?:from|import)\s*"\./([\w.-]+\.js)"')
UNUSED_FONT = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*/>')
"""The theme names the fonts of the system instead."""


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[None]:
    """Import everything heavy while the first visitor's browser loads the page; the first script waits for the rest."""
    PagesManager.uses_pages_directory = False  # or the page of the first link is run alone, without the entry script
    take_no_turns_for_options()
    warming = asyncio.create_task(_warm_up())
    yield
    await warming


def take_no_turns_for_options() -> None:
    """Options don't change while the server runs, but Streamlit reads one for nearly every element, each time under one
    lock for all sessions. A thread that has it and must wait for the interpreter makes all others queue: a class of
    thirty loses a sixth of its frames, and on a slow machine can come to a standstill."""
    config._config_lock = nullcontext()  # type: ignore[assignment]


async def _warm_up() -> None:
    await asyncio.sleep(HEAD_START)
    await asyncio.to_thread(shell.warm_up)


def pages() -> list[Route]:
    """The addresses of the pages, each answered with Streamlit's page and the names of what it will want, and that of
    the code of our own components."""
    addresses = ("/", *(f"/{page.address}" for page in PAGES))
    return [*(Route(path, _index) for path in addresses), Route(f"/{FILE}", _code)]


async def _index(_: Request) -> HTMLResponse:
    return HTMLResponse(index(), headers={"Cache-Control": "no-cache"})


async def _code(_: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript", headers=FOREVER)


class Parts:
    """ASGI middleware that answers with the more than a hundred files that Streamlit's page is made of, from memory:
    from the disk, by way of a thread, each takes a slow machine ten milliseconds."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asked = scope["path"] if scope["type"] == "http" and scope["method"] == "GET" else ""
        answer = _part(asked) if asked in _part_addresses() else self.app
        await answer(scope, receive, send)


@cache
def _part_addresses() -> frozenset[str]:
    return frozenset(f"/{path.relative_to(STATIC).as_posix()}" for path in (STATIC / "static").rglob("*.*"))


@cache
def _part(address: str) -> Response:
    kind = mimetypes.guess_type(address)[0] or "application/octet-stream"
    return Response((STATIC / address[1:]).read_bytes(), media_type=kind, headers=FOREVER)


@cache
def index() -> str:
    """Streamlit's page with a link to each part of it that will be wanted and is not named yet, and with what it would
    ask for before it connects."""
    page = UNUSED_FONT.sub("", (STATIC / "index.html").read_text(encoding="utf-8"))
    page = page.replace("<title>Streamlit</title>", "<title>Generative Playground</title>")
    links = [f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in _parts(page)]
    first = f'<script>window.__streamlit = {_told()}</script>\n<script type="module" src="./{FILE}"></script>'
    return page.replace("<head>", f"<head>\n{first}", 1).replace("</head>", "\n".join([*links, "</head>"]), 1)


def _told() -> str:
    """What Streamlit's page asks the server for, as a JavaScript object: where it is (every page of the app lies right
    beside its root), and what a page around it may do, as /_stcore/host-config says it."""
    allowed = json.dumps({"allowedOrigins": st.get_option("client.allowedOrigins"), "useExternalAuthToken": False})
    return f'{{ BACKEND_BASE_URL: new URL(".", location).href, HOST_CONFIG: {allowed} }}'.replace("<", "\\u003c")


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
