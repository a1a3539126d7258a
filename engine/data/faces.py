"""Drawn faces with and without glasses, each with eight true factors.

The drawings are 'Avataaars' by Pablo Stanley (avataaars.com, free for personal and commercial use), remixed by
DiceBear; the packages dicebear-core, dicebear-styles (MIT code) compose them as SVG and resvg-py (MPL) draws them.
Nothing of it is part of this project: the faces are drawn on first use and kept in the user's cache, in blocks of 250,
so that a few are there at once.

Face `index` is a function of (seed, index). Only the factors vary; brows, nose and the kind of clothes stay as they
are. With `jitter`, position (+-8 % of the picture), size (0.85 to 1.1) and tilt (+-15 degrees) vary too, as four more
factors.
"""

import functools
import io
import json
import math
import re
from collections.abc import Mapping

import dicebear
import numpy as np
import resvg_py
from PIL import Image

from engine.data.cache import Arrays, cached, path_of
from engine.data.installed import folder_of
from engine.data.picture_set import Factor, PictureSet, Progress, Source
from engine.rng import generator

NONE = "none"
HAIR_COLOURS = {
    "black": "#2c1b18",
    "brown": "#724133",
    "blue": "#3f6fb5",
    "blonde": "#d6b370",
    "red": "#c93305",
    "silver": "#e8e1e1",
}
SKINS = {"pale": "#ffdbb4", "light": "#edb98a", "tanned": "#d08b5b", "brown": "#ae5d29", "dark": "#614335"}
CLOTHES = {
    "black": "#262e33",
    "blue": "#5199e4",
    "mint": "#a7ffc4",
    "pink": "#ff488e",
    "red": "#ff5c5c",
    "white": "#ffffff",
}
FACTORS = (
    Factor("glasses", values=(NONE, "prescription02")),
    Factor(
        "hair",
        values=("bob", "bun", "curly", "longButNotTooLong", "shortCurly", "shortFlat", "straight01", "theCaesar"),
    ),
    Factor("hair colour", values=tuple(HAIR_COLOURS)),
    Factor("skin", values=tuple(SKINS)),
    Factor("mouth", values=("default", "serious", "smile", "twinkle", "screamOpen")),
    Factor("eyes", values=("default", "happy", "side", "squint", "surprised")),
    Factor("beard", values=(NONE, "beardMedium", "moustacheMagnum")),
    Factor("clothes", values=tuple(CLOTHES)),
)
POSE = (
    Factor("right", -0.08, 0.08, unit="of the picture"),
    Factor("down", -0.08, 0.08, unit="of the picture"),
    Factor("size", 0.85, 1.1),
    Factor("tilt", -15.0, 15.0, unit="degrees"),
)
BACKGROUND = "#d5e4ee"
VIEW = (40, 14, 200)
"""Left, top and side of the square of the drawing that is shown: the head."""
DRAWN = 128
"""Pixels along each side as drawn; averaged to the size asked for."""
BLOCK = 250
N_HELD_OUT = 500


