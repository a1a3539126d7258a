"""The GAN's left diagonals as pictures to encode, with their two true factors: offset and intensity."""

from collections.abc import Mapping

import numpy as np
import torch

from engine.data import diagonals
from engine.data.picture_set import Factor, PictureSet, Progress, Source, as_bytes
from engine.rng import torch_generator

LEAST_INTENSITY = 0.6
N_HELD_OUT = 500


def load(values: Mapping[str, object], progress: Progress) -> PictureSet:
    """`n_train` lines at any offset without noise, and 500 held out."""
    size, n = int(values["size"]), int(values["n_train"])  # type: ignore[call-overload]
    generator = torch_generator(0, "diagonals as pictures")
    low, high = map(float, diagonals.offsets(size, whole=False))
    offset = torch.rand(n + N_HELD_OUT, generator=generator) * (high - low) + low
    intensity = torch.rand(n + N_HELD_OUT, generator=generator) * (1 - LEAST_INTENSITY) + LEAST_INTENSITY
    drawn = (diagonals.lines(size, offset) * intensity[:, None]).view(-1, 1, size, size).numpy()
    pictures, factors = as_bytes(drawn), torch.stack((offset, intensity), 1).numpy()
    progress(1.0)
    return PictureSet(
        name="diagonals", train=pictures[N_HELD_OUT:], held_out=pictures[:N_HELD_OUT],
        factors=(Factor("offset", low, high, unit="pixels"), Factor("intensity", LEAST_INTENSITY, 1.0)),
        factors_train=np.ascontiguousarray(factors[N_HELD_OUT:]), factors_held_out=factors[:N_HELD_OUT].copy(),
    )  # fmt: skip


SOURCE = Source(
    title="Left diagonals",
    source="made by this project",
    licence="MIT, as the project",
    sizes=(8, 4, 16),
    load=load,
)
