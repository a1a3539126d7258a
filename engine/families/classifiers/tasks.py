"""What the classifiers are given: training examples by turns of the classes, held-out ones, and strangers.

Digits: scikit-learn's `load_digits`, 1,797 handwritten digits of 8 x 8 pixels (Alpaydin & Kaynak 1998, UCI), BSD.
Diagonals: the project's own, left against right. Strangers are inputs unlike anything in training: diagonals among
digits, digits among diagonals, anywhere in the plane among points.
"""

import dataclasses
import functools

import numpy as np

from engine.data import diagonals, points
from engine.families.classifiers.config import PLANE, DataConfig
from engine.rng import generator, torch_generator

SIDE = 8
N_TEST = 2000
N_STRANGE = 500
DIGITS_HELD_OUT = 597
INK_MAX = 16
HELD_OUT_SHARE = 0.25
LEAST_TO_HOLD_OUT = 8
"""Drawn points are held out from classes with at least so many."""
LEAST_INTENSITY = 0.6
"""Of a diagonal, as on the GAN page."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """Examples (n, features) float64 and labels (n,). `shape` of one input: (2,), or (1, 8, 8) with pixels in [0,
    1]."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    strange: np.ndarray
    n_classes: int
    shape: tuple[int, ...]

    @property
    def is_plane(self) -> bool:
        """Whether an input is a point in the plane."""
        return len(self.shape) == 1

    @property
    def threshold(self) -> float:
        """Above it a feature counts as on."""
        return 0.0 if self.is_plane else 0.5


def task(config: DataConfig) -> Task:
    """The task of a config; the same object for the same fields. Raises ConfigError for drawn points that can't be
    read."""
    made = (config.per_class, config.noise, config.classes) if config.data != "drawn" else (1, 0.0, 2)
    return _task(config.data, config.seed, *made, config.points if config.data == "drawn" else "")


@functools.lru_cache(maxsize=16)
def _task(data: str, seed: int, per_class: int, noise: float, classes: int, written: str) -> Task:
    if data == "digits":
        made = _digits(per_class, seed)
    elif data == "diagonals":
        made = _diagonals(per_class, seed, noise)
    elif data == "drawn":
        made = _drawn(written, seed)
    else:
        x, y = points.draw(data, per_class, generator(seed, "points"), classes=classes, noise=noise)
        held_out = points.draw(data, N_TEST // classes, generator(seed, "held-out"), classes=classes, noise=noise)
        made = x, y, *held_out
    x, y, x_test, y_test = made
    n_classes = {"digits": 10, "diagonals": 2, "drawn": 1 + int(max(y.max(initial=1), y_test.max(initial=1)))}.get(
        data, classes
    )
    strange = _strangers(data, seed)
    for array in (x, y, x_test, y_test, strange):
        array.setflags(write=False)
    shape = (2,) if data in PLANE else (1, SIDE, SIDE)
    return Task(x=x, y=y, x_test=x_test, y_test=y_test, strange=strange, n_classes=n_classes, shape=shape)


Made = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _digits(per_class: int, seed: int) -> Made:
    """A third is held out, the same for every size; the rest is the pool, of which each class gives `per_class` at
    most."""
    x, y = _all_digits()
    order = generator(seed, "digits").permutation(len(x))
    held_out, pool = order[:DIGITS_HELD_OUT], order[DIGITS_HELD_OUT:]
    kept = _by_turns(y[pool], per_class)
    return x[pool[kept]], y[pool[kept]], x[held_out], y[held_out]


@functools.lru_cache(maxsize=1)
def _all_digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return np.asarray(x) / INK_MAX, np.asarray(y, dtype=np.int64)


def _diagonals(per_class: int, seed: int, noise: float) -> Made:
    def draw(n: int, stream: str) -> tuple[np.ndarray, np.ndarray]:
        source = torch_generator(seed, stream)
        drawn = diagonals.draw(2 * n, source, size=SIDE, whole=True, dim=LEAST_INTENSITY, noise=noise)
        pictures = drawn.numpy().astype(float).clip(0, 1).reshape(-1, SIDE, SIDE)
        pictures[1::2] = pictures[1::2, :, ::-1].copy()  # every second one is a right diagonal
        return pictures.reshape(2 * n, -1), np.tile(np.arange(2), n)

    return *draw(per_class, "diagonals"), *draw(N_TEST // 2, "held-out")


def _drawn(written: str, seed: int) -> Made:
    x, y = points.decode(written)
    held_out = np.zeros(len(x), bool)
    for k in np.unique(y):
        own = np.flatnonzero(y == k)
        if len(own) >= LEAST_TO_HOLD_OUT:
            held_out[generator(seed, f"held-out {k}").permutation(own)[: int(HELD_OUT_SHARE * len(own))]] = True
    x_train, y_train = x[~held_out], y[~held_out]
    kept = _by_turns(y_train, len(y_train))
    return x_train[kept], y_train[kept], x[held_out], y[held_out]


def _by_turns(y: np.ndarray, per_class: int) -> np.ndarray:
    """Indices of at most `per_class` of each class, by turns, so that the first examples hold every class."""
    turn = np.zeros(len(y), dtype=int)
    for k in np.unique(y):
        turn[y == k] = np.arange((y == k).sum())
    kept = np.flatnonzero(turn < per_class)
    return kept[np.lexsort((y[kept], turn[kept]))]


def _strangers(data: str, seed: int) -> np.ndarray:
    """(N_STRANGE, features)."""
    if data in PLANE:
        return generator(seed, "strange").uniform(-points.REACH, points.REACH, (N_STRANGE, 2))
    if data == "digits":
        return _diagonals(N_STRANGE // 2, seed + 1, 0.05)[0]
    x, _ = _all_digits()
    return x[generator(seed, "strange").permutation(len(x))[:N_STRANGE]]
