"""What is measured of classifiers, as ECharts specifications: accuracy by number of examples, and ROC."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from playground.figures.live import FONT, Spec, base
from playground.theme import Theme

MOST_EXAMPLES = 500
"""Examples a class, at the right end of the axis."""
GRID = {"left": 48, "right": 24, "top": 30, "bottom": 140}
"""Pixels around what is drawn in; the legend stands below."""


@dataclasses.dataclass(frozen=True, slots=True)
class Curve:
    """One classifier: its line, and around it a band (spread (n,), or none) in the same colour."""

    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    dash: str
    symbol: str
    spread: np.ndarray | None = None


def learning_curves(theme: Theme, curves: Sequence[Curve], *, low: float, now: int | None = None) -> Spec:
    """Accuracy by examples a class, on a logarithmic axis; the band is one standard deviation over the seeds. `now`: a
    line at the number of examples that the stage learns from."""
    series = []
    for curve in curves:
        if curve.spread is not None:
            series += _band(curve)
        series.append(_line(curve))
    if series and now is not None:
        label = {"formatter": "on the stage", "color": theme.muted, "fontSize": FONT}
        line = {"color": theme.muted, "type": "solid", "width": 1}
        series[-1]["markLine"] = {"symbol": "none", "silent": True, "data": [{"xAxis": now}], "label": label,
                                  "lineStyle": line}  # fmt: skip
    logarithmic = {"type": "log", "min": 1, "max": MOST_EXAMPLES, "splitLine": {"show": False}}
    return {
        **base(theme, "item"),
        "grid": GRID,
        "xAxis": _axis(theme, "training examples a class") | logarithmic,
        "yAxis": _axis(theme, "held-out accuracy", up=True) | {"min": low, "max": 1.0, "interval": (1 - low) / 4},
        "series": series,
        "legend": _legend(theme, [curve.name for curve in curves]),
    }


def roc_curves(theme: Theme, curves: Sequence[Curve]) -> Spec:
    """Strangers found against false alarms, with the diagonal of pure chance."""
    chance = Curve("chance", np.array([0.0, 1.0]), np.array([0.0, 1.0]), theme.baseline, "dotted", "none")
    return {
        **base(theme, "item"),
        "grid": GRID,
        "xAxis": _axis(theme, "false alarms: known inputs called strange") | {"min": 0, "max": 1, "interval": 0.25},
        "yAxis": _axis(theme, "strangers found", up=True) | {"min": 0, "max": 1, "interval": 0.25},
        "series": [_line(curve) for curve in (chance, *curves)],
        "legend": _legend(theme, [chance.name, *(curve.name for curve in curves)]),
    }


def odds(theme: Theme, words: Sequence[str], log_odds: np.ndarray, known: np.ndarray) -> Spec:
    """A bar for each word of a sentence, top to bottom: to the left it speaks for the first style, to the right for the
    second. A word that is not known has no bar and says so."""
    reach = max(1.0, float(np.ceil(np.abs(log_odds).max(initial=0))))
    colors = theme.real, theme.fake
    labels = [word if there else f"{word} (unknown)" for word, there in zip(words, known, strict=True)]
    bars = [
        {"value": round(float(v), 3), "itemStyle": {"color": colors[int(v > 0)], "opacity": 0.9 if v > 0 else 0.6}}
        for v in log_odds
    ]
    ends = {"nameLocation": "middle", "nameGap": 26}
    return {
        **base(theme, "item"),
        "grid": {"left": 150, "right": 24, "top": 8, "bottom": 48},
        "xAxis": _axis(theme, "← log odds →") | {"min": -reach, "max": reach, "interval": reach, **ends},
        "yAxis": _axis(theme, "") | {"type": "category", "data": labels, "inverse": True, "splitLine": {"show": False}},
        "series": [{"type": "bar", "data": bars, "barWidth": "60%", "name": "log odds"}],
    }


def _legend(theme: Theme, names: Sequence[str]) -> Spec:
    text = {"color": theme.text, "fontSize": FONT}
    return {"show": True, "data": list(names), "bottom": 0, "textStyle": text, "itemWidth": 32, "itemGap": 12}


def _line(curve: Curve) -> Spec:
    return {
        "name": curve.name,
        "type": "line",
        "data": _pairs(curve.x, curve.y),
        "showSymbol": curve.symbol != "none",
        "symbol": curve.symbol,
        "symbolSize": 8,
        "lineStyle": {"color": curve.color, "width": 2, "type": curve.dash},
        "itemStyle": {"color": curve.color},
    }


def _band(curve: Curve) -> list[Spec]:
    """Two stacked invisible lines with the area between them filled."""
    spread = curve.spread if curve.spread is not None else np.zeros(len(curve.x))
    base: Spec = {
        "type": "line",
        "stack": f"spread of {curve.name}",
        "symbol": "none",
        "lineStyle": {"opacity": 0},
        "silent": True,
        "tooltip": {"show": False},
    }
    fill = {"areaStyle": {"color": curve.color, "opacity": 0.16}}
    return [
        {**base, "data": _pairs(curve.x, curve.y - spread)},
        {**base, **fill, "data": _pairs(curve.x, 2 * spread)},
    ]


def _pairs(x: np.ndarray, y: np.ndarray) -> list[list[float]]:
    return [[float(a), float(f"{b:.4g}")] for a, b in zip(x, y, strict=True)]


def _axis(theme: Theme, name: str, *, up: bool = False) -> dict[str, Any]:
    place = {"nameLocation": "end"} if up else {"nameLocation": "middle", "nameGap": 26}
    return {
        "type": "value",
        "name": name,
        **place,
        "nameTextStyle": {"color": theme.muted, "fontSize": FONT, "align": "left" if up else "center"},
        "axisLabel": {"color": theme.muted, "fontSize": FONT},
        "axisLine": {"lineStyle": {"color": theme.line}},
        "splitLine": {"lineStyle": {"color": theme.line}},
        "axisTick": {"show": False},
    }
