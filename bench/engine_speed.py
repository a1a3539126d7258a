"""How fast a GAN trains: `Run.advance` beside the plain torch loop of the same nets, batch, loss and data, by turns.

The plain loop is the textbook's: autograd, torch.optim.Adam as it comes, real and fake pictures in two passes. It keeps
no average of the weights and reads no numbers. It is never tuned.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from bench import Row, spread
from engine import FAMILIES, Budget
from engine.families.gan import GanConfig, GanLearner
from engine.families.gan.supply import Supply
from engine.nets import SLOPE
from engine.run import Run

SETTINGS: dict[str, dict[str, Any]] = {
    "8x8 whole": {"size": 8},
    "8x8 continuous": {"size": 8, "offsets": "continuous"},
    "16x16 whole": {"size": 16},
}
STEPS, TURNS, WARM, SLICE = 300, 9, 100, 50
LEAST_RATIO, MOST_OVERHEAD = 1.3, 0.04
Step = Callable[[int], Any]


def plain_loop(config: GanConfig) -> Step:
    """One round of the textbook's GAN with the non-saturating loss and R1, as a function of its number."""
    supply = Supply(config)
    g = net(config.codes + config.latent_dim, config.width_g, config.depth_g, config.size**2).append(nn.Sigmoid())
    d = net(config.size**2, config.width_d, config.depth_d, 1)
    adam_g = torch.optim.Adam(g.parameters(), config.lr_g, betas=(0.0, config.beta2))
    adam_d = torch.optim.Adam(d.parameters(), config.lr_d, betas=(0.0, config.beta2))
    ones, zeros = torch.ones(config.batch, 1), torch.zeros(config.batch, 1)

    def step(number: int) -> None:
        real, z = supply.batch(number, 0)
        real = real.clone().requires_grad_()
        fake = g(z)
        verdict = d(real)
        loss_d = binary_cross_entropy_with_logits(verdict, ones)
        loss_d = loss_d + binary_cross_entropy_with_logits(d(fake.detach()), zeros)
        (slope,) = torch.autograd.grad(verdict.sum(), real, create_graph=True)
        loss_d = loss_d + config.penalty_weight / 2 * slope.square().sum(1).mean()
        adam_d.zero_grad()
        loss_d.backward()
        adam_d.step()
        loss_g = binary_cross_entropy_with_logits(d(fake), ones)
        adam_g.zero_grad()
        loss_g.backward()
        adam_g.step()

    return step


def net(n_in: int, width: int, depth: int, n_out: int) -> nn.Sequential:
    """A leaky-ReLU perceptron of torch's own modules."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(n_in, width), nn.LeakyReLU(SLOPE)]
        n_in = width
    return nn.Sequential(*layers, nn.Linear(n_in, n_out))


def seconds_a_step(step: Step, first: int) -> float:
    """CPU seconds of one call, the mean over STEPS of them."""
    start = time.process_time()
    for number in range(first, first + STEPS):
        step(number)
    return (time.process_time() - start) / STEPS


def by_turns(contenders: dict[str, Step]) -> dict[str, list[float]]:
    """CPU seconds a step of each contender, measured in turn: A B C A B C ..."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for step in contenders.values():
        for number in range(WARM):
            step(number)
    for turn in range(TURNS):
        for name, step in contenders.items():
            found[name].append(seconds_a_step(step, WARM + turn * STEPS))
    return found


def rows() -> list[Row]:
    """Speed against the plain loop, and what the run adds to the bare learner."""
    return [row for name, values in SETTINGS.items() for row in measured(name, values)]


def measured(name: str, values: dict[str, Any]) -> list[Row]:
    """A whole run (with what it remembers and scores), the plain loop, the learner, and a run of a learner that idles:
    what is left of that is the machinery."""
    config = FAMILIES["gan"].build({**values, "steps": WARM + TURNS * STEPS})  # none of the runs may end before
    times = by_turns(
        {
            "run": slices(Run(FAMILIES["gan"], config)),
            "plain": plain_loop(config),
            "idle": slices(Run(dataclasses.replace(FAMILIES["gan"], learner=Idle), config)),
            "bare": GanLearner(config).step,
        }
    )
    ratios = [plain / run for plain, run in zip(times["plain"], times["run"], strict=True)]
    overheads = [idle / bare for idle, bare in zip(times["idle"], times["bare"], strict=True)]
    looking = [run / bare - 1 for run, bare in zip(times["run"], times["bare"], strict=True)]
    return [
        Row(
            claim=f"{name}: steps a CPU second", ours=f"{1 / statistics.median(times['run']):,.0f}",
            baseline=f"plain loop {1 / statistics.median(times['plain']):,.0f}", ratio=spread(ratios),
            bar=f">= {LEAST_RATIO}", met=statistics.median(ratios) >= LEAST_RATIO,
        ),
        Row(
            claim=f"{name}: what the run adds to its learner", ours=spread(overheads, ".1%"),
            bar=f"< {MOST_OVERHEAD:.0%}", met=statistics.median(overheads) < MOST_OVERHEAD,
        ),
        Row(claim=f"{name}: with frames, checkpoints and scores", ours=spread(looking, ".1%")),
    ]  # fmt: skip


def slices(run: Run) -> Step:
    """The run as a function: every SLICE-th call advances it by SLICE steps, as a page does, the others do nothing."""

    def step(number: int) -> None:
        if number % SLICE == 0:
            run.advance(Budget(steps=SLICE))

    return step


class Idle:
    """A learner that learns nothing, in no time, and has nothing to show or to keep."""

    def __init__(self, config: GanConfig) -> None:
        self.config = config
        self._nothing = Nothing()

    def step(self, step: int) -> dict[str, float]:
        """As many numbers as a GAN has."""
        return {"loss_d": 1.0, "loss_g": 1.0, "d_real": 0.5, "d_fake": 0.5}

    def view(self) -> "Nothing":
        """Nothing."""
        return self._nothing

    def state_dict(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over nothing."""


@dataclasses.dataclass(frozen=True)
class Nothing:
    """An empty view."""
