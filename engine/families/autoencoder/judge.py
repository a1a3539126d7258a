"""A judge of shapes: a net that has learned to measure the factors on real pictures, and never saw a decoded one.

It sees 256 principal components and gives the numeric factors; trained once for a size and a kind on 8,000 pictures of
its own, in some CPU seconds, and kept in the user's cache.
"""

import functools
import math
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from engine.data import shapes
from engine.data.cache import Arrays, cached
from engine.data.picture_set import PictureSet, as_bytes, as_floats
from engine.families.autoencoder.coder import Coder, mlp_layers
from engine.families.autoencoder.lens import Lens, lens_for
from engine.families.autoencoder.optimiser import Optimiser
from engine.metrics.latents import Purity, changes, purity, sweeps
from engine.rng import torch_generator

N_TRAIN, N_TEST, N_INPUTS, WIDTH, DEPTH = 8_000, 1_000, 256, 192, 2
STEPS, BATCH, LR = 2_000, 128, 2e-3
N_MEASURED = 4
"""The factors that are numbers: height, radius, orientation, colour."""
LOW, RANGE = shapes.LOW, shapes.HIGH - shapes.LOW


class Judge:
    """Measures factors. `r2` (4,): on real pictures that it did not learn from."""

    def __init__(self, kind: str, size: int) -> None:
        train = shapes.draw_factors(N_TRAIN + N_TEST, seed=0, kind=kind, stream="judge")
        pictures = as_bytes(shapes.render(train, size))
        self.lens: Lens = lens_for(pictures, N_INPUTS)
        encoder, _ = mlp_layers(self.lens.n_inputs, WIDTH, DEPTH, N_MEASURED, 1)
        self._net = Coder(encoder, [], "silu", torch_generator(0, "judge"))
        aim = torch.from_numpy((train[:, :N_MEASURED] - LOW) / RANGE)
        key = {"kind": kind, "size": size, "recipe": [N_TRAIN, N_INPUTS, WIDTH, DEPTH, STEPS, BATCH, LR]}
        found = cached("judge", key, lambda: self._learn(pictures, aim)).get("weights")
        if found is None or found.shape != tuple(self._net.flat.shape):
            found = self._learn(pictures, aim)["weights"]
        self._net.flat.copy_(torch.from_numpy(found.copy()))
        test = train[N_TRAIN:, :N_MEASURED]
        error = ((self.measure(as_floats(pictures[N_TRAIN:])) - test) ** 2).mean(0)
        self.r2 = 1 - error / test.var(0)

    def measure(self, pictures: np.ndarray) -> np.ndarray:
        """The factors (n, 4), in their own units, of pictures in [0, 1] (n, 3, size, size)."""
        with torch.no_grad():
            return self._net.encode(self.lens.see(pictures))[-1].numpy() * RANGE + LOW

    def _learn(self, pictures: np.ndarray, aim: Tensor) -> Arrays:
        seen = torch.cat([self.lens.see(as_floats(pictures[k : k + 1000])) for k in range(0, N_TRAIN, 1000)])
        optimiser = Optimiser("adam", self._net.flat)
        for step in range(STEPS):
            rows = torch.randint(N_TRAIN, (BATCH,), generator=torch_generator(0, "judge batch", step))
            loss = (self._net.encode(seen[rows])[-1] - aim[rows]).square().sum(1).mean()
            self._net.backward(loss)
            lr = LR * (1 + math.cos(math.pi * step / STEPS)) / 2
            optimiser.step(self._net.flat, self._net.grad, lr)
        return {"weights": self._net.flat.numpy().copy()}


@functools.lru_cache(maxsize=4)
def judge_for(kind: str, size: int) -> Judge:
    """The judge of a kind of shapes, made once."""
    return Judge(kind, size)


class Codes(Protocol):
    """What encodes and decodes pictures: every learner of this folder."""

    def encode(self, pictures: np.ndarray) -> np.ndarray: ...

    def decode(self, z: np.ndarray) -> np.ndarray: ...


def shape_purity(model: Codes, pictures: PictureSet, kind: str, size: int) -> Purity:
    """The purity of a decoder of shapes, around the codes of the held-out pictures."""
    return purity_of(model, model.encode(as_floats(pictures.held_out)), kind, size)


def purity_of(model: Codes, codes: np.ndarray, kind: str, size: int) -> Purity:
    """The purity of a decoder of shapes: each axis of codes (n, d) swept, the factors measured by the judge."""
    moved = sweeps(codes)
    judge = judge_for(kind, size)
    measured = np.stack([judge.measure(model.decode(axis.reshape(-1, axis.shape[-1]))) for axis in moved])
    return purity(changes(measured.reshape(*moved.shape[:3], N_MEASURED), RANGE))
