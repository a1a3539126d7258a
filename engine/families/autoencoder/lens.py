"""What a net sees of a picture: its pixels, or its coordinates along the first principal components.

The components that are learned through are orthonormal, so a squared error of coordinates is a squared error of pixels,
less the part of the picture that the components leave out; and independent noise on pixels is independent noise on
coordinates.

Components of faces in many poses are blurs. So those are seen straight, with the pose as four more coordinates, and
what is painted is put back in its pose (face_pose.py).
"""

import dataclasses
import functools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine import data
from engine.data import faces
from engine.data.picture_set import PictureSet, as_floats
from engine.families.autoencoder.face_pose import (
    N_POSE,
    FacePose,
    face_pose,
    fill,
    in_view,
    put_back,
    refine,
    standardised,
    straighten,
    wide_side,
)  # fmt: skip
from engine.latent.pca import Pca, pca
from engine.metrics.pictures import psnr

N_FITTED = 1500
"""Pictures from which the components of a lens are taken: enough for a basis, quick enough to begin at once."""
N_SCORED = 300
KEPT = 8
POSE_SCALE = 10.0
"""A standardised number of the pose is so large a coordinate; times the unit, about what it does to the pixels."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """`shape` (channels, height, width); `components` None for pixels. Coordinates are divided by `unit`.

    With `pose`, the components are those of straight pictures, wider than `shape`, and the last four inputs the pose.
    """

    shape: tuple[int, int, int]
    components: Pca | None = None
    unit: float = 1.0
    pose: FacePose | None = None

    @property
    def n_inputs(self) -> int:
        """Numbers that the net sees."""
        return int(np.prod(self.shape)) if self.components is None else len(self.components.basis) + self.n_pose

    @property
    def n_pose(self) -> int:
        """How many of them, the last ones, are the pose."""
        return 0 if self.pose is None else N_POSE

    def see(self, pictures: np.ndarray) -> Tensor:
        """Pictures in [0, 1] (n, channels, height, width) as the net sees them, (n, n_inputs)."""
        if self.pose is None or self.components is None:
            return self.see_flat(self.flat(pictures))
        pose = refine(pictures, self.pose.estimate(pictures), self.components)
        return self.see_flat(self.flat(pictures, pose), pose)

    def coordinates(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures (n, channels, height, width) as points (n, numbers) whose distances are those of their pixels, less
        the part that the components leave out, whatever the unit and the length of their rows.

        A lens that straightens gives the pixels: distances of straight pictures are not those of the posed ones.
        """
        if self.components is None or self.pose is not None:
            return pictures.reshape(len(pictures), -1)
        lengths = np.maximum(self.components.lengths, np.finfo(np.float32).tiny)
        return self.see(pictures).numpy() * np.float32(self.unit) / lengths

    def flat(self, pictures: np.ndarray, pose: Tensor | None = None) -> np.ndarray:
        """The pixels (n, numbers) that are seen of pictures in [0, 1], given their poses if the lens straightens."""
        if pose is None or self.components is None:
            return pictures.reshape(len(pictures), -1)
        return fill(*straighten(pictures, pose), self.components)

    def see_flat(self, flat: np.ndarray, pose: Tensor | None = None) -> Tensor:
        """What `flat` gave, as the net sees it."""
        if self.components is None:
            return torch.from_numpy(flat)
        seen = torch.from_numpy(self.components.encode(flat) / np.float32(self.unit))
        return seen if pose is None else torch.cat((seen, pose * POSE_SCALE), 1)

    def paint(self, seen: Tensor) -> np.ndarray:
        """The pictures, in [0, 1], that the net gave as (n, n_inputs)."""
        n = seen.shape[1] - self.n_pose
        flat = seen[:, :n].numpy()
        if self.components is not None:
            flat = self.components.decode(flat * np.float32(self.unit))
        pictures = np.clip(flat, 0, 1).reshape(-1, *self._seen_shape)
        return pictures if self.pose is None else put_back(pictures, seen[:, n:] / POSE_SCALE)

    def weights(self, weight: np.ndarray) -> np.ndarray:
        """Weights of the first layer (units, n_inputs), less those of a pose, as (units, channels, height, width)."""
        if self.components is not None:
            weight = weight[:, : len(self.components.basis)] @ self.components.basis / np.float32(self.unit)
        return self._in_view(weight)

    def linear(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The weight (pixels, n_inputs) and the bias (pixels,) that make pixels of what the net gives, straight in any
        pose; None if it gives pixels."""
        if self.components is None:
            return None
        basis = self._in_view(self.components.basis * np.float32(self.unit)).reshape(len(self.components.basis), -1)
        still = np.zeros((self.n_pose, basis.shape[1]), np.float32)
        return np.concatenate((basis, still)).T, self._in_view(self.components.mean).ravel()

    @property
    def _seen_shape(self) -> tuple[int, int, int]:
        wide = wide_side(self.shape[2])
        return self.shape if self.pose is None else (self.shape[0], wide, wide)

    def _in_view(self, flat: np.ndarray) -> np.ndarray:
        pictures = flat.reshape(-1, *self._seen_shape)
        return pictures if self.pose is None else in_view(pictures)


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


def lens_for(pictures: np.ndarray, coefficients: int, pose: Tensor | None = None) -> Lens:
    """A lens for pictures as bytes (n, channels, height, width), fitted to the first 1,500; given their true poses, one
    that straightens."""
    shape = pictures.shape[1:]
    if not coefficients:
        return Lens(shape)  # type: ignore[arg-type]
    fitted = as_floats(pictures[:N_FITTED])
    if pose is not None:
        fitted = _straight(fitted, pose[:N_FITTED])
    found = pca(fitted.reshape(len(fitted), -1), coefficients)
    unit = max(float(np.sqrt((found.spread**2).mean())), 1e-6)
    return Lens(shape, found, unit, None if pose is None else face_pose())  # type: ignore[arg-type]


def _straight(pictures: np.ndarray, pose: Tensor) -> np.ndarray:
    """Straight pictures; what one does not show is as in the mean of those that do."""
    straight, known = straighten(pictures, pose)
    shown = np.maximum(known.sum(0, dtype=np.float32), 1)
    return np.where(known, straight, (straight * known).sum(0) / shown)


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
    pose = _true_pose(pictures) if coefficients else None
    lens = lens_for(pictures.train, coefficients, pose)
    if lens.components is None:
        flat = pictures.train.reshape(len(pictures.train), -1)
        return Material(pictures, lens, torch.from_numpy(flat.copy()), 0.0, scored_parts(pictures, lens))
    blocks, total = [], 0.0
    for start in range(0, len(pictures.train), N_FITTED):
        floats = as_floats(pictures.train[start : start + N_FITTED])
        own = None if pose is None else pose[start : start + N_FITTED]
        flat = lens.flat(floats, own)
        blocks.append(lens.see_flat(flat, own))
        along = blocks[-1][:, : len(lens.components.basis)]
        total += float(((flat - lens.components.mean) ** 2).sum()) - float((along**2).sum()) * lens.unit**2
    rest = max(total / len(pictures.train), 0.0)
    return Material(pictures, lens, torch.cat(blocks), rest, scored_parts(pictures, lens))


def _true_pose(pictures: PictureSet) -> Tensor | None:
    """The standardised poses (n, 4) of pictures to learn from, None for pictures without: learning knows them, as the
    net that estimates those of others did."""
    if pictures.factors[-N_POSE:] != faces.POSE:
        return None
    return standardised(pictures.factors_train[:, -N_POSE:])


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
