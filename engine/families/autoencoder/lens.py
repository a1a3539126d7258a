"""What a net sees of a picture: its pixels, or its coordinates along the first principal components.

The components are orthonormal, so a squared error of coordinates is a squared error of pixels, less the part of the
picture that the components leave out; and independent noise on pixels is independent noise on coordinates.
"""

import dataclasses
import functools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine import data
from engine.data.picture_set import PictureSet, as_floats
from engine.latent.pca import Pca, pca
from engine.metrics.pictures import psnr

N_FITTED = 1500
"""Pictures from which the components of a lens are taken: enough for a basis, quick enough to begin at once."""
N_SCORED = 300
KEPT = 8


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """`shape` (channels, height, width); `components` None for pixels. Coordinates are divided by `unit`."""

    shape: tuple[int, int, int]
    components: Pca | None = None
    unit: float = 1.0

    @property
    def n_inputs(self) -> int:
        """Numbers that the net sees."""
        return int(np.prod(self.shape)) if self.components is None else len(self.components.basis)

    def see(self, pictures: np.ndarray) -> Tensor:
        """Pictures in [0, 1] (n, channels, height, width) as the net sees them, (n, n_inputs)."""
        flat = pictures.reshape(len(pictures), -1)
        if self.components is None:
            return torch.from_numpy(flat)
        return torch.from_numpy(self.components.encode(flat) / np.float32(self.unit))

    def paint(self, seen: Tensor) -> np.ndarray:
        """The pictures, in [0, 1], that the net gave as (n, n_inputs)."""
        flat = seen.numpy()
        if self.components is not None:
            flat = self.components.decode(flat * np.float32(self.unit))
        return np.clip(flat, 0, 1).reshape(-1, *self.shape)

    def weights(self, weight: np.ndarray) -> np.ndarray:
        """Weights of the first layer (units, n_inputs) as pictures (units, channels, height, width)."""
        if self.components is not None:
            weight = weight @ self.components.basis / np.float32(self.unit)
        return weight.reshape(-1, *self.shape)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A set of pictures as a net sees it. `rest`: the mean squared error, summed over pixels, that the lens leaves.

    `scored`: the first pictures of either part, in [0, 1] and as seen, by name: 'train', 'held_out'.
    """

    pictures: PictureSet
    lens: Lens
    train: Tensor
    rest: float
    scored: dict[str, tuple[np.ndarray, Tensor]]


def scored_parts(pictures: PictureSet, lens: Lens) -> dict[str, tuple[np.ndarray, Tensor]]:
    """The first 300 pictures of either part, in [0, 1], and as a lens sees them."""
    parts = {"train": as_floats(pictures.train[:N_SCORED]), "held_out": as_floats(pictures.held_out[:N_SCORED])}
    return {name: (floats, lens.see(floats)) for name, floats in parts.items()}


def lens_for(pictures: np.ndarray, coefficients: int) -> Lens:
    """A lens for pictures as bytes (n, channels, height, width), fitted to the first 1,500."""
    shape = pictures.shape[1:]
    if not coefficients:
        return Lens(shape)  # type: ignore[arg-type]
    found = pca(as_floats(pictures[:N_FITTED]).reshape(-1, int(np.prod(shape))), coefficients)
    return Lens(shape, found, max(float(np.sqrt((found.spread**2).mean())), 1e-6))  # type: ignore[arg-type]


def data_key(config: Any) -> tuple[Any, ...]:
    """What decides the pictures of a config."""
    return config.data, config.size, config.n_train, config.kind, config.jitter, config.pictures


def load(key: tuple[Any, ...]) -> PictureSet:
    """The pictures of a `data_key`."""
    name, size, n_train, kind, jitter, pictures = key
    return data.load(name, size=size, n_train=n_train, kind=kind, jitter=jitter, pictures=pictures)


@functools.lru_cache(maxsize=KEPT)
def material(key: tuple[Any, ...], coefficients: int) -> Material:
    """The pictures of a `data_key` through a lens; shared by all who learn from them, so nobody writes to it.

    Through pixels `train` is bytes (n, pixels), else float32 (n, coefficients).
    """
    pictures = load(key)
    lens = lens_for(pictures.train, coefficients)
    if lens.components is None:
        flat = pictures.train.reshape(len(pictures.train), -1)
        return Material(pictures, lens, torch.from_numpy(flat.copy()), 0.0, scored_parts(pictures, lens))
    blocks, total = [], 0.0
    for start in range(0, len(pictures.train), N_FITTED):
        floats = as_floats(pictures.train[start : start + N_FITTED])
        blocks.append(lens.see(floats))
        flat = floats.reshape(len(floats), -1) - lens.components.mean
        total += float((flat**2).sum()) - float((blocks[-1] ** 2).sum()) * lens.unit**2
    rest = max(total / len(pictures.train), 0.0)
    return Material(pictures, lens, torch.cat(blocks), rest, scored_parts(pictures, lens))


@functools.lru_cache(maxsize=64)
def baselines(key: tuple[Any, ...], latent_dim: int) -> dict[str, float]:
    """psnr_pca and psnr_mean: held-out pictures from as many principal components of the training set, and from its
    mean.
    """
    pictures = load(key)
    train = as_floats(pictures.train).reshape(len(pictures.train), -1)
    held_out = as_floats(pictures.held_out).reshape(len(pictures.held_out), -1)
    found = pca(train, latent_dim)
    by_pca = np.clip(found.decode(found.encode(held_out)), 0, 1)
    return {
        "psnr_pca": psnr(by_pca, held_out),
        "psnr_mean": psnr(np.broadcast_to(found.mean, held_out.shape), held_out),
    }
