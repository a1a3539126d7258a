"""Charts that move with a run: while it plays each is drawn afresh a few times a second, and one in a frame. So is
text that is read and not watched.

A chart drawn afresh costs the browser about a fifth of a frame, and next to nothing if it is the same again. A moment
after the run came to stand, and after a full run of the script (another run, another theme), every one is exact.
"""

import dataclasses
import json
import math
import time
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from playground import chain, charts, classroom, session
from playground.player import Moment

EVERY, OVERDUE = 0.3, 1.0
"""Seconds after which a chart may be drawn afresh, and after which it is, whatever else is drawn in this frame."""
OVERDUE_FRAMES = 6
"""In a class, whose frames are rare, it is that many frames: it would be all charts in each of them otherwise."""
FRAME = 0.05
"""Charts that are made within so many seconds are made in the same frame."""
KEPT = "steady charts"


@dataclasses.dataclass(slots=True)
class Steady:
    """The newest specification of each chart by its key, as JSON (small beside the same as objects), when it was made
    and what it shows."""

    made: dict[str, tuple[float, Hashable, str]] = dataclasses.field(default_factory=dict)
    said: dict[str, tuple[float, str]] = dataclasses.field(default_factory=dict)
    """The newest text by its key, and when it was made."""
    drawn: dict[str, str] = dataclasses.field(default_factory=dict)
    """By key: the name by which the chain of frames knows the newest one, if it was drawn."""

    def spec(self, key: str, of: Hashable, make: Callable[[], Any], now: float, *, every: float = 0.0) -> str:
        """The one that is kept, unless it is this chart's turn (it is old enough, and the oldest of all) or it is to
        show something else. `every`: seconds between two frames."""
        overdue = max(OVERDUE, OVERDUE_FRAMES * every)
        at, kept_of, kept = self.made.get(key, (-math.inf, of, ""))
        times = [when for when, _, _ in self.made.values()]
        turn = now - at >= EVERY and at == min(times, default=at) and now - max(times, default=at) >= FRAME
        if turn or now - at >= overdue or of != kept_of:
            kept = json.dumps(charts.sized(make()))
            self.made[key] = now, of, kept
            self.drawn.pop(key, None)
        return kept

    def text(self, key: str, make: Callable[[], str], now: float) -> str:
        """The one that is kept, unless it is old enough."""
        at, kept = self.said.get(key, (-math.inf, ""))
        if now - at >= EVERY:
            kept = make()
            self.said[key] = now, kept
        return kept


def all_afresh() -> None:
    """Every chart is made anew when it is next drawn: in a full run of the script."""
    session.put(KEPT, Steady())


def steady_chart(
    moment: Moment, make: Callable[[], dict[str, Any]], *, key: str, height: int, alt: str, of: Hashable = None
) -> None:
    """Draw the chart whose ECharts specification `make` returns; `of`: what a person chose to see in it."""
    steady, place = session.keep(KEPT, Steady), st
    if moment.playing:
        spec = steady.spec(key, of, make, time.monotonic(), every=classroom.pace(classroom.active()).every)
        if known := steady.drawn.get(key):
            place = chain.still(known)
    else:  # the frame that says 'Paused' must not wait for charts: the full run that follows it draws them exactly
        _, kept_of, kept = steady.made.pop(key, (0.0, None, ""))
        spec = kept if kept and kept_of == of and chain.is_fragment_run() else make()
    if place is not None:
        charts.chart(spec, height=height, key=key, alt=alt, place=place)
        steady.drawn[key] = chain.last()


def steady_text(moment: Moment, make: Callable[[], str], *, key: str) -> str:
    """The text that `make` returns, or while a run plays that of a moment ago; a round that was worked out is shown
    at once."""
    steady = session.keep(KEPT, Steady)
    if moment.playing and not moment.trace:
        return steady.text(key, make, time.monotonic())
    _, kept = steady.said.pop(key, (0.0, ""))
    return kept if kept and not moment.trace and chain.is_fragment_run() else make()
