"""Training the starters: each gives a file and a card that says what is in it, measured on the file itself."""

import contextlib
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from engine.config import as_dict
from engine.data.picture_set import as_floats
from engine.families import FAMILIES
from engine.families.autoencoder.blends import midpoints
from engine.families.autoencoder.model import LatentModel, of_learner
from engine.families.autoencoder.scores import latent_scores, sampling_scores
from engine.metrics.pictures import psnr, ssim
from engine.run import Budget, Run, Status
from engine.starters import packing
from engine.starters.recipes import Starter

SLICE_SECONDS = 0.2
N_SIMILAR = 60
DECIMALS = 4
BASELINES = ("psnr_pca", "psnr_mean")
"""Held-out pictures from as many principal components of the training set, and from its mean: from the run's scores."""
Tell = Callable[[float], None]
"""Is told the share of the longest possible training that is done."""


def train(family: str, values: dict[str, Any], tell: Tell = lambda _: None) -> tuple[Run, float]:
    """A run at its end, and the CPU seconds that it took once its pictures were there."""
    found = FAMILIES[family]
    run = Run(found, found.build(values))
    start = time.process_time()
    while run.status is Status.READY:
        run.advance(Budget(seconds=SLICE_SECONDS))
        tell(run.step / run.config.steps)
    return run, time.process_time() - start


def make(name: str, starter: Starter, tell: Tell = lambda _: None) -> tuple[bytes, dict[str, Any]]:
    """A starter's file and card."""
    run, seconds = train(starter.family, dict(starter.values), tell)
    data = packing.to_bytes(packing.rounded(of_learner(run.learner, starter.family, name)))
    baselines = {name: value for name, value in run.snapshot().scores.items() if name in BASELINES}
    card = {
        "name": name,
        "title": starter.title,
        "family": starter.family,
        "seed": run.config.seed,
        "steps": run.step,
        "config": as_dict(run.config),
        "scores": tidy(baselines | picture_scores(packing.from_bytes(data, name))),
        "cpu_seconds": round(seconds, 1),
        "bytes": len(data),
        "torch": torch.__version__,
        "machine": machine(),
    }
    return data, card


def machine() -> str:
    """What decides the order in which torch adds numbers, and with it the last bits: the processor."""
    found = ""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        found = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()} {found or platform.processor()}".strip()


def picture_scores(model: LatentModel) -> dict[str, Any]:
    """psnr and ssim of held-out pictures; what the codes know of the factors, beside PCA's and random ones, under
    'latent'; how far samples are from the data, under 'sampling'; of shapes, how many in-betweens are judged real,
    under 'midpoints'."""
    originals = as_floats(model.real(range(model.n_held_out)))
    painted = model.decode(model.codes[: model.n_held_out])
    found = {
        "psnr": psnr(painted, originals),
        "ssim": ssim(painted[:N_SIMILAR], originals[:N_SIMILAR]),
        "latent": latent_scores(model),
        "sampling": sampling_scores(model),
    }
    return found | ({"midpoints": midpoints(model)} if model.config.data == "shapes" else {})


def tidy(value: Any) -> Any:
    """The same with every float rounded, for a file that people read."""
    if isinstance(value, dict):
        return {name: tidy(item) for name, item in value.items()}
    if isinstance(value, list):
        return [tidy(item) for item in value]
    return round(value, DECIMALS) if isinstance(value, float) else value