def draw_factors(n: int, *, seed: int, jitter: bool, stream: str = "train") -> np.ndarray:
    """Factors of faces 0 to n - 1: float32 (n, 8), or (n, 12) with the pose."""
    share = np.concatenate(
        [generator(seed, f"faces {stream}", block).random((BLOCK, len(FACTORS) + len(POSE)), np.float32)
         for block in range(-(-n // BLOCK))]
    )[:n]  # fmt: skip
    counts = np.array([len(factor.values) for factor in FACTORS], np.float32)
    named = np.floor(share[:, : len(FACTORS)] * counts)
    if not jitter:
        return named
    low, high = (np.array([getattr(factor, end) for factor in POSE], np.float32) for end in ("low", "high"))
    return np.concatenate((named, low + share[:, len(FACTORS) :] * (high - low)), axis=1)


def draw(factors: np.ndarray, size: int) -> np.ndarray:
    """One face of these factors (8,) or (12,): bytes (3, size, size). `size` divides 128."""
    values = {f.name: f.values[int(value)] for f, value in zip(FACTORS, factors, strict=False)}
    svg = str(dicebear.Avatar(_style(), _options(values)))
    left, top, side = VIEW
    svg = re.sub(r'viewBox="[^"]*"', f'viewBox="{left} {top} {side} {side}"', svg, count=1)
    if len(factors) > len(FACTORS):
        svg = _posed(svg, factors[len(FACTORS) :])
    png = bytes(
        resvg_py.svg_to_bytes(svg_string=svg, width=DRAWN, height=DRAWN, background=BACKGROUND, skip_system_fonts=True)
    )
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.float32)
    step = DRAWN // size
    small = pixels.reshape(size, step, size, step, 3).mean((1, 3))
    return np.rint(small).astype(np.uint8).transpose(2, 0, 1)


def _options(values: Mapping[str, str]) -> dict[str, object]:
    hair = HAIR_COLOURS[values["hair colour"]]
    return {
        "seed": "face",
        "accessoriesVariant": FACTORS[0].values[1],
        "accessoriesProbability": 0 if values["glasses"] == NONE else 100,
        "accessoriesColor": "#262e33",
        "topVariant": values["hair"],
        "topProbability": 100,
        "hairColor": hair,
        "skinColor": SKINS[values["skin"]],
        "mouthVariant": values["mouth"],
        "eyesVariant": values["eyes"],
        "eyebrowsVariant": "default",
        "facialHairVariant": "beardMedium" if values["beard"] == NONE else values["beard"],
        "facialHairProbability": 0 if values["beard"] == NONE else 100,
        "facialHairColor": hair,
        "clothesVariant": "shirtCrewNeck",
        "clothesColor": CLOTHES[values["clothes"]],
    }


def _posed(svg: str, pose: np.ndarray) -> str:
    """The drawing moved, sized and tilted about the middle of the view."""
    right, down, size, tilt = map(float, pose)
    x, y = VIEW[0] + VIEW[2] / 2, VIEW[1] + VIEW[2] / 2
    change = (
        f"translate({x + right * VIEW[2]:.3f} {y + down * VIEW[2]:.3f}) rotate({tilt:.3f}) "
        f"scale({size:.4f}) translate({-x} {-y})"
    )
    start = re.search(r"<svg[^>]*>", svg)
    end = svg.rindex("</svg>")
    if start is None:
        return svg
    return f'{svg[: start.end()]}<g transform="{change}">{svg[start.end() : end]}</g>{svg[end:]}'


@functools.lru_cache(maxsize=1)
def _style() -> dicebear.Style:
    return dicebear.Style(json.loads((folder_of("dicebear_styles") / "avataaars.json").read_text(encoding="utf-8")))


def load(values: Mapping[str, object], progress: Progress) -> PictureSet:
    """`n_train` faces at `size`, and 500 held out (fewer if there are few to learn from), with or without `jitter`."""
    size, jitter = int(values["size"]), bool(values["jitter"])  # type: ignore[call-overload]
    counts = _counts(values)
    total, done = sum(math.ceil(count / BLOCK) for count in counts.values()), 0
    found = []
    for stream, count in counts.items():
        factors = draw_factors(count, seed=0, jitter=jitter, stream=stream)
        blocks = []
        for start in range(0, count, BLOCK):
            rows = factors[start : start + BLOCK]
            blocks.append(_block(rows, size, stream, start, jitter))
            done += 1
            progress(done / total)
        found.append((np.concatenate(blocks), factors))
    (held_out, factors_held_out), (train, factors_train) = found
    return PictureSet(
        name="faces", train=train, held_out=held_out, factors=(*FACTORS, *POSE) if jitter else FACTORS,
        factors_train=factors_train, factors_held_out=factors_held_out,
    )  # fmt: skip


def share_drawn(values: Mapping[str, object]) -> float:
    """The share of the blocks that `load` needs which are in the cache, 0 to 1: at 1 it is quick."""
    size, jitter = int(values["size"]), bool(values["jitter"])  # type: ignore[call-overload]
    there = [
        path_of("faces", _key(min(BLOCK, count - start), size, stream, start, jitter)).exists()
        for stream, count in _counts(values).items()
        for start in range(0, count, BLOCK)
    ]
    return sum(there) / len(there)


def _counts(values: Mapping[str, object]) -> dict[str, int]:
    """Faces of each stream, in the order in which they are drawn."""
    n = int(values["n_train"])  # type: ignore[call-overload]
    return {"held-out": min(N_HELD_OUT, max(1, n // 2)), "train": n}


def _key(n: int, size: int, stream: str, start: int, jitter: bool) -> dict[str, object]:
    return {"stream": stream, "start": start, "n": n, "size": size, "jitter": jitter, "style": "avataaars 2"}


def _block(factors: np.ndarray, size: int, stream: str, start: int, jitter: bool) -> np.ndarray:
    def make() -> Arrays:
        return {"pictures": np.stack([draw(row, size) for row in factors])}

    pictures = cached("faces", _key(len(factors), size, stream, start, jitter), make).get("pictures")
    if pictures is None or pictures.shape != (len(factors), 3, size, size):
        pictures = make()["pictures"]
    return pictures


SOURCE = Source(
    title="Faces with and without glasses",
    source="'Avataaars' by Pablo Stanley, by the packages dicebear-core and dicebear-styles, drawn by resvg-py",
    licence="free for personal and commercial use",
    sizes=(64, 32),
    load=load,
)
