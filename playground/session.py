"""The only place that touches st.session_state: what a browser session keeps between two runs of a script."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType

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


def is_fragment_run() -> bool:
    """Whether only a fragment runs now, and not the whole script."""
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


def draw_again() -> None:
    """Draw the fragment once more, in this run of the script. Call it last in a fragment.

    Each run that begins and each that ends has the browser go through all elements of the page, whatever they show.
    """
    context = get_script_run_ctx()
    queue = context.fragment_ids_this_run if context else None
    if context is None or not queue or len(set(queue)) > 1:  # others wait for this run, whose keys must stay known
        st.rerun(scope="fragment")
    context.shared.reset()  # the keys of this frame are those of the next one
    queue.append(queue[0])


def is_wanted() -> bool:
    """Whether a click waits for this run of the script to end; the browser's clock alone does not count."""
    waiting = _waiting()
    return waiting is not None and not (waiting.is_auto_rerun and not _has_click(waiting))


def is_followed() -> bool:
    """Whether another run is asked for already, by a click or by the browser's clock."""
    return _waiting() is not None


def _waiting() -> RerunData | None:
    """What is asked for after this run of the script: nothing, a run, or (an empty request) to stop."""
    context = get_script_run_ctx()
    requests = context.script_requests if context else None
    state = getattr(requests, "_state", ScriptRequestType.CONTINUE)
    if requests is None or state is ScriptRequestType.CONTINUE:
        return None
    return requests._rerun_data if state is ScriptRequestType.RERUN else RerunData()


def _has_click(request: RerunData) -> bool:
    states = request.widget_states
    return states is not None and any(state.trigger_value for state in states.widgets)
