"""The pictures that a starter is known by, made again from their factors: none of them is part of the file."""

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.config import ConfigError
from engine.data import digits, faces, letters, shapes
from engine.data.picture_set import Factor, as_bytes
from engine.families.autoencoder.model import Real

KEPT_FACES = 4_000


def real_pictures(config: Any, about: tuple[Factor, ...], factors: np.ndarray) -> Real:
    """The true pictures by number, as bytes (n, channels, height, width), of data with these factors (n, n_factors).

    Shapes, faces (6 ms each, kept) and letters are drawn; digits are read.
    """

    def real(numbers: Sequence[int]) -> np.ndarray:
        rows = list(numbers)
        if config.data == "digits":
            return _digits()[rows]
        chosen = factors[rows]
        if config.data == "shapes":
            return _shapes(chosen, config.kind, config.size)
        if config.data == "faces":
            return np.stack([_face(tuple(row.tolist()), config.size) for row in chosen])
        fonts = about[1].values
        return np.stack([_font(fonts[int(font)], config.size)[int(letter)] for letter, font in chosen])

    return real


def _shapes(factors: np.ndarray, kind: str, size: int) -> np.ndarray:
    if kind != shapes.ALL:
        kinds = np.full((len(factors), 1), shapes.KINDS.index(kind), np.float32)
        factors = np.concatenate((factors, kinds), axis=1)
    return as_bytes(shapes.render(factors, size))


def check(config: Any, about: tuple[Factor, ...], n: int) -> None:
    """Raise ConfigError unless `real_pictures` can make n pictures of these factors: a file may say anything."""
    if config.data == "letters":
        fonts = {path.stem for path in letters.font_files(())}
        known = len(about) == 2 and about[0].values == letters.LETTERS and fonts.issuperset(about[1].values)
    else:
        n_solid = len(shapes.FACTORS) if config.kind == shapes.ALL else len(shapes.FACTORS) - 1
        factors = {"shapes": shapes.FACTORS[:n_solid], "faces": faces.FACTORS, "digits": digits.FACTORS}[config.data]
        known = list(map(dataclasses.asdict, about)) == list(map(dataclasses.asdict, factors))
    if not known:
        raise ConfigError("factors", ", ".join(factor.name for factor in about), f"must be those of {config.data}")
    if config.data == "digits" and n > len(_digits()):
        raise ConfigError("codes", n, f"must be at most {len(_digits()):,}, as many as there are digits")


@functools.lru_cache(maxsize=KEPT_FACES)
def _face(factors: tuple[float, ...], size: int) -> np.ndarray:
    return faces.draw(np.array(factors, np.float32), size)


@functools.lru_cache(maxsize=1)
def _digits() -> np.ndarray:
    """All of them, the held-out ones first."""
    found = digits.load({"n_train": 10_000}, lambda _: None)
    return np.concatenate((found.held_out, found.train))


@functools.lru_cache(maxsize=64)
def _font(name: str, size: int) -> np.ndarray:
    for path in letters.font_files(()):
        found = letters.draw(path, size) if path.stem == name else None
        if found is not None:
            return found
    raise ConfigError("font", name, "is not among those of matplotlib here")
