"""The one loop of every family: `Run` advances a `Learner`, remembers its past, and stops for a stated reason.

    run = engine.start("gan", size=8, seed=7)
    run.advance(Budget(seconds=0.08))
    run.snapshot().view

A run is exact: cut into slices, rewound and replayed, or loaded in another process, it is bit for bit the run in one
piece, because every random number is a function of (seed, stream, step) and every change made on the way (`edit`,
`act`) is logged with its step and replayed. (Longer than other files: one class, one lock.)
"""

import dataclasses
import enum
import math
import threading
import time
from collections.abc import Container, Iterable, Mapping
from typing import Any

import numpy as np

from engine.config import ConfigError, as_dict, field
from engine.edits import MAX_STEP, Edit, check_action, check_edits
from engine.learner import Acting, Explaining, Family, Learner, Metrics, Scored, Trace
from engine.store import Checkpoint, Past


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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a page shows of a run at one moment. `scores` are those of step `scored_at`."""

    config: Any
    step: int
    furthest: int
    status: Status
    reason: str
    metrics: Metrics
    scores: Metrics
    scored_at: int
    view: Any


class Run:
    """A learner on its way. All methods may be called from several threads; one works at a time.

    `edits` are changes to come, as `edits.parse_edits` reads them from a link: each takes effect at its step.
    """

    def __init__(self, family: Family, config: Any, edits: Iterable[Edit] = ()) -> None:
        self.family = family
        self._lock = threading.RLock()
        self._base = config
        self._log(check_edits(family, edits))
        self.learner: Learner = family.learner(config)
        self.step = self.furthest = 0
        self.status, self.reason = Status.READY, ""
        self.metrics: Metrics = {}
        self._diverged_at = 0
        self._scored: tuple[int, Metrics] = (-1, {})
        self._past = Past(score_every=family.score_every)
        self._configure()
        self._judge()
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
        return self._edits

    @property
    def last_good(self) -> int:
        """The newest step reached whose numbers were finite: where to rewind to when a run has diverged."""
        return self._diverged_at - 1 if self._diverged_at else self.furthest

    def advance(self, budget: Budget) -> int:
        """Go on until the budget is used or a rule fires; returns the number of units done.

        An exception of the learner (or Ctrl-C) leaves the run at the step before the unit that it broke off.
        """
        with self._lock:
            start = self.step
            last = math.inf if budget.steps is None else start + budget.steps
            until = math.inf if budget.seconds is None else time.perf_counter() + budget.seconds
            while self.status is Status.READY and self.step < last and time.perf_counter() < until:
                self._unit()
            return self.step - start

    def rewind(self, step: int) -> None:
        """Stand at a step already reached, earlier or later than now; bit for bit the state and status of that moment.

        Going on from there comes the same way again, edits included, until an `edit` or `act` takes another turn.
        """
        with self._lock:
            if not 0 <= step <= self.furthest or step != int(step):
                raise ConfigError("step", step, f"must be a whole number from 0 to {self.furthest:,}")
            self._go_to(int(step))

    def replay(self, step: int) -> int:
        """How many units it takes to stand at a step already reached: from the nearest state kept, or from here."""
        with self._lock:
            at, _ = self._past.checkpoints.before(step) or (0, None)
            return step - max(at, self.step if self.step <= step else 0)

    def edit(self, **changes: Any) -> None:
        """Change live fields from this step on; raises ConfigError, and nothing is changed, for any other field.

        Another turn is taken only if a value is new; then all that came later is forgotten.
        """
        with self._lock:
            checked = {name: self.family.live_field(name).check(value) for name, value in changes.items()}
            dataclasses.replace(self._config, **checked)  # raises if the whole does not fit together
            checked = {name: value for name, value in checked.items() if value != getattr(self._config, name)}
            if not checked:
                return
            self._turn(checked)
            self._past.cut_shown(self.step - 1)  # scores and view may hang on these fields
            self._log((*self._edits, *(Edit(self.step, name, value) for name, value in checked.items())))
            self._configure()
            self._judge()
            self._remember()

    def act(self, action: str) -> None:
        """Do one unit off the schedule, for instance 'expert'; it takes the place of this step's unit.

        Does nothing when the run is done or has diverged; raises ConfigError for an action that the family lacks.
        """
        with self._lock:
            check_action(self.family, action)
            if self.status is not Status.READY:
                return
            self._turn()
            before = self._edits
            self._log((*before, Edit(self.step, action)))
            try:
                self._unit()
            except BaseException:
                self._log(before)
                raise

    def explain(self) -> Trace:
        """The next unit, worked out on a copy, stage by stage. Changes nothing.

        Empty if the family can't, and before a unit off the schedule that comes again.
        """
        with self._lock:
            if self.step in self._actions or not isinstance(self.learner, Explaining):
                return ()
            return self.learner.explain(self.step)

    def snapshot(self, *, fresh_scores: bool = True) -> Snapshot:
        """What there is to show now. Changes nothing that decides the future.

        Scores are slow: with `fresh_scores` False, or of a run that diverged, they are the newest in the table, of a
        step up to `score_every` ago.
        """
        with self._lock:
            stale = self.status is Status.DIVERGED or not fresh_scores
            found = self._past.scores.row(self.step) if stale else None
            scored_at, scores = found or (self.step, self._score())
            return Snapshot(
                config=self._config,
                step=self.step,
                furthest=self.furthest,
                status=self.status,
                reason=self.reason,
                metrics=dict(self.metrics),
                scores=dict(scores),
                scored_at=scored_at,
                view=self.learner.view(),
            )

    def frame(self, step: int) -> tuple[int, Any]:
        """The stored view nearest before a step, with its own step: at once, not computed. Its arrays are read-only."""
        with self._lock:
            found = self._past.view_before(min(step, self.furthest))
            return (self.step, self.learner.view()) if found is None else found

    def frames(self) -> tuple[tuple[int, Any], ...]:
        """Every stored view up to this step, and the view now, each with its step."""
        with self._lock:
            return (*self._past.views_until(self.step - 1), (self.step, self.learner.view()))

    def tables(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """The numbers of every step and the scores, as columns; those later than `step` are part of them."""
        with self._lock:
            return self._past.history.table(), self._past.scores.table()

    @property
    def n_bytes(self) -> int:
        """Memory of the past, in bytes: under 16 MB, whatever the family and however long the run."""
        return self._past.n_bytes

    def state_dict(self) -> dict[str, Any]:
        """The run as plain data: family, config, edits (those to come as well), step, metrics, the two tables up to
        this step, and the learner's arrays under 'learner'."""
        with self._lock:
            return {
                "family": self.family.name,
                "config": as_dict(self._base),
                "edits": [[e.step, e.name, e.value] for e in self._edits],
                "step": self.step,
                "metrics": dict(self.metrics),
                "history": self._past.history.table(self.step),
                "scores": self._past.scores.table(self.step),
                "learner": self.learner.state_dict(),
            }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over a run of the same family; raises ConfigError, and nothing is changed, if it does not fit."""
        other = restore(self.family, state)
        with self._lock:
            self.__dict__.update({name: value for name, value in other.__dict__.items() if name != "_lock"})

    def _stand(self, state: Mapping[str, Any]) -> None:
        """Take over step, metrics, tables and learner of a state."""
        step, arrays = state["step"], state["learner"]
        last = min(MAX_STEP, getattr(self._base, "steps", MAX_STEP))
        if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= last:
            raise ConfigError("step", step, f"must be a whole number from 0 to {last:,}")
        for name, array in arrays.items():
            if array.dtype.kind not in "biuf":
                raise ConfigError(f"weights {name}", str(array.dtype), "must be numbers")
        self.learner.load_state_dict(arrays)
        self._past.history.load(state["history"])
        self._past.scores.load(state["scores"])
        self._past.cut(step)
        self.step = self.furthest = step
        self.metrics = {str(name): float(value) for name, value in state["metrics"].items()}
        self._scored = (-1, {})
        self._configure()
        self._judge()
        self._past.keep_state(step, self.learner.state_dict(), self.metrics)
        self._remember()

    def _unit(self) -> None:
        """One unit of learning and all that follows from it, or, at an exception, nothing."""
        step, furthest = self.step, self.furthest
        try:
            action = self._actions.get(step)
            if action and isinstance(self.learner, Acting):
                self.metrics = self.learner.act(action, step)
            else:
                self.metrics = self.learner.step(step)
            self.step = step + 1
            self._arrive()
        except BaseException:
            self.furthest = furthest
            self._go_to(step, afresh=True)
            raise

    def _arrive(self) -> None:
        """At a step just reached: its config, its numbers, its status, and what is to be remembered of it."""
        step = self.step
        self.furthest = max(self.furthest, step)
        if step in self._configured_at:
            self._configure()
        if self._past.history.wants(step):
            self._past.history.put(step, self.metrics)
        self._judge()
        if self.status is not Status.DIVERGED:
            self._remember()

    def _go_to(self, step: int, *, afresh: bool = False) -> None:
        """Stand at a step, by the nearest checkpoint or, unless `afresh`, from here if that is nearer."""
        at, checkpoint = self._past.checkpoints.before(step) or (0, None)
        if afresh or not at <= self.step <= step:
            if checkpoint is None:  # a state too large to keep: begin again
                checkpoint = Checkpoint(self.family.learner(self._base).state_dict(), {})
            self.learner.load_state_dict(checkpoint.state)
            self.step, self.metrics = at, checkpoint.metrics
            self._configure()
            self._judge()
        while self.step < step:
            self._unit()

    def _judge(self) -> None:
        """The status, a function of the step, its numbers and the rules in force. No rule fires at step 0."""
        self.status, self.reason = Status.READY, ""
        for value in self.metrics.values():
            if not math.isfinite(value):
                self.status, self.reason = Status.DIVERGED, "a number grew beyond all bounds"
                self._diverged_at = self.step
                return
        numbers: Metrics = {**self.metrics, "step": self.step}
        if self.step % self.family.score_every == 0:
            scores = self._score()
            numbers |= scores
            if self._past.scores.wants(self.step):
                self._past.scores.put(self.step, scores)
        for rule in self._rules if self.step else ():
            if rule.fires(numbers):
                self.status, self.reason = Status.DONE, rule.reason
                return

    def _score(self) -> Metrics:
        """The scores at this step, worked out once; a replay finds them in the table."""
        if self._scored[0] != self.step:
            known = self._past.scores.row(self.step)
            if known is not None and known[0] == self.step:
                self._scored = known
            else:
                self._scored = self.step, self.learner.score() if isinstance(self.learner, Scored) else {}
        return self._scored[1]

    def _remember(self) -> None:
        if self._past.frames.wants(self.step):
            self._past.keep_view(self.step, self.learner.view())
        if self._past.checkpoints.wants(self.step):
            self._past.keep_state(self.step, self.learner.state_dict(), self.metrics)

    def _turn(self, changed: Container[str] = ()) -> None:
        """Leave the way already gone: forget all that came later than now, and earlier changes of these fields now."""
        self._log(
            e
            for e in self._edits
            if e.step < self.step or (e.step == self.step and e.value is not None and e.name not in changed)
        )
        self._past.cut(self.step)
        self.furthest = self.step
        self._scored = (-1, {})
        if self._diverged_at > self.step:
            self._diverged_at = 0

    def _configure(self) -> None:
        changes = {e.name: e.value for e in self._edits if e.step <= self.step and e.value is not None}
        self._config = dataclasses.replace(self._base, **changes)
        self._rules = self.family.rules(self._config)
        self.learner.config = self._config

    def _log(self, edits: Iterable[Edit]) -> None:
        self._edits = tuple(edits)
        self._configured_at = {e.step for e in self._edits if e.value is not None}
        self._actions = {e.step: e.name for e in self._edits if e.value is None}


def restore(family: Family, state: Mapping[str, Any]) -> Run:
    """The run that `Run.state_dict` described; raises ConfigError if it is of another family, or not whole."""
    if state.get("family") != family.name:
        raise ConfigError("family", state.get("family"), f"must be {family.name}")
    try:
        config = family.config(**{name: field(family.config, name).check(v) for name, v in state["config"].items()})
        run = Run(family, config, [Edit(*edit) for edit in state["edits"]])
        run._stand(state)
    except ConfigError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError) as error:
        raise ConfigError("state", str(error), "does not describe a run of this family") from error
    return run
