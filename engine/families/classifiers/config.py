"""The settings of the classifiers. What all share is inherited, or nine fields would stand here six times."""

from typing import Any

from engine.config import bounded, choice, config, text
from engine.data import points

PLANE = (*points.NAMES, "drawn")
"""The data that are points in the plane; the others are pictures of 8 x 8 pixels."""
DATA = (*PLANE, "digits", "diagonals")


def _data(default: str) -> Any:
    return choice(default, DATA, doc="What is to be told apart: points in the plane, or pictures.")


def _likelihood() -> Any:
    return choice(
        "gaussian",
        ("gaussian", "bernoulli"),
        label="Naive Bayes",
        doc="Each feature given the class: a bell curve, or on and off (a pixel over 0.5, a coordinate over 0).",
    )


def _floor() -> Any:
    return bounded(0.01, 1e-9, 1.0, log=True, label="Least variance", doc="Added to each variance of Naive Bayes.")


def _add_k() -> Any:
    return bounded(1.0, 1e-6, 100.0, log=True, label="Add k", doc="Added to each count of on and off (Bernoulli).")


def _kernel() -> Any:
    return choice(
        "rbf", ("rbf", "linear"), label="SVM's kernel", doc="Compare inputs by their distance (rbf), or along a line."
    )


def _c() -> Any:
    return bounded(1.0, 1e-3, 1e3, log=True, label="SVM's C", doc="The price of a point on the wrong side.")


def _gamma() -> Any:
    return bounded(
        1.0, 1e-3, 1e2, log=True, label="SVM's gamma",
        doc="How fast the rbf kernel falls with distance, over the number of features times their variance.",
    )  # fmt: skip


def _lr() -> Any:
    return bounded(0.02, 1e-5, 1.0, log=True, live=True, label="Step size", doc="Adam step size of MLP and logistic.")


def _width() -> Any:
    return bounded(32, 1, 128, label="MLP's width", doc="Units in each of the MLP's two hidden layers.")


def _decay() -> Any:
    return bounded(
        1e-3, 0.0, 1.0, log=True, live=True, label="Weight decay", doc="How much large weights cost MLP and logistic."
    )


def _kind() -> Any:
    return choice(
        "kernels",
        ("full", "mixture", "kernels"),
        label="Richer sister",
        doc="p(x | class): one full Gaussian, a mixture of three, or a kernel on each example after PCA.",
    )


@config
class DataConfig:
    """What all classifiers share: the data, and how they come."""

    seed: int = bounded(0, 0, 2**31 - 1, doc="Number that all chance comes from: same seed, same run, bit for bit.")
    steps: int = bounded(16, 1, 100_000, log=True, doc="Steps until the run is done.")
    data: str = _data("digits")
    per_class: int = bounded(
        100, 1, 500, log=True, label="Examples a class", doc="Training examples of each class; of digits there are 116."
    )
    classes: int = bounded(2, 2, 3, doc="Classes of points in the plane. Digits have ten, diagonals two.")
    noise: float = bounded(
        0.2, 0.0, 1.0, doc="Standard deviation of the noise on each coordinate or pixel that is made."
    )
    points: str = text("", max_length=points.WIDTH * points.MAX_DRAWN, doc="The drawn points, five characters each.")
    chunks: int = bounded(
        16, 1, 1000, doc="In so many parts, one a step, the examples come; all learn from what has come."
    )
    grid: int = bounded(200, 10, 200, doc="Cells along each side of the pictures of decision regions.")


@config
class NaiveBayesConfig(DataConfig):
    """Naive Bayes: each feature is independent of the others, given the class."""

    likelihood: str = _likelihood()
    variance_floor: float = _floor()
    add_k: float = _add_k()


@config
class GaussianConfig(DataConfig):
    """The richer sister: a density that knows how features go together."""

    kind: str = _kind()


@config
class SvmConfig(DataConfig):
    """A support vector machine."""

    kernel: str = _kernel()
    c: float = _c()
    gamma: float = _gamma()


@config
class LogisticConfig(DataConfig):
    """Logistic regression."""

    lr: float = _lr()
    decay: float = _decay()


@config
class MlpConfig(DataConfig):
    """A multi-layer perceptron."""

    lr: float = _lr()
    decay: float = _decay()
    width: int = _width()


@config
class JudgesConfig(DataConfig):
    """All of them on the same data, the SVM with both kernels."""

    data: str = _data("moons")
    steps: int = bounded(300, 1, 100_000, log=True, doc="Steps until the run is done.")
    likelihood: str = _likelihood()
    variance_floor: float = _floor()
    add_k: float = _add_k()
    kind: str = _kind()
    c: float = _c()
    gamma: float = _gamma()
    lr: float = _lr()
    decay: float = _decay()
    width: int = _width()
