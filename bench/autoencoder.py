"""Autoencoders against PCA and the plain torch loop; the Ada-GVAE's axes. `python -m bench.autoencoder` prints it.

Scores are of held-out pictures, CPU seconds those of the process, data and drawing not counted; every row gives the
median of its seeds, the least and the greatest.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

import engine
from engine import Budget
from engine.data import faces, shapes
from engine.families.autoencoder.coder import Coder

SEEDS = range(5)
PAIR_SEEDS = range(10)
LOOP_STEPS, LOOP_TURNS = 150, 5


@dataclasses.dataclass(frozen=True)
class Measured:
    """One row: what was measured on each seed or turn, and the bar."""

    name: str
    values: tuple[float, ...]
    unit: str
    bar: str = ""

    def __str__(self) -> str:
        middle, low, high = statistics.median(self.values), min(self.values), max(self.values)
        return f"{self.name:<58} {middle:>10.3f} {self.unit:<6} ({low:.3f} to {high:.3f})  {self.bar}"


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process that it takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def drawing() -> list[Measured]:
    """Pictures a second."""
    factors = shapes.draw_factors(2048, seed=0)
    speed = tuple(len(factors) / cpu(lambda: shapes.render(factors, 32)) for _ in range(5))
    rows = faces.draw_factors(100, seed=0, jitter=False)
    drawn = len(rows) / cpu(lambda: [faces.draw(row, 64) for row in rows])
    return [
        Measured("shapes drawn, 32 x 32", speed, "1/s", ">= 3,000"),
        Measured("faces drawn, 64 x 64", (drawn,), "1/s"),
    ]


def over_pca(name: str, gain_bar: str, seconds_bar: str, **values: Any) -> list[Measured]:
    """Decibels over PCA with as many numbers, and the CPU seconds that the whole run takes."""
    gains, seconds = [], []
    for seed in SEEDS:
        run = engine.start("autoencoder", seed=seed, **values)
        seconds.append(cpu(lambda run=run: run.advance(Budget())))
        scores = run.snapshot().scores
        gains.append(scores["psnr"] - scores["psnr_pca"])
    return [
        Measured(f"{name}: PSNR over PCA", tuple(gains), "dB", gain_bar),
        Measured(f"{name}: time", tuple(seconds), "CPU s", seconds_bar),
    ]


def plain(coder: Coder) -> nn.Sequential:
    """The net of a coder, of torch's own modules."""
    kinds = {"full": nn.Linear, "conv": nn.Conv2d, "up": nn.ConvTranspose2d}
    modules: list[nn.Module] = []
    for layer in (*coder.encoder, *coder.decoder):
        more = {} if layer.kind == "full" else {"kernel_size": 4, "stride": 2, "padding": 1}
        modules += [nn.Flatten(), nn.Unflatten(1, layer.unfold)] if layer.unfold else [nn.Flatten()]
        modules += [kinds[layer.kind](layer.n_in, layer.n_out, **more), *([nn.SiLU()] if layer.bend else [])]
    return nn.Sequential(*modules, nn.Flatten())


def against_the_plain_loop(name: str, **values: Any) -> Measured:
    """Steps a second of `Run.advance`, in parts of those of the loop that anyone would write, by turns."""
    run = engine.start("autoencoder", steps=1_000_000, **values)
    learner: Any = run.learner
    net = plain(learner.coder)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.9, 0.99), fused=True)
    train, batch = learner.data.train, learner.config.batch
    if train.dtype == torch.uint8:
        train = train.float() / 255

    def loop() -> None:
        for _ in range(LOOP_STEPS):
            x = train[torch.randint(len(train), (batch,))]
            loss = (net(x) - x).square().sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            float(loss.detach())

    run.advance(Budget(steps=LOOP_STEPS))
    loop()
    ratios = [cpu(loop) / cpu(lambda: run.advance(Budget(steps=LOOP_STEPS))) for _ in range(LOOP_TURNS)]
    return Measured(f"{name}: Run.advance over the plain torch loop", tuple(ratios), "x", ">= 1.0")


def pairs() -> list[Measured]:
    """The least purity of the four factors, and the CPU seconds."""
    purities, seconds, decibels, attempts = [], [], [], []
    for seed in PAIR_SEEDS:
        run = engine.start("ada_gvae", seed=seed)
        seconds.append(cpu(lambda run=run: run.advance(Budget())))
        scores = run.snapshot().scores
        purities.append(scores["purity_min"])
        decibels.append(scores["psnr"])
        attempts.append(run.metrics["attempt"])
    return [
        Measured("Ada-GVAE: least purity of four factors", tuple(purities), "", ">= .80 on 9 of 10, aim .90 on 10"),
        Measured("Ada-GVAE: PSNR", tuple(decibels), "dB"),
        Measured("Ada-GVAE: time", tuple(seconds), "CPU s", "<= 60"),
        Measured("Ada-GVAE: attempts", tuple(attempts), ""),
    ]


def rows() -> list[Measured]:
    """Every claim."""
    return [
        *drawing(),
        *over_pca("shapes, 6 numbers", ">= 6, aim 8", "<= 40", data="shapes", latent_dim=6),
        *over_pca("shapes, 6 numbers, 800 steps", ">= 3", "<= 12", data="shapes", latent_dim=6, steps=800),
        *over_pca("digits, 2 numbers", ">= 1.5", "<= 20", data="digits", latent_dim=2),
        *over_pca("faces, 32 numbers", ">= 5, aim 10", "", data="faces", latent_dim=32),
        against_the_plain_loop("fully connected"),
        against_the_plain_loop("fully connected, digits", data="digits"),
        against_the_plain_loop("convolutional", net="conv"),
        *pairs(),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row, flush=True)
