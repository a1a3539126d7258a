"""Codes to draw new pictures from, and how far such pictures are from the data. Pure functions of arrays.

An autoencoder gives codes, but does not say where among them pictures are. A VAE's codes lie about as its prior does,
the standard normal distribution; for others a distribution can be fitted to the codes after the fact.
"""

import dataclasses

import numpy as np

from engine.latent.pca import pca
from engine.metrics.pictures import nearest
from engine.rng import generator

N_FEATURES = 16
"""Principal components that the Frechet distance is taken of."""
USUAL = 0.95
WIDTHS = np.geomspace(0.02, 1.5, 14)
"""Kernel widths to choose from, in parts of the codes' own spread."""
N_CHOSEN_BY = 1000
"""Codes that choose it."""


def prior(codes: np.ndarray, n: int, seed: int) -> np.ndarray:
    """`n` draws of the standard normal distribution, (n, latent_dim): what a VAE's codes were pressed towards."""
    return generator(seed, "prior").standard_normal((n, codes.shape[1]), np.float32)


def gaussian(codes: np.ndarray, n: int, seed: int) -> np.ndarray:
    """`n` draws of the normal distribution with the mean and the covariance of codes."""
    return codes.mean(0) + prior(codes, n, seed) @ _root(codes).T


def density(codes: np.ndarray, n: int, seed: int) -> np.ndarray:
    """`n` draws of a kernel density estimate of codes: a code at random, and a normal step from it.

    The step has the shape of the codes' covariance and the width that makes each code most likely given the others
    (leave-one-out, Habbema, Hermans & van den Broek 1974).
    """
    root = _root(codes)
    chosen = codes[generator(seed, "density").integers(0, len(codes), n)]
    white = np.linalg.solve(root, (codes[:N_CHOSEN_BY] - codes.mean(0)).T).T
    return (chosen + kernel_width(white) * prior(codes, n, seed) @ root.T).astype(np.float32)


SAMPLERS = {"prior": prior, "gaussian": gaussian, "density": density}


def kernel_width(points: np.ndarray) -> float:
    """Of WIDTHS the standard deviation of the normal kernel that makes points (n, d) most likely given the others."""
    squared = (points**2).sum(1)[:, None] - 2 * points @ points.T + (points**2).sum(1)
    np.fill_diagonal(squared, np.inf)
    nearest_first = squared.min(1, keepdims=True)
    found = []
    for width in WIDTHS:
        kernels = np.exp(-(squared - nearest_first) / (2 * width**2)).sum(1)  # of each point, in parts of the nearest
        likely = np.log(kernels) - nearest_first[:, 0] / (2 * width**2) - points.shape[1] * np.log(width)
        found.append(likely.mean())
    return float(WIDTHS[int(np.argmax(found))])


@dataclasses.dataclass(frozen=True, slots=True)
class Distances:
    """How far pictures are from those that were learned from.

    `nearest`: the root mean square difference per pixel to the nearest one, averaged; `ratio`: in parts of that of
    reconstructions; `stray`: the share of pictures further away than 95 % of the reconstructions are. `frechet`:
    between normal distributions fitted to 16 principal components of either, in parts of the data's variance there: it
    grows also if pictures are too much alike.
    """

    nearest: float
    ratio: float
    stray: float
    frechet: float


def distances(pictures: np.ndarray, train: np.ndarray, reconstructed: np.ndarray) -> Distances:
    """Of pictures (n, channels, height, width) in [0, 1] to the training pictures.

    `reconstructed`: held-out pictures through the code and back, the best that a decoder can be asked for. (What is
    smooth and lacks the peculiar is near to many; so real held-out pictures may be further away than those. Smoothness
    is but a part: beside a VAE of two numbers 17 % of the real digits stray, and 14 % of them at best once blurred.)
    """
    flat, learned, best = (p.reshape(len(p), -1) for p in (pictures, train, reconstructed))
    axes = pca(learned, N_FEATURES)
    away, floor = nearest(flat, learned)[1], nearest(best, learned)[1]
    return Distances(
        nearest=float(away.mean()),
        ratio=float(away.mean() / floor.mean()),
        stray=float((away > np.quantile(floor, USUAL)).mean()),
        frechet=frechet(axes.encode(flat), axes.encode(learned)) / float((axes.spread**2).sum()),
    )


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    """Squared Frechet distance of the normal distributions with the means and covariances of points (n, d) and (m, d).

    |mean_a - mean_b|^2 + trace(A + B - 2 (A B)^1/2), Dowson & Landau 1982; as in the FID (Heusel et al. 2017,
    arXiv:1706.08500), there of the features of a net.
    """
    cov_a, cov_b = np.atleast_2d(np.cov(a.T)), np.atleast_2d(np.cov(b.T))
    values, vectors = np.linalg.eigh(cov_a)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    both = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ cov_b @ root), 0)).sum()  # the trace of (A B)^1/2
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a + cov_b) - 2 * both)


def _root(codes: np.ndarray) -> np.ndarray:
    """A triangular root of the covariance of codes, (d, d)."""
    covariance = np.atleast_2d(np.cov(codes.T))
    tiny = 1e-6 * np.trace(covariance) + np.finfo(np.float32).tiny
    return np.linalg.cholesky(covariance + tiny * np.eye(len(covariance)))
