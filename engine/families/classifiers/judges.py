"""Those that only judge: a support vector machine, and nets (logistic regression is one without a hidden layer).

They learn p(class | x) or just a border, and nothing of p(x): there is nothing to sum out and nothing to pour.

    SVM       f(x) = sum over support vectors of a_i k(x_i, x) + b     (Cortes & Vapnik 1995), solved at one go
    logistic  p(class | x) = softmax(W x + b)                          (Cox 1958), by Adam
    MLP       the same on what two hidden layers make of x             (Rumelhart, Hinton & Williams 1986), by Adam
"""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import SVC
from torch import Tensor

from engine.families.classifiers.tasks import Task
from engine.nets import Adam, Mlp
from engine.rng import torch_generator

FOLDS = 3
COLDEST, HOTTEST = -4.0, 4.0
"""Bounds of the logarithm of the inverse temperature."""
SLACK_TOLERANCE = 1e-3
MOST_ITERATIONS = 200_000
"""Of the SVM's solver: a bound on time where it does not settle."""


class Svm:
    """scikit-learn's SVC. It decides and has no probabilities: these are a softmax of its decisions times one number,
    which is fitted to examples left out (temperature scaling, Guo et al. 2017, arXiv:1706.04599, after Platt 1999).

    With fewer than three examples a class none are left out, and the probabilities are too sure.
    """

    def __init__(self, task: Task, *, kernel: str, c: float, gamma: float) -> None:
        self.task = task
        self.options = {"kernel": kernel, "C": c, "tol": SLACK_TOLERANCE, "max_iter": MOST_ITERATIONS}
        self.options |= {"decision_function_shape": "ovo", "random_state": 0}  # else it draws from the global generator
        self.gamma = gamma
        self._machine: SVC | None = None
        self._only = -1

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        """Solve for the border between these examples."""
        self._machine, self._only = None, int(y[0]) if len(y) else -1
        known, counts = np.unique(y, return_counts=True)
        if len(known) < 2:
            return
        spread = float(x.var()) or 1.0
        machine = SVC(**self.options, gamma=self.gamma / (x.shape[1] * spread)).fit(x, y)
        found = machine.decision_function(x)
        if counts.min() >= FOLDS:
            left_out = SVC(**self.options, gamma=machine.gamma)
            found = cross_val_predict(left_out, x, y, cv=StratifiedKFold(FOLDS), method="decision_function")
        self._factor = sharpness(as_scores(np.asarray(found)), np.searchsorted(known, y))
        self._known, self._machine = known, machine

    @property
    def support(self) -> np.ndarray:
        """Indices of the support vectors among the examples fitted."""
        return np.zeros(0, int) if self._machine is None else self._machine.support_

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """(n, classes); before two classes are known, all on the one class, or even."""
        return self._judged(len(x), lambda machine: machine.decision_function(x))

    def probabilities_on_grid(self, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The same at every (column, row) of a grid in the plane, (rows x columns, classes), row by row."""
        return self._judged(len(columns) * len(rows), lambda machine: decisions_on_grid(machine, columns, rows))

    def _judged(self, n: int, decide: Callable[[SVC], np.ndarray]) -> np.ndarray:
        p = np.zeros((n, self.task.n_classes))
        if self._machine is not None and n:
            p[:, self._known] = softmax(self._factor * as_scores(decide(self._machine)), axis=1)
        elif self._only >= 0:
            p[:, self._only] = 1
        else:
            p[:] = 1 / self.task.n_classes
        return p


def sharpness(scores: np.ndarray, y: np.ndarray) -> float:
    """The number that, times these scores (n, classes), gives the softmax with the smallest log loss on labels (n,)."""

    def loss(log_factor: float) -> float:
        return float(-log_softmax(math.exp(log_factor) * scores, axis=1)[np.arange(len(y)), y].mean())

    found: Any = minimize_scalar(loss, bounds=(COLDEST, HOTTEST), method="bounded")
    return math.exp(found.x)


def as_scores(decisions: np.ndarray) -> np.ndarray:
    """Each class's score, the sum of its pairwise decisions: (n, classes) from (n, pairs), or from (n,) of two
    classes."""
    if decisions.ndim == 1:
        return np.stack([-decisions / 2, decisions / 2], axis=1)
    n_classes = round((1 + math.sqrt(1 + 8 * decisions.shape[1])) / 2)
    scores = np.zeros((len(decisions), n_classes))
    for decision, (i, j) in zip(decisions.T, itertools.combinations(range(n_classes), 2), strict=True):
        scores[:, i] += decision
        scores[:, j] -= decision
    return scores


def decisions_on_grid(machine: SVC, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """As `machine.decision_function` at every (column, row), but at once: on a grid the rbf kernel is a product of one
    factor for the column and one for the row, so that all decisions are one matrix product."""
    if machine.kernel == "linear":
        plane = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        return np.squeeze(plane @ machine.coef_.T + machine.intercept_, axis=1 if len(machine.intercept_) == 1 else ())
    across = np.exp(-machine.gamma * (columns[:, None] - machine.support_vectors_[:, 0]) ** 2)  # (columns, support)
    down = np.exp(-machine.gamma * (rows[:, None] - machine.support_vectors_[:, 1]) ** 2)  # (rows, support)
    found = [((down * weight) @ across.T).ravel() for weight in _pair_weights(machine)]
    return found[0] + machine.intercept_[0] if len(found) == 1 else np.stack(found, axis=1) + machine.intercept_


def _pair_weights(machine: SVC) -> list[np.ndarray]:
    """The weight of each support vector in each pairwise decision, each (support,): libsvm keeps those of class i
    against class j in row j - 1 if i < j, else in row j."""
    if len(machine.classes_) == 2:
        return [machine.dual_coef_[0]]
    owner = np.repeat(np.arange(len(machine.classes_)), machine.n_support_)
    return [
        np.where(owner == i, machine.dual_coef_[j - 1], 0) + np.where(owner == j, machine.dual_coef_[i], 0)
        for i, j in itertools.combinations(range(len(machine.classes_)), 2)
    ]


class Net:
    """A classifier of softmax outputs: without a hidden layer logistic regression, with two an MLP; trained by Adam."""

    def __init__(self, task: Task, *, hidden: tuple[int, ...], name: str, seed: int) -> None:
        self.task = task
        self.mlp = Mlp((task.x.shape[1], *hidden, task.n_classes), torch_generator(seed, f"weights of {name}"))
        self.adam = Adam.like(self.mlp.flat, beta1=0.9, beta2=0.999)

    @torch.inference_mode()
    def learn(self, x: Tensor, y: Tensor, *, lr: float, decay: float) -> float:
        """One Adam step on all these examples (n, features), labels (n,); returns their mean cross-entropy in nats."""
        hs = self.mlp.forward(x)
        log_p = torch.log_softmax(hs[-1], 1)
        g = log_p.exp()
        g[torch.arange(len(y)), y] -= 1
        self.mlp.backward(hs, g / len(y))
        self.adam.step(self.mlp.flat, self.mlp.grad.add_(self.mlp.flat, alpha=decay), lr)
        return float(-log_p[torch.arange(len(y)), y].mean())

    @torch.inference_mode()
    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """(n, classes)."""
        logits = self.mlp.forward(torch.from_numpy(np.array(x, dtype=np.float32)))[-1]
        return torch.softmax(logits.double(), 1).numpy()

    def tensors(self) -> dict[str, Tensor]:
        """All that decides its future, live."""
        return {"weights": self.mlp.flat, "m": self.adam.m, "v": self.adam.v, "count": self.adam.count}
