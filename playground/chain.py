"""Frame after frame in one run of the script, each sending what has changed; all that reaches into Streamlit's runner.

As Streamlit comes, every frame of a fragment is a run of its own: the browser asks for it, is sent all elements whether
they changed or not, and goes through the whole page when the run begins and when it ends. Here a run goes on until
somebody clicks outside of the fragment, the tab closes, or an element is to go away. The browser's clock only starts
it, and a click within the fragment is answered by the next frame.

Streamlit's version is pinned; the tests that drive a real WebSocket say so if another one works otherwise.
"""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType

Path = tuple[int, ...]


def is_fragment_run() -> bool:
    """Whether only a fragment runs now, and not the whole script."""
    context = get_script_run_ctx()
    return bool(context and context.fragment_ids_this_run)


def is_wanted() -> bool:
    """Whether a click waits for this run of the script to end; the browser's clock alone does not count."""
    waiting = _waiting()
    return waiting is not None and not (waiting.is_auto_rerun and not is_click(waiting))


def is_followed() -> bool:
    """Whether another run is asked for already, by a click or by the clock of another fragment."""
    return _waiting() is not None


def is_left() -> bool:
    """Whether only other fragments are to be drawn after this run: nobody asks for the next frame of this one."""
    context, waiting = get_script_run_ctx(), _waiting()
    others = waiting.fragment_id_queue if waiting else []
    return bool(context and others and not set(others) & set(context.fragment_ids_this_run or ()))


def _waiting() -> RerunData | None:
    """What is asked for after this run of the script: nothing, a run, or (an empty request) to stop."""
    context = get_script_run_ctx()
    requests = context.script_requests if context else None
    state = getattr(requests, "_state", ScriptRequestType.CONTINUE)
    if requests is None or state is ScriptRequestType.CONTINUE:
        return None
    return requests._rerun_data if state is ScriptRequestType.RERUN else RerunData()


def told() -> threading.Condition:
    """What is notified of every request for another run of this session's script."""
    context = get_script_run_ctx()
    coordinator = context.parallel_coordinator if context else None
    return getattr(coordinator, "_join_condition", threading.Condition())


def wait(seconds: float) -> None:
    """Sleep, and wake up as soon as another run is asked for."""
    asked = told()
    with asked:
        asked.wait_for(is_followed, seconds)


def begin() -> None:
    """Call first in each frame of a fragment that will call `again`."""
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run or _changes(context) is not None:
        return
    before = context._enqueue
    send = before.send if isinstance(before, Changes) else before
    context._enqueue = Changes(context, context.fragment_ids_this_run, send)
    if context.script_requests is not None:
        _answer_the_clock(context, context.script_requests)


@contextmanager
def frame() -> Iterator[None]:
    """What is drawn within is handed on at its end, all at once: each message by itself would wake up the server's loop
    in the midst of the drawing."""
    changes = _changes(get_script_run_ctx())
    if changes is None:
        yield
        return
    changes.held = []
    try:
        yield
    finally:
        changes.hand_on()


def last() -> str:
    """A name of what was drawn last in this run of frames, for `still`; '' outside of one."""
    changes = _changes(get_script_run_ctx())
    return changes.newest if changes else ""


def still(what: str) -> Any:
    """Draw again what is there, without making it: None if the next place shows `what` (see `last`), else where to draw
    it."""
    changes = _changes(get_script_run_ctx())
    if changes is None or (what, False) not in changes.there.values():
        return st
    changes.expected = what
    place = st.empty()
    stays, changes.expected = not changes.expected, ""
    return None if stays else place


def again(seconds: float = 0.0) -> None:
    """Draw the fragment once more, after so many seconds, in this run of the script. Call it last in a fragment."""
    context = get_script_run_ctx()
    changes = _changes(context)
    if context is None or changes is None:
        st.rerun(scope="fragment")
    if seconds > 0:
        wait(seconds)
    must_end = changes.are_fewer() or changes.run[-1] != changes.run[0]  # others' keys must stay known in this run
    request = None if must_end else _take(context, changes.run[0])
    if is_followed():
        return
    if must_end:
        st.rerun(scope="fragment")
    context.session_state.on_script_will_rerun(request)  # calls back whoever waits for the click
    context.shared.reset()  # the keys of this frame are those of the next one
    changes.run.append(changes.run[0])


