"""What a latent space knows of the true factors, beside two baselines; and how far its samples are from the data.

The baselines have as many numbers: the first principal components, and a random code, in which each picture has
numbers that tell nothing of it, and whose decoder looks up the picture with the nearest numbers.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.config import ConfigError
from engine.data import shapes
from engine.data.picture_set import as_bytes, as_floats
from engine.families.autoencoder.judge import N_MEASURED, Codes, judge_for, purity_of
from engine.families.autoencoder.model import LatentModel
from engine.latent.pca import pca
from engine.latent.sampling import SAMPLERS, distances
from engine.metrics.dci import dci
from engine.metrics.latents import linear_r2, mig
from engine.metrics.pictures import nearest
from engine.rng import generator

N_CODES = 2000
"""Pictures of shapes, drawn for these scores alone, that mig, dci and r2 are measured on."""
N_SAMPLES = 1000
BASELINES = ("pca", "random")


class Axes:
    """Principal components as a latent space."""

    def __init__(self, pictures: np.ndarray, n: int) -> None:
        self._shape = pictures.shape[1:]
        self._pca = pca(pictures.reshape(len(pictures), -1), n)

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        return self._pca.encode(pictures.reshape(len(pictures), -1))

    def decode(self, z: np.ndarray) -> np.ndarray:
        return np.clip(self._pca.decode(z), 0, 1).reshape(-1, *self._shape)


class RandomCode:
    """Numbers that tell nothing, standard normal; decoded by looking up which of the given pictures has the nearest."""

    def __init__(self, pictures: np.ndarray, n: int) -> None:
        self._pictures, self._n = pictures, n
        self._codes = self.encode(pictures)

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """As many rows of numbers; of the given pictures, in their order, the ones that `decode` looks up."""
        return generator(0, "random code").standard_normal((len(pictures), self._n), np.float32)

    def decode(self, z: np.ndarray) -> np.ndarray:
        return self._pictures[nearest(z, self._codes)[0]]


def latent_scores(model: LatentModel, beside: Sequence[str] = BASELINES) -> dict[str, Any]:
    """mig, dci, completeness, informativeness, and the r2 of each factor; for shapes also the decoder's purity and the
    axis of each factor, and the judge's own r2. The same of each baseline asked for stands under its name.

    Raises ConfigError for pictures whose factors are not known.
    """
    if not model.about:
        raise ConfigError("data", model.config.data, "has no true factors to measure against")
    known = as_floats(model.real(range(len(model.codes))))
    if model.config.data == "shapes":  # pictures that nobody learned from
        drawn = shapes.draw_factors(N_CODES, seed=0, kind=model.config.kind, stream="scores")
        factors, shown = drawn[:, : len(model.about)], as_floats(as_bytes(shapes.render(drawn, model.config.size)))
    else:
        factors, shown = model.factors, known
    learned = known[model.n_held_out :] if model.n_held_out < len(known) else known
    codes_of = {"pca": lambda: Axes(learned, model.latent_dim), "random": lambda: RandomCode(known, model.latent_dim)}
    found = _scores(model, model, factors, shown, known)
    if model.config.data == "shapes":
        r2 = judge_for(model.config.kind, model.config.size).r2.tolist()
        found["judge_r2"] = dict(zip([factor.name for factor in model.about][:N_MEASURED], r2, strict=True))
    return found | {name: _scores(codes_of[name](), model, factors, shown, known) for name in beside}


def sampling_scores(model: LatentModel, n: int = N_SAMPLES, seed: int = 0) -> dict[str, dict[str, float]]:
    """How far pictures drawn from each distribution of codes (sampling.SAMPLERS) are from the data, beside held-out
    pictures, 'held_out', and their reconstructions, 'reconstructed': the numbers of `sampling.Distances` of each."""
    held_out, train = (as_floats(model.real(part)) for part in _parts(model))
    codes, learned = model.codes[: model.n_held_out], model.codes[model.n_held_out :]
    best = model.decode(codes)
    shown = {"held_out": held_out, "reconstructed": best}
    shown |= {name: model.decode(draw(learned, n, seed)) for name, draw in SAMPLERS.items()}
    return {name: dataclasses.asdict(distances(pictures, train, best)) for name, pictures in shown.items()}


def _parts(model: LatentModel) -> tuple[range, range]:
    """Numbers of the known pictures held out, and learned from; raises ConfigError if either is missing."""
    n, n_held_out = len(model.codes), model.n_held_out
    if not 0 < n_held_out < n:
        raise ConfigError("n_held_out", n_held_out, f"must leave pictures of either part, of {n:,}")
    return range(n_held_out), range(n_held_out, n)


def _scores(
    codes_of: Codes, model: LatentModel, factors: np.ndarray, shown: np.ndarray, known: np.ndarray
) -> dict[str, Any]:
    names, named = [factor.name for factor in model.about], [bool(factor.values) for factor in model.about]
    codes = codes_of.encode(shown)
    trees = dci(codes, factors)
    result: dict[str, Any] = {
        "mig": mig(codes, factors),
        "dci": trees.disentanglement,
        "completeness": trees.completeness,
        "informativeness": trees.informativeness,
        "r2": dict(zip(names, linear_r2(codes, factors, named).tolist(), strict=True)),
    }
    if model.config.data == "shapes":
        kind, size = model.config.kind, model.config.size
        pure = purity_of(codes_of, codes_of.encode(known[: model.n_held_out]), kind, size)
        result["purity"] = dict(zip(names, pure.purity.tolist(), strict=False))
        result["purity_min"] = float(pure.purity.min())
        result["axis"] = dict(zip(names, pure.axis.tolist(), strict=False))
    return result
