"""Charts that move with a run, as ECharts specifications: fixed axes and places, no animation, series named at their
right end.

Pure functions of arrays and a theme. ECharts ships with Streamlit; nothing is fetched.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.figures.names import apart
from playground.theme import Theme

MAX_POINTS = 96
FONT = 13
HEIGHT = 190
"""Pixels of a chart that moves with a run."""
TOP, BOTTOM = 26, 44
"""Pixels above and below what is drawn in."""
LADDER = (1.0, 2.0, 5.0)
SPIKE = 1000.0
"""A quarter of a curve lies below: what is so many times as large is a run that diverges."""
Spec = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One series over steps: `y` (n,), drawn in `color`; `dash` is 'solid', 'dashed' (held-out) or 'dotted'
    (baseline, floor)."""

    name: str
    y: np.ndarray
    color: str
    dash: str = "solid"
    symbol: str = "none"


def lines(
    theme: Theme,
    steps: np.ndarray,
    series: Sequence[Line],
    *,
    end: int,
    y: tuple[float, float],
    now: int | None = None,
    y_name: str = "",
    height: int = HEIGHT,
) -> Spec:
    """Curves over steps 0 to `end` in a chart of `height` pixels, the y axis fixed to `y`; `now`: a line at the step
    that is shown."""
    pick = _thin(len(steps))
    shifts = apart([np.asarray(line.y, dtype=float) for line in series], *y, height - TOP - BOTTOM)
    data = [
        {
            "name": line.name,
            "type": "line",
            "data": _pairs(steps[pick], np.asarray(line.y, dtype=float)[pick], y),
            "showSymbol": line.symbol != "none",
            "symbol": line.symbol,
            "symbolSize": 5,
            "lineStyle": {"color": line.color, "width": 2, "type": line.dash},
            "itemStyle": {"color": line.color},
            "endLabel": {
                "show": True,
                "formatter": "{a}",
                "color": line.color,
                "fontSize": FONT,
                "distance": 6,
                "offset": [0, shift],
            },
        }
        for line, shift in zip(series, shifts, strict=True)
    ]
    if now is not None and data:
        data[0]["markLine"] = {
            "silent": True,
            "symbol": "none",
            "label": {"show": False},
            "lineStyle": {"color": theme.muted, "type": "solid", "width": 1},
            "data": [{"xAxis": now}],
        }
    return {
        **base(theme, "axis"),
        "grid": {"left": 44, "right": 104, "top": TOP, "bottom": BOTTOM},
        "xAxis": {**_axis(theme), "type": "value", "min": 0, "max": end, "name": "step", "nameLocation": "middle"}
        | {"nameGap": 24, "splitLine": {"show": False}, "splitNumber": 4, "nameTextStyle": _centred(theme)},
        "yAxis": {
            **_axis(theme),
            "type": "value",
            "min": y[0],
            "max": y[1],
            "name": y_name,
            "interval": (y[1] - y[0]) / 4,
        },
        "series": data,
    }


def bars(
    theme: Theme, names: Sequence[str], shares: np.ndarray, *, truth: float, floor: float, color: str, x_name: str
) -> Spec:
    """A histogram of shares (n,) beside the true share (a line) and the band within which chance alone moves a bar."""
    top = min(1.0, nice_above(max(2.5 * truth, float(np.max(shares, initial=0.0)))))
    return {
        **base(theme, "axis"),
        "grid": {"left": 44, "right": 16, "top": TOP, "bottom": BOTTOM},
        "xAxis": {**_axis(theme), "type": "category", "data": list(names), "name": x_name, "nameLocation": "middle"}
        | {"nameGap": 24, "nameTextStyle": _centred(theme)},
        "yAxis": {**_axis(theme), "type": "value", "min": 0, "max": top, "interval": top / 4},
        "series": [
            {
                "type": "bar",
                "name": "share",
                "data": [round(float(share), 4) for share in shares],
                "itemStyle": {"color": color},
                "barCategoryGap": "30%",
                "markLine": {
                    "silent": True,
                    "symbol": "none",
                    "lineStyle": {"color": theme.text, "type": "dashed", "width": 1},
                    "label": {"formatter": "truth", "position": "insideEndTop", "color": theme.text, "fontSize": FONT},
                    "data": [{"yAxis": truth}],
                },
                "markArea": {
                    "silent": True,
                    "itemStyle": {"color": theme.floor, "opacity": 0.35},
                    "data": [[{"yAxis": max(0.0, truth - floor)}, {"yAxis": truth + floor}]],
                },
            }
        ],
    }


def base(theme: Theme, trigger: str) -> Spec:
    """What every chart begins with; `trigger`: a tooltip tells of one 'item', or of all that stand over a place of the
    'axis'."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": "system-ui, sans-serif", "fontSize": FONT, "color": theme.text},
        "tooltip": {"trigger": trigger, "transitionDuration": 0},
    }


def nice_above(value: float) -> float:
    """The smallest of 1, 2, 5 x 10^k that is not below a value: an axis that seldom changes."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    ten = 10.0 ** math.floor(math.log10(value))
    return next((ten * step for step in LADDER if ten * step >= value * (1 - 1e-9)), ten * 10)


def y_range(*columns: np.ndarray, least: float = 0.0) -> tuple[float, float]:
    """A range for losses: from 0 (or a round number below, if any is negative) to a round number above all but
    spikes."""
    values = np.concatenate([np.asarray(c, dtype=float).ravel() for c in columns] or [np.zeros(0)])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, max(1.0, least)
    spike = SPIKE * max(float(np.quantile(np.abs(values), 0.25)), 1e-12)
    low, high = np.clip(np.quantile(values, (0.01, 0.99)), -spike, spike).tolist()
    return (0.0 if low >= 0 else -nice_above(-low)), nice_above(max(high, least))


def _thin(n: int) -> np.ndarray:
    return np.arange(n) if n <= MAX_POINTS else np.unique(np.linspace(0, n - 1, MAX_POINTS).round().astype(int))


def _pairs(x: np.ndarray, y: np.ndarray, within: tuple[float, float]) -> list[list[float]]:
    kept = np.isfinite(y)
    clipped = np.clip(y[kept], *within)
    return [[int(a), float(f"{b:.4g}")] for a, b in zip(x[kept], clipped, strict=True)]


def _centred(theme: Theme) -> Spec:
    return {"color": theme.muted, "fontSize": FONT, "align": "center"}


def _axis(theme: Theme) -> Spec:
    return {
        "axisLabel": {"color": theme.muted, "fontSize": FONT, "hideOverlap": True},
        "nameTextStyle": {"color": theme.muted, "fontSize": FONT, "align": "left"},
        "axisLine": {"lineStyle": {"color": theme.line}},
        "splitLine": {"lineStyle": {"color": theme.line}},
        "axisTick": {"show": False},
    }
