"""What each axis of a latent space does to a picture. Pure functions of arrays."""

import dataclasses
from collections.abc import Callable

import numpy as np

from engine.metrics.latents import IDLE, sweeps

N_BASES, N_POINTS = 12, 5


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """`change` (d,): how much the pixels move while an axis is swept, in [0, 1]. `order` (d,): the axes, most first.
    `idle` (d,) bool: those that do less than a twentieth of what the first one does."""

    change: np.ndarray
    order: np.ndarray
    idle: np.ndarray


def effects(decode: Callable[[np.ndarray], np.ndarray], codes: np.ndarray) -> Effects:
    """Of each axis of codes (n, d): swept from its 2nd to its 98th percentile, the others as in the first codes, the
    difference between the brightest and the darkest that each pixel becomes, averaged over pixels and codes."""
    change = np.zeros(codes.shape[1])
    for axis, moved in enumerate(sweeps(codes, n_bases=N_BASES, n_points=N_POINTS)):
        pictures = decode(moved.reshape(-1, codes.shape[1]))
        along = pictures.reshape(*moved.shape[:2], -1)  # (bases, points, pixels)
        change[axis] = np.ptp(along, axis=1).mean()
    return Effects(change, np.argsort(-change, kind="stable"), change <= IDLE * change.max())
