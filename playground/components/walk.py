"""Walks through a latent space side by side, under one slider: the picture at t, and a strip of the whole way.

All pictures are made in the page, with the decoder that `decoder()` brought there; Python hears of t when the slider is
let go. After the header of a frame (frames.py) come, of each way with pictures of its own, the two, (channels, height,
width), as bytes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from playground import session
from playground.components.code import live
from playground.components.frames import MAX_CODE, ComponentError, framed

Kind = Literal["lerp", "slerp", "fade", "add"]
KINDS = get_args(Kind)
MAX_WAYS = 8

_mount = live("walk")


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One row: what is decoded at t.

    title     its heading
    kind      'lerp'   a + t (b - a)
              'slerp'  along the great circle from a to b, as engine/latent/paths.py
              'fade'   no way through codes: the pixels of the pictures of a and b, mixed
              'add'    a + t b
    a, b      codes (latent_dim,); for 'add' b is a direction
    note      a few words beside the heading
    pictures  for 'fade': two true pictures (2, channels, height, width) in [0, 1] in place of the decoded ones
    """

    title: str
    kind: Kind
    a: np.ndarray
    b: np.ndarray
    note: str = ""
    pictures: np.ndarray | None = None


def walk(
    decoder_id: str,
    rows: Sequence[Way],
    *,
    t: float,
    key: str,
    low: float = 0.0,
    high: float = 1.0,
    on_release: Callable[[float], None] | None = None,
) -> None:
    """Draw the ways below each other with their pictures at t, low <= t <= high.

    decoder_id  what `decoder(model)` returned
    on_release  called with t when the slider is let go, or a picture of a strip is clicked, before the script or
                fragment runs again
    """
    data = pack_walk(decoder_id, rows, t=t, low=low, high=high, heard=session.get(f"{key} heard", 0))

    def released() -> None:
        number, chosen = read_release(session.trigger(key, "released"))
        session.put(f"{key} heard", number)
        if chosen is not None and on_release is not None:
            on_release(min(max(chosen, low), high))

    _mount(key=key, data=data, on_released_change=released)


def pack_walk(decoder_id: str, rows: Sequence[Way], *, t: float, low: float, high: float, heard: int = 0) -> bytes:
    """One frame as bytes, checked; the module's docstring has the layout."""
    if not -MAX_CODE <= low < high <= MAX_CODE:
        raise ComponentError(f"low, high = {low}, {high}: must rise, within +-{MAX_CODE:g}")
    if not low <= t <= high:
        raise ComponentError(f"t = {t!r}: must be a number from {low:g} to {high:g}")
    if not 1 <= len(rows) <= MAX_WAYS:
        raise ComponentError(f"rows has {len(rows)} entries: must have 1 to {MAX_WAYS}")
    for way in rows:
        _check(way, rows[0].a.shape)
    own = [_pixels(way) for way in rows]
    header = {
        "decoder": decoder_id,
        "t": float(t),
        "low": float(low),
        "high": float(high),
        "heard": heard,
        "rows": [
            [way.title, way.kind, _short(way.a), _short(way.b), way.note, _digest(pixels)]
            for way, pixels in zip(rows, own, strict=True)
        ],
    }
    return framed(header, *own)


def read_release(sent: Any) -> tuple[int, float | None]:
    """The number of a release, and its t; None for one that only a page that was tampered with sends."""
    try:
        number, t = int(sent["number"]), float(sent["t"])
    except (TypeError, KeyError, ValueError, OverflowError):
        return 0, None
    return number, t if math.isfinite(t) else None


def _check(way: Way, shape: tuple[int, ...]) -> None:
    if way.kind not in KINDS:
        raise ComponentError(f"kind = {way.kind!r}: must be one of {', '.join(KINDS)}")
    for name, code in (("a", way.a), ("b", way.b)):
        if code.shape != shape or code.ndim != 1 or not (np.abs(code) <= MAX_CODE).all():
            raise ComponentError(f"{name} = {code!r}: must be a code {shape} of numbers within +-{MAX_CODE:g}")
    if way.pictures is not None and (way.kind != "fade" or way.pictures.ndim != 4 or len(way.pictures) != 2):
        shapes = f"{way.pictures.shape} of kind {way.kind!r}"
        raise ComponentError(f"pictures of shape {shapes}: must be (2, channels, height, width), of kind 'fade'")


def _pixels(way: Way) -> bytes:
    if way.pictures is None:
        return b""
    return (np.clip(np.nan_to_num(way.pictures), 0, 1) * 255).round().astype(np.uint8).tobytes()


def _digest(pixels: bytes) -> str:
    """What tells the browser whether the pictures are new; '' if there are none."""
    return hashlib.blake2b(pixels, digest_size=8).hexdigest() if pixels else ""


def _short(code: np.ndarray) -> list[float]:
    """Numbers as they are written in a frame: six digits."""
    return [float(f"{part:.6g}") for part in code.tolist()]
