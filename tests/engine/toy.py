"""A family small enough to see through: a ball rolls down a parabola, kicked at random."""

import dataclasses
from collections.abc import Callable

import numpy as np

from engine import rng
from engine.config import ConfigError, bounded, config
from engine.learner import Family, Metrics, Rule, Stage, State, Trace

FRICTION = 0.9
KICK = 3.0


@config
class ToyConfig:
    """Where the ball starts, how steep it rolls."""

    seed: int = bounded(0, 0, 1000, doc="Seed.")
    steps: int = bounded(120, 1, 1_000_000, doc="Length.")
    lr: float = bounded(0.05, 0.001, 10.0, log=True, live=True, doc="Step size.")
    noise: float = bounded(0.1, 0.0, 1.0, live=True, doc="Kicks.")
    stop_height: float = bounded(0.0, 0.0, 10.0, live=True, doc="Stop at this height.")
    width: int = bounded(3, 1, 10_000_000, doc="Numbers of the ball.")


@dataclasses.dataclass(frozen=True, slots=True)
class ToyView:
    """Where the ball is, and a picture of it."""

    x: np.ndarray
    picture: np.ndarray


class ToyLearner:
    """One unit is one step of gradient descent with momentum on x^2 / 2, with noise."""

    def __init__(self, config: ToyConfig) -> None:
        self.config = config
        self.x = rng.generator(config.seed, "start").normal(size=config.width)
        self.velocity = np.zeros(config.width)

    def step(self, step: int) -> Metrics:
        kick = rng.generator(self.config.seed, "kick", step).normal(size=self.config.width)
        self.velocity *= FRICTION
        self.velocity -= self.config.lr * (self.x + self.config.noise * kick)
        self.x += self.velocity
        with np.errstate(over="ignore"):
            return {"height": float((self.x**2).sum() / 2)}

    def act(self, action: str, step: int) -> Metrics:
        self.velocity += KICK if action == "kick" else -KICK
        return {"height": float((self.x**2).sum() / 2), "kicked": 1.0}

    def view(self) -> ToyView:
        return ToyView(self.x.copy(), np.clip(self.x, 0, 1).reshape(-1, 1, 1, 1).astype(np.float32))

    def score(self) -> Metrics:
        return {"speed": float(np.abs(self.velocity).sum()), "lr_now": self.config.lr}

    def explain(self, step: int) -> Trace:
        twin = ToyLearner(self.config)
        twin.load_state_dict(self.state_dict())
        return (Stage("roll", twin.step(step), {"before": self.x.copy(), "after": twin.x}),)

    def state_dict(self) -> State:
        return {"x": self.x.copy(), "velocity": self.velocity.copy()}

    def load_state_dict(self, state: State) -> None:
        for name in ("x", "velocity"):
            if name not in state or state[name].shape != (self.config.width,):
                raise ConfigError(f"weights {name}", "", f"must have the shape ({self.config.width},)")
        self.x[:], self.velocity[:] = state["x"], state["velocity"]


def rules(config: ToyConfig) -> tuple[Rule, ...]:
    """The end after `steps` steps, or at the height asked for."""
    return (
        Rule(metric="step", at_least=config.steps, reason="all steps are done"),
        Rule(metric="height", at_most=config.stop_height or -1, reason="low enough"),
    )


def toy(learner: Callable[[ToyConfig], ToyLearner] = ToyLearner, score_every: int = 10) -> Family:
    """The family, or one with another learner."""
    return Family(
        name="toy",
        title="A ball",
        config=ToyConfig,
        learner=learner,
        rules=rules,
        actions=("kick", "pull"),
        score_every=score_every,
        pictures=lambda view: view.picture,
    )
