"""Disentanglement, completeness and informativeness of codes.

Eastwood & Williams 2018 (ICLR), 'A framework for the quantitative evaluation of disentangled representations'.
"""

import dataclasses

import numpy as np

from engine.metrics.latents import r2

TREES = 40


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Dci:
    """`importance` (n_latents, n_factors) of each latent for predicting each factor; the three scores, 0 to 1."""

    importance: np.ndarray
    disentanglement: float
    completeness: float
    informativeness: float


def dci(codes: np.ndarray, factors: np.ndarray) -> Dci:
    """Disentanglement (each latent tells of one factor), completeness (each factor is told by one latent),
    informativeness (R2 on the second half of the codes), by forests of 40 extremely randomised trees, seeded."""
    from sklearn.ensemble import ExtraTreesRegressor

    half = len(codes) // 2
    importance, explained = [], []
    for column in factors.T:
        forest = ExtraTreesRegressor(TREES, min_samples_leaf=2, max_features=1.0, random_state=0, n_jobs=1)
        forest.fit(codes[:half], column[:half])
        importance.append(forest.feature_importances_)
        explained.append(r2(forest.predict(codes[half:]), column[half:]))
    found = np.stack(importance, 1)  # (n_latents, n_factors)
    by_latent, by_factor = _peakedness(found), _peakedness(found.T)
    weight = found.sum(1) / max(found.sum(), 1e-12)
    informativeness = float(np.clip(np.mean(explained), 0, 1))
    return Dci(found, float((by_latent * weight).sum()), float(by_factor.mean()), informativeness)


def _peakedness(importance: np.ndarray) -> np.ndarray:
    """1 less the entropy of each row, in parts of the largest there could be."""
    if importance.shape[1] < 2:
        return np.ones(len(importance))
    share = importance / np.maximum(importance.sum(1, keepdims=True), 1e-12)
    logs = np.log(np.where(share > 0, share, 1))
    return 1 + (share * logs).sum(1) / np.log(importance.shape[1])
