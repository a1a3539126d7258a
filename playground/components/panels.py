"""The stage: groups of small pictures drawn as crisp squares on canvas, from one bytes payload a frame.

After the header (frames.py) come pixels as bytes, panel by panel, in the order of `Panel.pictures`: (n, h, w,
channels). Pictures in [0, 1] map to 0..255; weights and latent codes map [-scale, scale] to 1..255 with 128 for zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np

from playground import session
from playground.components.code import live
from playground.components.frames import ComponentError, framed

Role = Literal["real", "fake", "latent", "weights", "plain"]
Verdict = Literal["real", "fake"]

ROLES = get_args(Role)
VERDICTS = (*get_args(Verdict), None)
SIGNED_ROLES = ("latent", "weights")
LATENT_SCALE = 3.0  # three standard deviations of a normal code
LARGEST_PX = 512
LARGEST_WRITTEN = 999.5  # from here on by its power of ten
MAX_NUMBERED_SIDE = 8  # larger squares would no longer hold type of 13 px

_mount = live("panels")


class Picked(NamedTuple):
    """The picture a person clicked, or chose with Enter: index of the panel, index within it."""

    panel: int
    picture: int


class Legend(NamedTuple):
    """One entry under the stage: the mark that pictures carry and what it says."""

    mark: Verdict
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """A titled group of pictures.

    title         heading, with the role's sign (circle, ring, square) before it
    role          'real' | 'fake' | 'latent' (bars) | 'weights' (diverging map, white or near-black at zero) | 'plain'
    pictures      (n, channels, h, w), channels 1 or 3; in [0, 1], or of any range for 'weights' and 'latent'
    columns       pictures in a row where there is room (a phone may show fewer, never more)
    captions      n short texts, one under each picture ("0.93")
    marks         n verdicts: 'real' (blue frame, filled circle), 'fake' (orange frame, filled corner, ring), None
    show_numbers  write each pixel's value into its square; for pictures up to 8 x 8 with one channel
    alt           what a person who cannot see the panel should know
    subtitle      one muted line under the title; "" keeps no place, " " does
    scale         half the range of 'weights' or 'latent'; None: largest |weight| of this frame, or 3 for a latent code
    least_px      pictures are never drawn smaller than so many CSS pixels, where smaller ones would fit beside others
    row           all columns stay beside each other: where there is no room, pictures are drawn smaller
    """

    title: str
    role: Role
    pictures: np.ndarray
    columns: int
    alt: str
    captions: Sequence[str] | None = None
    marks: Sequence[Verdict | None] | None = None
    show_numbers: bool = False
    subtitle: str = ""
    scale: float | None = None
    least_px: int = 0
    row: bool = False

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ComponentError(f"role = {self.role!r}: must be one of {', '.join(ROLES)}")
        shape = np.shape(self.pictures)
        if len(shape) != 4 or shape[1] not in (1, 3) or 0 in shape:
            raise ComponentError(
                f"pictures of shape {shape}: must be (n, channels, h, w) with channels 1 or 3, none empty"
            )
        n, channels, height, width = shape
        if not isinstance(self.columns, int) or not 1 <= self.columns <= 64:
            raise ComponentError(f"columns = {self.columns!r}: must be a whole number from 1 to 64")
        if not self.alt:
            raise ComponentError("alt = '': must describe the panel in words")
        for field, values in (("captions", self.captions), ("marks", self.marks)):
            if values is not None and len(values) != n:
                raise ComponentError(f"{field} has {len(values)} entries: must have {n}, one for each picture")
        for mark in self.marks or ():
            if mark not in VERDICTS:
                raise ComponentError(f"marks holds {mark!r}: must be 'real', 'fake' or None")
        if self.role in SIGNED_ROLES and channels != 1:
            raise ComponentError(f"pictures of shape {shape}: role {self.role!r} must have one channel")
        if self.show_numbers and (channels != 1 or max(height, width) > MAX_NUMBERED_SIDE):
            raise ComponentError(
                f"show_numbers with pictures of shape {shape}: "
                f"must have one channel and sides up to {MAX_NUMBERED_SIDE}"
            )
        if self.scale is not None and not (np.isfinite(self.scale) and self.scale > 0):
            raise ComponentError(f"scale = {self.scale!r}: must be a finite number above 0")
        if not 0 <= self.least_px <= LARGEST_PX:
            raise ComponentError(f"least_px = {self.least_px!r}: must be from 0 to {LARGEST_PX}")


def panels(
    panels: Sequence[Panel],
    *,
    key: str,
    arrows: Sequence[str | None] = (),
    legend: Sequence[Legend] = (),
    picture_px: int = 80,
    on_pick: Callable[[Picked], None] | None = None,
) -> None:
    """Draw the panels side by side where there is room and below each other where there is not.

    arrows      len(panels) - 1 texts over the arrows between panels ("": bare arrow, None: no arrow); () for none
    legend      explains the marks under the stage
    picture_px  largest side of a picture in CSS pixels (pictures with numbers may be larger, so that the type fits)
    on_pick     called before the script or fragment runs again, when a picture was clicked or chosen with Enter;
                without it pictures can be looked at and not picked

    Call it again with the same key in each frame.
    """
    data = pack(panels, arrows=arrows, legend=legend, picture_px=picture_px, pickable=on_pick is not None)

    def picked() -> None:
        if on_pick is not None:
            on_pick(Picked(*session.trigger(key, "picked")))

    _mount(key=key, data=data, on_picked_change=picked)


def pack(
    panels: Sequence[Panel],
    *,
    arrows: Sequence[str | None] = (),
    legend: Sequence[Legend] = (),
    picture_px: int = 80,
    pickable: bool = False,
) -> bytes:
    """One frame as bytes; the module's docstring has the layout."""
    if arrows and len(arrows) != len(panels) - 1:
        raise ComponentError(f"arrows has {len(arrows)} entries: must have {len(panels) - 1}, or none")
    if not 16 <= picture_px <= LARGEST_PX:
        raise ComponentError(f"picture_px = {picture_px!r}: must be from 16 to {LARGEST_PX}")
    heads, pixels = [], []
    for panel in panels:
        levels, scale = quantise(panel)
        heads.append(_head(panel, scale))
        pixels.append(levels.tobytes())
    header = {"panels": heads, "arrows": list(arrows), "legend": list(legend), "px": picture_px, "pickable": pickable}
    return framed(header, *pixels)


