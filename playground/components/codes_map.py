"""A map of codes: each a point, in the plane or in space, with its picture where one points; some can be chosen.

What stays the same travels once (frames.py): the codes with what tells them apart is one part, their places another;
the frame of a run names both. Codes are float16, places int16, values bytes. Pictures are decoded in the page, by what
`decoder()` brought there.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from playground import session
from playground.components.code import live
from playground.components.frames import ComponentError, kept_part, levels

MAX_CODES = 5_000
UNITS = 30_000
"""Places are whole numbers, so many from the middle of the map to its edge."""

_bring = (Path(__file__).parent / "decoder_of.js").read_text(encoding="utf-8")
_mount = live("codes_map")
_mount_part = st.components.v2.component(
    "playground_codes_part",
    js=_bring
    + """
export default ({ data, parentElement }) => {
  hidePart(parentElement);
  const [header, body] = openPart(data);
  bringPart(header.part, header.id, () => ({ ...header, body }));
};
""",
)


def codes_map(
    decoder_id: str,
    points: np.ndarray,
    codes: np.ndarray,
    *,
    values: np.ndarray,
    key: str,
    classes: Sequence[str] = (),
    title: str = "",
    notes: Sequence[str] = (),
    chosen: Sequence[int] = (),
    on_choose: Callable[[list[int]], None] | None = None,
) -> None:
    """Draw codes (n, latent_dim) at points (n, 2) or (n, 3), of which the scale does not matter.

    decoder_id  what `decoder(model)` returned
    values      (n,): indices of `classes`, or, without classes, a quantity
    title       what the values are: 'digit', 'height (m)'
    notes       n short texts that stand beside the picture of a code; () for the value alone
    chosen      numbers of the codes that are marked
    on_choose   called with the numbers that a person chose, by click, lasso or key, before the script or fragment runs
                again; [] when the choice was cleared
    """
    n = len(codes)
    codes_id, about = pack_codes(codes, values, classes=classes, title=title, notes=notes)
    points_id, places = pack_points(points, n)
    for name, data in (("codes", about), ("points", places)):
        _mount_part(key=f"{key} {name}", data=data)

    def chose() -> None:
        number, numbers = read_choice(session.trigger(key, "chosen"), n)
        session.put(f"{key} heard", number)
        if numbers is not None and on_choose is not None:
            on_choose(numbers)

    frame = {
        "decoder": decoder_id,
        "codes": codes_id,
        "points": points_id,
        "chosen": pack_chosen(chosen, n),
        "heard": session.get(f"{key} heard", 0),
    }
    _mount(key=key, data=frame, on_chosen_change=chose)


def pack_codes(
    codes: np.ndarray, values: np.ndarray, *, classes: Sequence[str] = (), title: str = "", notes: Sequence[str] = ()
) -> tuple[str, bytes]:
    """The id of codes with what tells them apart, and what the browser gets."""
    n = len(codes)
    if codes.ndim != 2 or not 1 <= n <= MAX_CODES:
        raise ComponentError(f"codes of shape {codes.shape}: must be (n, latent_dim), n from 1 to {MAX_CODES:,}")
    if np.shape(values) != (n,) or (notes and len(notes) != n):
        raise ComponentError(f"values of shape {np.shape(values)}, {len(notes)} notes: must be {n}, one for each code")
    with np.errstate(over="ignore"):
        halves = codes.astype("<f2")
    if not np.isfinite(halves).all():
        raise ComponentError("codes: must be finite numbers within the range of float16")
    shades, span = levels(values, len(classes))
    about = {
        "part": "codes",
        "n": n,
        "latent_dim": codes.shape[1],
        "title": title,
        "classes": [str(name) for name in classes],
        "span": span,
        "notes": [str(note) for note in notes],
    }
    return kept_part(about, halves.tobytes() + shades.tobytes())


def pack_points(points: np.ndarray, n: int) -> tuple[str, bytes]:
    """The id of the places of n codes, and what the browser gets: as large as the map allows, in its middle."""
    if points.shape not in ((n, 2), (n, 3)) or not np.isfinite(points).all():
        raise ComponentError(f"points of shape {points.shape}: must be ({n}, 2) or ({n}, 3) finite numbers")
    centred = points - (points.min(0) + points.max(0)) / 2
    size = np.abs(centred).max() if points.shape[1] == 2 else np.linalg.norm(centred, axis=1).max()  # it can be turned
    places = (centred / (size or 1) * UNITS).round().astype("<i2")
    return kept_part({"part": "points", "n": n, "dims": points.shape[1]}, places.tobytes())


def pack_chosen(chosen: Sequence[int], n: int) -> str:
    """Numbers below n as bits, the first one the lowest, in base64."""
    bits = np.zeros(n, np.uint8)
    for number in chosen:
        if not 0 <= number < n:
            raise ComponentError(f"chosen holds {number!r}: must be from 0 to {n - 1}")
        bits[number] = 1
    return base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode()


def read_choice(sent: Any, n: int) -> tuple[int, list[int] | None]:
    """The number of a choice, and what was chosen; None for one that only a page that was tampered with sends."""
    try:
        number, numbers = int(sent["number"]), sorted({int(one) for one in sent["numbers"]})
    except (TypeError, KeyError, ValueError, OverflowError):
        return 0, None
    return number, numbers if all(0 <= one < n for one in numbers) else None
