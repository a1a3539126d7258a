"""A judge of in-betweens: a net that tells real shapes from cross-fades of two, and never saw a decoded picture.

'Halfway between two pictures' is a third picture if it could have been one of the data, and not two seen at once. The
net is convolutional and sees pixels; it learns from 8,000 pictures of its own and from cross-fades of them, once for a
size and a kind, in about half a minute, and is kept in the user's cache. It knows one way of being wrong, the
cross-fade: a picture that is wrong in another way may pass.
"""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data import shapes
from engine.data.cache import Arrays, cached
from engine.data.picture_set import LEVELS, as_bytes, as_floats
from engine.families.autoencoder.coder import Coder, conv_layers
from engine.families.autoencoder.model import LatentModel
from engine.families.autoencoder.optimiser import Optimiser
from engine.latent.paths import PATHS
from engine.rng import generator, torch_generator

N_TRAIN, N_TEST, CHANNELS = 8_000, 1_000, 12
STEPS, BATCH, LR = 2_400, 64, 2e-3
FADE = (0.3, 0.7)
"""Shares of the second picture in the cross-fades to learn from: outside them one of the two is hardly there."""
AT_ONCE = 500
HALF = np.array([0.5], np.float32)


class BlendJudge:
    """Says how likely pictures are real. `accuracy`: on real pictures and half-way cross-fades not learned from."""

    def __init__(self, kind: str, size: int) -> None:
        factors = shapes.draw_factors(N_TRAIN + N_TEST, seed=0, kind=kind, stream="blends")
        encoder, _ = conv_layers((3, size, size), CHANNELS, 1, 1)
        self._net = Coder(encoder, [], "silu", torch_generator(0, "blends"))
        key = {"kind": kind, "size": size, "recipe": [N_TRAIN, CHANNELS, STEPS, BATCH, LR, *FADE]}
        found = cached("blends", key, lambda: self._learn(factors, size)).get("weights")
        if found is None or found.shape != tuple(self._net.flat.shape):
            found = self._learn(factors, size)["weights"]
        self._net.flat.copy_(torch.from_numpy(found.copy()))
        real = as_floats(as_bytes(shapes.render(factors[N_TRAIN:], size)))
        right = (self.real(real) > HALF).mean(), (self.real((real + real[::-1]) / 2) < HALF).mean()
        self.accuracy = float(np.mean(right))

    def real(self, pictures: np.ndarray) -> np.ndarray:
        """The probability (n,) that each of the pictures in [0, 1] (n, 3, size, size) is a real one."""
        with torch.no_grad():
            parts = torch.from_numpy(np.array(pictures, np.float32)).split(AT_ONCE)
            return torch.sigmoid(torch.cat([self._net.encode(part)[-1][:, 0] for part in parts])).numpy()

    def _learn(self, factors: np.ndarray, size: int) -> Arrays:
        seen = torch.from_numpy(as_bytes(shapes.render(factors[:N_TRAIN], size)))
        aim = torch.cat((torch.ones(BATCH), torch.zeros(BATCH)))
        optimiser = Optimiser("adam", self._net.flat)
        for step in range(STEPS):
            loss = F.binary_cross_entropy_with_logits(self._net.encode(_batch(seen, step))[-1][:, 0], aim)
            self._net.backward(loss)
            optimiser.step(self._net.flat, self._net.grad, LR * (1 + math.cos(math.pi * step / STEPS)) / 2)
        return {"weights": self._net.flat.numpy().copy()}


def _batch(pictures: Tensor, step: int) -> Tensor:
    """Real pictures, then as many cross-fades of two."""
    g = torch_generator(0, "blends batch", step)
    real, a, b = (pictures[torch.randint(N_TRAIN, (BATCH,), generator=g)].float().div_(LEVELS) for _ in range(3))
    share = FADE[0] + (FADE[1] - FADE[0]) * torch.rand(BATCH, 1, 1, 1, generator=g)
    return torch.cat((real, a + share * (b - a)))


@functools.lru_cache(maxsize=4)
def blend_judge_for(kind: str, size: int) -> BlendJudge:
    """The judge of a kind of shapes, made once."""
    return BlendJudge(kind, size)


def midpoints(model: LatentModel, n: int = 200, seed: int = 0) -> dict[str, float]:
    """Of `n` random pairs of held-out shapes, the share of half-way pictures that is judged real: by each path through
    the codes, and by the cross-fade of the pixels; beside that of the held-out pictures decoded from their own codes,
    that of the real ones, and the judge's accuracy."""
    judge = blend_judge_for(model.config.kind, model.config.size)
    a, b = generator(seed, "midpoints").integers(0, model.n_held_out, (2, n))
    half = {
        name: np.concatenate([path(model.codes[i], model.codes[j], HALF) for i, j in zip(a, b, strict=True)])
        for name, path in PATHS.items()
    }
    left, right = as_floats(model.real(a)), as_floats(model.real(b))
    shown = {name: model.decode(codes) for name, codes in half.items()}
    shown |= {"fade": (left + right) / 2, "decoded": model.decode(model.codes[a]), "real": left}
    found = {name: float((judge.real(pictures) > HALF).mean()) for name, pictures in shown.items()}
    return found | {"accuracy": judge.accuracy}
