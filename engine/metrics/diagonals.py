"""How good are pictures that should be left diagonals: validity, coverage, and total variation with its floor.

Each picture is fitted by least squares: the line (of a dense set of offsets) and the intensity that leave the smallest
residual. It is valid if the root mean square of that residual is at most `tolerance(...)`, its intensity is that of the
data, give or take a margin, and the line explains enough of the picture. The limits grow with the data's noise, so that
practically every real picture is valid: measured on real pictures validity is 1.00, on uniform noise and on right
diagonals 0 (from 4 x 4 up to a noise of 0.1, from 8 x 8 up to 0.2; more noise hides a faint line). Validity alone can
be gamed by a forger who paints one diagonal for ever, so coverage and the histogram of offsets stand beside it.
"""

import dataclasses
import functools
import math

import numpy as np
import torch
from scipy.special import chdtri, gammaln, ndtri

from engine.data import diagonals
from engine.rng import torch_generator

CONTINUOUS_BINS = 10
FITTED_PER_PIXEL = 10
"""Offsets tried a pixel when they are continuous."""
TOLERANCE = 0.08
REFUSED_REAL = 1e-5
"""Share of real pictures that each limit may refuse: limits grow with the noise, and when there are few pixels."""
MARGIN_BELOW, MARGIN_ABOVE = 0.1, 0.05
"""How much fainter than the faintest and brighter than the brightest line a valid picture may be, at the least."""
LEAST_EXPLAINED = 0.5
"""The line must explain at least half the share of the picture's energy that it has in the faintest real picture."""
N_CONTROL = 1_000
COVERED_SHARE = 0.1
"""An offset counts as covered when it is drawn at least a tenth as often as it should be."""


@dataclasses.dataclass(frozen=True, slots=True)
class Fit:
    """The least-squares fit of n pictures. `valid` bool (n,), `offset` (n,), `intensity` (n,), `residual` RMS (n,)."""

    valid: np.ndarray
    offset: np.ndarray
    intensity: np.ndarray
    residual: np.ndarray


@functools.lru_cache
def tolerance(size: int, noise: float) -> float:
    """The largest RMS residual of a valid n x n picture; `noise`: standard deviation of the data's pixel noise."""
    pixels = size * size
    return max(TOLERANCE, noise * math.sqrt(chdtri(pixels - 1, REFUSED_REAL) / pixels))


@functools.lru_cache
def _tried(size: int, whole: bool) -> tuple[np.ndarray, np.ndarray]:
    """The offsets that are tried (k,), and their lines (k, size * size)."""
    ends = diagonals.offsets(size, whole=whole)
    if whole:
        tried = ends
    else:  # the middles of equal intervals, a whole number of them in each bin, so that no bin is favoured
        n = CONTINUOUS_BINS * math.ceil(FITTED_PER_PIXEL * (ends[1] - ends[0]) / CONTINUOUS_BINS)
        tried = (ends[0] + (np.arange(n) + 0.5) * (ends[1] - ends[0]) / n).astype(np.float32)
    return tried, diagonals.lines(size, torch.from_numpy(tried)).numpy()


def fit(pictures: np.ndarray, *, whole: bool, dim: float, noise: float) -> Fit:
    """Fit a line to each picture (n, size * size); `dim` is the least intensity of the data."""
    size = math.isqrt(pictures.shape[1])
    tried, lines = _tried(size, whole)
    norms = (lines**2).sum(1)
    dots = pictures @ lines.T  # (n, k)
    explained = np.maximum(dots, 0) ** 2 / norms
    best = explained.argmax(1)
    rows = np.arange(len(pictures))
    intensity = np.maximum(dots[rows, best], 0) / norms[best]
    rest = np.maximum((pictures**2).sum(1) - explained[rows, best], 0)
    residual = np.sqrt(rest / pictures.shape[1])
    chance = noise * -ndtri(REFUSED_REAL) / np.sqrt(norms[best])  # a fitted intensity errs by noise / |line|
    bright = intensity >= dim - np.maximum(MARGIN_BELOW, chance)
    bright &= intensity <= 1 + np.maximum(MARGIN_ABOVE, chance)
    energy = dim**2 * norms[best]  # of the faintest line; clipping leaves about half the energy of the noise
    least = LEAST_EXPLAINED * energy / (energy + noise**2 * pictures.shape[1] / 2)
    striking = explained[rows, best] >= least * (pictures**2).sum(1)
    return Fit((residual <= tolerance(size, noise)) & bright & striking, tried[best], intensity, residual)


