"""What takes more than one look: accuracy by number of examples; what a density misses of how pixels go together."""

import dataclasses
from typing import Any

import numpy as np

from engine.families.classifiers.learner import NAMES, ClassifierLearner
from engine.learner import Metrics
from engine.metrics import classification

SIZES = (2, 5, 10, 20, 50, 100)
"""Examples of each class; of digits there are no more than 116 to train on."""
N_SEEDS = 10
NET_STEPS = 300


def accuracies(config: Any, per_class: int, seed: int) -> Metrics:
    """Held-out accuracy of each classifier trained on so many examples of each class; data and weights by this seed.

    `config` is a JudgesConfig; the nets take 300 Adam steps whatever the size.
    """
    made = dataclasses.replace(config, per_class=per_class, seed=seed, chunks=1)
    learner = ClassifierLearner(made, NAMES)
    for step in range(NET_STEPS):
        learner.step(step)
    t = learner.task
    return {name: classification.accuracy(learner.probabilities(name, t.x_test), t.y_test) for name in NAMES}


def correlations_with(pictures: np.ndarray, pixel: int) -> np.ndarray:
    """Correlation of each pixel with one of them (counted row by row), over pictures (n, height, width), as (height,
    width); 0 where one of the two never varies."""
    flat = pictures.reshape(len(pictures), -1)
    apart = flat - flat.mean(0)
    spread = flat.std(0) * flat.std(0)[pixel]
    covariance = (apart * apart[:, [pixel]]).mean(0)
    return np.divide(covariance, spread, out=np.zeros_like(spread), where=spread > 0).reshape(pictures.shape[1:])


def neighbour_correlation(pictures: np.ndarray) -> float:
    """Mean correlation of horizontally or vertically adjacent pixels, over pixels that vary, of pictures of one class
    (n, height, width). Independent pixels have 0."""
    found = []
    for left, right in ((pictures[:, :, :-1], pictures[:, :, 1:]), (pictures[:, :-1], pictures[:, 1:])):
        a, b = left.reshape(len(left), -1), right.reshape(len(right), -1)
        spread = a.std(0) * b.std(0)
        covariance = ((a - a.mean(0)) * (b - b.mean(0))).mean(0)
        found.append(covariance[spread > 0] / spread[spread > 0])
    values = np.concatenate(found)
    return float(values.mean()) if len(values) else 0.0


def togetherness(learner: ClassifierLearner, n: int = 200) -> dict[str, float]:
    """Neighbour correlation, mean over classes: of training pictures, of Naive Bayes' dreams, of its sister's."""
    t = learner.task
    kinds: dict[str, list[float]] = {"examples": [], "naive_bayes": [], "gaussian": []}
    for k in range(t.n_classes):
        own = {"examples": t.x[t.y == k]} | {name: learner.dream(name, k, n) for name in ("naive_bayes", "gaussian")}
        for name, pictures in own.items():
            kinds[name].append(neighbour_correlation(pictures.reshape(-1, *t.shape[1:])))
    return {name: float(np.mean(values)) for name, values in kinds.items()}
