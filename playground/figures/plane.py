"""Charts of points and lines in a plane, as ECharts specifications: fixed axes, no animation, names at the right end.

Pure functions of arrays and a theme.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from playground.figures.live import BOTTOM, FONT, TOP, Spec, base
from playground.figures.names import apart
from playground.theme import Theme

MAX_POINTS = 160
CIVIDIS = ("#00224E", "#35456C", "#666970", "#948E77", "#C8B866", "#FEE838")
CIVIDIS_ON_DARK = ("#4A6FB5", "#6F83AE", "#8F959B", "#B0A878", "#D6C465", "#FEE838")
NAMED = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8C6D1F", "#7F7F7F")
NAMED_ON_DARK = ("#56B4E9", "#E69F00", "#2BC4A0", "#E59BC8", "#8FB8FF", "#F0E442", "#C9A24B", "#B5B5B5")
SYMBOLS = ("circle", "triangle", "rect", "diamond", "pin", "arrow", "roundRect", "circle")
DIVERGING = {
    "light": ((255, 255, 255), (118, 42, 131), (76, 112, 8)),
    "dark": ((18, 20, 26), (214, 150, 240), (184, 214, 84)),
}
"""Zero, below, above: those of the panels."""
MAX_GLYPH = 2
"""Names of up to so many letters stand in the chart themselves."""


@dataclasses.dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures, from where to where."""

    name: str
    low: float
    high: float
    log: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """A line or points: x, y (n,). `dash` a line's style or 'none'; `symbol` an ECharts symbol or 'none'."""

    name: str
    x: np.ndarray
    y: np.ndarray
    color: str
    dash: str = "solid"
    symbol: str = "none"
    size: int = 8
    width: float = 2.0
    labelled: bool = True


def plane(theme: Theme, series: Sequence[Series], x: Axis, y: Axis, *, right: int = 110, height: int = 210) -> Spec:
    """Lines and points in one plane `height` pixels high, each line named at its right end, points above the last."""
    scale = np.log10 if y.log else np.asarray
    low, high = float(scale(y.low)), float(scale(y.high))
    named = [s for s in series if s.labelled and s.dash != "none"]
    ends = [scale(np.clip(np.asarray(s.y, dtype=float), y.low, y.high)) for s in named]
    shifts = dict(zip(map(id, named), apart(ends, low, high, height - TOP - BOTTOM), strict=True))
    return {
        **base(theme, "item"),
        "grid": {"left": 56, "right": right, "top": TOP, "bottom": BOTTOM},
        "xAxis": _axis(theme, x),
        "yAxis": _axis(theme, y, up=True),
        "series": [_drawn(s, x, y, shifts.get(id(s), 0.0)) for s in series],
    }


def scatter(
    theme: Theme, points: np.ndarray, values: np.ndarray, x: Axis, y: Axis, *, factor: str, names: Sequence[str] = ()
) -> Spec:
    """Points (n, 2) coloured by a factor's values (n,): a number, or (with `names`) the index of a name."""
    spec = plane(theme, (), x, y, right=96)
    kept = np.isfinite(points).all(1)
    points, values = np.clip(points[kept], (x.low, y.low), (x.high, y.high)), values[kept]
    if names:
        return spec | _by_name(theme, points, values.astype(int), names)
    data = [[float(f"{a:.3g}"), float(f"{b:.3g}"), float(f"{v:.3g}")] for (a, b), v in zip(points, values, strict=True)]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 0.0)
    ramp = {
        "type": "continuous", "dimension": 2, "min": float(f"{low:.3g}"), "max": float(f"{high:.3g}"),
        "right": 0, "top": "middle", "itemHeight": 120, "itemWidth": 12, "precision": 2, "calculable": False,
        "text": [factor, ""], "textStyle": {"color": theme.muted, "fontSize": FONT},
        "inRange": {"color": list(CIVIDIS_ON_DARK if theme.name == "dark" else CIVIDIS)},
    }  # fmt: skip
    return spec | {"visualMap": ramp, "series": [{"type": "scatter", "name": factor, "symbolSize": 7, "data": data}]}


def histogram(theme: Theme, values: np.ndarray, x: Axis, *, bins: int = 24, prior: bool = False) -> Spec:
    """The density of values (n,) as bars; `prior`: the standard normal density as a line."""
    values = values[np.isfinite(values)]
    density, edges = np.histogram(np.clip(values, x.low, x.high), bins, (x.low, x.high), density=len(values) > 0)
    middles = (edges[1:] + edges[:-1]) / 2
    fine = np.linspace(x.low, x.high, 81)
    normal = np.exp(-(fine**2) / 2) / math.sqrt(2 * math.pi)
    top = max(0.5, math.ceil(2 * float(density.max(initial=0.0))) / 2)
    spec = plane(theme, (), x, Axis("density", 0.0, top), right=96)
    bars = {
        "type": "bar", "name": "codes", "data": _pairs(middles, density), "barWidth": "90%",
        "itemStyle": {"color": theme.latent},
    }  # fmt: skip
    line = _drawn(Series("prior N(0, 1)", fine, normal, theme.text, "dashed"), x, Axis("", 0.0, top))
    return spec | {"series": [bars, line] if prior else [bars]}


def signed(values: np.ndarray, scale: float, theme: Theme) -> np.ndarray:
    """Values (h, w) from -scale to scale as a picture (3, h, w): violet below, green above, the paper's colour at 0."""
    zero, below, above = DIVERGING[theme.name]
    share = np.clip(np.nan_to_num(values) / scale, -1, 1)[None]
    ends = np.where(share < 0, np.array(below).reshape(3, 1, 1), np.array(above).reshape(3, 1, 1))
    paper = np.array(zero).reshape(3, 1, 1)
    return ((paper + (ends - paper) * np.abs(share)) / 255).astype(np.float32)


