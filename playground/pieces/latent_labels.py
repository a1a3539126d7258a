"""What is true of a picture, as a person names it: 'glasses: none', 'height: high'."""

import re
from collections.abc import Sequence

import numpy as np

from engine.data.picture_set import Factor

THIRDS = ("low", "middle", "high")
MAX_OPTIONS = 40
"""A factor of more values than this (fonts) is not offered."""
MAX_ALIKE = 12
"""Factors of more values than this leave too few pictures of each."""

Option = tuple[int, int]
"""A factor's number, and the number of its value or third."""


def options(about: Sequence[Factor]) -> dict[str, Option]:
    """What a picture can be asked for, by name: each value of a factor, or the thirds of its range."""
    found: dict[str, Option] = {}
    for k, factor in enumerate(about):
        values = factor.values or THIRDS
        if len(values) <= MAX_OPTIONS:
            found |= {f"{factor.name}: {plainly(value)}": (k, v) for v, value in enumerate(values)}
    return found


def alike_in(about: Sequence[Factor]) -> list[str]:
    """The factors that pictures can be asked to be alike in."""
    return [factor.name for factor in about if 1 < len(factor.values) <= MAX_ALIKE]


def plainly(value: str) -> str:
    """A value as words: 'prescription02' of the art's own names is 'prescription', 'shortFlat' is 'short flat'."""
    if not re.fullmatch("[a-z]{2}[a-zA-Z0-9]*", value):
        return value
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", value.rstrip("0123456789")).lower()


def opposite(about: Sequence[Factor], option: Option) -> Option | None:
    """The other end of a factor's range; None for the middle, and for values with names."""
    k, v = option
    last = len(THIRDS) - 1
    return None if about[k].values or v not in (0, last) else (k, last - v)


def having(about: Sequence[Factor], factors: np.ndarray, option: Option) -> np.ndarray:
    """Which pictures, (n,) bool, have a value or lie in a third."""
    k, v = option
    if about[k].values:
        return np.rint(factors[:, k]) == v
    share = (factors[:, k] - about[k].low) / (about[k].high - about[k].low)
    return np.clip((share * len(THIRDS)).astype(int), 0, len(THIRDS) - 1) == v
