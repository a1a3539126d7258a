"""What a person takes away: the stage and its curves as one figure (matplotlib), as PNG or SVG; the numbers as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from playground.theme import LIGHT, Theme

DPI = 160
matplotlib.rcParams["svg.hashsalt"] = "generative-playground"  # names within an SVG; random otherwise
PictureSet = tuple[str, np.ndarray, Sequence[str], str]
"""Title, pictures (n, channels, h, w) in [0, 1], a caption for each, colour of the frames."""


def stage_figure(
    sets: Sequence[PictureSet],
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, str, str]],
    *,
    title: str,
    theme: Theme = LIGHT,
) -> Figure:
    """Picture sets side by side over one chart. `curves`: (steps, values, colour, line style) by name."""
    figure = Figure(figsize=(4.2 * len(sets), 6.4), facecolor=theme.background, layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=[2.2, 1])
    for part, (name, pictures, captions, color) in zip(np.atleast_1d(top.subfigures(1, len(sets))), sets, strict=True):
        part.suptitle(name, color=theme.text, fontsize=12)
        side = int(np.ceil(np.sqrt(len(pictures))))
        for k, axes in enumerate(part.subplots(side, side).ravel()):
            _picture(
                axes, pictures[k] if k < len(pictures) else None, captions[k] if k < len(pictures) else "", color, theme
            )
    axes = bottom.subplots()
    axes.set_facecolor(theme.background)
    for name, (steps, values, color, style) in curves.items():
        axes.plot(steps, values, color=color, linestyle=style, label=name, linewidth=1.6)
    axes.set_xlabel("step", color=theme.muted)
    axes.tick_params(colors=theme.muted)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylim(0, 1)
    axes.legend(frameon=False, labelcolor=theme.text, ncols=len(curves), loc="upper left")
    figure.suptitle(title, color=theme.text, fontsize=13)
    return figure


def image(figure: Figure, kind: str) -> bytes:
    """The figure as 'png' or 'svg', the same bytes for the same figure."""
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi=DPI, metadata={"Date": None} if kind == "svg" else {"Software": None})
    return out.getvalue()


def table_csv(columns: Mapping[str, np.ndarray]) -> bytes:
    """Columns of equal length as CSV with a heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    return out.getvalue().encode()


def _picture(axes: Axes, picture: np.ndarray | None, caption: str, color: str, theme: Theme) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    if picture is None:
        axes.axis("off")
        return
    axes.imshow(np.moveaxis(picture, 0, -1).squeeze(), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_xlabel(caption, color=theme.text, fontsize=8, labelpad=2)
    for spine in axes.spines.values():
        spine.set_color(color)
        spine.set_linewidth(1.5)