@dataclasses.dataclass(frozen=True, slots=True)
class Control:
    """The share of N_CONTROL pictures of each kind that the measure calls valid: true ones, uniform noise, and right
    diagonals, which are true ones mirrored. Where one of the last two is not 0, validity tells little."""

    real: float
    noise: float
    right: float


@functools.lru_cache
def control(size: int, *, whole: bool, dim: float, noise: float) -> Control:
    """What validity is worth on such data; `dim`, `noise`: as for `fit`."""
    luck = torch_generator(0, "control")
    real = diagonals.draw(N_CONTROL, luck, size=size, whole=whole, dim=dim, noise=noise).numpy()
    right = np.ascontiguousarray(real.reshape(-1, size, size)[:, :, ::-1].reshape(N_CONTROL, -1))
    uniform = torch.rand(real.shape, generator=luck).numpy()
    return Control(*(float(fit(x, whole=whole, dim=dim, noise=noise).valid.mean()) for x in (real, uniform, right)))


def bins(size: int, *, whole: bool) -> tuple[np.ndarray, float]:
    """The middles of the bins of an offset histogram (n_bins,), and their width, in pixels."""
    ends = diagonals.offsets(size, whole=whole)
    if whole:
        return ends, 1.0
    width = float(ends[1] - ends[0]) / CONTINUOUS_BINS
    return ends[0] + (np.arange(CONTINUOUS_BINS, dtype=np.float32) + 0.5) * width, width


def histogram(found: Fit, *, size: int, whole: bool) -> np.ndarray:
    """Shares of the offsets among the valid pictures (n_bins,)."""
    middles, width = bins(size, whole=whole)
    at = np.floor((found.offset[found.valid] - middles[0]) / width + 0.5).astype(int)
    counts = np.bincount(np.clip(at, 0, len(middles) - 1), minlength=len(middles))
    return counts / max(counts.sum(), 1)


def scores(found: Fit, *, size: int, whole: bool) -> dict[str, float]:
    """validity, offsets_covered, offset_tv (each 0 to 1), offset_tv_floor (what a perfect forger would get), and
    offset_share_0, offset_share_1, ...: the histogram of the offsets of the valid pictures."""
    shares = histogram(found, size=size, whole=whole)
    n_valid = int(found.valid.sum())
    truth = 1 / len(shares)
    return {
        "validity": n_valid / len(found.valid),
        "offsets_covered": float((shares >= COVERED_SHARE * truth).mean()),
        "offset_tv": float(np.abs(shares - truth).sum() / 2) if n_valid else 1.0,
        "offset_tv_floor": tv_floor(n_valid or len(found.valid), len(shares)),
        **{f"offset_share_{k}": float(share) for k, share in enumerate(shares)},
    }


def tv_floor(n: int, bins: int) -> float:
    """The mean total variation between `n` draws from a uniform distribution over `bins` and that distribution itself.

    Exact: the mean absolute deviation of a binomial count (De Moivre 1730), with k = floor(np) + 1
    E|X - np| = 2 k C(n, k) p^k (1 - p)^(n - k + 1), summed over the bins.
    """
    if bins == 1:
        return 0.0
    p = 1 / bins
    k = math.floor(n * p) + 1
    log_choices = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)  # of C(n, k)
    deviation = 2 * k * math.exp(log_choices + k * math.log(p) + (n - k + 1) * math.log1p(-p))
    return bins * deviation / n / 2
