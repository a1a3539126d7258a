"""How a gradient becomes a change of the weights: the course's rule, with momentum, or Adam."""

import torch
from torch import Tensor

from engine.nets import Adam

MOMENTUM = 0.9
BETA1, BETA2 = 0.9, 0.99


class Optimiser:
    """Of one flat vector. sgd: w <- w - alpha dE/dw; momentum: v <- 0.9 v + dE/dw, w <- w - alpha v; adam: Kingma & Ba
    2014.
    """

    def __init__(self, kind: str, flat: Tensor) -> None:
        self.kind = kind
        self._adam = Adam.like(flat, beta1=BETA1, beta2=BETA2) if kind == "adam" else None
        self._velocity = torch.zeros_like(flat) if kind == "momentum" else None

    def step(self, flat: Tensor, grad: Tensor, lr: float) -> None:
        """Change `flat` by one step."""
        if self._adam is not None:
            self._adam.step(flat, grad, lr)
        elif self._velocity is not None:
            self._velocity.mul_(MOMENTUM).add_(grad)
            flat.sub_(self._velocity, alpha=lr)
        else:
            flat.sub_(grad, alpha=lr)

    def tensors(self) -> dict[str, Tensor]:
        """What it remembers, by name: live memory."""
        if self._adam is not None:
            return {"adam.m": self._adam.m, "adam.v": self._adam.v, "adam.count": self._adam.count}
        return {} if self._velocity is None else {"velocity": self._velocity}
