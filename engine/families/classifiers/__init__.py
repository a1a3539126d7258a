"""Classifiers of two kinds on the same data: generative ones that can also dream, discriminative ones that can only
judge.

A generative classifier learns what each class looks like, p(x | class), and judges by Bayes' rule; a discriminative one
learns the judgement p(class | x) itself, or only the border. With few examples the first is ahead, with many the second
(Ng & Jordan 2002, 'On discriminative vs. generative classifiers: a comparison of logistic regression and Naive Bayes').

Five families, each on its own, and 'judges': all on the same data, the SVM with both its kernels, for the page. Naive
Bayes and its sister are in density.py, the SVM and the nets in judges.py; what is simplified is said there.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.data import points
from engine.families.classifiers.config import (
    PLANE,
    GaussianConfig,
    JudgesConfig,
    LogisticConfig,
    MlpConfig,
    NaiveBayesConfig,
    SvmConfig,
)
from engine.families.classifiers.learner import DREAMERS, LEVELS, NAMES, Bayes, ClassifierLearner, JudgesView
from engine.families.classifiers.measures import N_SEEDS, SIZES, accuracies, correlations_with, togetherness
from engine.families.classifiers.tasks import SIDE
from engine.learner import Family, Learner
from engine.rng import generator

__all__ = [
    "DREAMERS",
    "FAMILIES",
    "LEVELS",
    "NAMES",
    "N_SEEDS",
    "PLANE",
    "SIDE",
    "SIZES",
    "Bayes",
    "ClassifierLearner",
    "JudgesConfig",
    "JudgesView",
    "accuracies",
    "correlations_with",
    "togetherness",
]

TRAINED_STEPS = 300
PICTURE_SIDE = 40
"""Cells along each side of a decision region as a picture."""
DRAWING = points.encode(*points.draw("moons", 25, generator(0, "drawing"), classes=2, noise=0.15))
"""What lies on the pad before anybody draws."""
SMOKE = {"steps": 90, "chunks": 30, "data": "moons", "per_class": 12, "grid": 10}


def _pictures(view: JudgesView) -> np.ndarray:
    """Dreamed pictures, class by class; of points in the plane the decision regions, black and white where certain."""
    for dreamed in (view.poured, view.poured_sister):
        if dreamed.size and not view.shades.size:
            return dreamed.transpose(1, 0, 2).reshape(-1, 1, SIDE, SIDE).clip(0, 1).astype(np.float32)
    if not view.shades.size:
        return view.x.reshape(-1, 1, SIDE, SIDE).astype(np.float32)
    every = max(1, view.shades.shape[1] // PICTURE_SIDE)
    shades = view.shades[:, ::every, ::every]
    tone = np.array([-0.5, 0.5, 0.0], np.float32)[np.minimum(shades // LEVELS, 2)]
    return (0.5 + tone * (shades % LEVELS / (LEVELS - 1)))[:, None].astype(np.float32)


def _family(
    title: str,
    config: type,
    names: tuple[str, ...],
    recipe: Callable[[Mapping[str, Any]], dict[str, Any]],
    **smoke: Any,
) -> Family:
    def learner(config: Any) -> Learner:
        return ClassifierLearner(config, names)

    name = names[0] if len(names) == 1 else "judges"
    return Family(
        name=name, title=title, config=config, learner=learner, recipe=recipe, score_every=50,
        pictures=_pictures, smoke={**SMOKE, **smoke},
    )  # fmt: skip


def _recipe(steps: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Counted or solved, a run is done when all examples have come; trained by Adam it takes `steps`."""
    found = {"steps": steps or values.get("chunks", 16)}
    return {**found, "points": DRAWING} if values.get("data") == "drawn" else found


FAMILIES = (
    _family("Naive Bayes", NaiveBayesConfig, ("naive_bayes",), partial(_recipe, 0)),
    _family("Logistic regression", LogisticConfig, ("logistic",), partial(_recipe, TRAINED_STEPS)),
    _family("Support vector machine", SvmConfig, ("svm",), partial(_recipe, 0)),
    _family("Multi-layer perceptron", MlpConfig, ("mlp",), partial(_recipe, TRAINED_STEPS), width=4),
    _family("Gaussian classifier", GaussianConfig, ("gaussian",), partial(_recipe, 0)),
    _family("Dreamers and judges", JudgesConfig, NAMES, partial(_recipe, TRAINED_STEPS), width=4),
)
