"""The forger and the expert: a generator and a discriminator trained by turns (Goodfellow et al. 2014, arXiv:1406.2661).

    for each round:   x = real pictures, z = noise, x~ = G(z)
                      D: one Adam step down   L_D(D(x), D(x~)) + penalty
                      G: one Adam step down   L_G(D(G(z)))

Simplified against the paper: both updates of a round use the same z, the judge of the second update being the D that has
just learned; small perceptrons; gradients written out by hand (engine/nets.py). Besides the forger itself an average of its weights is
kept (Yazici et al. 2018, arXiv:1806.04498), with weight 1 / (1 + ema x step) for the newest.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.data import diagonals
from engine.config import ConfigError
from engine.families.gan.config import GanConfig
from engine.families.gan.losses import LOSSES
from engine.learner import Metrics, Stage, State, Trace
from engine.metrics import diagonals as diagonal_metrics
from engine.nets import Adam, Mlp
from engine.rng import Blocks, torch_generator

N_SHOWN = 16
N_SCORED = 2000
CODE_SCALE = 4.0
"""The one in a one-hot code is this large, so that a code weighs as much as the uniform part."""
BLOCK_FLOATS = 65_536
"""Noise is drawn for as many rounds at once as fit in so many numbers (256 kB)."""
TINY = 64
"""Nets with at most so many weights show all of them."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GanView:
    """What a GAN shows. Pictures (n, 1, size, size) in [0, 1]; verdicts (n,): how real the expert holds each to be, 0 to 1.

    `fake` comes from the forger's averaged weights and `fake_raw` from its own, for the same z (n, dim). The flat weights
    `weights_g`, `weights_d` are empty for nets of more than 64 weights.
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
        self._loss = LOSSES[config.loss]
        pixels, inputs = config.size**2, config.codes + config.latent_dim
        hidden_g, hidden_d = (config.width_g,) * 2, (config.width_d,) * 2
        sizes_g = (inputs, *(w for w in hidden_g if w), pixels)
        sizes_d = (pixels, *(w for w in hidden_d if w), 1)
        self.g = Mlp(sizes_g, torch_generator(config.seed, "weights of G"))
        self.d = Mlp(sizes_d, torch_generator(config.seed, "weights of D"))
        self.adam_g, self.adam_d = Adam.like(self.g.flat), Adam.like(self.d.flat)
        self.average = self.g.flat.clone()
        self._streams: dict[str, Blocks[Tensor]] = {}
        self._z_shown = self._draw_z(N_SHOWN, torch_generator(config.seed, "shown z"))
        self._real_shown = self._draw_real(N_SHOWN, torch_generator(config.seed, "shown real"))

    # -- the round

    @torch.inference_mode()
    def step(self, step: int) -> Metrics:
        """One round: the expert learns `d_steps` times, then the forger once."""
        before = self.g.flat.clone() if self.config.stop_weight_change else None
        for turn in range(self.config.d_steps):
            real, z = self._batch(step, turn)
            fakes = self._paint(z)
            loss_d, r, f = self._train_d(step, real, fakes[-1])
        loss_g, f_new = self._train_g(step, fakes, r)  # type: ignore[possibly-undefined]
        return self._metrics(loss_d, loss_g, r, f, before)  # type: ignore[possibly-undefined]

    @torch.inference_mode()
    def act(self, action: str, step: int) -> Metrics:
        """One update of one player only: 'expert' or 'forger'."""
        real, z = self._batch(step, 0)
        fakes = self._paint(z)
        before = self.g.flat.clone() if self.config.stop_weight_change else None
        r, f = self.d.forward(real)[-1], self.d.forward(fakes[-1])[-1]
        if action == "expert":
            loss_d, r, f = self._train_d(step, real, fakes[-1])
            loss_g = self._loss.forger(r, f)[0]
        else:
            loss_d = self._loss.expert(r, f)[0]
            loss_g, f = self._train_g(step, fakes, r)
        return self._metrics(loss_d, loss_g, r, f, before)

    def _batch(self, step: int, turn: int) -> tuple[Tensor, Tensor]:
        """Real pictures (batch, pixels) and noise z (batch, inputs) of one of the expert's turns in a round."""
        real = self._stream(f"real {turn}", self._draw_real, self.config.size**2)
        z = self._stream(f"z {turn}", self._draw_z, self.config.latent_dim + self.config.codes)
        return real.at(step), z.at(step)

    def _paint(self, z: Tensor) -> list[Tensor]:
        return self.g.forward(z)

    def _train_d(self, step: int, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One update of the expert; returns its loss without the penalty, and its logits r, f before the update."""
        n = len(real)
        hs = self.d.forward(torch.cat((real, fake)))
        r, f = hs[-1][:n], hs[-1][n:]
        loss, grad_r, grad_f = self._loss.expert(r, f)
        self.d.backward(hs, torch.cat((grad_r, grad_f)))
        self._add_penalty(step, hs, n)
        self.adam_d.step(self.d.flat, self.d.grad, self.config.lr_d * self._cooling(step))
        return loss, r, f

    def _add_penalty(self, step: int, hs: list[Tensor], n: int) -> None:
        """Add the gradient of the penalty: weight / 2 x mean |grad D|^2 (r1, r1_r2), weight x mean (|grad D| - 1)^2 (gp)."""
        kind, weight = self.config.penalty, self.config.penalty_weight
        if kind == "none" or weight == 0:
            return
        if kind == "gp":
            mix = torch.rand(n, 1, generator=torch_generator(self.config.seed, "gp", step))
            hs = self.d.forward(hs[0][:n].lerp(hs[0][n:], mix))
        elif kind == "r1":
            hs = [h[:n] for h in hs]
        vs = self.d.input_gradient(hs)
        slope = vs[0]
        if kind == "gp":
            norm = slope.norm(dim=1, keepdim=True).clamp_(min=1e-12)
            r = slope * (2 * weight / n * (norm - 1) / norm)
        else:
            r = slope * (weight / n)
        self.d.add_gradient_of_gradient(hs, vs, r)

    def _train_g(self, step: int, fakes: list[Tensor], r: Tensor) -> tuple[Tensor, Tensor]:
        """One update of the forger, judged by the expert as it is now; returns its loss and the logits f."""
        hs = self.d.forward(fakes[-1])
        loss, grad_f = self._loss.forger(r, hs[-1])
        self.g.backward(fakes, self.d.backward(hs, grad_f, to_input=True))  # type: ignore[arg-type]
        self.adam_g.step(self.g.flat, self.g.grad, self.config.lr_g * self._cooling(step))
        if self.config.ema:
            self.average.lerp_(self.g.flat, 1 / (1 + self.config.ema * step))
        else:
            self.average.copy_(self.g.flat)
        return loss, hs[-1]

    def _cooling(self, step: int) -> float:
        return (1 + math.cos(math.pi * step / self.config.steps)) / 2 if self.config.cosine else 1.0

    def _metrics(self, loss_d: Tensor, loss_g: Tensor, r: Tensor, f: Tensor, before: Tensor | None) -> Metrics:
        verdict = self._loss.verdict
        numbers = torch.stack((loss_d, loss_g, verdict(r, r, f).mean(), verdict(f, r, f).mean())).tolist()
        found = dict(zip(("loss_d", "loss_g", "d_real", "d_fake"), numbers, strict=True))
        if before is not None:
            found["weight_change"] = float((self.g.flat - before).abs().max())
        return found

    # -- looking, which changes nothing

    @torch.inference_mode()
    def view(self) -> GanView:
        """Sixteen real pictures and sixteen fakes of fixed z, with the expert's verdicts."""
        size = self.config.size
        fake = self.g.forward(self._z_shown, self.average)[-1]
        raw = self.g.forward(self._z_shown)[-1]
        r, f, f_raw = (self.d.forward(x)[-1] for x in (self._real_shown, fake, raw))
        tiny = self.g.flat.numel() <= TINY

        def pictures(x: Tensor) -> np.ndarray:
            return x.clamp(0, 1).view(-1, 1, size, size).numpy()

        def verdicts(logits: Tensor) -> np.ndarray:
            return self._loss.verdict(logits, r, f).squeeze(1).numpy()

        return GanView(
            real=pictures(self._real_shown),
            fake=pictures(fake),
            fake_raw=pictures(raw),
            z=self._z_shown.numpy().copy(),
            verdict_real=verdicts(r),
            verdict_fake=verdicts(f),
            verdict_raw=verdicts(f_raw),
            weights_g=self.g.flat.numpy().copy() if tiny else np.empty(0, np.float32),
            weights_d=self.d.flat.numpy().copy() if tiny else np.empty(0, np.float32),
        )

    @torch.inference_mode()
    def score(self) -> Metrics:
        """validity, offsets_covered, offset_tv, offset_tv_floor of 2,000 fakes by the averaged weights; validity_raw by the forger's
        own; grad_g and grad_g_ns: size of the forger's gradient by its loss, and by the non-saturating one."""
        c = self.config
        whole = c.offsets == "whole"
        z = self._z_scored()
        found = self.fitted(self.g.forward(z, self.average)[-1])
        raw = self.fitted(self.g.forward(z)[-1])
        hs = self.g.forward(z[: c.batch])
        f = self.d.forward(hs[-1])
        r = self.d.forward(self._real_shown)[-1]
        r = r.repeat(-(-len(z) // len(r)), 1)[: len(f[-1])]
        norms = {}
        for name, loss in (("grad_g", self._loss), ("grad_g_ns", LOSSES["non_saturating"])):
            self.g.backward(hs, self.d.backward(f, loss.forger(r, f[-1])[1], to_input=True))  # type: ignore[arg-type]
            norms[name] = float(self.g.grad.norm())
        return {
            **diagonal_metrics.scores(found, size=c.size, whole=whole),
            "validity_raw": float(raw.valid.mean()),
            **norms,
        }

    def fitted(self, pictures: Tensor) -> diagonal_metrics.Fit:
        """The least-squares fit of pictures (n, pixels) to left diagonals."""
        c = self.config
        return diagonal_metrics.fit(pictures.numpy(), whole=c.offsets == "whole", dim=c.dim, noise=c.noise)

    def explain(self, step: int) -> Trace:
        """The round number `step` on a copy: sample, train_d (as often as D learns), sample_fakes, train_g."""
        with torch.inference_mode():
            twin = GanLearner(self.config)
            twin.load_state_dict(self.state_dict())
            return twin._explain(step)

    def _explain(self, step: int) -> Trace:
        stages = []
        for turn in range(self.config.d_steps):
            real, z = self._batch(step, turn)
            fakes = self.g.forward(z)
            stages.append(self._stage("sample", {}, real=real, z=z, fake=fakes[-1]))
            before = self.d.flat.clone()
            loss_d, r, f = self._train_d(step, real, fakes[-1])
            numbers = self._update_numbers(self.d, before, loss_d, self.config.lr_d * self._cooling(step))
            stages.append(self._stage("train_d", numbers, r=r, f=f, before=before, grad=self.d.grad, after=self.d.flat))
        f_new = self.d.forward(fakes[-1])[-1]  # type: ignore[possibly-undefined]
        stages.append(self._stage("sample_fakes", {}, z=z, fake=fakes[-1], f=f_new))  # type: ignore[possibly-undefined]
        before = self.g.flat.clone()
        loss_g, f = self._train_g(step, fakes, r)  # type: ignore[possibly-undefined]
        numbers = self._update_numbers(self.g, before, loss_g, self.config.lr_g * self._cooling(step))
        stages.append(self._stage("train_g", numbers, f=f, before=before, grad=self.g.grad, after=self.g.flat))
        return tuple(stages)

    def _update_numbers(self, net: Mlp, before: Tensor, loss: Tensor, lr: float) -> Metrics:
        change = net.flat - before
        return {
            "loss": float(loss),
            "gradient": float(net.grad.norm()),
            "lr": lr,
            "change": float(change.norm()),
            "largest_change": float(change.abs().max()),
        }

    def _stage(self, name: str, numbers: Metrics, **arrays: Tensor) -> Stage:
        r, f = arrays.get("r"), arrays.get("f")
        copies = {key: value.numpy().copy() for key, value in arrays.items()}
        if f is not None:
            copies["verdict_f"] = self._loss.verdict(f, f if r is None else r, f).squeeze(1).numpy()
        if r is not None and f is not None:
            copies["verdict_r"] = self._loss.verdict(r, r, f).squeeze(1).numpy()
        return Stage(name, numbers, copies)

    # -- the state

    def state_dict(self) -> State:
        """Weights, the average, and Adam's moments of both players, copied."""
        return {name: tensor.numpy().copy() for name, tensor in self._tensors().items()}

    def load_state_dict(self, state: State) -> None:
        """Take over such arrays; raises ConfigError if one is missing or of another shape."""
        tensors = self._tensors()
        for name, tensor in tensors.items():
            array = state.get(name)
            if array is None or array.shape != tuple(tensor.shape):
                shape = "nothing" if array is None else str(array.shape)
                raise ConfigError(f"weights {name}", shape, f"must have the shape {tuple(tensor.shape)}")
        for name, tensor in tensors.items():
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(state[name])).view_as(tensor))

    def _tensors(self) -> dict[str, Tensor]:
        return {
            "g": self.g.flat, "g.m": self.adam_g.m, "g.v": self.adam_g.v, "g.count": self.adam_g.count, "average": self.average,
            "d": self.d.flat, "d.m": self.adam_d.m, "d.v": self.adam_d.v, "d.count": self.adam_d.count,
        }  # fmt: skip

    # -- chance

    def _stream(self, name: str, draw: Callable[[int, torch.Generator], Tensor], width: int) -> Blocks[Tensor]:
        stream = self._streams.get(name)
        if stream is None:
            n = self.config.batch
            length = max(1, BLOCK_FLOATS // (n * width))

            def draw_block(generator: torch.Generator) -> Tensor:
                return draw(length * n, generator).view(length, n, width)

            stream = Blocks(draw_block, seed=self.config.seed, stream=name, length=length)
            self._streams[name] = stream
        return stream

    def _draw_real(self, n: int, generator: torch.Generator) -> Tensor:
        c = self.config
        return diagonals.draw(n, generator, size=c.size, whole=c.offsets == "whole", dim=c.dim, noise=c.noise)

    def _draw_z(self, n: int, generator: torch.Generator) -> Tensor:
        """(n, codes + latent_dim): each code equally often, then uniform on [-1, 1] or standard normal numbers."""
        c = self.config
        z = torch.zeros(n, c.codes + c.latent_dim)
        if c.codes:
            z[torch.arange(n), torch.arange(n) % c.codes] = CODE_SCALE
        shape = n, c.latent_dim
        if c.latent == "uniform":
            z[:, c.codes :] = torch.rand(shape, generator=generator) * 2 - 1
        else:
            z[:, c.codes :] = torch.randn(shape, generator=generator)
        return z

    def _z_scored(self) -> Tensor:
        return self._draw_z(N_SCORED, torch_generator(self.config.seed, "scored z"))
