"""Ada-GVAE: a VAE that sees pairs of pictures which differ in one factor, and is not told in which.

    q(z|x1), q(z|x2) = encode(x1), encode(x2)
    where an axis of both differs little, it is taken to be shared, and both get the mean of its two distributions
    loss = |decode(z1) - x1|^2 + |decode(z2) - x2|^2 + beta (KL1 + KL2)

'Little': less than half-way between the axis that differs least and the one that differs most, by KL(q1 || q2).
Locatello et al. 2020, arXiv:2002.02886, with two changes. The net is fully connected and sees principal components (a
quarter of the time of a convolutional one). And one seed in three mixes two factors on two axes; that shows without any
label: a pair then needs both axes to be explained. So after `trial` updates the alarm compares the error when only the
best single axis may differ with the error when every axis may; if it is larger by more than the share `alarm`, the
attempt is given up and the next one begins, with other weights. Error: summed over pixels, averaged over the pictures;
KL: summed over the latents.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.data import shapes
from engine.data.picture_set import as_bytes
from engine.families.autoencoder.coder import Coder
from engine.families.autoencoder.config import AdaConfig
from engine.families.autoencoder.gradients import LOGVAR_LIMIT
from engine.families.autoencoder.judge import shape_purity
from engine.families.autoencoder.learner import kl_to_prior, layers_for
from engine.families.autoencoder.lens import N_FITTED, Material, baselines, lens_for, load, scored_parts
from engine.families.autoencoder.optimiser import Optimiser
from engine.families.autoencoder.view import AutoencoderView, look
from engine.learner import Metrics, State
from engine.metrics.pictures import psnr, ssim
from engine.nets import take_over
from engine.rng import Blocks, torch_generator

N_ALARM = 400
"""Pairs that the alarm looks at."""
N_SIMILAR = 60
BLOCK = 64
RENDERED_AT_ONCE = 1024
LR_START = 100
"""Updates over which the step size grows from zero, at the start of an attempt."""


class AdaLearner:
    """Learner of the family 'ada_gvae'; one unit is one update of all weights, on `batch` pairs."""

    def __init__(self, config: AdaConfig) -> None:
        self.config = config
        self.data, self.pairs = _material(_key(config), config.coefficients)
        self.pictures, self.lens = self.data.pictures, self.data.lens
        self.coder = Coder(*layers_for(config, self.lens), config.activation, torch_generator(config.seed, "weights 0"))
        self.optimiser = Optimiser("adam", self.coder.flat)
        self._where = torch.tensor([0.0, 0.0, config.trial + config.finish, math.nan], dtype=torch.float64)
        n = config.batch
        self._batches = self._blocks("batch", lambda g: torch.randint(len(self.pairs), (BLOCK, n), generator=g))
        self._eps = self._blocks("eps", lambda g: torch.randn(BLOCK, 2 * n, config.latent_dim, generator=g))

    # -- the update

    def step(self, step: int) -> Metrics:
        """One update of all weights; after the last one of a trial, the alarm."""
        attempt, start, _, _ = self._where.tolist()
        done = int(step - start)
        x = self.pairs[self._batches.at(step)]  # (batch, 2, coefficients)
        x = torch.cat((x[:, 0], x[:, 1]))  # (2 batch, coefficients): the first ones, then the second ones
        mu, logvar = shared(*self._heads(x))
        z = mu + (logvar / 2).exp() * self._eps.at(step)
        error = self._error(self.coder.decode(z)[-1], x).mean()
        kl = kl_to_prior(mu, logvar).mean()
        self.coder.backward(error + self.config.beta * kl)
        self.optimiser.step(self.coder.flat, self.coder.grad, self._lr(done))
        numbers = torch.stack((error.detach(), kl.detach())).tolist()
        found = {"loss": numbers[0] + self.config.beta * numbers[1], "error": numbers[0], "kl": numbers[1]}
        self._where[2] = self.config.trial + self.config.finish - done - 1
        if done + 1 == self.config.trial and self.config.alarm:
            self._ask_alarm(step + 1)
        return {**found, "attempt": attempt + 1, "updates_left": float(self._where[2])}

    def _ask_alarm(self, now: int) -> None:
        """Begin the next attempt if one axis alone does not explain a pair, and there is time for another."""
        length = self.config.trial + self.config.finish
        attempt, gap = int(self._where[0]), self._gap()
        self._where[3] = gap
        if gap > self.config.alarm and now + length <= self.config.steps:
            self._where[:3] = torch.tensor([attempt + 1, now, length])
            self.coder.begin(torch_generator(self.config.seed, f"weights {attempt + 1}"))
            for tensor in self.optimiser.tensors().values():
                tensor.zero_()

    def _gap(self) -> float:
        """By which share the error grows when only the one best axis may differ within a pair."""
        with torch.no_grad():
            pairs = self.pairs[:N_ALARM]
            x = torch.cat((pairs[:, 0], pairs[:, 1]))
            mu = self._heads(x)[0]
            free = float(self._error(self.coder.decode(mu)[-1], x).mean())
            mean = mu.view(2, -1, self.config.latent_dim).mean(0).repeat(2, 1)
            alone = []
            for axis in range(self.config.latent_dim):
                z = mean.clone()
                z[:, axis] = mu[:, axis]
                error = self._error(self.coder.decode(z)[-1], x)
                alone.append(error.view(2, -1).mean(0))
            return float(torch.stack(alone).min(0).values.mean()) / free - 1

    def _heads(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mu, logvar = self.coder.encode(x)[-1].chunk(2, 1)
        return mu, logvar.clamp(-LOGVAR_LIMIT, LOGVAR_LIMIT)

    def _error(self, out: Tensor, x: Tensor) -> Tensor:
        return (out - x).square().sum(1) * self.lens.unit**2

    def _lr(self, done: int) -> float:
        c = self.config
        share = min(max(done - c.trial, 0) / c.finish, 1)
        return c.lr * min(1, (done + 1) / LR_START) * (1 + math.cos(math.pi * share)) / 2

    # -- looking, which changes nothing

    def view(self) -> AutoencoderView:
        """Sixteen held-out pictures on their way through the net, and 300 codes."""
        return look(self.coder, self.data, lambda x: x, self.config.latent_dim, variational=True)

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """The means (n, latent_dim) of the codes of pictures in [0, 1] (n, channels, height, width)."""
        with torch.no_grad():
            return self._heads(self.lens.see(pictures))[0].numpy().copy()

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Pictures in [0, 1] (n, channels, height, width) of codes (n, latent_dim)."""
        with torch.no_grad():
            return self.lens.paint(self.coder.decode(torch.from_numpy(np.array(z, np.float32)))[-1])

    def score(self) -> Metrics:
        """psnr, psnr_train and ssim, beside psnr_pca and psnr_mean; once the run has ended, the decoder's purity as
        well: purity_height, ..., and purity_min, the least of them."""
        found: Metrics = {}
        for name, (originals, seen) in self.data.scored.items():
            with torch.no_grad():
                painted = self.lens.paint(self.coder.decode(self._heads(seen)[0])[-1])
            found[f"psnr_{name}"] = psnr(painted, originals)
        found["psnr"] = found.pop("psnr_held_out")
        found["ssim"] = ssim(painted[:N_SIMILAR], originals[:N_SIMILAR])  # type: ignore[possibly-undefined]
        found |= baselines(_key(self.config), self.config.latent_dim)
        if self._where[2] <= 0:
            pure = shape_purity(self, self.pictures, self.config.kind, self.config.size)
            names = [factor.name for factor in self.pictures.factors]
            found |= {f"purity_{name}": float(value) for name, value in zip(names, pure.purity, strict=False)}
            found["purity_min"] = float(pure.purity.min())
        return found

    # -- the state

    def state_dict(self) -> State:
        """Weights, Adam's moments, and the attempt, copied."""
        return {name: tensor.numpy().copy() for name, tensor in self._tensors().items()}

    def load_state_dict(self, state: State) -> None:
        """Take over such arrays; raises ConfigError if one is missing or of another shape."""
        take_over(self._tensors(), state)

    def _tensors(self) -> dict[str, Tensor]:
        return {"weights": self.coder.flat, **self.optimiser.tensors(), "attempt": self._where}

    def _blocks(self, stream: str, draw: Callable[[torch.Generator], Tensor]) -> Blocks[Tensor]:
        return Blocks(draw, seed=self.config.seed, stream=stream, length=BLOCK)


