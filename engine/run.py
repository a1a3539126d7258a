"""The one loop of every family: `Run` advances a `Learner`, remembers its past, and stops for a stated reason.

    run = engine.start("gan", size=8, seed=7)
    run.advance(Budget(seconds=0.08))
    run.snapshot().view

A run is exact: cut into slices, rewound and replayed, or loaded in another process, it is bit for bit the run in one
piece, because every random number is a function of (seed, stream, step) and every change made on the way (`edit`, `act`)
is logged with its step and replayed.
"""

import dataclasses
import enum
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np

from engine.config import ConfigError, as_dict, field
from engine.store import History, Thinned

Metrics = dict[str, float]
State = dict[str, np.ndarray]

CHECKPOINT_BYTES = 8_000_000
FRAME_BYTES = 6_000_000
"""With the two tables of numbers (under 1 MB) the memory of a run stays below 16 MB."""
CHECKPOINT_SPACING = 64
FRAME_SPACING = 16


class Learner(Protocol):
    """What a family supplies. `config` is replaced by the run when a live field changes."""

    config: Any

    def step(self, step: int) -> Metrics:
        """Do the unit of learning number `step` (counted from 0): one D+G round, one optimiser step, one chunk."""
        ...

    def view(self) -> Any:
        """A frozen dataclass of numpy arrays that shows the state now. Changes nothing."""
        ...

    def state_dict(self) -> State:
        """Everything that decides the future, as arrays of its own (no views of live memory)."""
        ...

    def load_state_dict(self, state: State) -> None:
        """Take over such a state."""
        ...


@runtime_checkable
class Scored(Protocol):
    """A learner that can measure itself: `score` is pure, and too slow for every step."""

    def score(self) -> Metrics: ...


@runtime_checkable
class Acting(Protocol):
    """A learner with units off the schedule, for instance 'train the discriminator only'."""

    def act(self, action: str, step: int) -> Metrics: ...


