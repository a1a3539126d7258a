"""A page under AppTest: opened by its link; what it says, what the session keeps of it, what its link is then."""

import re
from typing import Any

from streamlit.testing.v1 import AppTest

from engine import Budget
from playground.lab import Lab
from playground.pieces.latent_space import Space
from tests.conftest import ROOT

LATENT = "pages/latent.py"
ENTRY = str(ROOT / "streamlit_app.py")
MARKED = re.compile(r"blue-background\[.*?\*\*(.+?)\*\*")
"""What stands out in a text: the stage of the recipe that is now."""
WAIT = 60  # the first page of a process imports all there is


def opened(path: str, **query: str) -> AppTest:
    """A page opened by a link."""
    app = AppTest.from_file(ENTRY, default_timeout=WAIT)
    app.switch_page(path)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def latent(**query: str) -> AppTest:
    """The Latent Space page, opened by a link."""
    return opened(LATENT, **query)


def space(app: AppTest) -> Space:
    """What the session keeps of the Latent Space page."""
    return app.session_state["latent space"]


def lab(app: AppTest, family: str = "gan") -> Lab:
    """What the session keeps of a page."""
    return app.session_state[f"lab {family}"]


def link(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def said(app: AppTest) -> str:
    return "\n".join(str(element.value) for element in (*app.markdown, *app.caption, *app.warning))


def advance(app: AppTest, steps: int) -> None:
    """What the browser's ticks would do."""
    lab(app).run.advance(Budget(steps=steps))


def toggle(app: AppTest) -> Any:
    """The button that is to be seen: Pause, or Play."""
    pause = app.button(key="pause")
    return app.button(key="play") if pause.disabled else pause
