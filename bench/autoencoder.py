"""Autoencoders against PCA and the plain torch loop; the Ada-GVAE's axes. `python -m bench autoencoder`.

Scores are of held-out pictures, CPU seconds those of the process, data and drawing not counted; every row gives the
median of its seeds, the least and the greatest.
"""

import statistics
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

import engine
from bench import Row, cpu, spread
from bench.browser import in_turn
from bench.chromium import chromium, open_page
from bench.serving import serve
from engine import Budget
from engine.data import faces, shapes
from engine.families.autoencoder.coder import Coder

SEEDS = range(5)
PAIR_SEEDS = range(10)
LOOP_STEPS, LOOP_TURNS = 150, 5
LEAST_PURITY, GOOD_SEEDS = 0.80, 9
LEAST_SHARE, LEAST_FRAMES = 0.75, 8


def row(
    claim: str, values: Sequence[float], unit: str = "", least: float | None = None, most: float | None = None
) -> Row:
    """A row whose bar is for every value."""
    bar = f">= {least:g}" if least is not None else f"<= {most:g}" if most is not None else ""
    met = None if not bar else min(values) >= least if least is not None else max(values) <= (most or 0)
    return Row(claim=claim, ours=f"{spread(values)} {unit}".strip(), bar=bar, met=met)


def drawing() -> list[Row]:
    """Pictures a second."""
    factors = shapes.draw_factors(2048, seed=0)
    speed = tuple(len(factors) / cpu(lambda: shapes.render(factors, 32)) for _ in range(5))
    rows = faces.draw_factors(100, seed=0, jitter=False)
    drawn = len(rows) / cpu(lambda: [faces.draw(row, 64) for row in rows])
    return [
        row("shapes drawn, 32 x 32", speed, "1/s", least=3000),
        row("faces drawn, 64 x 64", (drawn,), "1/s"),
    ]


def over_pca(name: str, least: float, most: float | None, **values: Any) -> list[Row]:
    """Decibels over PCA with as many numbers, and the CPU seconds that the whole run takes."""
    ours, theirs, seconds = [], [], []
    for seed in SEEDS:
        run = engine.start("autoencoder", seed=seed, **values)
        seconds.append(cpu(lambda run=run: run.advance(Budget())))
        scores = run.snapshot().scores
        ours.append(scores["psnr"])
        theirs.append(scores["psnr_pca"])
    gains = [a - b for a, b in zip(ours, theirs, strict=True)]
    return [
        Row(
            claim=f"{name}: held-out PSNR", ours=f"{spread(ours)} dB", baseline=f"PCA {spread(theirs)} dB",
            ratio=f"{spread(gains, '+.2f')} dB", bar=f">= +{least:g} dB", met=min(gains) >= least,
        ),
        row(f"{name}: time", seconds, "CPU s", most=most),
    ]  # fmt: skip


def plain(coder: Coder) -> nn.Sequential:
    """The net of a coder, of torch's own modules."""
    kinds = {"full": nn.Linear, "conv": nn.Conv2d, "up": nn.ConvTranspose2d}
    modules: list[nn.Module] = []
    for layer in (*coder.encoder, *coder.decoder):
        more = {} if layer.kind == "full" else {"kernel_size": 4, "stride": 2, "padding": 1}
        modules += [nn.Flatten(), nn.Unflatten(1, layer.unfold)] if layer.unfold else [nn.Flatten()]
        modules += [kinds[layer.kind](layer.n_in, layer.n_out, **more), *([nn.SiLU()] if layer.bend else [])]
    return nn.Sequential(*modules, nn.Flatten())


def against_the_plain_loop(name: str, **values: Any) -> Row:
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
    met = statistics.median(ratios) >= 1
    return Row(
        claim=f"{name}: Run.advance against the plain torch loop", ours="", ratio=spread(ratios), bar=">= 1", met=met
    )


def in_the_browser(name: str, **values: object) -> list[Row]:
    """Frames a second of the page, and its updates a second against the engine's own in the same minute."""
    values = {"steps": 1_000_000, **values}
    query = "&".join(f"{field}={value}" for field, value in values.items())
    with serve() as server, chromium() as browser:
        page = open_page(browser, f"http://127.0.0.1:{server.port}/autoencoder?{query}")
        played, alone = in_turn(page, "autoencoder", values)
    frames, updates = zip(*played, strict=True)
    shares = [ours / theirs for ours, theirs in zip(updates, alone, strict=True)]
    middle = statistics.median
    return [
        Row(
            claim=f"{name}, in the browser: updates a second", ours=f"{middle(updates):.0f} /s",
            baseline=f"engine alone {middle(alone):.0f} /s", ratio=spread(shares), bar=f">= {LEAST_SHARE}",
            met=middle(shares) >= LEAST_SHARE,
        ),
        Row(claim=f"{name}, in the browser: frames a second", ours=spread(frames, ".1f"), bar=f">= {LEAST_FRAMES}",
            met=middle(frames) >= LEAST_FRAMES),
    ]  # fmt: skip


def pairs() -> list[Row]:
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
        Row(
            claim="Ada-GVAE: least purity of four factors", ours=spread(purities, ".3f"), bar=">= .80 on 9 of 10 seeds",
            met=sum(p >= LEAST_PURITY for p in purities) >= GOOD_SEEDS,
        ),
        row("Ada-GVAE: PSNR", decibels, "dB"),
        row("Ada-GVAE: time", seconds, "CPU s", most=60),
        row("Ada-GVAE: attempts", attempts),
    ]  # fmt: skip


def rows() -> list[Row]:
    """Every claim."""
    return [
        *drawing(),
        *over_pca("shapes, 6 numbers", 6, 40, data="shapes", latent_dim=6),
        *over_pca("shapes, 6 numbers, 800 steps", 3, 12, data="shapes", latent_dim=6, steps=800),
        *over_pca("digits, 2 numbers", 1.5, 20, data="digits", latent_dim=2),
        *over_pca("faces, 32 numbers", 5, None, data="faces", latent_dim=32),
        against_the_plain_loop("fully connected"),
        against_the_plain_loop("fully connected, digits", data="digits"),
        against_the_plain_loop("convolutional", net="conv"),
        *in_the_browser("fully connected"),
        *in_the_browser("convolutional", net="conv"),
        *pairs(),
    ]
