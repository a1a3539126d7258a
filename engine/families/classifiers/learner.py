"""One learner for one classifier or for all side by side: examples come in chunks, and each learns from what has come.

Naive Bayes counts each example once, on arrival. The nets take one Adam step a unit on all that have come. The SVM and
the richer sister are solved at one go, when somebody looks, for the examples that have come: a function of their
number, so that no state is needed.
"""

import dataclasses
import math

import numpy as np
import torch

from engine.config import ConfigError
from engine.data.points import REACH
from engine.families.classifiers.config import DataConfig
from engine.families.classifiers.density import NaiveBayes, Sister, log_evidence, posterior
from engine.families.classifiers.judges import Net, Svm
from engine.families.classifiers.tasks import task
from engine.learner import Metrics, State
from engine.metrics import classification
from engine.rng import generator

NAMES = ("naive_bayes", "logistic", "svm_linear", "svm_rbf", "mlp", "gaussian")
"""Those that stand side by side."""
DREAMERS = ("naive_bayes", "gaussian")
"""Those that know p(x | class)."""
N_POINTS, N_PICTURES = 60, 20
"""Samples in a view: points of each class; pictures of all classes together."""
LEVELS = 64
SLOW_ON_A_GRID = "gaussian"
"""Side by side with others it has no picture of its decision regions."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JudgesView:
    """What the classifiers show now. M of them, K classes, d features; what there is none of is empty.

    x (n, d), y (n,): the examples that have come; `arrived` their number. shades (M, grid, grid) uint8, first row at
    the top: 64 x the most probable class + how probable, 0 for 1 / K to 63 for 1. prior (K,), means and variances (K,
    d): Naive Bayes. poured, poured_sister (K, samples, d): dreamed up by Naive Bayes and by its sister, of the same
    noise at every step.
    """

    x: np.ndarray
    y: np.ndarray
    arrived: int
    shades: np.ndarray
    prior: np.ndarray
    means: np.ndarray
    variances: np.ndarray
    poured: np.ndarray
    poured_sister: np.ndarray


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bayes:
    """Bayes' rule at one input: prior (K,), log likelihood of each feature (K, d), posterior (K,), log p(x)."""

    prior: np.ndarray
    log_likelihoods: np.ndarray
    posterior: np.ndarray
    log_evidence: float


