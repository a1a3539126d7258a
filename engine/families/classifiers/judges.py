"""Those that only judge: a support vector machine, and nets (logistic regression is one without a hidden layer).

They learn p(class | x) or just a border, and nothing of p(x): there is nothing to sum out and nothing to pour.

    SVM       f(x) = sum over support vectors of a_i k(x_i, x) + b     (Cortes & Vapnik 1995), solved at one go
    logistic  p(class | x) = softmax(W x + b)                          (Cox 1958), by Adam
    MLP       the same on what two hidden layers make of x             (Rumelhart, Hinton & Williams 1986), by Adam
"""

import itertools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.special import log_softmax, softmax
from torch import Tensor

from engine.families.classifiers.tasks import Task
from engine.nets import Adam, Mlp
from engine.rng import torch_generator

if TYPE_CHECKING:
    from sklearn.svm import SVC

FOLDS = 3
COLDEST, HOTTEST = -4.0, 4.0
"""Bounds of the logarithm of the inverse temperature."""
ENOUGH_LEFT_OUT = 200
"""Examples that are enough to fit one number."""
SLACK_TOLERANCE = 1e-2
MOST_ITERATIONS = 200_000
"""Of the SVM's solver: a bound on time where it does not settle."""
INTERCEPT_SCALING = 10.0
"""LinearSVC also keeps the intercept small; a hundredth as much as the slope, with this."""


