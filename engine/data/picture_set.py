"""What every loader of pictures gives: pictures to learn from, pictures held out, and the true factors of both."""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

Progress = Callable[[float], None]
"""Is told the share that is done, 0 to 1."""

LEVELS = 255


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """What one true factor of the data is: a number from `low` to `high` (in `unit`), or one of the names `values`."""

    name: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PictureSet:
    """Pictures as bytes (n, channels, height, width), read-only and shared by all who learn from them.

    `factors_train` and `factors_held_out` are float32 (n, n_factors), in the units of `factors`: a named factor as its
    number in `values`, a number as it is.
    """

    name: str
    train: np.ndarray
    held_out: np.ndarray
    factors: tuple[Factor, ...] = ()
    factors_train: np.ndarray
    factors_held_out: np.ndarray

    def __post_init__(self) -> None:
        for array in (self.train, self.held_out, self.factors_train, self.factors_held_out):
            array.flags.writeable = False

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of a picture."""
        return self.train.shape[1:]  # type: ignore[return-value]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A kind of pictures: how it is called, whose it is, the sizes that it comes in (the first is the default).

    `load(values, progress)` takes the config's values by name (`size`, `n_train`, and what the kind has of its own), is
    pure, and raises ConfigError. `missing()` says in one sentence how to get data that aren't there; "" if
    all is well.
    """

    title: str
    source: str
    licence: str
    sizes: tuple[int, ...]
    load: Callable[[Mapping[str, object], Progress], PictureSet]
    missing: Callable[[], str] = lambda: ""


def as_bytes(pictures: np.ndarray) -> np.ndarray:
    """Pictures in [0, 1] as bytes, rounded."""
    return np.rint(np.clip(pictures, 0, 1) * LEVELS).astype(np.uint8)


def as_floats(pictures: np.ndarray) -> np.ndarray:
    """Bytes as float32 in [0, 1]."""
    return np.divide(pictures, LEVELS, dtype=np.float32)
