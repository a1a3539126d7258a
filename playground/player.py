"""Drives any Run: play, pause, step, back, speed, timeline. Plain Python; the page calls `tick` once a frame.

Speed is a number of rounds a second, ALL for as fast as the machine can, or STAGES: slow motion that stops at each
stage of a round and shows its numbers, worked out by `Run.explain` on a copy.
"""

import dataclasses
import time
from typing import Any

from engine.learner import Trace
from engine.run import Budget, Run, Snapshot, Status

STAGES, ALL = 0.0, float("inf")
SPEEDS = {"Stages": STAGES, "1 a second": 1.0, "10 a second": 10.0, "100 a second": 100.0, "Full speed": ALL}
STAGE_SECONDS = 1.5
MAX_WAIT = 1.0
"""A way back that takes more seconds is gone in slices, so that the page stays awake."""
MAX_LAG = 0.5
"""A slow tick is not made up for by more than so many seconds of rounds."""


@dataclasses.dataclass(slots=True, kw_only=True)
class Moment:
    """What a page shows: a snapshot, or a stored frame of the past while the timeline is dragged."""

    snapshot: Snapshot
    step: int
    view: Any
    trace: Trace
    stage: int
    playing: bool

    @property
    def is_past(self) -> bool:
        """Whether this is a stored frame and not where the run stands."""
        return self.step != self.snapshot.step


@dataclasses.dataclass(slots=True, kw_only=True)
class Player:
    """A run and how it is played. `trace` holds the stages of one round, `stage` the one that is shown: -1 for none,
    len(trace) when the round is done."""

    run: Run
    playing: bool = False
    speed: float = ALL
    target: int | None = None
    trace: Trace = ()
    stage: int = -1
    message: str = ""
    _due: float = 0.0
    _unit_seconds: float = 0.0
    _scrubbed: int | None = None

    @property
    def is_busy(self) -> bool:
        """Whether it plays as fast as the machine can."""
        return self.playing and (self.speed == ALL or self.target is not None)

    @property
    def is_behind(self) -> bool:
        """Whether it plays so many rounds a second, and one of them is due."""
        paced = self.playing and self.target is None and STAGES < self.speed < ALL
        return paced and (time.perf_counter() - self._due) * self.speed >= 1

    def play(self) -> None:
        """Go on until paused or done."""
        self._scrubbed = None
        if self.run.status is Status.READY:
            self.playing, self._due = True, time.perf_counter()

    def pause(self) -> None:
        """Stand still."""
        self.playing, self.target = False, None

    def step(self) -> None:
        """One stage in slow motion, else one whole round with its numbers."""
        self.pause()
        self._scrubbed = None
        if self.run.status is not Status.READY:
            return
        if self.speed == STAGES:
            self._next_stage()
        else:
            self.trace, self.stage = self.run.explain(), -1
            self.run.advance(Budget(steps=1))

    def act(self, action: str) -> None:
        """One unit off the schedule."""
        self.pause()
        self._forget_stages()
        self.run.act(action)

    def back(self) -> None:
        """One stage back in slow motion within a round, else one round back."""
        self.pause()
        if self.stage > 0:
            if self.stage == len(self.trace):
                self.run.rewind(self.run.step - 1)
            self.stage -= 1
        elif self.stage == 0:
            self._forget_stages()
        else:
            self.seek(max(0, self.run.step - 1))

    def seek(self, step: int) -> None:
        """Stand at a step already reached."""
        self.pause()
        self._forget_stages()
        step = min(max(step, 0), self.run.furthest)
        again = self.run.replay(step)
        far = again * self._unit_seconds > MAX_WAIT
        self.run.rewind(step - again if far else step)
        if far:
            self.go_to(step)

    def scrub(self, step: int) -> None:
        """Show the stored picture nearest to a step at once, while the timeline is dragged."""
        self.pause()
        self._forget_stages()
        self._scrubbed = step

    def go_to(self, step: int) -> None:
        """Compute up to a step, in slices of `tick`, then stand still: where a link points to."""
        if step > self.run.step:
            self.target, self.playing = step, True

    def tick(self, seconds: float) -> None:
        """Do the work of one frame, at most so many seconds of it."""
        if not self.playing:
            return
        now = time.perf_counter()
        if self.target is not None:
            self._advance(Budget(steps=self.target - self.run.step, seconds=seconds))
            if self.run.step >= self.target:
                self.pause()
        elif self.speed == STAGES:
            if now >= self._due:
                self._next_stage()
                self._due = now + STAGE_SECONDS
        elif self.speed == ALL:
            self._forget_stages()
            self._advance(Budget(seconds=seconds))
        else:
            self._paced(now, seconds)
        if self.run.status is not Status.READY:
            self.pause()

    def moment(self, *, fresh_scores: bool = True) -> Moment:
        """What there is to show now. Scores of this very step only if it stands still, and if they are asked for."""
        snapshot = self.run.snapshot(fresh_scores=fresh_scores and not self.playing)
        step, view = snapshot.step, snapshot.view
        if self._scrubbed is not None and self._scrubbed != step:
            step, view = self.run.frame(self._scrubbed)
        return Moment(snapshot=snapshot, step=step, view=view, trace=self.trace, stage=self.stage, playing=self.playing)

    def _advance(self, budget: Budget) -> None:
        start = time.perf_counter()
        if done := self.run.advance(budget):
            self._unit_seconds = (time.perf_counter() - start) / done

    def _paced(self, now: float, seconds: float) -> None:
        self._due = max(self._due, now - max(MAX_LAG, 1 / self.speed))
        n = int((now - self._due) * self.speed)
        if n > 0:
            if n == 1:
                self.trace, self.stage = self.run.explain(), -1
            else:
                self._forget_stages()
            done = self.run.advance(Budget(steps=n, seconds=seconds))
            self._due += done / self.speed

    def _next_stage(self) -> None:
        """The next stage of the round that was worked out; after its last one the round is done: stage len(trace)."""
        if 0 <= self.stage < len(self.trace):
            self.stage += 1
            if self.stage == len(self.trace):
                self.run.advance(Budget(steps=1))
        else:
            self.trace = self.run.explain()
            self.stage = 0 if self.trace else -1
            if not self.trace:
                self.run.advance(Budget(steps=1))

    def _forget_stages(self) -> None:
        self.trace, self.stage, self._scrubbed = (), -1, None