def _take(context: Any, fragment: str) -> WidgetStates | None:
    """What the browser says about its widgets, if nothing but a click in this very fragment is what waits."""
    requests = context.script_requests
    with requests._lock:
        waiting = requests._rerun_data
        own = waiting.fragment_id_queue == [fragment] and waiting.replay_trigger_states is None
        if requests._state is not ScriptRequestType.RERUN or not own or waiting.is_history_navigation:
            return None
        requests._state = ScriptRequestType.CONTINUE
        return waiting.widget_states


def _answer_the_clock(context: Any, requests: Any) -> None:
    """Have the clock's messages for a run that goes on by itself left aside: they ask for what is being done."""
    if "request_rerun" in vars(requests):
        return
    ask = requests.request_rerun

    def request_rerun(request: RerunData) -> bool:
        changes, is_free = _changes(context), requests._state is ScriptRequestType.CONTINUE
        is_on = changes is not None and request.fragment_id in changes.run
        return (is_on and is_free and request.is_auto_rerun and not is_click(request)) or ask(request)

    requests.request_rerun = request_rerun


@dataclasses.dataclass(slots=True)
class Changes:
    """Hands on to the browser what it does not show already, in one run of the script: `run`, its list of fragments.

    `there`: what is at each place now, by its hash, and whether it is a container; `drawn`: the places of this frame,
    `before` those of the frame before; `held`: what is handed on when the frame is drawn. `newest`: the hash of what
    was drawn last; `expected`: of what the next place shows, if all is as it was.
    """

    context: Any
    run: list[str]
    send: Callable[[ForwardMsg], None]
    there: dict[Path, tuple[str, bool]] = dataclasses.field(default_factory=dict)
    drawn: set[Path] = dataclasses.field(default_factory=set)
    before: set[Path] = dataclasses.field(default_factory=set)
    held: list[ForwardMsg] | None = None
    newest: str = ""
    expected: str = ""

    def __call__(self, message: ForwardMsg) -> None:
        """Send a message, if it is about anything new."""
        if self.context.fragment_ids_this_run is not self.run:
            self.hand_on()
            self.context._enqueue = self.send
        elif (message.HasField("delta") or message.HasField("ref_hash")) and self._is_there(message):
            return
        if self.held is None:
            self.send(message)
        else:
            self.held.append(message)

    def hand_on(self) -> None:
        """Send what is held, and hold nothing back from now on."""
        held, self.held = self.held or [], None
        for message in held:
            self.send(message)

    def _is_there(self, message: ForwardMsg) -> bool:
        place, kind = tuple(message.metadata.delta_path), message.delta.WhichOneof("type")
        if kind == "new_transient":
            self.there.pop(place, None)
            return False
        self.drawn.add(place)
        now, was = (message.ref_hash or message.hash, kind == "add_block"), self.there.get(place)
        if self.expected and was == (self.expected, False):
            self.expected = ""
            return True
        self.newest = now[0]
        if now == was:
            return True
        if now[1] or (was is not None and was[1]):  # what was in a container may be gone
            self.there = {at: what for at, what in self.there.items() if at[: len(place)] != place}
        self.there[place] = now
        return False

    def are_fewer(self) -> bool:
        """Whether something of the frame before is not in this one: its places are emptied, as the end of a run that
        another follows at once clears nothing away. Call it when a frame is done."""
        gone = self.before - self.drawn
        for place in sorted(gone):
            if all(self.there.get(place[:k], ("", True))[1] for k in range(1, len(place))):  # its containers are there
                message = ForwardMsg()
                message.metadata.delta_path.extend(place)
                message.delta.fragment_id = self.run[0]
                message.delta.new_element.empty.SetInParent()
                self.context.enqueue(message)
        self.before, self.drawn = self.drawn - gone, set()
        return bool(gone)


def _changes(context: Any) -> Changes | None:
    """Those of the run that is on."""
    changes = getattr(context, "_enqueue", None)
    return changes if isinstance(changes, Changes) and context.fragment_ids_this_run is changes.run else None


def is_click(request: RerunData) -> bool:
    """Whether a request holds what a button or a component says once."""
    states = request.widget_states
    return states is not None and any(_is_trigger(state) for state in states.widgets)


def _is_trigger(state: Any) -> bool:
    kind = str(state.WhichOneof("value"))
    return kind.endswith("trigger_value") and bool(getattr(state, kind))