class Svm:
    """scikit-learn's SVC. It decides between two classes at a time and has no probabilities. Here those of two are the
    logistic function of the decision times one number, fitted to examples left out (temperature scaling, Guo et al.
    2017, arXiv:1706.04599, after Platt 1999), and of more in proportion to the product over a class's pairs.

    With fewer than three examples a class none are left out, and the probabilities are too sure. Straight borders in
    the plane are `Lines`.
    """

    def __init__(self, task: Task, *, kernel: str, c: float, gamma: float) -> None:
        self.task = task
        self.kernel, self.c, self.gamma = kernel, c, gamma
        self._machine: SVC | Lines | None = None
        self._only = -1

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        """Solve for the border between these examples."""
        self._machine, self._only = None, int(y[0]) if len(y) else -1
        known, labels, counts = np.unique(y, return_inverse=True, return_counts=True)
        if len(known) < 2:
            return
        self._width = self.gamma / (x.shape[1] * (float(x.var()) or 1.0))
        machine = self._solve(x, labels)
        judged = machine.decision_function(x), labels
        if counts.min() >= FOLDS:
            judged = self._left_out(x, labels)
        self._factor = sharpness(*judged)
        self._known, self._machine = known, machine

    def _solve(self, x: np.ndarray, y: np.ndarray) -> "SVC | Lines":
        from sklearn.svm import SVC

        if self.kernel == "linear" and self.task.is_plane:
            return Lines(x, y, c=self.c)
        return SVC(
            kernel=self.kernel, C=self.c, gamma=self._width, tol=SLACK_TOLERANCE, max_iter=MOST_ITERATIONS,
            decision_function_shape="ovo", random_state=0,  # else it draws from the global generator
        ).fit(x, y)  # fmt: skip

    def _left_out(self, x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Decisions and labels of examples that the machine has not seen: of all, in three parts, or of one part if
        that is enough."""
        from sklearn.model_selection import StratifiedKFold

        decisions, seen = [], []
        for fitted, left in StratifiedKFold(FOLDS).split(x, labels):
            decisions.append(self._solve(x[fitted], labels[fitted]).decision_function(x[left]))
            seen.append(labels[left])
            if len(left) >= ENOUGH_LEFT_OUT:
                break
        return np.concatenate(decisions), np.concatenate(seen)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """(n, classes); before two classes are known, all on the one class, or even."""
        return self._judged(len(x), lambda machine: machine.decision_function(x))

    def probabilities_on_grid(self, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The same at every (column, row) of a grid in the plane, (rows x columns, classes), row by row."""
        return self._judged(len(columns) * len(rows), lambda machine: decisions_on_grid(machine, columns, rows))

    def _judged(self, n: int, decide: Callable[["SVC | Lines"], np.ndarray]) -> np.ndarray:
        p = np.zeros((n, self.task.n_classes))
        if self._machine is not None and n:
            scores = as_scores(self._factor * decide(self._machine))
            p[:, self._known] = softmax(np.ascontiguousarray(scores.T), axis=0).T  # a short last axis is slow
        elif self._only >= 0:
            p[:, self._only] = 1
        else:
            p[:] = 1 / self.task.n_classes
        return p


class Lines:
    """Straight borders in the plane, one between each two classes, by scikit-learn's LinearSVC (the slack is squared).

    Where classes overlap and C is large, SVC takes a million iterations and, cut short, ends at another border; this
    takes a few, whatever C.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, *, c: float) -> None:
        from sklearn.svm import LinearSVC

        options: dict[str, Any] = {"C": c, "dual": False, "intercept_scaling": INTERCEPT_SCALING, "random_state": 0}
        machines = []
        for i, j in itertools.combinations(np.unique(y), 2):
            own = (y == i) | (y == j)
            machines.append(LinearSVC(**options).fit(x[own], y[own] == i))
        self.coef = np.concatenate([machine.coef_ for machine in machines])
        self.intercept = np.concatenate([machine.intercept_ for machine in machines])

    def decision_function(self, x: np.ndarray) -> np.ndarray:
        """(n, pairs): over 0 for the first class of each pair."""
        return x @ self.coef.T + self.intercept


def sharpness(decisions: np.ndarray, y: np.ndarray) -> float:
    """The number that, times these decisions (n,) or (n, pairs), gives the smallest log loss on labels (n,)."""
    from scipy.optimize import minimize_scalar

    def loss(log_factor: float) -> float:
        scores = as_scores(math.exp(log_factor) * decisions)
        return float(-log_softmax(scores, axis=1)[np.arange(len(y)), y].mean())

    found: Any = minimize_scalar(loss, bounds=(COLDEST, HOTTEST), method="bounded")
    return math.exp(found.x)


def as_scores(decisions: np.ndarray) -> np.ndarray:
    """Each class's log p up to a constant, (n, classes), from the decisions (n, pairs), or (n,) of two classes.

    The sum over its pairs of the log of the logistic function: a pair that has nothing to do with an input can't
    outvote the others, however sure it is.
    """
    if decisions.ndim == 1:
        return np.stack([-decisions / 2, decisions / 2], axis=1)
    n_classes = round((1 + math.sqrt(1 + 8 * decisions.shape[1])) / 2)
    scores = np.zeros((n_classes, len(decisions)))
    for decision, (i, j) in zip(decisions.T, itertools.combinations(range(n_classes), 2), strict=True):
        lost = np.logaddexp(0, decision)  # -log p of the second class of the pair
        scores[i] += decision - lost
        scores[j] -= lost
    return scores.T


def decisions_on_grid(machine: "SVC | Lines", columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """As `machine.decision_function` at every (column, row), but at once: on a grid the rbf kernel is a product of one
    factor for the column and one for the row, so that all decisions are one matrix product."""
    if isinstance(machine, Lines):
        return machine.decision_function(np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2))
    across = np.exp(-machine.gamma * (columns[:, None] - machine.support_vectors_[:, 0]) ** 2)  # (columns, support)
    down = np.exp(-machine.gamma * (rows[:, None] - machine.support_vectors_[:, 1]) ** 2)  # (rows, support)
    found = [((down * weight) @ across.T).ravel() for weight in _pair_weights(machine)]
    return found[0] + machine.intercept_[0] if len(found) == 1 else np.stack(found, axis=1) + machine.intercept_


def _pair_weights(machine: "SVC") -> list[np.ndarray]:
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
        return torch.softmax(logits.double().T.contiguous(), 0).T.numpy()  # a short last axis is slow

    def tensors(self) -> dict[str, Tensor]:
        """All that decides its future, live."""
        return {"weights": self.mlp.flat, "m": self.adam.m, "v": self.adam.v, "count": self.adam.count}