def decades(*columns: np.ndarray, least: float = 1e-6) -> tuple[float, float]:
    """A logarithmic range of whole decades around all finite positive values, never narrower than two."""
    values = np.concatenate([np.asarray(c, dtype=float).ravel() for c in columns] or [np.zeros(0)])
    values = values[np.isfinite(values) & (values > least)]
    if not len(values):
        return 1.0, 100.0
    low = math.floor(math.log10(float(np.quantile(values, 0.005))))
    high = math.ceil(math.log10(float(np.quantile(values, 0.995))))
    return 10.0**low, 10.0 ** max(high, low + 2)


def fives(*columns: np.ndarray, least: float = 10.0) -> tuple[float, float]:
    """A range of decibels, from one multiple of 5 to another around all finite values, never narrower than `least`."""
    values = np.concatenate([np.asarray(c, dtype=float).ravel() for c in columns])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 40.0
    low = 5 * math.floor(float(values.min()) / 5)
    return low, max(5 * math.ceil(float(values.max()) / 5), low + least)


def interval(low: float, high: float) -> float:
    """Between two ticks: 1, 2, 2.5, 3 or 5 x 10^k in five steps at most if one divides the range, else a quarter."""
    span = high - low
    ten = 10.0 ** math.floor(math.log10(span / 5))
    for step in (ten, 2 * ten, 2.5 * ten, 3 * ten, 5 * ten, 10 * ten):
        if span / step <= 5 + 1e-9 and abs(span / step - round(span / step)) < 1e-9:
            return step
    return span / 4


def thinned(*columns: np.ndarray) -> tuple[np.ndarray, ...]:
    """At most 160 rows of columns of equal length, first and last among them."""
    n = len(columns[0])
    pick = np.arange(n) if n <= MAX_POINTS else np.unique(np.linspace(0, n - 1, MAX_POINTS).round().astype(int))
    return tuple(column[pick] for column in columns)


def _drawn(series: Series, x: Axis, y: Axis, shift: float = 0) -> Spec:
    end = {
        "show": series.labelled, "formatter": "{a}", "color": series.color, "fontSize": FONT, "distance": 6,
        "offset": [0, shift],
    }  # fmt: skip
    inside = np.clip(np.asarray(series.y, dtype=float), y.low, y.high)
    common: Spec = {
        "name": series.name,
        "data": _pairs(np.clip(series.x, x.low, x.high), inside),
        "itemStyle": {"color": series.color},
        "symbol": series.symbol,
        "symbolSize": series.size,
    }
    if series.dash == "none":
        label = end | {"position": "top", "formatter": series.name}
        return common | {"type": "scatter", "label": label, "labelLayout": {"hideOverlap": True}}
    return common | {
        "type": "line",
        "showSymbol": series.symbol != "none",
        "lineStyle": {"color": series.color, "width": series.width, "type": series.dash},
        "endLabel": end,
    }


def _by_name(theme: Theme, points: np.ndarray, values: np.ndarray, names: Sequence[str]) -> Spec:
    palette = NAMED_ON_DARK if theme.name == "dark" else NAMED
    glyphs = all(len(name) <= MAX_GLYPH for name in names)
    series = []
    for k, name in enumerate(names):
        color = palette[k % len(palette)]
        drawn: Spec = {
            "type": "scatter", "name": name, "data": _pairs(*points[values == k].T),
            "symbol": SYMBOLS[k % len(SYMBOLS)], "symbolSize": 7, "itemStyle": {"color": color},
        }  # fmt: skip
        if glyphs:
            drawn |= {
                "itemStyle": {"color": "transparent"},
                "label": {"show": True, "formatter": "{a}", "position": "inside", "color": color, "fontSize": FONT},
            }
        series.append(drawn)
    if glyphs:
        return {"series": series}
    legend = {
        "show": True, "type": "scroll", "orient": "vertical", "right": 0, "top": 20, "itemWidth": 12, "itemGap": 6,
        "textStyle": {"color": theme.text, "fontSize": FONT, "width": 70, "overflow": "truncate"},
    }  # fmt: skip
    return {"series": series, "legend": legend}


def _pairs(x: np.ndarray, y: np.ndarray) -> list[list[float]]:
    kept = np.isfinite(x) & np.isfinite(y)
    return [[float(f"{a:.5g}"), float(f"{b:.4g}")] for a, b in zip(x[kept], y[kept], strict=True)]


def _axis(theme: Theme, axis: Axis, *, up: bool = False) -> Spec:
    place: Spec = {"nameLocation": "end"} if up else {"nameLocation": "middle", "nameGap": 24}
    return {
        "type": "log" if axis.log else "value",
        "min": axis.low,
        "max": axis.high,
        **({} if axis.log else {"interval": interval(axis.low, axis.high)}),
        "name": axis.name,
        **place,
        "nameTextStyle": {"color": theme.muted, "fontSize": FONT, "align": "left" if up else "center"},
        "axisLabel": {"color": theme.muted, "fontSize": FONT, "hideOverlap": True},
        "axisLine": {"show": True, "onZero": False, "lineStyle": {"color": theme.line}},
        "splitLine": {"show": up, "lineStyle": {"color": theme.line}},
        "axisTick": {"show": False},
    }
