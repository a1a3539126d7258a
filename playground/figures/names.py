"""Where the names at the right ends of curves stand, so that no two lie on each other."""

from collections.abc import Sequence

import numpy as np

LINE_HEIGHT = 17
"""Pixels that a name takes."""


def apart(curves: Sequence[np.ndarray], low: float, high: float, pixels: float) -> list[float]:
    """How far down from the end of its curve each name is moved, in pixels.

    `curves`: the values of each, in the unit of the axis, which goes from `low` to `high` over so many `pixels`. Names
    that would overlap are moved down, and all of them back up where the axis ends.
    """
    ends = [curve[np.isfinite(curve)] for curve in curves]
    values = [float(np.clip(end[-1], low, high)) if len(end) else low for end in ends]
    wanted = [pixels * (high - value) / (high - low) for value in values]
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    placed, free = list(wanted), -np.inf
    for k in order:
        placed[k] = max(wanted[k], free)
        free = placed[k] + LINE_HEIGHT
    free = pixels
    for k in reversed(order):
        placed[k] = min(placed[k], free)
        free = placed[k] - LINE_HEIGHT
    return [round(at - end, 1) for at, end in zip(placed, wanted, strict=True)]
