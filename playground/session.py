"""The only place that touches st.session_state: what a browser session keeps between two runs of a script."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

T = TypeVar("T")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|$~:^-])")


def keep(name: str, make: Callable[[], T]) -> T:
    """The session's object of this name, made the first time."""
    if name not in st.session_state:
        st.session_state[name] = make()
    return st.session_state[name]


def put(name: str, value: Any) -> None:
    """Keep a value, or set a widget that is not drawn yet in this run of the script."""
    st.session_state[name] = value


def get(name: str, default: Any = None) -> Any:
    """A kept value, or the value of the widget with this key."""
    return st.session_state.get(name, default)


def count(name: str) -> int:
    """Count one further, from 0: the number of the next draw that goes by this name."""
    st.session_state[name] = st.session_state.get(name, 0) + 1
    return st.session_state[name]


def trigger(key: str, event: str) -> Any:
    """The value that a component's trigger carries; to be had in its callback only."""
    return st.session_state[key][event]


def plain(text: str) -> str:
    """Text from outside, so that Markdown shows it as it stands."""
    return MARKDOWN.sub(r"\\\1", text)


def session_id() -> str:
    """A name of this browser session, for counting who is active."""
    context = get_script_run_ctx()
    return context.session_id if context else "alone"
