"""The whole history of a run as one bar that can be dragged: where we are, how far we have been, where it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from playground import session
from playground.components.code import live
from playground.components.frames import ComponentError

_mount = live("timeline")


class Mark(NamedTuple):
    """A step of interest (an edit, a checkpoint, the moment a rule fired) and its label of a word or two."""

    step: int
    label: str


def timeline(
    step: int,
    last: int,
    end: int | None,
    marks: Sequence[Mark] = (),
    *,
    key: str,
    disabled: bool = False,
    on_scrub: Callable[[int], None] | None = None,
    on_seek: Callable[[int], None] | None = None,
) -> None:
    """Draw the timeline and report where a person drags it.

    step      where the run stands, 0 <= step <= last
    last      the furthest step computed so far: the bar can be dragged up to here
    end       the step at which the run is planned to end; None if it has no planned end
    marks     (step, label) pairs; labels that would overlap are left out, their ticks stay
    on_scrub  called with a step while the bar is dragged, at most 12 times a second, always with the latest step
    on_seek   called with a step when the bar is let go, or moved with the keyboard

    Both are called before the script or fragment runs again, so that the pictures above the bar already show the step.
    """
    data = pack_timeline(step, last, end, marks, disabled=disabled)

    def reported(event: str, callback: Callable[[int], None] | None) -> Callable[[], None]:
        def call() -> None:
            if callback is not None:
                callback(min(max(int(session.trigger(key, event)), 0), last))

        return call

    _mount(key=key, data=data, on_scrub_change=reported("scrub", on_scrub), on_seek_change=reported("seek", on_seek))


def pack_timeline(step: int, last: int, end: int | None, marks: Sequence[Mark] = (), *, disabled: bool = False) -> dict:
    """What the browser gets: checked whole numbers, marks within the bar in order of their steps."""
    if last < 0:
        raise ComponentError(f"last = {last!r}: must be 0 or more")
    if not 0 <= step <= last:
        raise ComponentError(f"step = {step!r}: must be from 0 to last = {last}")
    if end is not None and end < 0:
        raise ComponentError(f"end = {end!r}: must be 0 or more, or None")
    for mark in marks:
        if mark[0] < 0:
            raise ComponentError(f"marks holds step {mark[0]!r}: must be 0 or more")
    return {
        "step": int(step),
        "last": int(last),
        "end": None if end is None else int(end),
        "marks": sorted([int(at), str(label)] for at, label in marks),
        "disabled": bool(disabled),
    }
