"""What every page stands in: page config, the one-time warm-up of the process, the style, the question, Present."""

import importlib
import pkgutil
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

import playground
from engine import runtime
from playground import chain, session
from playground.components import copy_link, lesson_keys

HERE = Path(__file__).parent
PRESENT, SHOWN = "present", "stage shown"
PROJECTED = 1.4
"""How much larger all is on a projector; present.css says it of the type."""
ICON = """\
<svg viewBox="0 0 4 4"><path d="M0 0h4v4H0"/><path fill="#fff" d="M0 0h1v1h1v1h1v1h1v1H3V3H2V2H1V1z"/></svg>"""
"""A left diagonal. As text it is part of the page; a picture would be a file that comes and goes with script runs."""
QUESTION_SECONDS = 0.15
"""In so long the browser has what it draws components with, since the first of them is there. Of one that comes before
that it draws a place holder, and the component half a second later at the earliest, behind the rest of the page."""
STAGE_SECONDS = 0.4
"""In so long a slow browser paints a page's stage, if nothing comes with it."""


LATE = (
    "matplotlib.figure", "plotly.graph_objects", "scipy.ndimage", "scipy.optimize", "sklearn.calibration",
    "sklearn.datasets", "sklearn.ensemble", "sklearn.feature_extraction.text", "sklearn.mixture", "sklearn.naive_bayes",
    "sklearn.svm",
)  # fmt: skip
"""What is imported where it is needed, which on a server is at once."""


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Import what the pages need, then take it out of garbage collection (engine/runtime.py says why)."""
    for name in (*LATE, *(module.name for module in pkgutil.walk_packages(playground.__path__, "playground."))):
        importlib.import_module(name)
    runtime.freeze_garbage()


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Freeze once more when a page has been drawn, with all that was imported for it on the way."""
    runtime.freeze_garbage()


def set_up() -> None:
    """Call first in the entry script."""
    warm_up()
    st.set_page_config(page_title="Generative Playground", page_icon=ICON, layout="wide")
    st.html(HERE / "style.css")
    if is_presenting():
        st.html(HERE / "present.css")


def skip_unseen() -> None:
    """Call on a page with many pictures: those out of sight cost no time while another one moves."""
    st.html(HERE / "unseen.css")


def is_presenting() -> bool:
    """Whether the page is shown on a projector: settings hidden, larger type."""
    return st.query_params.get(PRESENT) == "true"


def enlarged(px: int) -> int:
    """A length in CSS pixels, of a picture or a field: on a projector it grows with the type."""
    return round(px * PROJECTED) if is_presenting() else px


def question(text: str, todo: str, *, settings: bool = True) -> None:
    """The page's one question, and one sentence: what to do, what to watch. At the right: Present, Copy link.
    `settings`: whether the page has any."""
    if settings:
        st.sidebar.markdown("**Settings**")  # so that it is there before the settings are, and nothing moves
    st.title(text, anchor=False)
    st.markdown(todo)
    with st.container(horizontal=True, horizontal_alignment="right", key="top_actions"):
        label = "Leave Present" if is_presenting() else "Present"
        st.button(label, key="present", icon=":material/slideshow:", shortcut="P", on_click=_toggle_present)
        copy_link("Copy link", key="copy_link")
    lesson_keys(key="lesson_keys", on=is_presenting())
    if not _is_shown():
        chain.wait(QUESTION_SECONDS)


def stage_first() -> None:
    """Call when the stage of a page is drawn: a browser that opens the page shows it, and then lays out the rest, which
    can take it a second."""
    if not _is_shown():
        session.put(SHOWN, _page())
        chain.wait(STAGE_SECONDS)


def _is_shown() -> bool:
    return session.get(SHOWN) == _page()


def _page() -> str:
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""


def _toggle_present() -> None:
    if is_presenting():
        del st.query_params[PRESENT]
    else:
        st.query_params[PRESENT] = "true"
