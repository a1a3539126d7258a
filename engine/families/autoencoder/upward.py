"""A transposed convolution of few channels, its forward pass by an ordinary convolution: half the time on a processor.

Every second row and column of the result takes two of the four taps each way, so it is a 3 x 3 convolution of its own;
the four of them, woven together, are the whole (Shi et al. 2016, arXiv:1609.07009). The backward pass is torch's.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

KERNEL, STRIDE, PADDING = 4, 2, 1
FEW = 4
"""Channels out, at most, for which this is faster."""
TAPS = {(0, 0): 3, (0, 1): 1, (1, 1): 2, (1, 2): 0}
"""(row within a pair of rows, row of the 3 x 3 kernel) -> row of the 4 x 4 kernel; columns alike."""


def up(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """`conv_transpose2d` of stride 2, padding 1; weight (in, out, 4, 4): (n, in, h, w) -> (n, out, 2 h, 2 w)."""
    if weight.shape[1] > FEW:
        return F.conv_transpose2d(x, weight, bias, stride=STRIDE, padding=PADDING)
    return _Up.apply(x, weight, bias)  # type: ignore[no-any-return]


class _Up(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        n_in, n_out = weight.shape[:2]
        kernels = weight.new_zeros(n_out, 2, 2, n_in, 3, 3)
        across = weight.transpose(0, 1)  # (out, in, 4, 4)
        for (row, to_row), from_row in TAPS.items():
            for (column, to_column), from_column in TAPS.items():
                kernels[:, row, column, :, to_row, to_column] = across[:, :, from_row, from_column]
        woven = F.conv2d(x, kernels.view(-1, n_in, 3, 3), bias.repeat_interleave(4), padding=1)
        return F.pixel_shuffle(woven, STRIDE)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        x, weight = ctx.saved_tensors
        return torch.ops.aten.convolution_backward(
            grads[0], x, weight, [weight.shape[1]], [STRIDE] * 2, [PADDING] * 2, [1, 1], True, [0, 0], 1, [True] * 3
        )
