"""How a class shares one server: who is active, how often each frame comes, and how long it may compute.

One browser alone gets frames that follow one another without a pause. With more, frames come further apart the more
there are, and computing is done by one session at a time, so that a click is answered at once.
"""

import dataclasses
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.run import Budget, Run, Status
from engine.runtime import give_back

ACTIVE_SECONDS = 2.0
ALONE_BUDGET, MOST_BUDGET = 0.075, 0.095
LEAST_BUDGET = 0.004
COMPUTING_PER_DRAWING = 6.0
"""Alone, a frame that takes long to draw is computed for longer, up to `MOST_BUDGET`."""
EVERY_SLOW = 0.1
"""In slow motion there is little to compute."""
EVERY_AT_TWO, EVERY_AT_THIRTY = 0.1, 0.55
SHARE = 0.6
LONGEST, PER_DRAWING = 0.62, 1.2
"""In a class of slow drawers there is less time to compute: a frame of everybody is to fit into so many seconds, when
each takes so many times its drawing."""
SLICE = 0.005
"""Seconds of computing between two looks at whether somebody clicked."""
ONE_TURN = 0.02
"""So many seconds at most are used up in one turn: in a class each further one is waited for."""

TIDY_SECONDS = 2.0
"""A class frees much and often: pictures, batches, what a run's past has no more room for."""

_tidied = 0.0
_waiting: deque["_Waiter"] = deque()
"""First come, first served; the first one has the turn, and was told so."""
_waiting_lock = threading.Lock()
_seen: dict[str, float] = {}
_seen_lock = threading.Lock()


@dataclasses.dataclass(frozen=True, slots=True)
class Pace:
    """`every` seconds at least from one frame to the next, and `budget` seconds of computing in each."""

    every: float
    budget: float


def pace(n_active: int, *, busy: bool = True, drawing: float = 0.0) -> Pace:
    """The pace for so many active sessions; `busy`: this one computes as fast as it can; `drawing`: seconds in which
    its last frame was drawn, by the processor's clock: in a class most of the time by the wall's is others'."""
    if n_active <= 1:
        return Pace(0.0 if busy else EVERY_SLOW, min(max(ALONE_BUDGET, COMPUTING_PER_DRAWING * drawing), MOST_BUDGET))
    share = min(1.0, (n_active - 2) / 28)
    every = round(EVERY_AT_TWO + share * (EVERY_AT_THIRTY - EVERY_AT_TWO), 2)
    room = LONGEST / n_active - PER_DRAWING * drawing
    return Pace(every, max(LEAST_BUDGET, min(ALONE_BUDGET, SHARE * every / n_active, room)))


def seen(session: str) -> int:
    """Note that a session is active now; returns how many are."""
    now = time.monotonic()
    with _seen_lock:
        _seen[session] = now
        for other in [name for name, at in _seen.items() if now - at > ACTIVE_SECONDS]:
            del _seen[other]
        return len(_seen)


def active() -> int:
    """How many sessions were active when one of them was seen last."""
    return len(_seen)


def tidy() -> None:
    """Now and then, return what all sessions have freed to the system."""
    global _tidied  # noqa: PLW0603  one for the process
    now = time.monotonic()
    if now - _tidied > TIDY_SECONDS:
        _tidied = now
        give_back()


@dataclasses.dataclass(slots=True, eq=False)
class _Waiter:
    """Somebody in the queue, and what wakes it up."""

    told: threading.Condition
    has_turn: bool = False

    def call(self) -> None:
        with self.told:
            self.has_turn = True
            self.told.notify_all()


@contextmanager
def turn(is_wanted: Callable[[], bool] = lambda: False, told: threading.Condition | None = None) -> Iterator[bool]:
    """Compute alone: one session at a time in this process. Gives False, and no turn, once `is_wanted` in the queue,
    which is looked at whenever `told` is notified: thirty that look by the clock keep one another from working."""
    mine = _Waiter(told or threading.Condition())
    with _waiting_lock:
        _waiting.append(mine)
        mine.has_turn = _waiting[0] is mine
    try:
        with mine.told:
            mine.told.wait_for(lambda: mine.has_turn or is_wanted())
        yield mine.has_turn
    finally:
        with _waiting_lock:
            _waiting.remove(mine)
            first = _waiting[0] if _waiting else None
        if first:
            first.call()


def work(run: Run, steps: int) -> None:
    """Bring a run that no browser plays to a step, or to its end, in turns like everybody else's."""
    while run.step < steps and run.status is Status.READY:
        with turn():
            run.advance(Budget(steps=steps - run.step, seconds=ONE_TURN))
