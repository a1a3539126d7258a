"""What the latent spaces are worth without a browser: axes, in-betweens, samples, and the models that come along.

Scores are of held-out pictures, CPU seconds those of the process, data not counted; every row gives the median, the
least and the greatest of its seeds. `python -m bench latent_engine`.
"""

import subprocess
import sys
from collections.abc import Sequence

import numpy as np

from bench import Row, cpu, spread
from engine import starters
from engine.families.autoencoder.blends import midpoints
from engine.families.autoencoder.judge import shape_purity
from engine.families.autoencoder.model import LatentModel, of_learner
from engine.families.autoencoder.scores import sampling_scores
from engine.latent.pca import pca
from engine.rng import generator
from engine.starters.making import train

SEEDS, FEW_SEEDS = range(10), range(3)
LEAST_PURITY, AIM, GOOD_SEEDS, MAX_SECONDS = 0.80, 0.90, 9, 60
REAL, FADED = 0.90, 0.10
N_CODES, CODE_SIZE, PCA_SECONDS = 5_000, 32, 0.5
MAX_BYTES, LOAD_SECONDS = 6_000_000, 0.3
LOAD = """
import time
from engine import starters
start = time.process_time()
starters.load({name!r})
print(time.process_time() - start)
"""


def purities(family: str, seeds: Sequence[int]) -> tuple[list[np.ndarray], list[float]]:
    """The decoder's purity of each factor (4,), each on an axis of its own, and the CPU seconds, of each seed."""
    pure, seconds = [], []
    for seed in seeds:
        run, taken = train(family, {"data": "shapes", "latent_dim": 4, "seed": seed})
        learner: LatentModel = of_learner(run.learner, family)
        pure.append(shape_purity(learner, run.learner.pictures, "cylinder", 32).purity)
        seconds.append(taken)
    return pure, seconds


def axes() -> list[Row]:
    """Height, radius, orientation and colour, each on its own axis of the decoder."""
    ours, seconds = purities("ada_gvae", SEEDS)
    theirs, _ = purities("vae", SEEDS)
    least = [float(p.min()) for p in ours]
    good, better = (sum(p >= bar for p in least) for bar in (LEAST_PURITY, AIM))
    rows = [
        Row(
            claim=f"shapes, from pairs: least purity of four factors, {len(SEEDS)} seeds", ours=spread(least, ".3f"),
            baseline=f"VAE {spread([float(p.min()) for p in theirs], '.3f')}",
            ratio=f"{good} of {len(SEEDS)} >= {LEAST_PURITY}, {better} >= {AIM}",
            bar=f">= {LEAST_PURITY} on {GOOD_SEEDS}", met=good >= GOOD_SEEDS,
        ),
        Row(
            claim="shapes, from pairs: time", ours=f"{spread(seconds, '.1f')} CPU s", bar=f"<= {MAX_SECONDS}",
            met=max(seconds) <= MAX_SECONDS,
        ),
    ]  # fmt: skip
    for k, name in enumerate(("height", "radius", "orientation", "colour")):
        own, other = ([float(p[k]) for p in found] for found in (ours, theirs))
        rows.append(
            Row(claim=f"shapes, from pairs: purity of {name}", ours=spread(own, ".3f"), baseline=f"VAE {spread(other)}")
        )
    return rows


def between() -> list[Row]:
    """Half-way pictures of 200 random pairs of held-out shapes that are judged real."""
    found = [midpoints(starters.load("shapes"), seed=seed) for seed in FEW_SEEDS]
    half, fade = ([row[name] for row in found] for name in ("lerp", "fade"))
    return [
        Row(
            claim="midpoints of shapes judged real", ours=spread(half, ".3f"),
            baseline=f"cross-fade of pixels {spread(fade, '.3f')}", bar=f">= {REAL} against <= {FADED}",
            met=min(half) >= REAL and max(fade) <= FADED,
        ),
        Row(
            claim="the judge of midpoints, on real shapes and cross-fades", ours=f"{found[0]['accuracy']:.3f} right",
            baseline=f"slerp {spread([row['slerp'] for row in found], '.3f')} judged real",
        ),
    ]  # fmt: skip


def samples() -> list[Row]:
    """Digits drawn from a normal distribution: how many lie further from the data than 95 % of reconstructions."""
    found = {}
    for family, values in (("vae", {}), ("autoencoder", {"noise": 0.0})):
        runs = [train(family, {"data": "digits", "latent_dim": 8, "seed": seed, **values})[0] for seed in FEW_SEEDS]
        found[family] = [sampling_scores(of_learner(run.learner, family)) for run in runs]
    vae = [row["prior"]["stray"] for row in found["vae"]]
    plain, fitted = ([row[name]["stray"] for row in found["autoencoder"]] for name in ("gaussian", "density"))
    return [
        Row(
            claim="digits, 8 numbers: samples of a VAE's prior astray", ours=spread(vae),
            baseline=f"autoencoder: Gaussian {spread(plain)}, kernel density {spread(fitted)}",
        )
    ]  # fmt: skip


def shipped() -> list[Row]:
    """Size and loading of the models that come with the project, and a projection."""
    total = sum(path.stat().st_size for path in starters.FOLDER.iterdir() if path.suffix in (".json", ".safetensors"))
    seconds = []
    for name in starters.STARTERS:
        command = [sys.executable, "-c", LOAD.format(name=name)]
        seconds.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    codes = generator(0, "bench").standard_normal((N_CODES, CODE_SIZE), np.float32)
    projected = [cpu(lambda: pca(codes, 3)) for _ in range(5)]
    return [
        Row(
            claim="models that come with the project, in all", ours=f"{total / 1e6:.2f} MB", bar="< 6 MB",
            met=total < MAX_BYTES,
        ),
        Row(
            claim="opening one of them", ours=f"{spread(seconds, '.3f')} CPU s", bar=f"< {LOAD_SECONDS} s",
            met=max(seconds) < LOAD_SECONDS,
        ),
        Row(
            claim=f"PCA of {N_CODES:,} codes of {CODE_SIZE} numbers", ours=f"{spread(projected, '.4f')} CPU s",
            bar=f"<= {PCA_SECONDS} s", met=max(projected) <= PCA_SECONDS,
        ),
    ]  # fmt: skip


def rows() -> list[Row]:
    """Every claim."""
    return [*shipped(), *between(), *samples(), *axes()]
