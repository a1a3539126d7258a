"""Did the forger copy? The nearest painting of a gallery beside each fake."""

import functools

import numpy as np

from engine.data import diagonals
from engine.families.gan.config import GanConfig
from engine.metrics.pictures import nearest
from engine.rng import torch_generator

N_GALLERY = 1000


def nearest_paintings(config: GanConfig, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of 1,000 paintings by the artist to each picture (n, 1, size, size), and its RMS distance (n,)."""
    gallery = _gallery(config.seed, config.size, config.offsets, config.dim, config.noise)
    index, distance = nearest(pictures, gallery)
    return gallery[index], distance


@functools.lru_cache(maxsize=8)
def _gallery(seed: int, size: int, offsets: str, dim: float, noise: float) -> np.ndarray:
    generator = torch_generator(seed, "gallery")
    drawn = diagonals.draw(N_GALLERY, generator, size=size, whole=offsets == "whole", dim=dim, noise=noise)
    return drawn.view(-1, 1, size, size).numpy()
