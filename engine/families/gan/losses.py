"""What the expert (discriminator) and the forger (generator) try to make small. A new loss is one entry in LOSSES.

r and f are the expert's raw outputs (logits) for real and fake pictures, one for each picture; s is the logistic
function. A loss is the mean over the batch of what stands here, and gradients are those of that mean, so that dL/dr has
a factor 1/n.

| name | expert | forger | source |
|---|---|---|---|
| minimax | -log s(r) - log(1 - s(f)) | log(1 - s(f)) | Goodfellow et al. 2014, arXiv:1406.2661 |
| non_saturating | the same | -log s(f) | the same, section 3 |
| least_squares | (r - 1)^2 / 2 + f^2 / 2 | (f - 1)^2 / 2 | Mao et al. 2016, arXiv:1611.04076 |
| hinge | max(0, 1 - r) + max(0, 1 + f) | -f | Lim & Ye 2017, arXiv:1705.02894 |
| wgan_gp | f - r | -f | Gulrajani et al. 2017, arXiv:1704.00028 |
| relativistic | -log s(r - f) | -log s(f - r) | Huang et al. 2024 ('R3GAN'), arXiv:2501.05441 |
"""

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import softplus

Pair = tuple[Tensor, Tensor]
"""Of one player: the loss on each picture, and the gradient of its mean with respect to the logits; both (n, 1)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Loss:
    """One game. `expert(r, f)` returns (losses, dL/dr, dL/df), `forger(r, f)` returns (losses, dL/df), all (n, 1).

    `penalty` is the gradient penalty that belongs to it by default. `verdict` turns logits into 'how real, 0 to 1' for
    display: where only differences mean something (`relative`), measured from the middle between real and fake; of
    `squared` losses, which aim at 1 for real and 0 for fake, it is the logit itself.
    """

    expert: Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]
    forger: Callable[[Tensor, Tensor], Pair]
    penalty: str = "r1"
    relative: bool = False
    squared: bool = False

    def verdict(self, logits: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """How real the expert holds pictures to be, 0 to 1, shape of `logits`; from those of `real`, `fake`."""
        if self.squared:
            return logits.clamp(0, 1)
        if self.relative:
            return torch.sigmoid(logits - (real.mean() + fake.mean()) / 2)
        return torch.sigmoid(logits)


def _cross_entropy_expert(r: Tensor, f: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    n = len(r)
    return softplus(-r) + softplus(f), torch.sigmoid(-r).div_(-n), torch.sigmoid(f).div_(n)


def _minimax_forger(r: Tensor, f: Tensor) -> Pair:  # noqa: ARG001
    return -softplus(f), torch.sigmoid(f).div_(-len(f))


def _non_saturating_forger(r: Tensor, f: Tensor) -> Pair:  # noqa: ARG001
    return softplus(-f), torch.sigmoid(-f).div_(-len(f))


def _least_squares_expert(r: Tensor, f: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    n = len(r)
    return ((r - 1).square() + f.square()) / 2, (r - 1).div_(n), f / n


def _least_squares_forger(r: Tensor, f: Tensor) -> Pair:  # noqa: ARG001
    return (f - 1).square() / 2, (f - 1).div_(len(f))


def _hinge_expert(r: Tensor, f: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    n = len(r)
    losses = (1 - r).clamp_(min=0) + (1 + f).clamp_(min=0)
    return losses, (r < 1).float().div_(-n), (f > -1).float().div_(n)


def _linear_forger(r: Tensor, f: Tensor) -> Pair:  # noqa: ARG001
    return -f, torch.full_like(f, -1 / len(f))


def _wasserstein_expert(r: Tensor, f: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    n = len(r)
    return f - r, torch.full_like(r, -1 / n), torch.full_like(f, 1 / n)


def _relativistic_expert(r: Tensor, f: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    g = torch.sigmoid(f - r).div_(len(r))
    return softplus(f - r), -g, g


def _relativistic_forger(r: Tensor, f: Tensor) -> Pair:
    return softplus(r - f), torch.sigmoid(r - f).div_(-len(f))


LOSSES = {
    "non_saturating": Loss(_cross_entropy_expert, _non_saturating_forger),
    "minimax": Loss(_cross_entropy_expert, _minimax_forger),
    "least_squares": Loss(_least_squares_expert, _least_squares_forger, squared=True),
    "hinge": Loss(_hinge_expert, _linear_forger),
    "wgan_gp": Loss(_wasserstein_expert, _linear_forger, penalty="gp", relative=True),
    "relativistic": Loss(_relativistic_expert, _relativistic_forger, penalty="r1_r2", relative=True),
}
