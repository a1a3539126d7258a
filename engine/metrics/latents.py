"""What a latent space has learned of the true factors: mutual information gap, linear probes, and the decoder's purity.

Codes are (n, n_latents), factors (n, n_factors). The first two (and DCI, in dci.py) look at the encoder; a decoder can
be entangled all the same, so the last one looks at pictures: move one axis, and measure every factor of what is drawn.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

BINS = 20
IDLE = 0.05
SWEEP_ENDS = (2, 98)
"""An axis is swept between these percentiles of the codes."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Purity:
    """`share` (n_latents, n_factors): of all that moving a latent changes, how much is each factor. `axis`
    (n_factors,): the latent given to each factor, no latent twice (-1 for none); `purity` (n_factors,): its share."""

    share: np.ndarray
    axis: np.ndarray
    purity: np.ndarray


def sweeps(codes: np.ndarray, *, n_bases: int = 32, n_points: int = 9) -> np.ndarray:
    """Each latent moved evenly from its 2nd to its 98th percentile, the others as in the first codes:
    (n_latents, n_bases, n_points, n_latents)."""
    bases = codes[:n_bases]
    n_latents = codes.shape[1]
    moved = np.tile(bases[None, :, None], (n_latents, 1, n_points, 1))
    low, high = np.percentile(codes, SWEEP_ENDS, axis=0)
    for latent in range(n_latents):
        moved[latent, :, :, latent] = np.linspace(low[latent], high[latent], n_points)
    return moved


def changes(measured: np.ndarray, ranges: np.ndarray) -> np.ndarray:
    """How much each latent changes each factor, (n_latents, n_factors), given the factors measured on the pictures of a
    sweep, (n_latents, n_bases, n_points, n_factors): the standard deviation along the sweep in units of the factor's
    range, averaged over the bases."""
    return (measured / ranges).std(2).mean(1)


def purity(change: np.ndarray) -> Purity:
    """Shares of the changes, and the latent of each factor: the assignment with the largest sum of shares.

    A latent that changes less than a twentieth of what the strongest one does is taken to do nothing: its shares are 0.
    """
    from scipy.optimize import linear_sum_assignment

    total = change.sum(1, keepdims=True)
    share = np.where(total > IDLE * total.max(), change / np.maximum(total, 1e-12), 0.0)
    rows, columns = linear_sum_assignment(share, maximize=True)
    axis = np.full(change.shape[1], -1)
    axis[columns] = rows
    found = np.where(axis >= 0, share[axis, np.arange(change.shape[1])], 0.0)
    return Purity(share, axis, found)


def mutual_information(codes: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Mutual information in nats of each latent with each factor, (n_latents, n_factors), from histograms of BINS equal
    bins.

    A latent that does not vary tells nothing.
    """
    binned_codes, binned_factors = _binned(codes), _binned(factors)
    found = np.zeros((codes.shape[1], factors.shape[1]))
    for j in range(codes.shape[1]):
        for k in range(factors.shape[1]):
            joint = np.zeros((BINS, BINS))
            np.add.at(joint, (binned_codes[:, j], binned_factors[:, k]), 1 / len(codes))
            alone = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
            there = joint > 0
            found[j, k] = float((joint[there] * np.log(joint[there] / alone[there])).sum())
    return found


def entropy(factors: np.ndarray) -> np.ndarray:
    """Entropy in nats of each factor in the same bins, (n_factors,)."""
    shares = [np.bincount(column, minlength=BINS) / len(factors) for column in _binned(factors).T]
    return np.array([-(p[p > 0] * np.log(p[p > 0])).sum() for p in shares])


def _binned(values: np.ndarray) -> np.ndarray:
    low, high = values.min(0), values.max(0)
    width = np.where(high > low, high - low, 1)
    return np.minimum((values - low) / width * BINS, BINS - 1).astype(int)


def mig(codes: np.ndarray, factors: np.ndarray) -> float:
    """Mutual information gap (Chen et al. 2018, arXiv:1802.04942): for each factor the best latent's mutual information
    less the second best's, in parts of the factor's entropy; the mean. 1 if one latent holds each factor, about 0 if
    many do."""
    information = mutual_information(codes, factors)
    if len(information) < 2:
        information = np.concatenate((information, np.zeros_like(information)))
    best = np.sort(information, axis=0)[::-1]
    return float(((best[0] - best[1]) / np.maximum(entropy(factors), 1e-12)).mean())


def linear_r2(codes: np.ndarray, factors: np.ndarray, named: Sequence[bool] = ()) -> np.ndarray:
    """R2 of each factor (n_factors,) as a linear function of the codes: fitted to the first half, measured on the
    second; at least 0. A factor of names (where `named` says so) is a column of zeros and ones for each name, and its
    R2 that of all of them together."""
    half = len(codes) // 2
    inputs = np.concatenate((codes, np.ones((len(codes), 1), codes.dtype)), axis=1).astype(np.float64)
    found = []
    for k in range(factors.shape[1]):
        aim = factors[:, [k]].astype(np.float64)
        if len(named) and named[k]:
            aim = (aim == np.unique(aim)).astype(np.float64)  # (n, names)
        weights = np.linalg.lstsq(inputs[:half], aim[:half], rcond=None)[0]
        found.append(max(0.0, r2(inputs[half:] @ weights, aim[half:])))
    return np.array(found)


def r2(guess: np.ndarray, truth: np.ndarray) -> float:
    """The share of the variance of a number (n,), or of several (n, k), that a guess explains; 0 if none varies."""
    spread = float(((truth - truth.mean(0)) ** 2).sum())
    return 1 - float(((guess - truth) ** 2).sum()) / spread if spread else 0.0
