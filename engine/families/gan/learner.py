"""The forger and the expert: a generator and a discriminator trained by turns (Goodfellow 2014, arXiv:1406.2661).

    for each round:   x = real pictures, z = noise, x~ = G(z)
                      D: one step of the optimiser down   L_D(D(x), D(x~)) + penalty
                      G: one step of the optimiser down   L_G(D(G(z)))

Simplified against the paper: both updates of a round use the same z, the judge of the second update being the D that
has just learned; small perceptrons; gradients written out by hand (engine/nets.py). Besides the forger itself an
average of its weights is kept (Yazici et al. 2018, arXiv:1806.04498), with weight 1 / (1 + ema x step) for the newest.
"""

import dataclasses
import math

import numpy as np
import torch
from torch import Tensor

from engine.families.gan.config import GanConfig
from engine.families.gan.losses import LOSSES
from engine.families.gan.supply import Supply
from engine.learner import Metrics, Stage, State, Trace
from engine.metrics import diagonals as diagonal_metrics
from engine.nets import Adam, Mlp, Sgd, take_over
from engine.rng import torch_generator

N_SHOWN = 16
N_SCORED = 2000
MOST_WEIGHTS = 64
"""A forger with at most so many weights shows all of them."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GanView:
    """What a GAN shows. Pictures (n, 1, size, size) in [0, 1]; verdicts (n,): how real the expert holds each to be,
    0 to 1.

    `fake` comes from the forger's averaged weights and `fake_raw` from its own, for the same z (n, dim). The flat
    weights `weights_g` (those of the one random number, then the biases) and `weights_d` (weights, then the bias) are
    empty where a net has a hidden layer, or the forger more than one input or more than 64 weights.
    """

    real: np.ndarray
    fake: np.ndarray
    fake_raw: np.ndarray
    z: np.ndarray
    verdict_real: np.ndarray
    verdict_fake: np.ndarray
    verdict_raw: np.ndarray
    weights_g: np.ndarray
    weights_d: np.ndarray


class GanLearner:
    """Learner of the family 'gan'; one unit is one round: `d_steps` updates of the expert, one of the forger."""

    def __init__(self, config: GanConfig) -> None:
        self.config = config
        self.loss = LOSSES[config.loss]
        pixels, inputs = config.size**2, config.codes + config.latent_dim
        sizes_g = (inputs, *(config.width_g,) * config.depth_g, pixels)
        sizes_d = (pixels, *(config.width_d,) * config.depth_d, 1)
        self.g = Mlp(sizes_g, torch_generator(config.seed, "weights of G"), squash=True)
        self.d = Mlp(sizes_d, torch_generator(config.seed, "weights of D"))
        self.optimiser_g, self.optimiser_d = self._optimiser(self.g.flat), self._optimiser(self.d.flat)
        self.average = self.g.flat.clone()
        self.supply = Supply(config)
        self._real_shown = self.supply.real(N_SHOWN, "shown real")
        self._z_shown = self.supply.z(N_SHOWN, "shown z")

    def _optimiser(self, flat: Tensor) -> Adam | Sgd:
        return Adam.like(flat, beta2=self.config.beta2) if self.config.optimiser == "adam" else Sgd()

    # The round

    @torch.inference_mode()
    def step(self, step: int) -> Metrics:
        """One round: the expert learns `d_steps` times, then the forger once."""
        before = self.g.flat.clone() if self.config.stop_weight_change else None
        for turn in range(self.config.d_steps):
            real, z = self.supply.batch(step, turn)
            fakes = self.g.forward(z)
            loss_d, r, f = self.train_d(step, real, fakes[-1])
        loss_g, _ = self.train_g(step, fakes, r)  # type: ignore[possibly-undefined]
        return self._metrics(loss_d, loss_g, r, f, before)  # type: ignore[possibly-undefined]

    @torch.inference_mode()
    def act(self, action: str, step: int) -> Metrics:
        """One update of one player only: 'expert' or 'forger'."""
        before = self.g.flat.clone() if self.config.stop_weight_change else None
        real, z = self.supply.batch(step, 0)
        fakes = self.g.forward(z)
        if action == "expert":
            loss_d, r, f = self.train_d(step, real, fakes[-1])
            loss_g, _ = self.loss.forger(r, f)
        else:
            r = self.d.forward(real)[-1]
            loss_g, f = self.train_g(step, fakes, r)
            loss_d, _, _ = self.loss.expert(r, f)
        return self._metrics(loss_d, loss_g, r, f, before)

    def train_d(self, step: int, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One update of the expert; returns its losses without the penalty, and its logits r, f before the update."""
        n = len(real)
        hs = self.d.forward(torch.cat((real, fake)))
        r, f = hs[-1][:n], hs[-1][n:]
        loss, grad_r, grad_f = self.loss.expert(r, f)
        self.d.backward(hs, torch.cat((grad_r, grad_f)))
        if self.config.penalty != "none" and self.config.penalty_weight:
            self._add_penalty(step, hs, n)
        self.optimiser_d.step(self.d.flat, self.d.grad, self.config.lr_d * self.cooling(step))
        return loss, r, f

    def _add_penalty(self, step: int, hs: list[Tensor], n: int) -> None:
        """Add the gradient of weight / 2 x mean |slope|^2 (r1, r1_r2) or weight x mean (|slope| - 1)^2 (gp), the slope
        being that of the expert's logit at real pictures, at real and fake ones, or at mixtures of the two."""
        kind, weight = self.config.penalty, self.config.penalty_weight
        if kind == "r1":
            hs = [h[:n] for h in hs]
        elif kind == "gp":
            share = torch.rand(n, 1, generator=torch_generator(self.config.seed, "gp", step))
            hs = self.d.forward(hs[0][:n].lerp(hs[0][n:], share))
        vs = self.d.input_gradient(hs)
        slope = vs[0]
        if kind == "gp":
            norm = slope.norm(dim=1, keepdim=True).clamp_(min=torch.finfo(slope.dtype).tiny)
            slope = slope * (2 * (norm - 1) / norm)
        self.d.add_gradient_of_gradient(hs, vs, slope * (weight / n))

    def train_g(self, step: int, fakes: list[Tensor], r: Tensor) -> tuple[Tensor, Tensor]:
        """One update of the forger, judged by the expert as it is now; returns its losses and the logits f."""
        hs = self.d.forward(fakes[-1])
        loss, grad_f = self.loss.forger(r, hs[-1])
        self.g.backward(fakes, self.d.backward_to_input(hs, grad_f))
        self.optimiser_g.step(self.g.flat, self.g.grad, self.config.lr_g * self.cooling(step))
        if self.config.ema:
            self.average.lerp_(self.g.flat, 1 / (1 + self.config.ema * step))
        else:
            self.average.copy_(self.g.flat)
        return loss, hs[-1]

    def cooling(self, step: int) -> float:
        """The factor on both step sizes: half a cosine, from 1 to 0 over the run."""
        return (1 + math.cos(math.pi * step / self.config.steps)) / 2 if self.config.cosine else 1.0

    def _metrics(self, loss_d: Tensor, loss_g: Tensor, r: Tensor, f: Tensor, before: Tensor | None) -> Metrics:
        verdict = self.loss.verdict
        columns = loss_d, loss_g, verdict(r, r, f), verdict(f, r, f)  # each (batch, 1)
        totals = torch.stack([column.sum() for column in columns]).tolist()
        names = "loss_d", "loss_g", "d_real", "d_fake"
        found: Metrics = {name: total / len(r) for name, total in zip(names, totals, strict=True)}
        if before is not None:
            found["weight_change"] = float((self.g.flat - before).abs().max())
        return found

    # Looking, which changes nothing

    @torch.inference_mode()
    def view(self) -> GanView:
        """Sixteen real pictures and sixteen fakes of fixed z, with the expert's verdicts."""
        size = self.config.size
        fake = self.g.forward(self._z_shown, self.average)[-1]
        raw = self.g.forward(self._z_shown)[-1]
        r, f, f_raw = (self.d.forward(x)[-1] for x in (self._real_shown, fake, raw))
        is_bare = (len(self._z_shown[0]), self.config.depth_g, self.config.depth_d) == (1, 0, 0)
        shows_weights = is_bare and self.g.flat.numel() <= MOST_WEIGHTS

        def pictures(x: Tensor) -> np.ndarray:
            return x.view(-1, 1, size, size).numpy().copy()

        def verdicts(logits: Tensor) -> np.ndarray:
            return self.loss.verdict(logits, r, f).squeeze(1).numpy().copy()

        return GanView(
            real=pictures(self._real_shown),
            fake=pictures(fake),
            fake_raw=pictures(raw),
            z=self._z_shown.numpy().copy(),
            verdict_real=verdicts(r),
            verdict_fake=verdicts(f),
            verdict_raw=verdicts(f_raw),
            weights_g=self.g.flat.numpy().copy() if shows_weights else np.empty(0, np.float32),
            weights_d=self.d.flat.numpy().copy() if shows_weights else np.empty(0, np.float32),
        )

    @torch.inference_mode()
    def score(self) -> Metrics:
        """Of 2,000 fakes by the averaged weights: validity, offsets_covered, offset_tv, offset_tv_floor and the shares
        of the offsets; validity_raw by the forger's own weights; grad_g and grad_g_ns: the size of the forger's
        gradient by its loss, and by the non-saturating one."""
        z = self.supply.z(N_SCORED, "scored z")
        found, raw = (self._fitted(self.g.forward(z, flat)[-1]) for flat in (self.average, self.g.flat))
        return {
            **diagonal_metrics.scores(found, size=self.config.size, whole=self.config.offsets == "whole"),
            "validity_raw": float(raw.valid.mean()),
            **self._gradient_sizes(z[: self.config.batch]),
        }

    def _fitted(self, pictures: Tensor) -> diagonal_metrics.Fit:
        c = self.config
        return diagonal_metrics.fit(pictures.numpy(), whole=c.offsets == "whole", dim=c.dim, noise=c.noise)

    def _gradient_sizes(self, z: Tensor) -> Metrics:
        fakes = self.g.forward(z)
        hs = self.d.forward(fakes[-1])
        r = self.d.forward(self.supply.real(len(z), "scored real"))[-1]
        sizes = {}
        for name, loss in (("grad_g", self.loss), ("grad_g_ns", LOSSES["non_saturating"])):
            _, grad_f = loss.forger(r, hs[-1])
            self.g.backward(fakes, self.d.backward_to_input(hs, grad_f))
            sizes[name] = float(self.g.grad.norm())
        return sizes

    def explain(self, step: int) -> Trace:
        """The round number `step` on a copy: sample, train_d (as often as D learns), sample_fakes, train_g."""
        with torch.inference_mode():
            twin = GanLearner(self.config)
            twin.load_state_dict(self.state_dict())
            return twin._explain(step)

    def _explain(self, step: int) -> Trace:
        stages = []
        for turn in range(self.config.d_steps):
            real, z = self.supply.batch(step, turn)
            fakes = self.g.forward(z)
            stages.append(self._stage("sample", {}, real=real, z=z, fake=fakes[-1]))
            before = self.d.flat.clone()
            loss, r, f = self.train_d(step, real, fakes[-1])
            _, grad_r, grad_f = self.loss.expert(r, f)
            numbers = self._update_numbers(self.d, before, loss, self.config.lr_d * self.cooling(step))
            arrays = {"before": before, "grad": self.d.grad, "after": self.d.flat}
            stages.append(self._stage("train_d", numbers, r=r, f=f, grad_r=grad_r, grad_f=grad_f, **arrays))
        hs = self.d.forward(fakes[-1])  # type: ignore[possibly-undefined]
        stages.append(self._stage("sample_fakes", {}, z=z, fake=fakes[-1], f=hs[-1]))  # type: ignore[possibly-undefined]
        before = self.g.flat.clone()
        loss, f = self.train_g(step, fakes, r)  # type: ignore[possibly-undefined]
        _, grad_f = self.loss.forger(r, f)  # type: ignore[possibly-undefined]
        numbers = self._update_numbers(self.g, before, loss, self.config.lr_g * self.cooling(step))
        arrays = {"before": before, "grad": self.g.grad, "after": self.g.flat}
        grad_fake = self.d.backward_to_input(hs, grad_f)
        stages.append(self._stage("train_g", numbers, f=f, grad_f=grad_f, grad_fake=grad_fake, **arrays))
        return tuple(stages)

    def _update_numbers(self, net: Mlp, before: Tensor, loss: Tensor, lr: float) -> Metrics:
        change = net.flat - before
        return {
            "loss": float(loss.sum()) / len(loss),
            "gradient": float(net.grad.norm()),
            "lr": lr,
            "change": float(change.norm()),
            "largest_change": float(change.abs().max()),
        }

    def _stage(self, name: str, numbers: Metrics, **arrays: Tensor) -> Stage:
        r, f = arrays.get("r"), arrays.get("f")
        copies = {key: value.numpy().copy() for key, value in arrays.items()}
        if f is not None:
            copies["verdict_f"] = self.loss.verdict(f, f if r is None else r, f).squeeze(1).numpy()
        if r is not None and f is not None:
            copies["verdict_r"] = self.loss.verdict(r, r, f).squeeze(1).numpy()
        return Stage(name, numbers, copies)

    # The state

    def state_dict(self) -> State:
        """Weights, the average, and what the optimisers of both players remember, copied."""
        return {name: tensor.numpy().copy() for name, tensor in self._tensors().items()}

    def load_state_dict(self, state: State) -> None:
        """Take over such arrays; raises ConfigError if one is missing or of another shape."""
        take_over(self._tensors(), state)

    def _tensors(self) -> dict[str, Tensor]:
        of_g, of_d = self.optimiser_g.tensors(), self.optimiser_d.tensors()
        return {
            "g": self.g.flat, **{f"g.{name}": tensor for name, tensor in of_g.items()}, "average": self.average,
            "d": self.d.flat, **{f"d.{name}": tensor for name, tensor in of_d.items()},
        }  # fmt: skip
