"""What an autoencoder shows at one moment."""

import dataclasses
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from engine.data.picture_set import as_bytes, as_floats
from engine.families.autoencoder.coder import Coder
from engine.families.autoencoder.lens import Lens, Material

N_SHOWN = 16
N_CODES_CONV = 64
N_ACTIVE = 4
FIRST_FLOATS = 25_000
"""So many numbers of the first layer's weights are shown at most."""
N_FIRST = 16


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AutoencoderView:
    """Sixteen held-out pictures `x` and their reconstructions `x_hat`, bytes (n, channels, height, width), and their
    codes `code` (n, latent_dim).

    `codes` (300, latent_dim), or 64 of a convolutional net, and as many `factors` (n, n_factors) are of held-out
    pictures, the shown ones first; `spread` (latent_dim,) is the mean standard deviation of a VAE's codes, and empty
    for the others. `activations` are every hidden layer's outputs for the first four pictures, float16, encoder then
    decoder; `first_weights` the weights of the first units: as pictures (units, channels, height, width) if the layer
    is fully connected, else its kernels.
    """

    x: np.ndarray
    x_hat: np.ndarray
    code: np.ndarray
    codes: np.ndarray
    factors: np.ndarray
    spread: np.ndarray
    activations: tuple[np.ndarray, ...]
    first_weights: np.ndarray


def picture_view(view: AutoencoderView) -> np.ndarray:
    """The reconstructions in [0, 1], for an animation."""
    return as_floats(view.x_hat)


def look(
    coder: Coder, data: Material, finish: Callable[[Tensor], Tensor], latent_dim: int, *, variational: bool
) -> AutoencoderView:
    """The view of a coder on held-out pictures."""
    pictures, lens = data.pictures, data.lens
    seen = data.scored["held_out"][1]
    if coder.encoder[0].kind != "full":
        seen = seen[:N_CODES_CONV]  # a view must not cost as much as a step
    with torch.no_grad():
        *inward, heads = coder.encode(seen)
        mu = heads[:, :latent_dim]
        *outward, out = coder.decode(mu[:N_SHOWN])
        painted = as_bytes(np.nan_to_num(lens.paint(finish(out))))
        spread = (heads[:, latent_dim:] / 2).exp().mean(0) if variational else torch.empty(0)
    return AutoencoderView(
        x=pictures.held_out[:N_SHOWN].copy(),
        x_hat=painted,
        code=mu[:N_SHOWN].numpy().copy(),
        codes=mu.numpy().copy(),
        factors=pictures.factors_held_out[: len(mu)].copy(),
        spread=spread.numpy().copy(),
        activations=tuple(_half(h[:N_ACTIVE].numpy()) for h in (*inward, *outward)),
        first_weights=_first_weights(coder, lens),
    )


def _first_weights(coder: Coder, lens: Lens) -> np.ndarray:
    weight = coder.first_weights().numpy()
    if coder.encoder[0].kind != "full":
        return _half(weight[:N_FIRST])
    n_units = max(1, min(N_FIRST, FIRST_FLOATS // int(np.prod(lens.shape))))
    return _half(lens.weights(weight[:n_units]))


def _half(array: np.ndarray) -> np.ndarray:
    """As float16, what is beyond its range at its end: a run that diverges still has a picture."""
    end = np.finfo(np.float16).max
    return np.clip(array, -end, end).astype(np.float16)
