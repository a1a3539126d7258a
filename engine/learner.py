"""What a family of models supplies: a `Learner`, and a `Family` that says how it is configured, stopped and shown."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np

from engine.config import ConfigError, Field, field

Metrics = dict[str, float]
State = dict[str, np.ndarray]


class Learner(Protocol):
    """What a family supplies. `config` is replaced by the run when a live field changes."""

    config: Any

    def step(self, step: int) -> Metrics:
        """Do the unit of learning number `step` (counted from 0): one D+G round, one optimiser step, one chunk.

        A number that is NaN or infinite ends the run as diverged; what may be infinite by right is a score.
        """
        ...

    def view(self) -> Any:
        """A frozen dataclass of numpy arrays of its own that shows the state now. Changes nothing."""
        ...

    def state_dict(self) -> State:
        """Everything that decides the future, as arrays of its own (no views of live memory)."""
        ...

    def load_state_dict(self, state: State) -> None:
        """Take over such a state, by copying; raises ConfigError, and changes nothing, if it does not fit."""
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

    @classmethod
    def after(cls, steps: int) -> "Rule":
        """The rule that ends a run after so many steps."""
        return cls(metric="step", at_least=steps, reason=f"{steps:,} steps are done")

    def fires(self, numbers: Mapping[str, float]) -> bool:
        """Whether these numbers end the run. A metric that is not among them ends nothing."""
        value = numbers.get(self.metric, math.nan)
        return value <= self.at_most or value >= self.at_least


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family of models: its config, its learner, the rules that end a run, the actions off the schedule.

    Unless `rules` are given, a run ends after the `steps` of its config. `recipe` gives the defaults that fit the
    values already chosen (a larger picture wants a wider net); what it leaves out has the default of its field.
    `score_every` is the number of steps between two scores. `pictures` takes from a view what an animation shows,
    (n, channels, height, width) in [0, 1]; None: the family has no pictures. `writers` make files of its own, bytes
    from the learner, that the command line offers: 'arpa' becomes `--arpa FILE`.
    `report` adds to the command line's metrics what is more than one number, ready for JSON. `smoke`
    holds the values that make a run small, for tests.
    """

    name: str
    title: str
    config: type
    learner: Callable[[Any], Learner]
    rules: Callable[[Any], tuple[Rule, ...]] = lambda config: (Rule.after(config.steps),)
    recipe: Callable[[Mapping[str, Any]], dict[str, Any]] = lambda _: {}
    actions: tuple[str, ...] = ()
    score_every: int = 200
    pictures: Callable[[Any], np.ndarray] | None = None
    writers: Mapping[str, Callable[[Any], bytes]] = dataclasses.field(default_factory=dict)
    report: Callable[[Any], dict[str, Any]] = lambda _: {}
    smoke: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def build(self, values: Mapping[str, Any]) -> Any:
        """A config from some values, the rest from the recipe; raises ConfigError."""
        checked = {name: field(self.config, name).check(value) for name, value in values.items()}
        return self.config(**{**self.recipe(checked), **checked})

    def live_field(self, name: str) -> Field:
        """A field that may change during a run; raises ConfigError for any other."""
        found = field(self.config, name)
        if not found.live:
            raise ConfigError(name, "", "can't change during a run; start a new one")
        return found