@runtime_checkable
class Explaining(Protocol):
    """A learner that can work out the unit number `step` on a copy, stage by stage, with its numbers."""

    def explain(self, step: int) -> "Trace": ...


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a unit of learning: its numbers (floats) and its arrays."""

    name: str
    numbers: Metrics
    arrays: Mapping[str, np.ndarray]


Trace = tuple[Stage, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A stopping rule: the run is done when `metric` is at most or at least a limit."""

    metric: str
    reason: str
    at_most: float = -math.inf
    at_least: float = math.inf

    def fires(self, numbers: Metrics) -> bool:
        """Whether these numbers end the run. A metric that is not among them ends nothing."""
        value = numbers.get(self.metric, math.nan)
        return value <= self.at_most or value >= self.at_least


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family of models: its config, its learner, the rules that end a run, the actions off the schedule.

    `recipe` gives the defaults that fit the values already chosen (a larger picture wants a wider net); what it leaves
    out has the default of its field. `score_every` is the number of steps between two scores.
    """

    name: str
    title: str
    config: type
    learner: Callable[[Any], Learner]
    rules: Callable[[Any], tuple[Rule, ...]]
    recipe: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda values: {}
    actions: tuple[str, ...] = ()
    score_every: int = 200

    def build(self, values: Mapping[str, Any]) -> Any:
        """A config from some values, the rest from the recipe; raises ConfigError."""
        checked = {name: field(self.config, name).check(value) for name, value in values.items()}
        return self.config(**{**self.recipe(checked), **checked})


class Status(enum.StrEnum):
    """Where a run stands."""

    READY = "ready"
    DONE = "done"
    DIVERGED = "diverged"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How far to go: at most so many steps, at most so many seconds. Time decides when, never what."""

    steps: int | None = None
    seconds: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Edit:
    """A change made on the way: from `step` on, live field `name` has `value`; with `value` None, unit `step` was the
    action `name`."""

    step: int
    name: str
    value: Any = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a page shows of a run at one moment. Holds arrays and numbers only."""

    config: Any
    step: int
    furthest: int
    status: Status
    reason: str
    metrics: Metrics
    scores: Metrics
    view: Any


@dataclasses.dataclass(frozen=True, slots=True)
class _Checkpoint:
    learner: State
    metrics: Metrics


class Run:
    """A learner on its way. All methods may be called from several threads; one works at a time."""

    def __init__(self, family: Family, config: Any) -> None:
        self.family = family
        self._lock = threading.RLock()
        self._begin(config, [])

    def _begin(self, config: Any, edits: list[Edit]) -> None:
        self._base, self._edits = config, edits
        self.learner = self.family.learner(config)
        self.step = self.furthest = 0
        self.status, self.reason = Status.READY, ""
        self.metrics: Metrics = {}
        self._scores: tuple[int, Metrics] = (-1, {})
        self.history, self.scores = History(), History(spacing=self.family.score_every)
        self._checkpoints: Thinned[_Checkpoint] = Thinned(byte_limit=CHECKPOINT_BYTES, spacing=CHECKPOINT_SPACING)
        self._frames: Thinned[Any] = Thinned(byte_limit=FRAME_BYTES, spacing=FRAME_SPACING)
        self._index_edits()
        self._configure()
        self._remember()

    @property
    def config(self) -> Any:
        """The config in force now: the one of the start with every edit up to this step."""
        return self._config

    @property
    def start_config(self) -> Any:
        """The config that the run began with."""
        return self._base

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Every change made on the way, in order; those later than `step` come again when the run goes on."""
        return tuple(self._edits)

    def advance(self, budget: Budget) -> int:
        """Go on until the budget is used or a rule fires; returns the number of units done."""
        with self._lock:
            start = self.step
            last = math.inf if budget.steps is None else start + budget.steps
            until = math.inf if budget.seconds is None else time.perf_counter() + budget.seconds
            while self.status is Status.READY and self.step < last and time.perf_counter() < until:
                self._unit()
            return self.step - start

    def rewind(self, step: int) -> None:
        """Stand at a step already reached, earlier or later than now; bit for bit the state of that moment.

        Going on from there comes the same way again, edits included, until an `edit` or `act` takes another turn.
        """
        with self._lock:
            if not 0 <= step <= self.furthest:
                raise ConfigError("step", step, f"must be a whole number from 0 to {self.furthest}")
            before = self._checkpoints.before(step)
            if before is not None and not before[0] <= self.step <= step:
                at, checkpoint = before
                self.learner.load_state_dict(checkpoint.learner)
                self.step, self.metrics = at, checkpoint.metrics
            self.status, self.reason = Status.READY, ""
            self._configure()
            while self.step < step:
                self._unit()
            if self.step == step and self.status is Status.READY:
                self._judge()

    def edit(self, **changes: Any) -> None:
        """Change live fields from this step on; raises ConfigError, and nothing is changed, for any other field."""
        with self._lock:
            for name, value in changes.items():
                about = field(self.family.config, name)
                if not about.live:
                    raise ConfigError(name, value, "can't change during a run; start a new one")
                changes[name] = about.check(value)
            changes = {name: value for name, value in changes.items() if value != getattr(self.config, name)}
            if not changes:
                return
            self._turn(lambda e: e.value is None or e.name not in changes)
            self._edits += [Edit(self.step, name, value) for name, value in changes.items()]
            self._index_edits()
            self._configure()
            if self.status is Status.DONE:
                self.status, self.reason = Status.READY, ""
            self._judge()

    def act(self, action: str) -> None:
        """Do one unit off the schedule, for instance 'discriminator'; it takes the place of this step's unit."""
        with self._lock:
            if action not in self.family.actions:
                raise ConfigError("action", action, "must be one of " + ", ".join(self.family.actions or ("none",)))
            if self.status is not Status.READY:
                return
            self._turn(lambda e: e.value is not None)
            self._edits.append(Edit(self.step, action))
            self._index_edits()
            self._unit()

    def explain(self) -> Trace:
        """The next unit, worked out on a copy, stage by stage. Changes nothing; empty if the family can't."""
        with self._lock:
            return self.learner.explain(self.step) if isinstance(self.learner, Explaining) else ()

    def snapshot(self) -> Snapshot:
        """What there is to show now. Changes nothing that decides the future."""
        with self._lock:
            return Snapshot(
                config=self.config,
                step=self.step,
                furthest=self.furthest,
                status=self.status,
                reason=self.reason,
                metrics=dict(self.metrics),
                scores=dict(self._score()),
                view=self.learner.view(),
            )

    def frame(self, step: int) -> tuple[int, Any]:
        """The stored view nearest before a step, with its own step: at once, without computing."""
        with self._lock:
            found = self._frames.before(min(step, self.furthest))
            return (self.step, self.learner.view()) if found is None else found

    def tables(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """The numbers of every step and the scores, as columns; those later than `step` are part of them."""
        with self._lock:
            return self.history.table(), self.scores.table()

    @property
    def n_bytes(self) -> int:
        """Memory of the past, in bytes."""
        return self._checkpoints.n_bytes + self._frames.n_bytes + self.history.n_bytes + self.scores.n_bytes

    def state_dict(self) -> dict[str, Any]:
        """The run as plain data: family, config, edits, step, and the learner's arrays under 'learner'."""
        with self._lock:
            return {
                "family": self.family.name,
                "config": as_dict(self._base),
                "edits": [[e.step, e.name, e.value] for e in self._edits if e.step <= self.step],
                "step": self.step,
                "metrics": dict(self.metrics),
                "learner": self.learner.state_dict(),
            }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over a run of the same family; raises ConfigError, and nothing is changed, if it does not fit."""
        with self._lock:
            if state["family"] != self.family.name:
                raise ConfigError("family", state["family"], f"must be {self.family.name}")
            config = self.family.config(**state["config"])
            edits = [Edit(int(step), str(name), value) for step, name, value in state["edits"]]
            other = Run(self.family, config)
            other._edits = edits
            other._index_edits()
            other.learner.load_state_dict(state["learner"])
            other.step = other.furthest = int(state["step"])
            other.metrics = dict(state["metrics"])
            other._configure()
            other._remember(always=True)
            other._judge()
            lock = self._lock
            self.__dict__.update(other.__dict__)
            self._lock = lock

    def _unit(self) -> None:
        """One unit of learning, and what is to be remembered of it."""
        here = self._edits_at.get(self.step)
        action = ""
        if here is not None:
            self._configure()
            action = next((e.name for e in here if e.value is None), "")
        if action and isinstance(self.learner, Acting):
            metrics = self.learner.act(action, self.step)
        else:
            metrics = self.learner.step(self.step)
        self.step += 1
        self.metrics = metrics
        new = self.step > self.furthest
        if new:
            self.furthest = self.step
        if self.history.wants(self.step):
            self.history.put(self.step, metrics)
        for value in metrics.values():
            if not math.isfinite(value):
                self.status, self.reason = Status.DIVERGED, "a number grew beyond all bounds"
                return
        self._judge()
        if new:
            self._remember()

    def _remember(self, *, always: bool = False) -> None:
        if self._frames.wants(self.step):
            view = self.learner.view()
            self._frames.put(self.step, view, _size(view))
        if self._checkpoints.wants(self.step) or always:
            state = self.learner.state_dict()
            size = sum(array.nbytes for array in state.values())
            self._checkpoints.put(self.step, _Checkpoint(state, dict(self.metrics)), size)

    def _judge(self) -> None:
        numbers = self.metrics
        if self.step % self.family.score_every == 0:
            numbers = {**self.metrics, **self._score()}
        for rule in self._rules:
            if rule.fires({"step": self.step} if rule.metric == "step" else numbers):
                self.status, self.reason = Status.DONE, rule.reason
                return

    def _score(self) -> Metrics:
        """The scores at this step, worked out once, and kept in the table at every `score_every`-th step."""
        if not isinstance(self.learner, Scored):
            return {}
        if self._scores[0] != self.step:
            self._scores = self.step, self.learner.score()
        if self.scores.wants(self.step):
            self.scores.put(self.step, self._scores[1])
        return self._scores[1]

    def _turn(self, keep_here: Callable[[Edit], bool]) -> None:
        """Leave the way already gone: forget everything later than now."""
        self._edits = [e for e in self._edits if e.step < self.step or (e.step == self.step and keep_here(e))]
        for memory in (self.history, self.scores, self._frames, self._checkpoints):
            memory.cut(self.step)
        self.furthest = self.step
        self._scores = (-1, {})

    def _configure(self) -> None:
        changes = {e.name: e.value for e in self._edits if e.step <= self.step and e.value is not None}
        self._config = dataclasses.replace(self._base, **changes) if changes else self._base
        self._rules = self.family.rules(self._config)
        self.learner.config = self._config

    def _index_edits(self) -> None:
        self._edits_at: dict[int, list[Edit]] = {}
        for edit in self._edits:
            self._edits_at.setdefault(edit.step, []).append(edit)


def _size(view: Any) -> int:
    values = (getattr(view, f.name) for f in dataclasses.fields(view))
    return sum(value.nbytes for value in values if isinstance(value, np.ndarray))
