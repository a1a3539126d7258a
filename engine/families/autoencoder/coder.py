"""The encoder and the decoder: nets whose weights, and whose gradients, each lie in one flat vector.

Fully connected, with `depth` hidden layers of `width` units on each side of the code; or convolutional, where each
layer halves the picture (kernel 4, stride 2) and has twice the channels until it is at most 7 pixels wide, then one
fully connected layer to the code, and the same backwards. Torch's autograd writes the gradients straight into the flat
vector, so that an optimiser's step is one operation.
"""

import dataclasses
import itertools
import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.families.autoencoder.upward import up

LEAK = 0.2
"""Of the leaky ReLU left of zero."""

ACTIVATE: dict[str, Callable[[Tensor], Tensor]] = {
    "silu": F.silu,
    "relu": torch.relu,
    "leaky_relu": lambda x: F.leaky_relu(x, LEAK),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}
KERNEL = 4
SMALLEST = 7
"""A picture of at most so many pixels a side is not halved again."""


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its kind ('full', 'conv', 'up'), units or channels in and out. `bend`: followed by the activation.

    `unfold` is the (channels, height, width) that its inputs are laid out in; outputs of 'full' are flat.
    """

    kind: str
    n_in: int
    n_out: int
    bend: bool
    unfold: tuple[int, ...] = ()

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """(out, in) of a full layer; as torch has it for the others."""
        if self.kind == "full":
            return (self.n_out, self.n_in)
        ends = (self.n_out, self.n_in) if self.kind == "conv" else (self.n_in, self.n_out)
        return (*ends, KERNEL, KERNEL)

    @property
    def fan_in(self) -> int:
        """Numbers that each output is a sum of."""
        taps = {"full": 1, "conv": KERNEL**2, "up": KERNEL**2 // 4}[self.kind]
        return self.n_in * taps


def mlp_layers(n_inputs: int, width: int, depth: int, n_codes: int, latent_dim: int) -> tuple[list[Layer], list[Layer]]:
    """Encoder and decoder of fully connected layers; the encoder gives `n_codes` numbers, the decoder takes
    `latent_dim`.
    """

    def chain(sizes: list[int]) -> list[Layer]:
        last = len(sizes) - 2
        return [Layer("full", a, b, k < last) for k, (a, b) in enumerate(itertools.pairwise(sizes))]

    return chain([n_inputs, *[width] * depth, n_codes]), chain([latent_dim, *[width] * depth, n_inputs])


def conv_layers(
    shape: tuple[int, int, int], channels: int, n_codes: int, latent_dim: int
) -> tuple[list[Layer], list[Layer]]:
    """Encoder and decoder of convolutions for pictures of a shape (channels, side, side)."""
    now, down = shape, []
    while now[1] % 2 == 0 and (now[1] > SMALLEST or not down):
        wider = channels * 2 ** len(down)
        down.append(Layer("conv", now[0], wider, True, now))
        now = wider, now[1] // 2, now[2] // 2
    flat = now[0] * now[1] * now[2]
    back = [Layer("full", latent_dim, flat, True)]
    for k, layer in enumerate(reversed(down)):
        laid_out = (layer.n_out, shape[1] >> (len(down) - k), shape[2] >> (len(down) - k))
        back.append(Layer("up", layer.n_out, layer.n_in, k < len(down) - 1, laid_out))
    return [*down, Layer("full", flat, n_codes, False)], back


class Coder:
    """An encoder and a decoder on one flat vector. `layout`: for each part its name, place and shape in the vector."""

    def __init__(self, encoder: list[Layer], decoder: list[Layer], activation: str, generator: torch.Generator) -> None:
        self.encoder, self.decoder = encoder, decoder
        self.activation, self._bend = activation, ACTIVATE[activation]
        self.layout: list[tuple[str, int, tuple[int, ...]]] = []
        at = 0
        for side, layers in (("encoder", encoder), ("decoder", decoder)):
            for k, layer in enumerate(layers):
                for name, shape in (("weight", layer.weight_shape), ("bias", (layer.n_out,))):
                    self.layout.append((f"{side} {k} {name}", at, shape))
                    at += math.prod(shape)
        self.flat, self.grad = torch.zeros(at), torch.zeros(at)
        self._parts: list[Tensor] = []
        for _, start, shape in self.layout:
            part = self.flat[start : start + math.prod(shape)].view(shape).requires_grad_()
            part.grad = self.grad[start : start + math.prod(shape)].view(shape)
            self._parts.append(part)
        self._plain = [part.detach() for part in self._parts]
        self._grads: list[Tensor] = [part.grad for part in self._parts]  # type: ignore[misc]
        self.begin(generator)

    @torch.no_grad()
    def begin(self, generator: torch.Generator) -> None:
        """Draw all weights anew, as torch.nn.Linear has it (He et al. 2015)."""
        fans = [layer.fan_in for layer in (*self.encoder, *self.decoder) for _ in range(2)]
        for part, fan_in in zip(self._parts, fans, strict=True):
            bound = 1 / math.sqrt(fan_in)
            part.uniform_(-bound, bound, generator=generator)

    def encode(self, x: Tensor) -> list[Tensor]:
        """Every layer's output, the codes last; x (batch, numbers)."""
        return self._through(self.encoder, self._parts[: 2 * len(self.encoder)], x)

    def decode(self, z: Tensor) -> list[Tensor]:
        """Every layer's output, what the net gives last, (batch, numbers), before any sigmoid."""
        return self._through(self.decoder, self._parts[2 * len(self.encoder) :], z)

    def first_weights(self) -> Tensor:
        """Of the encoder's first layer, as its kind has them."""
        return self._parts[0].detach()

    def part(self, k: int) -> Tensor:
        """Weights and biases by number, outside of autograd: 0 the first weight, 1 the first bias ..."""
        return self._plain[k]

    def part_grad(self, k: int) -> Tensor:
        """Where the gradient of such a part lies."""
        return self._grads[k]

    def pass_through(self, layers: list[Layer], x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Of fully connected layers the a_k = W_k h_{k-1} + b_k and the h_k = f(a_k), outside of autograd."""
        first = 0 if layers is self.encoder else 2 * len(self.encoder)
        before, after = [], []
        for k, layer in enumerate(layers):
            a = torch.addmm(self._plain[first + 2 * k + 1], x, self._plain[first + 2 * k].t())
            x = self._bend(a) if layer.bend else a
            before.append(a)
            after.append(x)
        return before, after

    def backward(self, loss: Tensor) -> None:
        """Write the loss's gradient into `grad`."""
        self.grad.zero_()
        loss.backward()

    def _through(self, layers: list[Layer], parts: list[Tensor], x: Tensor) -> list[Tensor]:
        found = []
        for k, layer in enumerate(layers):
            weight, bias = parts[2 * k], parts[2 * k + 1]
            if layer.kind == "full":
                x = F.linear(x.flatten(1), weight, bias)
            elif layer.kind == "conv":
                x = F.conv2d(x.view(-1, *layer.unfold), weight, bias, stride=2, padding=1)
            else:
                x = up(x.view(-1, *layer.unfold), weight, bias)
            if layer.bend:
                x = self._bend(x)
            found.append(x)
        if found[-1].dim() > 2:
            found[-1] = found[-1].flatten(1)
        return found
