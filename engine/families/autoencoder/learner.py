"""The autoencoder and the variational autoencoder: one unit is one update of all weights.

    for each batch:   z = encode(x)    x_hat = decode(z)    E = |x_hat - x|^2    w <- w - alpha dE/dw

E is summed over pixels and averaged over the batch; so is cross-entropy. A VAE draws z = mu + std * eps and adds beta
x KL, KL summed over the latents and averaged over the batch. Simplified against Kingma & Welling 2013
(arXiv:1312.6114): squared error (not its half), one draw of eps for each example.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data.picture_set import LEVELS
from engine.families.autoencoder import gradients
from engine.families.autoencoder.coder import Coder, Layer, conv_layers, mlp_layers
from engine.families.autoencoder.config import AdaConfig, AutoencoderConfig, VaeConfig, check
from engine.families.autoencoder.lens import Lens, baselines, data_key, material
from engine.families.autoencoder.optimiser import Optimiser
from engine.families.autoencoder.view import AutoencoderView, look
from engine.learner import Metrics, Stage, State, Trace
from engine.metrics.pictures import psnr, ssim
from engine.nets import take_over
from engine.rng import Blocks, torch_generator

BLOCK_NUMBERS = 65_536
"""Batches are drawn for as many updates at once as hold so many numbers."""
N_SIMILAR = 60
"""Pictures of which the structural similarity is taken."""


class AutoencoderLearner:
    """Learner of the families 'autoencoder' and 'vae'."""

    def __init__(self, config: AutoencoderConfig) -> None:
        check(config)
        self.config = config
        self.variational = isinstance(config, VaeConfig)
        self.data = material(data_key(config), config.coefficients)
        self.pictures, self.lens = self.data.pictures, self.data.lens
        layers = layers_for(config, self.lens)
        self.coder = Coder(*layers, config.activation, torch_generator(config.seed, "weights"))
        self.optimiser = Optimiser(config.optimiser, self.coder.flat)
        self._batches = self._blocks("batch", self._draw_batches, 1)
        self._eps = self._blocks("eps", self._draw_normal(config.latent_dim), config.latent_dim)
        self._noise = self._blocks("noise", self._draw_normal(self.lens.n_inputs), self.lens.n_inputs)

    # -- the update

    def step(self, step: int) -> Metrics:
        """One update of all weights."""
        before = self.coder.flat.clone() if self.config.stop_weight_change else None
        numbers = self._gradient(step)[0]
        self.optimiser.step(self.coder.flat, self.coder.grad, self._lr(step))
        if before is not None:
            numbers["weight_change"] = float((self.coder.flat - before).abs().max())
        return numbers

    def _gradient(self, step: int) -> tuple[Metrics, dict[str, Tensor]]:
        """Write dE/dw of this step's batch into `coder.grad`; returns the numbers, and the tensors on the way."""
        x = self._batch(step)
        seen = x + self._noise.at(step) * (self.config.noise / self.lens.unit) if self.config.noise else x
        eps = self._eps.at(step) if self.variational else None
        if self.config.net == "mlp":
            found = gradients.write(self.coder, seen, x, self._error_and_gradient, beta=self._beta, eps=eps)
        else:
            found = self._by_autograd(seen, x, eps)
        error, kl = torch.stack((found.error, found.kl)).tolist()
        error += self.data.rest
        metrics = {"loss": error + self._beta * kl, "error": error}
        if eps is not None:
            metrics["kl"] = kl
        return metrics, {"x": x, "seen": seen, "z": found.z, "out": found.out}

    def _by_autograd(self, seen: Tensor, x: Tensor, eps: Tensor | None) -> gradients.Passed:
        """The same as `gradients.write`, for any net."""
        z, kl = self.coder.encode(seen)[-1], torch.zeros(())
        if eps is not None:
            mu, logvar = z.chunk(2, 1)
            logvar = logvar.clamp(-gradients.LOGVAR_LIMIT, gradients.LOGVAR_LIMIT)
            z, kl = mu + (logvar / 2).exp() * eps, kl_to_prior(mu, logvar).mean()
        out = self.coder.decode(z)[-1]
        error = self._error(out, x).mean()
        self.coder.backward(error + self._beta * kl)
        return gradients.Passed(error.detach(), kl.detach(), z.detach(), out.detach())

    @property
    def _beta(self) -> float:
        return getattr(self.config, "beta", 0.0)

    def _error_and_gradient(self, out: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        """The error, averaged over the batch, and its gradient with respect to what the net gave."""
        if self.config.loss == "bce":
            return self._error(out, x).mean(), (torch.sigmoid(out) - x).div_(len(x))
        difference = out - x
        scale = self.lens.unit**2 / len(x)
        return difference.square().sum() * scale, difference.mul_(2 * scale)

    def _error(self, out: Tensor, x: Tensor) -> Tensor:
        """The error of each example, summed over pixels, (batch,)."""
        if self.config.loss == "bce":
            return F.binary_cross_entropy_with_logits(out, x, reduction="none").sum(1)
        return (out - x).square().sum(1) * self.lens.unit**2

    def _finish(self, out: Tensor) -> Tensor:
        """What the net gives, as the lens sees it: a sigmoid makes pixels of what cross-entropy takes."""
        return torch.sigmoid(out) if self.config.loss == "bce" else out

    def _batch(self, step: int) -> Tensor:
        found = self.data.train[self._batches.at(step)]
        return found.float().div_(LEVELS) if found.dtype == torch.uint8 else found

    def _lr(self, step: int) -> float:
        c = self.config
        return c.lr * (1 + math.cos(math.pi * min(step / c.steps, 1))) / 2 if c.cosine else c.lr

    # -- looking, which changes nothing

    def view(self) -> AutoencoderView:
        """Sixteen held-out pictures on their way through the net, and 300 codes."""
        return look(self.coder, self.data, self._finish, self.config.latent_dim, variational=self.variational)

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        """Codes (n, latent_dim) of pictures in [0, 1] (n, channels, height, width); of a VAE the means."""
        with torch.no_grad():
            return self.coder.encode(self.lens.see(pictures))[-1][:, : self.config.latent_dim].numpy().copy()

    def lessons(self) -> np.ndarray | None:
        """Codes (n_train, latent_dim) of all pictures learned from, each as the net saw it; None if it saw pixels, of
        which so many take long."""
        if self.lens.components is None:
            return None
        with torch.no_grad():
            return self.coder.encode(self.data.train)[-1][:, : self.config.latent_dim].numpy().copy()

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Pictures in [0, 1] (n, channels, height, width) of codes (n, latent_dim)."""
        with torch.no_grad():
            return self.lens.paint(self._finish(self.coder.decode(torch.from_numpy(np.array(z, np.float32)))[-1]))

    def score(self) -> Metrics:
        """psnr, ssim of held-out pictures, beside psnr_pca and psnr_mean; psnr_train; error_train and error_held_out as
        in the loss.
        """
        found: Metrics = {}
        for name, (originals, seen) in self.data.scored.items():
            with torch.no_grad():
                out = self.coder.decode(self.coder.encode(seen)[-1][:, : self.config.latent_dim])[-1]
                found[f"error_{name}"] = float(self._error(out, seen).mean()) + self.data.rest
                painted = self.lens.paint(self._finish(out))
            found[f"psnr_{name}"] = psnr(painted, originals)
        found["psnr"] = found.pop("psnr_held_out")
        found["ssim"] = ssim(painted[:N_SIMILAR], originals[:N_SIMILAR])  # type: ignore[possibly-undefined]
        return found | baselines(data_key(self.config), self.config.latent_dim)

    def explain(self, step: int) -> Trace:
        """The update number `step` on a copy: example (x), predict (z, x_hat, E), gradient, update (before, after).

        Weights are flat; `coder.layout` says which part of the net lies where. `alpha` is the step size in force.
        """
        twin = type(self)(self.config)
        twin.load_state_dict(self.state_dict())
        before = twin.coder.flat.clone()
        metrics, tensors = twin._gradient(step)
        grad, alpha = twin.coder.grad.clone(), twin._lr(step)
        twin.optimiser.step(twin.coder.flat, twin.coder.grad, alpha)
        with torch.no_grad():
            x_hat = twin.lens.paint(twin._finish(tensors["out"]))
            x = twin.lens.paint(tensors["x"])
        errors = twin._error(tensors["out"], tensors["x"])
        change = twin.coder.flat - before
        return (
            Stage("example", {}, {"x": x, "seen": tensors["seen"].numpy().copy()}),
            Stage(
                "predict", metrics, {"z": tensors["z"].numpy().copy(), "x_hat": x_hat, "errors": errors.numpy().copy()}
            ),
            Stage("gradient", {"size": float(grad.norm())}, {"grad": grad.numpy()}),
            Stage(
                "update",
                {"alpha": alpha, "largest_change": float(change.abs().max())},
                {"before": before.numpy(), "grad": grad.numpy().copy(), "after": twin.coder.flat.numpy().copy()},
            ),
        )

    # -- the state

    def state_dict(self) -> State:
        """Weights, and what the optimiser remembers, copied."""
        return {name: tensor.numpy().copy() for name, tensor in self._tensors().items()}

    def load_state_dict(self, state: State) -> None:
        """Take over such arrays; raises ConfigError if one is missing or of another shape."""
        take_over(self._tensors(), state)

    def _tensors(self) -> dict[str, Tensor]:
        return {"weights": self.coder.flat, **self.optimiser.tensors()}

    # -- chance

    def _blocks(self, stream: str, draw: Callable[[int, torch.Generator], Tensor], width: int) -> Blocks[Tensor]:
        length = max(1, BLOCK_NUMBERS // (self.config.batch * width))
        return Blocks(lambda generator: draw(length, generator), seed=self.config.seed, stream=stream, length=length)

    def _draw_batches(self, length: int, generator: torch.Generator) -> Tensor:
        return torch.randint(len(self.data.train), (length, self.config.batch), generator=generator)

    def _draw_normal(self, width: int) -> Callable[[int, torch.Generator], Tensor]:
        return lambda length, generator: torch.randn(length, self.config.batch, width, generator=generator)


def layers_for(config: AutoencoderConfig | AdaConfig, lens: Lens) -> tuple[list[Layer], list[Layer]]:
    """Encoder and decoder of a config; all but the plain autoencoder's encoders give a mean and a log variance."""
    n_codes = config.latent_dim * (1 if type(config) is AutoencoderConfig else 2)
    if isinstance(config, AutoencoderConfig) and config.net == "conv":
        return conv_layers(lens.shape, config.channels, n_codes, config.latent_dim)
    return mlp_layers(lens.n_inputs, config.width, config.depth, n_codes, config.latent_dim)


def kl_to_prior(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, exp(logvar)) || N(0, 1)), summed over the latents: (batch, latent_dim) -> (batch,)."""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)