def quantise(panel: Panel) -> tuple[np.ndarray, float]:
    """The panel's pixels as uint8 (n, h, w, channels), and half the range they span (1 for pictures in [0, 1]).

    A value that is not finite becomes 0 in a picture and zero in weights: a run that diverged still has a picture.
    """
    values = np.nan_to_num(np.asarray(panel.pictures, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    values = values.transpose(0, 2, 3, 1)  # (n, h, w, channels)
    if panel.role not in SIGNED_ROLES:
        return (np.clip(values, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8), 1.0
    fallback = LATENT_SCALE if panel.role == "latent" else float(np.abs(values).max()) or 1.0
    scale = panel.scale or fallback
    return (np.clip(values / scale, -1.0, 1.0) * 127.0 + 128.5).astype(np.uint8), scale


def number(value: float, *, signed: bool) -> str:
    """A pixel's value as it is written into its square: at most three digits, the minus sign a true one; 963605 is
    1e6."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "inf"
    digits = 2 if abs(value) < 9.995 else (1 if abs(value) < 99.95 else 0)
    text = f"{abs(value):.{digits}f}" if abs(value) < LARGEST_WRITTEN else f"{abs(value):.0e}".replace("e+0", "e")
    negative = value < 0 and float(text) != 0
    return ("\u2212" if negative else ("+" if signed and float(text) != 0 else "")) + text


def _head(panel: Panel, scale: float) -> dict:
    n, channels, height, width = panel.pictures.shape
    signed = panel.role in SIGNED_ROLES
    return {
        "title": panel.title,
        "subtitle": panel.subtitle,
        "alt": panel.alt,
        "role": panel.role,
        "shape": [n, height, width, channels],
        "columns": panel.columns,
        "captions": None if panel.captions is None else [str(caption) for caption in panel.captions],
        "marks": None if panel.marks is None else list(panel.marks),
        "numbers": [number(v, signed=signed) for v in panel.pictures.ravel().tolist()] if panel.show_numbers else None,
        "scale": number(scale, signed=False) if signed else None,
        "least": panel.least_px,
        "row": panel.row,
    }
