"""Decision regions side by side: each classifier's plane in shades, the examples on it, samples that pour in.

After the header (frames.py) come the shades, panel by panel, one byte a cell (64 x class + certainty 0 to 63), then the
points as int16 triples (x and y in thousandths, class).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from playground import session
from playground.components.code import live
from playground.components.frames import ComponentError, framed

Contour = tuple[int, np.ndarray]
"""A class and the corners (n, 2) of a closed line in its colour."""
MAX_SHOWN = 1500
"""Examples that are drawn; of more, evenly chosen ones."""
NOTHING = np.zeros((0, 3))

_mount = live("regions")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """One classifier's plane.

    title, kind   its name, and one or two words of what it is
    shade         (grid, grid) uint8: 64 x class + certainty, first row at the top
    button, note  what stands on the button under it, and one or two sentences below; `said`: these are an answer
    alt           what a person who cannot see it should know
    contours      lines over it; pour: samples (n, 3) of x, y, class that fall into their places
    """

    title: str
    kind: str
    shade: np.ndarray
    button: str
    note: str
    alt: str
    said: bool = False
    contours: Sequence[Contour] = ()
    pour: np.ndarray = field(default_factory=lambda: NOTHING)


def regions(
    panels: Sequence[Region],
    x: np.ndarray,
    y: np.ndarray,
    *,
    classes: Sequence[str],
    reach: float,
    point: tuple[float, float],
    key: str,
    on_point: Callable[[tuple[float, float]], None] | None = None,
    on_over: Callable[[tuple[float, float] | None], None] | None = None,
    on_pour: Callable[[int], None] | None = None,
) -> None:
    """Draw the planes, the examples x (n, 2), y (n,) on each, and the cross at `point`.

    classes   names of the two or three classes
    reach     half the side of the plane
    on_point  called with (x, y) when the cross was moved, at most 12 times a second
    on_over   called with (x, y) when the pointer of a mouse rests over a plane, with None when it has left
    on_pour   called with the index of the plane whose button was pressed

    All are called before the script or fragment runs again.
    """
    data = pack_regions(panels, x, y, classes=classes, reach=reach, point=point)

    def place(of: Sequence[float]) -> tuple[float, float]:
        a, b = (min(max(float(at), -reach), reach) for at in of)
        return a, b

    def pointed() -> None:
        if on_point is not None:
            on_point(place(session.trigger(key, "point")))

    def hovered() -> None:
        if on_over is not None:
            at = session.trigger(key, "over")
            on_over(place(at) if at else None)

    def poured() -> None:
        if on_pour is not None:
            on_pour(min(max(int(session.trigger(key, "pour")), 0), len(panels) - 1))

    _mount(key=key, data=data, on_point_change=pointed, on_over_change=hovered, on_pour_change=poured)


def pack_regions(
    panels: Sequence[Region],
    x: np.ndarray,
    y: np.ndarray,
    *,
    classes: Sequence[str],
    reach: float,
    point: tuple[float, float],
) -> bytes:
    """One frame as bytes; the module's docstring has the layout."""
    grid = panels[0].shade.shape[0] if panels else 0
    for panel in panels:
        if panel.shade.shape != (grid, grid) or panel.shade.dtype != np.uint8:
            raise ComponentError(f"shade of shape {panel.shade.shape}: must be (grid, grid) uint8, the same for all")
    if not 1 <= len(classes) <= 3:
        raise ComponentError(f"classes has {len(classes)} names: must have 1 to 3")
    shown = np.linspace(0, len(x) - 1, min(len(x), MAX_SHOWN)).astype(int)
    places = np.column_stack([np.clip(x[shown] * 1000, -32_000, 32_000).round(), y[shown]]).astype("<i2")
    header = {
        "grid": grid,
        "n": len(shown),
        "reach": reach,
        "classes": list(classes),
        "point": [round(float(at), 3) for at in point],
        "panels": [_head(panel) for panel in panels],
    }
    return framed(header, *(panel.shade.tobytes() for panel in panels), places.tobytes())


def _head(panel: Region) -> dict:
    return {
        "title": panel.title,
        "kind": panel.kind,
        "button": panel.button,
        "note": panel.note,
        "said": panel.said,
        "alt": panel.alt,
        "contours": [[int(k), np.round(line, 3).tolist()] for k, line in panel.contours],
        "pour": [[round(float(a), 3), round(float(b), 3), int(k)] for a, b, k in panel.pour],
    }
