"""A multi-layer perceptron with its gradients written out: forward, backward, and the gradient of a gradient.

This module is a lesson as well as the fast path. With h_0 = x, layer k computes a_k = h_{k-1} W_k + b_k and
h_k = f(a_k), f a leaky ReLU, the last layer linear or logistic. Read backwards (Rumelhart, Hinton & Williams 1986),
with g_k = dL/da_k:

    dL/dW_k = h_{k-1}^T g_k      dL/db_k = sum over the batch of g_k      dL/dh_{k-1} = g_k W_k^T

f' is piecewise constant, so the gradient of the output with respect to the input is itself a linear net in the weights,
v_last = W_last^T, v_{k-1} = (v_k f'(a_{k-1})) W_{k-1}^T ..., and what a penalty on that gradient (R1, Mescheder et al.
2018, arXiv:1801.04406; WGAN-GP, Gulrajani et al. 2017, arXiv:1704.00028) adds to each weight is one more product a
layer. A test compares all of it with torch.autograd.

All weights of a net lie in one flat vector, so that an optimiser step, an average and a copy are one operation each.
"""

import dataclasses
import itertools
import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torch.optim.adam import adam

from engine.config import ConfigError

SLOPE = 0.2
"""Of the leaky ReLU left of zero."""

_bend_backward = torch.ops.aten.leaky_relu_backward
_squash_backward = torch.ops.aten.sigmoid_backward


class Mlp:
    """A leaky-ReLU perceptron. `sizes`: inputs, hidden widths ..., outputs. The last layer is linear, or logistic with
    `squash`, for pictures in [0, 1]."""

    def __init__(self, sizes: tuple[int, ...], generator: torch.Generator, *, squash: bool = False) -> None:
        self.sizes, self.squash = sizes, squash
        self.flat = torch.zeros(sum(i * o + o for i, o in itertools.pairwise(sizes)))
        self.grad = torch.zeros_like(self.flat)
        self.weights, self.biases = self._split(self.flat)
        self.weight_grads, self.bias_grads = self._split(self.grad)
        for weight in self.weights[:-1]:  # He et al. 2015, arXiv:1502.01852; biases zero
            weight.normal_(0, math.sqrt(2 / len(weight)), generator=generator)
        self.weights[-1].normal_(0, math.sqrt(2 / sum(self.weights[-1].shape)), generator=generator)  # Glorot 2010

    def _split(self, flat: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        weights, biases, at = [], [], 0
        for n_in, n_out in itertools.pairwise(self.sizes):
            weights.append(flat[at : at + n_in * n_out].view(n_in, n_out))
            at += n_in * n_out
            biases.append(flat[at : at + n_out])
            at += n_out
        return weights, biases

    def forward(self, x: Tensor, flat: Tensor | None = None) -> list[Tensor]:
        """Every layer's output [x, h_1, ..., out], each (batch, width). `flat`: other weights than the net's own."""
        weights, biases = (self.weights, self.biases) if flat is None else self._split(flat)
        hs = [x]
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            hs.append(torch.nn.functional.leaky_relu_(torch.addmm(bias, hs[-1], weight), SLOPE))
        out = torch.addmm(biases[-1], hs[-1], weights[-1])
        hs.append(out.sigmoid_() if self.squash else out)
        return hs

    def backward(self, hs: list[Tensor], g: Tensor) -> None:
        """Write dL/dweights into `grad`, given g = dL/dout (batch, out)."""
        if self.squash:
            g = _squash_backward(g, hs[-1])
        for k in range(len(self.weights) - 1, -1, -1):
            torch.mm(hs[k].t(), g, out=self.weight_grads[k])
            torch.sum(g, 0, out=self.bias_grads[k])
            if k > 0:
                g = _bend_backward(g @ self.weights[k].t(), hs[k], SLOPE, True)

    def backward_to_input(self, hs: list[Tensor], g: Tensor) -> Tensor:
        """dL/dx (batch, in), given g = dL/dout (batch, out); `grad` stays as it is."""
        if self.squash:
            g = _squash_backward(g, hs[-1])
        for k in range(len(self.weights) - 1, 0, -1):
            g = _bend_backward(g @ self.weights[k].t(), hs[k], SLOPE, True)
        return g @ self.weights[0].t()

    def input_gradient(self, hs: list[Tensor]) -> list[Tensor]:
        """[v_0, v_1, ...]: the gradient of each example's single linear output with respect to its input, v_0
        (batch, in), and on the way there to every a_k, v_k (batch, width)."""
        v = self.weights[-1].t().expand(len(hs[0]), -1)
        vs = []
        for k in range(len(self.weights) - 1, 0, -1):
            v = _bend_backward(v, hs[k], SLOPE, True)
            vs.append(v)
            v = v @ self.weights[k - 1].t()
        vs.append(v)
        return vs[::-1]

    def add_gradient_of_gradient(self, hs: list[Tensor], vs: list[Tensor], r: Tensor) -> None:
        """Add dP/dweights to `grad` for a penalty P on v_0 = input_gradient(hs)[0], given r = dP/dv_0 (batch, in)."""
        for k in range(len(self.weights) - 1):
            self.weight_grads[k].addmm_(r.t(), vs[k + 1])
            r = _bend_backward(r @ self.weights[k], hs[k + 1], SLOPE, True)
        self.weight_grads[-1].add_(r.sum(0).unsqueeze(1))


@dataclasses.dataclass(slots=True)
class Adam:
    """Adam (Kingma & Ba 2014, arXiv:1412.6980) on one flat vector, by torch's fused kernel."""

    m: Tensor
    v: Tensor
    count: Tensor
    beta1: float = 0.0
    beta2: float = 0.9

    @classmethod
    def like(cls, flat: Tensor, *, beta1: float = 0.0, beta2: float = 0.9) -> "Adam":
        """Fresh moments for such a vector."""
        return cls(torch.zeros_like(flat), torch.zeros_like(flat), torch.zeros(()), beta1, beta2)

    def step(self, flat: Tensor, grad: Tensor, lr: float) -> None:
        """Change `flat` by one step of size `lr`."""
        adam(
            [flat], [grad], [self.m], [self.v], [], [self.count],
            fused=True, amsgrad=False, maximize=False,
            beta1=self.beta1, beta2=self.beta2, lr=lr, weight_decay=0.0, eps=1e-8,
        )  # fmt: skip

    def tensors(self) -> dict[str, Tensor]:
        """What it remembers, by name: live memory."""
        return {"m": self.m, "v": self.v, "count": self.count}


class Sgd:
    """Stochastic gradient descent, w <- w - lr dL/dw (Robbins & Monro 1951), with the same methods as Adam."""

    def step(self, flat: Tensor, grad: Tensor, lr: float) -> None:
        """Change `flat` by one step of size `lr`."""
        flat.sub_(grad, alpha=lr)

    def tensors(self) -> dict[str, Tensor]:
        """What it remembers: nothing."""
        return {}


def take_over(tensors: Mapping[str, Tensor], state: Mapping[str, np.ndarray]) -> None:
    """Copy the arrays of a state into tensors of the same names; raises ConfigError, and copies none, if one does not
    fit.
    """
    for name, tensor in tensors.items():
        array = state.get(name)
        if array is None or array.shape != tuple(tensor.shape):
            shape = "nothing" if array is None else str(array.shape)
            raise ConfigError(f"weights {name}", shape, f"must have the shape {tuple(tensor.shape)}")
    for name, tensor in tensors.items():
        tensor.copy_(torch.from_numpy(np.array(state[name])))