class ClassifierLearner:
    """Learner of the classifiers named; with all of NAMES it is that of the family 'judges'."""

    def __init__(self, config: DataConfig, names: tuple[str, ...]) -> None:
        self.config, self.names = config, names
        self.task = task(config)
        t, c = self.task, config
        self._arrived = 0
        self._x, self._y = torch.from_numpy(t.x.astype(np.float32)), torch.from_numpy(t.y.copy())
        self.naive_bayes = NaiveBayes(
            t,
            likelihood=getattr(c, "likelihood", "gaussian"),
            variance_floor=getattr(c, "variance_floor", 1.0),
            add_k=getattr(c, "add_k", 1.0),
        )
        hidden = {"logistic": (), "mlp": (getattr(c, "width", 1),) * 2}
        self._nets = {n: Net(t, hidden=hidden[n], name=n, seed=c.seed) for n in names if n in hidden}
        self._new_solvers()

    def _new_solvers(self) -> None:
        c = self.config
        self._solved = -1
        self._sister = Sister(self.task, kind=getattr(c, "kind", "full"), seed=c.seed)
        kernels = {"svm": getattr(c, "kernel", "rbf"), "svm_linear": "linear", "svm_rbf": "rbf"}
        self._svms = {
            name: Svm(self.task, kernel=kernel, c=getattr(c, "c", 1.0), gamma=getattr(c, "gamma", 1.0))
            for name, kernel in kernels.items()
            if name in self.names
        }
        self._shades: dict[str, np.ndarray] = {}

    def step(self, step: int) -> Metrics:
        """The next chunk comes; Naive Bayes counts it, the nets take one step on all that have come."""
        n = len(self.task.y)
        before, self._arrived = (
            self._arrived,
            max(self._arrived, math.ceil(n * min(1.0, (step + 1) / self.config.chunks))),
        )
        if before < self._arrived and "naive_bayes" in self.names:
            self.naive_bayes.count(self.task.x[before : self._arrived], self.task.y[before : self._arrived])
        found = {"arrived": float(self._arrived)}
        for name, net in self._nets.items():
            x, y = self._x[: self._arrived], self._y[: self._arrived]
            self._shades.pop(name, None)
            loss = math.log(self.task.n_classes)
            if self._arrived:
                loss = net.learn(x, y, lr=self.config.lr, decay=self.config.decay)  # type: ignore[attr-defined]
            found[f"loss_{name}" if len(self.names) > 1 else "loss"] = loss
        return found

    # -- looking, which changes nothing

    def probabilities(self, name: str, x: np.ndarray) -> np.ndarray:
        """p(class | x) by one classifier, (n, classes)."""
        if name in DREAMERS:
            return posterior(self.log_joint(name, x))
        return self._nets[name].probabilities(x) if name in self._nets else self._solve_svm(name).probabilities(x)

    def log_joint(self, name: str, x: np.ndarray, hidden: np.ndarray | None = None) -> np.ndarray:
        """log p(class, x) by one that can dream, (n, classes); features where `hidden` is true are summed out."""
        return (self.naive_bayes if name == "naive_bayes" else self._solve_sister()).log_joint(x, hidden)

    def bayes(self, x: np.ndarray) -> Bayes:
        """Naive Bayes' rule with all its numbers at one input (features,)."""
        joint = self.naive_bayes.log_joint(x[None])
        return Bayes(
            prior=self.naive_bayes.prior.copy(),
            log_likelihoods=self.naive_bayes.log_likelihoods(x[None])[0],
            posterior=posterior(joint)[0],
            log_evidence=float(log_evidence(joint)[0]),
        )

    def view(self) -> JudgesView:
        """Examples, decision regions, beliefs and samples at this step."""
        t, nb = self.task, self.naive_bayes
        shades = np.zeros((0, 0, 0), np.uint8)
        if t.is_plane:
            shades = np.stack([self.region(name) for name in self.regions])
        shown = self._arrived if t.is_plane else min(self._arrived, N_PICTURES)
        return JudgesView(
            x=t.x[:shown].copy(),
            y=t.y[:shown].copy(),
            arrived=self._arrived,
            shades=shades,
            prior=nb.prior.copy(),
            means=nb.centres.copy(),
            variances=nb.variances.copy(),
            poured=self._pour("naive_bayes"),
            poured_sister=self._pour("gaussian"),
        )

    @property
    def regions(self) -> tuple[str, ...]:
        """The classifiers that `JudgesView.shades` shows, in this order."""
        return tuple(n for n in self.names if n != SLOW_ON_A_GRID) or self.names

    def region(self, name: str) -> np.ndarray:
        """One classifier's shade, (grid, grid) uint8, as in `JudgesView.shades`."""
        self._solve()
        if name not in self._shades:
            self._shades[name] = shade(self._on_grid(name), self.config.grid)
            self._shades[name].setflags(write=False)
        return self._shades[name]

    def _on_grid(self, name: str) -> np.ndarray:
        columns, rows = axes(self.config.grid)
        if name.startswith("svm"):
            return self._solve_svm(name).probabilities_on_grid(columns, rows)
        plane = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        return self.probabilities(name, plane.astype(np.float32) if name == SLOW_ON_A_GRID else plane)

    def dream(self, name: str, k: int, n: int) -> np.ndarray:
        """(n, features) of class k by one that can dream; the same noise at every step."""
        source = self.naive_bayes if name == "naive_bayes" else self._solve_sister()
        return source.sample(k, n, generator(self.config.seed, f"pour {k}"))

    def _pour(self, name: str) -> np.ndarray:
        if name not in self.names:
            return np.zeros((0, 0, 0))
        n = N_POINTS if self.task.is_plane else N_PICTURES // self.task.n_classes
        return np.stack([self.dream(name, k, n) for k in range(self.task.n_classes)])

    def score(self) -> Metrics:
        """accuracy, log_loss and calibration_error on held-out examples, strangers_auc: how well strangers are told
        from them (by p(x), or by how sure the judgement is); of several classifiers each with its name in front."""
        found: Metrics = {}
        for name in self.names:
            front = f"{name}_" if len(self.names) > 1 else ""
            p, known = self._judged(name, self.task.x_test)
            y = self.task.y_test
            found[f"{front}accuracy"] = classification.accuracy(p, y)
            found[f"{front}log_loss"] = classification.log_loss(p, y)
            found[f"{front}calibration_error"] = classification.calibration_error(p, y)
            strange = self._judged(name, self.task.strange)[1]
            found[f"{front}strangers_auc"] = classification.area(known, strange) if len(y) else math.nan
        return found

    def detector(self, name: str) -> tuple[np.ndarray, np.ndarray, float]:
        """False alarms, detections and the area under them when strangers are to be told from held-out examples."""
        return classification.roc(*(self._judged(name, x)[1] for x in (self.task.x_test, self.task.strange)))

    def _judged(self, name: str, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """p(class | x), (n, classes), and how familiar each x is, (n,): log p(x), or how sure the judgement is."""
        if name in DREAMERS:
            joint = self.log_joint(name, x)
            return posterior(joint), log_evidence(joint)
        p = self.probabilities(name, x)
        return p, p.max(1)

    def accuracy_hidden(self, name: str, hidden: np.ndarray) -> float:
        """Held-out accuracy with some features hidden: summed out by one that can dream, else set to their training
        mean."""
        x, y = self.task.x_test, self.task.y_test
        if name in DREAMERS:
            return classification.accuracy(posterior(self.log_joint(name, x, hidden)), y)
        return classification.accuracy(self.probabilities(name, self.filled(x, hidden)), y)

    def filled(self, x: np.ndarray, hidden: np.ndarray) -> np.ndarray:
        """x with hidden features set to their mean over the examples that have come, 0 before the first."""
        return np.where(hidden, self.task.x[: self._arrived].sum(0) / max(self._arrived, 1), x)

    def _solve_svm(self, name: str) -> Svm:
        self._solve()
        return self._svms[name]

    def _solve_sister(self) -> Sister:
        self._solve()
        return self._sister

    def _solve(self) -> None:
        if self._solved == self._arrived:
            return
        self._new_solvers()
        x, y = self.task.x[: self._arrived], self.task.y[: self._arrived]
        for svm in self._svms.values():
            svm.fit(x, y)
        if "gaussian" in self.names:
            self._sister.fit(x, y)
        self._solved = self._arrived

    # -- the state

    def state_dict(self) -> State:
        """How many examples have come, Naive Bayes' sums, the nets' weights and moments, copied."""
        return {name: array.copy() for name, array in self._arrays().items()}

    def load_state_dict(self, state: State) -> None:
        """Take over such arrays; raises ConfigError if one is missing, of another shape, or not of this data."""
        arrays = self._arrays()
        for name, array in arrays.items():
            given = state.get(name)
            if given is None or given.shape != array.shape:
                shape = "nothing" if given is None else str(given.shape)
                raise ConfigError(f"weights {name}", shape, f"must have the shape {array.shape}")
        arrived = int(state["arrived"])
        if not 0 <= arrived <= len(self.task.y):
            raise ConfigError("arrived", arrived, f"must be a whole number from 0 to {len(self.task.y):,}")
        for name, array in arrays.items():
            array[...] = state[name]
        self._arrived = arrived
        self._shades = {}

    def _arrays(self) -> dict[str, np.ndarray]:
        """Live arrays; that of `arrived` alone is a copy."""
        found = {"arrived": np.array(self._arrived, dtype=np.int64)}
        if "naive_bayes" in self.names:
            nb = self.naive_bayes
            found |= {"nb.counts": nb.counts, "nb.means": nb.means, "nb.deviations": nb.deviations, "nb.on": nb.on}
        for name, net in self._nets.items():
            found |= {f"{name}.{part}": tensor.numpy() for part, tensor in net.tensors().items()}
        return found


def axes(grid: int) -> tuple[np.ndarray, np.ndarray]:
    """x of the columns and y of the rows, from the top, of grid x grid cells over the plane that is shown."""
    middle = (np.arange(grid) + 0.5) / grid * 2 * REACH - REACH
    return middle, -middle


def shade(p: np.ndarray, grid: int) -> np.ndarray:
    """Probabilities (grid^2, classes) as one byte a cell, (grid, grid); JudgesView says how."""
    n_classes = p.shape[1]
    even = 1 / n_classes
    best = np.ascontiguousarray(p.T).max(0)  # along a short last axis numpy is slow
    sure = (best - even) / (1 - even) if n_classes > 1 else np.ones(len(p))
    level = np.clip(np.nan_to_num(sure) * (LEVELS - 1), 0, LEVELS - 1).round().astype(np.uint8)
    return (LEVELS * p.argmax(1).astype(np.uint8) + level).reshape(grid, grid)
