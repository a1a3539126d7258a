"""The latent pad: a point on a plane of the latent space, sliders for the axes, and the picture that they decode to.

Everything that moves happens in the page, with the decoder that `decoder()` brought there; Python hears of a code when
the point or a slider is let go. The known codes on the plane travel as a part of their own, which stays in the browser
as long as they stay the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from playground import session
from playground.components.code import live
from playground.components.frames import MAX_CODE, ComponentError, kept_part, levels

MAX_DOTS = 500
"""Dots that are drawn; of more, evenly chosen ones: more would hide the pictures that they lie on."""
UNITS = 30_000
"""Places of dots are whole numbers, so many from the middle of the plane to its edge."""

_HERE = Path(__file__).parent
_bring = (_HERE / "decoder_of.js").read_text(encoding="utf-8")
_mount = live("latent_pad")
_mount_dots = st.components.v2.component(
    "playground_dots",
    js=_bring
    + """
export default ({ data, parentElement }) => {
  hidePart(parentElement);
  const [header, body] = openPart(data);
  bringPart("dots", header.id, () => ({ ...header, places: new Int16Array(body.buffer, 0, 2 * header.n),
    values: body.subarray(4 * header.n, 5 * header.n) }));
};
""",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plane:
    """A plane of the latent space: the codes whose coordinates along two directions are near `middle`.

    right, up   orthonormal directions (latent_dim,); of codes with a single number `up` is 0
    titles      what the two directions are called; '' for `up` where there is none
    reach       half the side of the plane, in units of a code
    middle      coordinates of its middle along the two
    """

    right: np.ndarray
    up: np.ndarray
    titles: tuple[str, str]
    reach: float
    middle: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A slider: the axis's index in the code, its name and what it does ('' if unknown), its range; `idle` if it does
    nothing."""

    index: int
    name: str
    low: float
    high: float
    does: str = ""
    idle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dots:
    """Known codes (n, latent_dim), dropped on the plane, and what tells them apart.

    values   (n,): indices of `classes`, or, without classes, a quantity
    title    what the values are: 'digit', 'height (m)'
    """

    codes: np.ndarray
    values: np.ndarray
    title: str
    classes: Sequence[str] = ()


def latent_pad(
    decoder_id: str,
    *,
    z: np.ndarray,
    plane: Plane,
    key: str,
    axes: Sequence[Axis] = (),
    dots: Dots | None = None,
    on_release: Callable[[np.ndarray], None] | None = None,
) -> None:
    """Draw the pad with its point at the code z (latent_dim,), and the picture beside it.

    decoder_id  what `decoder(model)` returned
    axes        one slider each, in this order; those after the eighth wait behind a button
    on_release  called with the code, float32 (latent_dim,), when point or slider is let go, before the script or
                fragment runs again
    """
    dots_id = ""
    if dots is not None:
        dots_id, data = pack_dots(dots, plane)
        _mount_dots(key=f"{key} dots", data=data)

    def released() -> None:
        number, code = read_release(session.trigger(key, "released"), len(z))
        session.put(f"{key} heard", number)
        if code is not None and on_release is not None:
            on_release(code)

    frame = pack_pad(decoder_id, z=z, plane=plane, axes=axes, dots_id=dots_id)
    _mount(key=key, data={**frame, "heard": session.get(f"{key} heard", 0)}, on_released_change=released)


def pack_pad(decoder_id: str, *, z: np.ndarray, plane: Plane, axes: Sequence[Axis] = (), dots_id: str = "") -> dict:
    """What the browser gets with every run, checked."""
    code = np.asarray(z, np.float64)
    if code.ndim != 1 or not _is_code(code):
        raise ComponentError(f"z = {z!r}: must be finite numbers (latent_dim,) within +-{MAX_CODE:g}")
    _check_plane(plane, len(code))
    for axis in axes:
        if not 0 <= axis.index < len(code):
            raise ComponentError(f"index = {axis.index}: must be from 0 to {len(code) - 1}")
        if not -MAX_CODE <= axis.low < axis.high <= MAX_CODE:
            raise ComponentError(f"low, high = {axis.low}, {axis.high}: must rise, within +-{MAX_CODE:g}")
    return {
        "decoder": decoder_id,
        "dots": dots_id,
        "z": [float(str(value)) for value in code.astype(np.float32)],  # exact: the picture stays as it was let go
        "right": _short(plane.right),
        "up": _short(plane.up),
        "titles": [str(title) for title in plane.titles],
        "reach": float(plane.reach),
        "middle": _short(np.array(plane.middle)),
        "axes": [[a.index, a.name, a.does, *_short(np.array([a.low, a.high])), int(a.idle)] for a in axes],
    }


def pack_dots(dots: Dots, plane: Plane) -> tuple[str, bytes]:
    """The id of dots on a plane, and what the browser gets: header, places as int16 pairs, values as bytes."""
    n = len(dots.codes)
    if dots.codes.shape != (n, len(plane.right)) or np.shape(dots.values) != (n,):
        shapes = f"{dots.codes.shape}, {np.shape(dots.values)}"
        raise ComponentError(f"codes, values of shapes {shapes}: must be (n, {len(plane.right)}), (n,)")
    shown = np.linspace(0, n - 1, min(n, MAX_DOTS)).astype(int)
    values, span = levels(dots.values, len(dots.classes))
    places = dots.codes[shown] @ np.column_stack([plane.right, plane.up]) - plane.middle  # (n, 2)
    places = (places / plane.reach * UNITS).clip(-32_000, 32_000).round().astype("<i2")
    body = places.tobytes() + values[shown].tobytes()
    about = {"title": dots.title, "classes": [str(name) for name in dots.classes], "span": span, "n": len(shown)}
    return kept_part(about, body)


def read_release(sent: Any, latent_dim: int) -> tuple[int, np.ndarray | None]:
    """The number of a release, and its code; None for one that no pad sends, only a page that was tampered with."""
    try:
        number, code = int(sent["number"]), np.array(sent["z"], np.float32)
    except (TypeError, KeyError, ValueError, OverflowError):
        return 0, None
    return number, code if code.shape == (latent_dim,) and _is_code(code) else None


def _check_plane(plane: Plane, latent_dim: int) -> None:
    frame = np.array([plane.right, plane.up], np.float64)
    lengths = [1, min(latent_dim - 1, 1)]
    if frame.shape != (2, latent_dim) or not np.allclose(frame @ frame.T, np.diag(lengths), atol=1e-3):
        raise ComponentError(f"right, up: must be orthonormal directions ({latent_dim},)")
    if not 0 < plane.reach <= MAX_CODE or not _is_code(np.array(plane.middle)):
        raise ComponentError(f"reach, middle = {plane.reach}, {plane.middle}: must be above 0, within +-{MAX_CODE:g}")


def _is_code(code: np.ndarray) -> bool:
    return bool(np.isfinite(code).all() and (np.abs(code) <= MAX_CODE).all())


def _short(numbers: np.ndarray) -> list[float]:
    """Numbers as they are written in a frame: five decimals."""
    return np.asarray(numbers, np.float64).round(5).tolist()
