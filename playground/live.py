"""The live part of a page: one fragment that advances the run, draws the frame, and asks for the next.

Alone on the server a frame follows the last at once; in a class they come further apart (classroom.py). All is done
in runs of the script, nothing in the background: a closed tab stops by itself, a lost connection goes on where it was.
"""

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from engine.run import Status
from playground import chain, classroom, session
from playground.components import prefers_stillness
from playground.lab import Lab
from playground.player import SPEEDS, Moment
from playground.shell import enlarged, settle
from playground.steady import all_afresh

CLOCK = 0.5
"""Seconds between two messages of the browser that start the chain of frames, or start it again. Play starts it too."""
STILL_SECONDS = 0.15
"""The browser has drawn the frame that says 'Paused' by then; the end of a run before that would hold it up."""
BAR_KEYS = {"toggle": "Space", "back": "B", "step": "S"}


def live(lab: Lab, body: Callable[[Moment], None]) -> None:
    """Play the lab's run and call `body` with each moment. Call it once a page."""
    if prefers_stillness(key="stillness") and not lab.stilled:
        lab.stilled = True  # once: whoever presses Play all the same wants to see it
        if lab.player.target is None:  # on the way to the step of a link it stops by itself
            lab.player.pause()
    clock = CLOCK if lab.player.playing else None
    lab.unsettled = False
    all_afresh()

    @st.fragment(run_every=clock)
    def frame() -> None:
        chain.begin()
        began, computed = time.perf_counter(), time.thread_time()
        lab.unsettled |= lab.player.playing
        is_chained = chain.is_fragment_run() and lab.unsettled
        # What takes long has time until the full run that follows a frame in which a run that played stands still.
        with chain.frame():
            body(lab.player.moment(fresh_scores=not is_chained))
        if not lab.player.playing:
            lab.write_link()
        if is_chained:
            _go_on(lab, began, computed) if lab.player.playing else _stand_still()
        if is_chained and clock is None and chain.is_left():
            st.rerun()  # sets the clock, which brings the next frame after all

    frame()


def _go_on(lab: Lab, began: float, computed: float) -> None:
    """Compute what the next frame will show, while this one is on its way to the browser, and ask for it."""
    settle()
    classroom.tidy()
    now = pace(lab, drawing=time.thread_time() - computed)
    tick(lab, now.budget)
    if not lab.player.playing and not chain.is_followed():
        st.rerun()
    chain.again(began + now.every - time.perf_counter())


def _stand_still() -> None:
    """Let the browser draw the frame that says 'Paused'; then a full run of the script makes all exact."""
    chain.wait(STILL_SECONDS)
    if not chain.is_followed():
        st.rerun()
    chain.again()


def pace(lab: Lab, drawing: float = 0.0) -> classroom.Pace:
    """How often and how long this session may compute, when its last frame was drawn in so many seconds."""
    return classroom.pace(classroom.seen(session.session_id()), busy=lab.player.is_busy, drawing=drawing)


def tick(lab: Lab, budget: float) -> None:
    """Play for the budget, in slices, and no longer than until somebody clicks."""
    until = time.perf_counter() + budget
    piece = classroom.SLICE if budget > classroom.ONE_TURN else budget
    try:
        while (left := until - time.perf_counter()) > 0 and not chain.is_wanted():
            with classroom.turn(chain.is_wanted, chain.told()) as has_turn:
                if has_turn:
                    lab.player.tick(min(left, piece))
            if not (lab.player.is_busy or lab.player.is_behind):
                break
    except Exception as error:  # noqa: BLE001  the one place that catches all: the page goes on and says what happened
        lab.player.pause()
        lab.player.message = f"The run stopped: {type(error).__name__}: {error}"


def standing(lab: Lab, moment: Moment, prefix: str = "") -> None:
    """One line where the eye is: playing, paused, done and by which rule, or diverged and the way back. `prefix`: as
    for `play_bar`."""
    snapshot = moment.snapshot
    with st.container(horizontal=True, vertical_alignment="center", height=40, border=False):
        if lab.player.message:
            st.markdown(f":red-badge[Stopped] {session.plain(lab.player.message)}")
        elif moment.is_past:
            st.markdown(f":gray-badge[Past] step {moment.step:,}, from the stored pictures")
        elif snapshot.status is Status.DIVERGED:
            st.markdown(f":red-badge[Diverged] at step {snapshot.step:,}: {snapshot.reason}.")
            good = lab.run.last_good
            st.button(f"Go to step {good:,}", key=f"{prefix}last_good", on_click=lab.ask("seek"), args=(good,))
        elif snapshot.status is Status.DONE:
            st.markdown(f":green-badge[Done] {snapshot.reason}.")
        elif lab.player.target is not None:
            st.markdown(f":blue-badge[On the way] to step {lab.player.target:,}")
        else:
            st.markdown(":blue-badge[Playing]" if moment.playing else ":gray-badge[Paused]")


def play_or_pause(lab: Lab, *, playing: bool, ended: bool, prefix: str = "", shortcut: str | None = None) -> None:
    """Two buttons, one of them to be seen: a message of the browser's clock that goes out in the moment of a click
    carries the click too, and a second Pause changes nothing, where a second change-over would undo the first.

    style.css hides the other one, which is there and disabled: what is taken out of a chain of frames stays in the
    browser until the chain ends, and hears the keyboard.
    """
    common: dict[str, Any] = {"type": "primary", "shortcut": shortcut}
    with st.container(key=f"{prefix}toggle", width="content"):
        st.button("Play", key=f"{prefix}play", icon=":material/play_arrow:", on_click=lab.ask("play"),
                  disabled=playing or ended, **common)  # fmt: skip
        st.button("Pause", key=f"{prefix}pause", icon=":material/pause:", on_click=lab.ask("pause"),
                  disabled=not playing, **common)  # fmt: skip


def play_bar(lab: Lab, moment: Moment, actions: dict[str, str], prefix: str = "") -> None:
    """Back, play or pause, step, one player only, reset, speed. `actions`: label by action, for units off the
    schedule. `prefix`: of the keys of a second bar on a page, which has no shortcuts."""
    player, ended = lab.player, moment.snapshot.status is not Status.READY
    keys = BAR_KEYS if not prefix else {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{prefix}play_bar"):
        st.button(
            "Back", icon=":material/skip_previous:", key=f"{prefix}back", shortcut=keys.get("back"),
            on_click=lab.ask("back"), disabled=moment.step == 0 and moment.stage < 0, help="One step back",
        )  # fmt: skip
        play_or_pause(lab, playing=moment.playing, ended=ended, prefix=prefix, shortcut=keys.get("toggle"))
        st.button(
            "Step", icon=":material/skip_next:", key=f"{prefix}step", shortcut=keys.get("step"),
            on_click=lab.ask("step"), disabled=ended, help="One full round, with its numbers",
        )  # fmt: skip
        for action, label in actions.items():
            st.button(label, key=f"{prefix}act {action}", on_click=lab.ask("act"), args=(action,), disabled=ended)
        st.button(
            "", icon=":material/restart_alt:", key=f"{prefix}reset", on_click=lab.ask("seek"), args=(0,),
            disabled=moment.step == 0, help="Reset: back to step 0; the run so far stays on the timeline",
        )  # fmt: skip
        names = list(SPEEDS)
        key = f"{prefix}speed"
        session.put(key, next(name for name, speed in SPEEDS.items() if speed == player.speed))

        def choose() -> None:
            lab.player.speed = SPEEDS[session.get(key)]

        st.selectbox("Speed", names, key=key, on_change=choose, label_visibility="collapsed", width=enlarged(170))
