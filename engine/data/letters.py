"""Capital letters in every font that the machine has: a latent space of letters.

Drawn with Pillow from the fonts of matplotlib (DejaVu, Bitstream Vera's licence; Computer Modern and STIX, OFL-like),
which are always there, and from those of the system. Nothing of a font is kept: only its pictures, in memory.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.config import ConfigError
from engine.data.installed import folder_of
from engine.data.picture_set import Factor, PictureSet, Progress, Source
from engine.rng import generator

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
SYSTEM_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
NO_LETTERS = re.compile(r"Siz|NonUni|LastResort|cmex|cmmi|cmsy|emoji|symbol|dingbat|icon|math", re.IGNORECASE)
"""Names of fonts whose letters are missing or are something else."""
OWN_FONTS = "matplotlib"
"""As `pictures`: only matplotlib's own fonts, so that every machine draws the same letters."""
MAX_FONTS = 600
PART_OF_SIDE = 0.8
"""Size of the font in parts of the picture."""
LEAST_INK = 0.02
SHARE_HELD_OUT = 5
"""Every fifth picture."""


def font_files(folders: Iterable[str] = SYSTEM_FOLDERS) -> list[Path]:
    """Font files found: matplotlib's, then the system's, one of each name, sorted, at most 600."""
    own = folder_of("matplotlib") / "mpl-data" / "fonts" / "ttf"
    found: dict[str, Path] = {}
    for folder in (own, *map(Path, folders)):
        for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".ttf", ".otf")):
            if not NO_LETTERS.search(path.name):
                found.setdefault(path.stem.lower(), path)
    return list(found.values())[:MAX_FONTS]


def draw(path: Path, size: int) -> np.ndarray | None:
    """The 26 capitals of a font, bytes (26, 1, size, size), white on black; None if it has not all of them."""
    try:
        font = ImageFont.truetype(str(path), round(PART_OF_SIDE * size))
        pictures = []
        for letter in LETTERS:
            image = Image.new("L", (size, size))
            left, top, right, bottom = font.getbbox(letter)
            at = ((size - right - left) / 2, (size - bottom - top) / 2)
            ImageDraw.Draw(image).text(at, letter, fill=255, font=font)
            pictures.append(np.asarray(image))
    except (OSError, ValueError):  # not a font after all, or one that FreeType can't draw
        return None
    stack = np.stack(pictures)[:, None]
    distinct = len({p.tobytes() for p in pictures}) == len(LETTERS)  # a missing glyph is a box, each time the same
    return stack if distinct and (stack.mean((1, 2, 3)) > LEAST_INK * 255).all() else None


def load(values: Mapping[str, object], progress: Progress) -> PictureSet:
    """At most `n_train` letters, and every fifth of all held out: letters of fonts otherwise learned."""
    size = int(values["size"])  # type: ignore[call-overload]
    files = font_files(() if values.get("pictures") == OWN_FONTS else SYSTEM_FOLDERS)
    drawn, names = [], []
    for k, path in enumerate(files):
        letters = draw(path, size)
        if letters is not None:
            drawn.append(letters)
            names.append(path.stem)
        progress((k + 1) / len(files))
    if not drawn:
        raise ConfigError("data", "letters", "needs a font, and none was found")
    pictures = np.concatenate(drawn)
    factors = np.stack((np.tile(np.arange(26), len(names)), np.repeat(np.arange(len(names)), 26)), 1).astype(np.float32)
    order = generator(0, "letters").permutation(len(pictures))
    n_held_out = len(pictures) // SHARE_HELD_OUT
    train = order[n_held_out : n_held_out + int(values["n_train"])]  # type: ignore[call-overload]
    return PictureSet(
        name="letters", train=pictures[train], held_out=pictures[order[:n_held_out]],
        factors=(Factor("letter", values=LETTERS), Factor("font", values=tuple(names))),
        factors_train=factors[train], factors_held_out=factors[order[:n_held_out]],
    )  # fmt: skip


SOURCE = Source(
    title="Letters in many fonts",
    source="drawn from the fonts on this machine",
    licence="each font's own; only pictures are made, and nothing is kept",
    sizes=(32, 16),
    load=load,
)