def shared(mu: Tensor, logvar: Tensor) -> tuple[Tensor, Tensor]:
    """The codes of pairs (first ones, then second ones), (2 n, latent_dim), with the axes that differ little made
    equal."""
    mu1, mu2 = mu.chunk(2)
    logvar1, logvar2 = logvar.chunk(2)
    var1, var2 = logvar1.exp(), logvar2.exp()
    with torch.no_grad():
        differ = 0.5 * (logvar2 - logvar1 + (var1 + (mu1 - mu2).square()) / var2 - 1)  # KL(q1 || q2) of each axis
        limit = (differ.amax(1, keepdim=True) + differ.amin(1, keepdim=True)) / 2
        same = (differ < limit).repeat(2, 1)
    mean = ((mu1 + mu2) / 2).repeat(2, 1)
    logmean = ((var1 + var2) / 2).log().repeat(2, 1)
    return torch.where(same, mean, mu), torch.where(same, logmean, logvar)


def _key(config: AdaConfig) -> tuple[Any, ...]:
    """As `lens.data_key`, of a config that has fewer fields."""
    return config.data, config.size, config.n_train, config.kind, False, ""


@functools.lru_cache(maxsize=4)
def _material(key: tuple[Any, ...], coefficients: int) -> tuple[Material, Tensor]:
    """Pairs of shapes, float32 (n, 2, coefficients), through a lens; shared, so nobody writes to them.

    The pictures are those of the other families; of pairs, `train` holds the first ones.
    """
    pictures = load(key)
    _, size, n, kind, *_ = key
    drawn = shapes.draw_pairs(n, seed=0, kind=kind)
    lens = lens_for(as_bytes(shapes.render(drawn[0][:N_FITTED], size)), coefficients)
    seen = []
    for factors in drawn:
        chunks = [factors[start : start + RENDERED_AT_ONCE] for start in range(0, n, RENDERED_AT_ONCE)]
        seen.append(torch.cat([lens.see(shapes.render(chunk, size)) for chunk in chunks]))
    return Material(pictures, lens, seen[0], 0.0, scored_parts(pictures, lens)), torch.stack(seen, 1)
