"""A trained autoencoder as a latent space to walk in: it encodes and decodes, and knows some pictures and their codes.

It comes from a run, or from a starter (engine/starters), which brings its own weights and codes, so that nothing has to
be drawn or learned before it can be used.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.config import ConfigError
from engine.data.picture_set import Factor, as_floats
from engine.families.autoencoder.ada import AdaLearner
from engine.families.autoencoder.coder import Coder, Layer
from engine.families.autoencoder.learner import AutoencoderLearner
from engine.families.autoencoder.lens import Lens

N_KNOWN = 2_000
"""So many pictures of a run are known at most, the held-out ones first."""

Real = Callable[[Sequence[int]], np.ndarray]
"""The true pictures of some numbers, as bytes (n, channels, height, width)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One layer of a decoder, for code that does without torch: y = bend(weight x + bias).

    `kind` 'full': weight (out, in). 'up': a transposed convolution of stride 2, padding 1, weight (in, out, 4, 4), on
    inputs laid out as `unfold` (channels, height, width). `bend`: the name of an activation, or "".
    """

    kind: str
    weight: np.ndarray
    bias: np.ndarray
    bend: str = ""
    unfold: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class LatentModel:
    """An encoder and a decoder with the pictures they are known by.

    `codes` (n, latent_dim) and `factors` (n, n_factors), in the units of `about`, are of pictures 0 to n - 1: the first
    `n_held_out` were held out, the rest learned from. `spread` (latent_dim,) is the mean width of a VAE's codes, empty
    for the others. `real(numbers)` gives the true pictures. `card` says where it comes from: config, scores, time.
    """

    name: str
    family: str
    config: Any
    coder: Coder
    lens: Lens
    codes: np.ndarray
    spread: np.ndarray
    factors: np.ndarray
    about: tuple[Factor, ...]
    n_held_out: int
    real: Real
    card: dict[str, Any] = dataclasses.field(default_factory=dict)
    taught: tuple[np.ndarray, np.ndarray] | None = None
    """Codes and factors of every picture learned from, if these are more than the known ones."""

    @property
    def latent_dim(self) -> int:
        """How many numbers a code has."""
        return self.codes.shape[1]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of a picture."""
        return self.lens.shape

    @property
    def lessons(self) -> tuple[np.ndarray, np.ndarray]:
        """Codes (m, latent_dim) and factors (m, n_factors) of pictures learned from: all of them, or the known ones."""
        return self.taught or (self.codes[self.n_held_out :], self.factors[self.n_held_out :])

    @functools.cached_property
    def scale(self) -> np.ndarray:
        """The standard deviation of the known codes along each axis, (latent_dim,)."""
        return self.codes.std(0)

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """Codes (n, latent_dim) of pictures in [0, 1] (n, channels, height, width); of a VAE the means."""
        with torch.no_grad():
            return self.coder.encode(self.lens.see(pictures))[-1][:, : self.latent_dim].numpy().copy()

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Pictures in [0, 1] (n, channels, height, width) of codes (n, latent_dim)."""
        with torch.no_grad():
            out = self.coder.decode(torch.from_numpy(np.array(z, np.float32)))[-1]
            return self.lens.paint(self._finish(out))

    def steps(self) -> list[Step]:
        """The decoder, layer by layer, down to pixels before they are clipped to [0, 1] (or put through a sigmoid, if
        `squashes`). Of faces in many poses it gives the straight ones: what puts them back is no layer."""
        found, first = [], 2 * len(self.coder.encoder)
        for k, layer in enumerate(self.coder.decoder):
            weight, bias = (self.coder.part(first + 2 * k + part).numpy() for part in (0, 1))
            found.append(_step(layer, weight, bias, self.coder.activation))
        linear = self.lens.linear()
        if linear is not None:
            found.append(Step(kind="full", weight=linear[0], bias=linear[1]))
        return found

    @property
    def squashes(self) -> bool:
        """Whether a sigmoid makes pixels of what the decoder gives."""
        return getattr(self.config, "loss", "l2") == "bce"

    def _finish(self, out: Tensor) -> Tensor:
        return torch.sigmoid(out) if self.squashes else out


def _step(layer: Layer, weight: np.ndarray, bias: np.ndarray, activation: str) -> Step:
    bend = activation if layer.bend else ""
    return Step(kind=layer.kind, weight=weight, bias=bias, bend=bend, unfold=layer.unfold if layer.kind == "up" else ())


def of_learner(learner: Any, family: str, name: str = "run") -> LatentModel:
    """The latent space of a learner as it is now; raises ConfigError for one that has no codes for pictures.

    Its weights are copied: learning on does not change it.
    """
    if not isinstance(learner, (AutoencoderLearner, AdaLearner)):
        raise ConfigError("model", family, "has no codes for pictures")
    twin = type(learner)(learner.config)  # type: ignore[arg-type]  # its material is shared, so this is cheap
    twin.load_state_dict(learner.state_dict())
    pictures, d = twin.pictures, learner.config.latent_dim
    n_held_out = len(pictures.held_out)
    n_train = max(0, min(N_KNOWN - n_held_out, len(pictures.train)))
    known = np.concatenate((pictures.held_out, pictures.train[:n_train]))
    with torch.no_grad():
        heads = twin.coder.encode(twin.lens.see(as_floats(known)))[-1]

    def real(numbers: Sequence[int]) -> np.ndarray:
        return np.stack([pictures.held_out[k] if k < n_held_out else pictures.train[k - n_held_out] for k in numbers])

    factors = np.concatenate((pictures.factors_held_out, pictures.factors_train[:n_train]))
    lessons = twin.lessons() if isinstance(twin, AutoencoderLearner) else None
    return LatentModel(
        name=name, family=family, config=learner.config, coder=twin.coder, lens=twin.lens,
        codes=heads[:, :d].numpy().copy(), spread=(heads[:, d:] / 2).exp().mean(0).numpy().copy(),
        factors=factors[:, : len(pictures.factors)], about=pictures.factors, n_held_out=n_held_out,
        real=real,
        taught=None if lessons is None else (lessons, pictures.factors_train[:, : len(pictures.factors)]),
    )  # fmt: skip
