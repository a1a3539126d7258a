"""Figures of text and counts: pure, arrays and words in, a picture or a specification out."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from playground.figures import live as charts
from playground.figures.live import Line, Spec
from playground.figures.names import apart
from playground.figures.plane import CIVIDIS
from playground.theme import DARK, LIGHT, Theme
from playground.written import minus

CARD_SIZE, CARD_DPI, CARD_BARS = (4.0, 2.0), 160, 6
SYMBOLS = ("circle", "rect", "triangle", "diamond", "emptyCircle")
TOP, BOTTOM = 30, 44
"""Margins of a chart, in pixels."""
STRAIGHT, STRAIGHT_LETTERS = 6, 28
"""More columns than this, or with more letters in all, have their names written aslant."""
DIGIT, MARK, GAP = 8, 4, 2
"""Pixels that a digit and a point or comma take at most, and that lie between two numbers."""
POWER = {"fontSize": charts.FONT - 4, "verticalAlign": "bottom", "padding": [0, 0, 6, 1]}
"""How an exponent is written."""


def card(words: Sequence[str], counts: np.ndarray) -> np.ndarray:
    """The most frequent n-grams as bars, for a page's card: (height, width, 3) uint8."""
    figure = Figure(figsize=CARD_SIZE, dpi=CARD_DPI, facecolor="black")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.36, 0.06, 0.6, 0.88))
    shown = [word for word in words[:CARD_BARS] if word]
    axes.barh(range(len(shown)), counts[: len(shown)], color=DARK.fake, height=0.62)
    axes.set_yticks(range(len(shown)), [_plain(word) for word in shown], color=DARK.text, fontsize=11)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_frame_on(False)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def by_number(
    theme: Theme,
    x: np.ndarray,
    series: Sequence[Line],
    *,
    x_name: str,
    y_name: str,
    y: tuple[float, float],
    height: int,
    right: int = 148,
    log: bool = False,
    log_x: bool = False,
    ten_to: bool = False,
) -> Spec:
    """Curves over a few whole numbers, an order or a size, with a point at each, in a chart of `height` pixels whose
    names take `right` pixels. `log`: the y axis, `log_x`: the x axis; `ten_to`: y holds powers of ten."""
    step = max(1, round((y[1] - y[0]) / 5))
    if ten_to:
        y = (y[0], y[0] + step * math.ceil((y[1] - y[0]) / step))
    drawn = [dataclasses.replace(line, symbol=SYMBOLS[k % len(SYMBOLS)]) for k, line in enumerate(series)]
    spec = charts.lines(theme, x, drawn, end=int(x[-1]), y=y, y_name=y_name)
    first, last = int(x[0]), int(x[-1])
    spec["xAxis"] |= {"name": x_name, "min": first, "max": last, "minInterval": 1}
    if log_x:
        spec["xAxis"] |= {"type": "log", "min": "dataMin", "max": "dataMax"}
    else:
        spec["xAxis"] |= {"interval": max(1, (last - first) // 6)}
    if log:
        spec["yAxis"] |= {"type": "log"}
        del spec["yAxis"]["interval"]
    if ten_to:
        spec["yAxis"] |= {"interval": step}
        spec["yAxis"]["axisLabel"] |= {"formatter": "10{power|{value}}", "rich": {"power": POWER}}
    spec["grid"] |= {"left": 56, "right": right, "top": TOP, "bottom": BOTTOM}
    scale = np.log10 if log else np.asarray
    low, high = float(scale(y[0])), float(scale(y[1]))
    shifts = apart([scale(np.clip(line.y, *y)) for line in series], low, high, height - TOP - BOTTOM)
    for line, shift in zip(spec["series"], shifts, strict=True):
        line["symbolSize"] = 7
        line["endLabel"] |= {"offset": [0, shift]}
    return spec


def heat(
    theme: Theme,
    rows: Sequence[str],
    columns: Sequence[str],
    values: np.ndarray,
    shown: Sequence[Sequence[str]],
    *,
    low_is_dark: bool = False,
    least: float | None = None,
) -> Spec:
    """A matrix (rows, columns) as squares with their numbers; much is light, unless `low_is_dark`. NaN: no square.

    The colours begin at `least`, or at the least value. Where the squares are too narrow for the numbers, these stand
    in the tooltip alone.
    """
    shown = [[minus(number) for number in row] for row in shown]
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    low = low if least is None else least
    data = [
        {"value": [j, i, float(f"{values[i, j]:.4g}")], "name": f"{row} · {column}: {shown[i][j]}",
         "label": {"formatter": shown[i][j], "color": _ink(values[i, j], low, high, reverse=low_is_dark)}}
        for i, row in enumerate(rows) for j, column in enumerate(columns) if np.isfinite(values[i, j])
    ]  # fmt: skip
    axis = {
        "type": "category",
        "axisLabel": {"color": theme.text, "fontSize": charts.FONT, "interval": 0},
        "axisTick": {"show": False},
        "axisLine": {"show": False},
    }
    spec = charts.base(theme, "item")
    spec["tooltip"] |= {"formatter": "{b}", "renderMode": "richText"}  # a text's own words are no HTML
    longest = max((len(row) for row in rows), default=0)
    is_aslant = len(columns) > STRAIGHT or sum(map(len, columns)) > STRAIGHT_LETTERS
    left, right = min(180, 24 + 8 * longest), 8
    widest = max(
        (sum(MARK if sign in ".," else DIGIT for sign in number) for row in shown for number in row), default=0
    )
    narrow = left + right + len(columns) * (widest + GAP)
    return {
        **spec,
        "grid": {"left": left, "right": right, "bottom": 8, "top": 92 if is_aslant else 48},
        "media": [
            {"query": {"maxWidth": narrow}, "option": {"series": [{"label": {"show": False}}]}},
            {"option": {"series": [{"label": {"show": True}}]}},
        ],
        "xAxis": {**axis, "data": list(columns), "position": "top"}
        | {"axisLabel": {**axis["axisLabel"], "rotate": 60 if is_aslant else 0}},
        "yAxis": {**axis, "data": list(rows), "inverse": True},
        "visualMap": {
            "show": False, "min": low, "max": max(high, low + 1e-9), "calculable": False,
            "inRange": {"color": list(CIVIDIS[::-1] if low_is_dark else CIVIDIS)},
        },
        "series": [
            {"type": "heatmap", "data": data, "label": {"show": True, "fontSize": charts.FONT},
             "itemStyle": {"borderColor": theme.background, "borderWidth": 1}}
        ],
    }  # fmt: skip


def _ink(value: float, low: float, high: float, *, reverse: bool) -> str:
    """Black or white, whichever can be read on the square."""
    at = (value - low) / (high - low) if high > low else 0.0
    return "#000000" if (at > 0.5) != reverse else "#FFFFFF"


def summary(
    words: np.ndarray, counts: np.ndarray, dense: np.ndarray, distinct: np.ndarray, *, title: str, theme: Theme = LIGHT
) -> Figure:
    """The commonest n-grams of each order as bars, over what is possible and what was found, to take away."""
    order = len(words)
    figure = Figure(figsize=(max(7.0, 3.2 * order), 6.4), facecolor=theme.background, layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.4, 1])
    for k, axes in enumerate(np.atleast_1d(top.subplots(1, order)), start=1):
        shown = [word for word in words[k - 1] if word]
        axes.barh(range(len(shown)), counts[k - 1][: len(shown)], color=theme.real, height=0.7)
        axes.set_yticks(range(len(shown)), [_plain(word) for word in shown], color=theme.text, fontsize=9)
        axes.invert_yaxis()
        axes.set_title(f"{k}-grams", color=theme.text, fontsize=11)
        _quiet(axes, theme)
    axes = bottom.subplots()
    orders = np.arange(1, len(dense) + 1)
    axes.semilogy(orders, dense, color=theme.baseline, linestyle=":", marker="o", label="possible: V^n")
    axes.semilogy(orders, distinct, color=theme.real, marker="s", label="found")
    axes.set_xticks(orders)
    axes.set_xlabel("order n", color=theme.muted)
    axes.set_ylabel("different n-grams", color=theme.muted)
    axes.legend(frameon=False, labelcolor=theme.text)
    _quiet(axes, theme)
    figure.suptitle(_plain(title), color=theme.text, fontsize=13)
    return figure


def _plain(text: str) -> str:
    """Text that matplotlib does not take for mathematics."""
    return text.replace("$", r"\$")


def _quiet(axes: Axes, theme: Theme) -> None:
    axes.set_facecolor(theme.background)
    axes.tick_params(colors=theme.muted)
    axes.spines[["top", "right"]].set_visible(False)
