"""The gradient of a fully connected autoencoder, written out: the fast path, and a lesson.

With h_0 = x, layer k computes a_k = W_k h_{k-1} + b_k and h_k = f(a_k). Backwards (Rumelhart, Hinton & Williams 1986),
with g_k = dE/da_k, a row for each example:

    dE/dW_k = g_k^T h_{k-1}      dE/db_k = sum over the batch of g_k      dE/dh_{k-1} = g_k W_k

In a VAE the code z = mu + std * eps stands between the two nets: dE/dmu = dE/dz, dE/dlogvar = dE/dz * eps * std / 2,
and beta KL adds beta mu and beta (exp(logvar) - 1) / 2, each divided by the batch. A test compares all of it with
torch.autograd.
"""

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor

from engine.families.autoencoder.coder import LEAK, Coder, Layer

LOGVAR_LIMIT = 12.0
"""Beyond it a log variance stays where it is, so that a bad start does not overflow."""

_aten = torch.ops.aten
UNBEND: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "silu": lambda g, a, _h: _aten.silu_backward(g, a),
    "relu": lambda g, _a, h: _aten.threshold_backward(g, h, 0),
    "leaky_relu": lambda g, a, _h: _aten.leaky_relu_backward(g, a, LEAK, False),
    "tanh": lambda g, _a, h: _aten.tanh_backward(g, h),
    "sigmoid": lambda g, _a, h: _aten.sigmoid_backward(g, h),
}
"""dE/da from g = dE/dh, a and h = f(a)."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Passed:
    """What came of a batch: the mean error and KL divergence (0 without one), codes and outputs of each example."""

    error: Tensor
    kl: Tensor
    z: Tensor
    out: Tensor


Output = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From what the net gave and its aim (batch, numbers): the error, averaged over the batch, and its gradient."""


def write(
    coder: Coder, seen: Tensor, x: Tensor, output: Output, *, beta: float = 0.0, eps: Tensor | None = None
) -> Passed:
    """Write dE/dw into `coder.grad` for a batch that looks like `seen` and should become `x`; with `eps`, of a VAE."""
    with torch.no_grad():
        bent, hidden = coder.pass_through(coder.encoder, seen)
        heads = hidden[-1]
        std = mu = logvar = kl = torch.zeros(())
        z = heads
        if eps is not None:
            mu, free = heads.chunk(2, 1)
            logvar = free.clamp(-LOGVAR_LIMIT, LOGVAR_LIMIT)
            std = (logvar / 2).exp()
            z = mu + std * eps
            kl = 0.5 * (mu.square() + std.square() - 1 - logvar).sum(1).mean()
        bent_back, hidden_back = coder.pass_through(coder.decoder, z)
        error, g = output(hidden_back[-1], x)
        g = _back(coder, coder.decoder, bent_back, [z, *hidden_back], g, to_input=True)
        if eps is not None:
            n = len(x)
            g_mu = g + mu * (beta / n)
            g_logvar = (g * eps * std + (std.square() - 1) * (beta / n)) / 2
            g = torch.cat((g_mu, g_logvar * (logvar == heads.chunk(2, 1)[1])), 1)
        _back(coder, coder.encoder, bent, [seen, *hidden], g, to_input=False)
    return Passed(error, kl, z, hidden_back[-1])


def _back(
    coder: Coder, layers: list[Layer], bent: list[Tensor], hs: list[Tensor], g: Tensor, *, to_input: bool
) -> Tensor:
    """Write the gradients of some layers, given their a_k, their inputs and outputs, and g = dE/d(last output)."""
    first = 0 if layers is coder.encoder else 2 * len(coder.encoder)
    for k in range(len(layers) - 1, -1, -1):
        torch.mm(g.t(), hs[k], out=coder.part_grad(first + 2 * k))
        torch.sum(g, 0, out=coder.part_grad(first + 2 * k + 1))
        if k or to_input:
            g = g @ coder.part(first + 2 * k)
        if k and layers[k - 1].bend:
            g = UNBEND[coder.activation](g, bent[k - 1], hs[k])
    return g
