"""Points in the plane, in two or three classes: four made by the project, those drawn by hand, those of a CSV file.

The made ones are drawn from a known distribution, so there is no end of held-out points. Drawn ones travel as text,
five characters a point (class, x and y in 4,096 levels), short enough for a link. Coordinates are about -3 to 3.
"""

import csv
import io
import math
from collections.abc import Iterator

import numpy as np

from engine.config import ConfigError

NAMES = ("moons", "blobs", "rings", "spiral")
REACH = 3.0
"""Half the side of the plane that is shown."""
MAX_CLASSES = 3
MAX_DRAWN = 600
MAX_ROWS = 100_000
MAX_CSV_BYTES = 10_000_000
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
LEVELS = len(DIGITS) ** 2
WIDTH = 5
"""Characters a point."""
EMPTY = "."
"""The text of no points at all: a link drops a value that is empty."""
TURNS = 1.25
"""Of the spiral, around the centre."""
Labelled = tuple[np.ndarray, np.ndarray]


def draw(name: str, per_class: int, generator: np.random.Generator, *, classes: int, noise: float) -> Labelled:
    """Points (n, 2) float64 and labels (n,) int64, `per_class` of each class by turns: 0, 1, 2, 0, 1, 2, ..."""
    x = np.stack([_one_class(name, k, per_class, generator, classes) for k in range(classes)], axis=1)
    x += noise * generator.standard_normal(x.shape)
    return x.reshape(-1, 2), np.tile(np.arange(classes), per_class)


def _one_class(name: str, k: int, n: int, generator: np.random.Generator, classes: int) -> np.ndarray:
    """Points (n, 2) of class k before the noise."""
    u = generator.random(n)
    if name == "moons":  # half circles that reach into each other, every second one upside down
        up = 1 if k % 2 == 0 else -1
        centre = np.array([k - (classes - 1) / 2, -0.25 * up])
        return 1.25 * (centre + np.stack([np.cos(math.pi * u), up * np.sin(math.pi * u)], axis=1))
    if name == "blobs":
        angle = 2 * math.pi * k / classes + math.pi / 6
        return 1.3 * np.array([math.cos(angle), math.sin(angle)]) + 0.45 * generator.standard_normal((n, 2))
    if name == "rings":
        angle, radius = 2 * math.pi * u, 2.1 * (k + 0.5) / classes + 0.15
    else:
        angle, radius = 2 * math.pi * (TURNS * u + k / classes), 0.25 + 2.1 * u
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def encode(x: np.ndarray, y: np.ndarray) -> str:
    """Points (n, 2) and labels (n,) as text; places are rounded to 6 / 4,095 and cut off at the plane's edge."""
    levels = np.round((np.clip(x, -REACH, REACH) + REACH) / (2 * REACH) * (LEVELS - 1)).astype(int)
    base = len(DIGITS)
    if not len(x):
        return EMPTY
    return "".join(
        f"{int(k)}{DIGITS[a // base]}{DIGITS[a % base]}{DIGITS[b // base]}{DIGITS[b % base]}"
        for k, (a, b) in zip(y, levels.tolist(), strict=True)
    )


def decode(text: str) -> Labelled:
    """The points and labels that `encode` wrote; raises ConfigError for anything else."""
    text = "" if text == EMPTY else text
    parts = [text[i : i + WIDTH] for i in range(0, len(text), WIDTH)]
    if len(parts) > MAX_DRAWN:
        raise ConfigError("points", len(parts), f"must be at most {MAX_DRAWN} points")
    try:
        y = [int(part[0]) for part in parts]
        places = [[DIGITS.index(c) for c in part[1:]] for part in parts]
    except ValueError:
        raise ConfigError("points", text, "must be points as the drawing pad writes them") from None
    if any(len(place) != WIDTH - 1 for place in places) or any(k >= MAX_CLASSES for k in y):
        raise ConfigError("points", text, f"must be {WIDTH} characters a point, classes 0 to {MAX_CLASSES - 1}")
    levels = np.array(places, dtype=float).reshape(-1, 2, 2) @ [float(len(DIGITS)), 1.0]
    return levels / (LEVELS - 1) * 2 * REACH - REACH, np.array(y, dtype=np.int64)


def read_csv(data: bytes, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Points, labels and the classes' names from lines `x, y, class`; raises ConfigError, one sentence, for any other.

    The columns x and y are shifted and scaled to mean 0 and standard deviation 1; of more than 600 rows, 600 are kept
    at random. A first line without numbers is taken for a heading; commas, semicolons or tabs separate, and between
    the latter two a number may be written with a decimal comma.
    """
    if len(data) > MAX_CSV_BYTES:
        raise _bad(f"is larger than {MAX_CSV_BYTES / 1e6:.0f} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _bad("is not text in UTF-8") from None
    places, names = [], []
    for number, place, name in _rows(text):
        if len(places) == MAX_ROWS:
            raise _bad(f"has more than {MAX_ROWS:,} rows")
        if not all(math.isfinite(value) for value in place):
            raise _bad(f"line {number} holds a number that is missing or infinite")
        places.append(place)
        names.append(name)
    if len(places) < 2:
        raise _bad("needs at least two rows of x, y, class")
    known = sorted(set(names))
    if len(known) == 1:
        raise _bad("holds one class only, and there is nothing to tell apart; two or three are needed")
    if len(known) > MAX_CLASSES:
        raise _bad(f"holds {len(known):,} classes in its third column; two or three are needed")
    x, y = np.array(places), np.searchsorted(known, names)
    kept = np.sort(generator.permutation(len(x))[:MAX_DRAWN])
    kept = kept if len(set(y[kept])) == len(known) else _one_of_each(kept, y)
    return _standard(x)[kept], y[kept], known


def _one_of_each(kept: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The chosen rows with the first ones replaced by one row of each class: a rare class does not get lost."""
    return np.concatenate([np.unique(y, return_index=True)[1], kept[MAX_CLASSES:]])


def _rows(text: str) -> Iterator[tuple[int, tuple[float, float], str]]:
    """(line number, (x, y), class) of each line that is not empty."""
    first = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)  # of as many commas as semicolons the commas are decimal ones
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begun = False
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                yield reader.line_num, (_number(cells[0]), _number(cells[1])), cells[2].strip()
            except IndexError:
                raise _bad(f"line {reader.line_num} has fewer than the three columns x, y, class") from None
            except ValueError:
                if begun:
                    raise _bad(f"line {reader.line_num} has text where x and y should be numbers") from None
            begun = True
    except csv.Error:
        raise _bad("can't be read as comma-separated values") from None


def _number(cell: str) -> float:
    return float(cell.replace(",", ".")) if cell.strip() else math.nan


def _standard(x: np.ndarray) -> np.ndarray:
    """Each column with mean 0 and standard deviation 1; a column that never changes becomes 0."""
    x = x / np.maximum(np.abs(x).max(0), 1e-300)  # so that no square overflows
    spread = x.std(0)
    return (x - x.mean(0)) / np.where(spread > 0, spread, 1.0)


def _bad(sentence: str) -> ConfigError:
    return ConfigError("CSV", "", sentence)
