"""Decision regions: the lines of equal density over them, and the figure that a person takes away (matplotlib)."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from engine.families.classifiers import LEVELS
from playground.theme import LIGHT, Theme

CORNERS = 48
RINGS = (1.0, 2.0)
"""Standard deviations at which a line of equal density is drawn."""
MARKS = "os^"
PALEST, STRONGEST = 0.04, 0.6


def class_colors(theme: Theme) -> tuple[str, str, str]:
    """One colour a class; the marks, circle, square and triangle, say the same."""
    return theme.real, theme.fake, theme.latent


def ellipses(means: np.ndarray, variances: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Lines of equal density of independent normal coordinates, one and two standard deviations out.

    means, variances (classes, 2) -> [(class, corners (48, 2)), ...]: their axes lie along the coordinates, always.
    """
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return [
        (k, mean + ring * np.sqrt(variance) * circle)
        for k, (mean, variance) in enumerate(zip(means, variances, strict=True))
        for ring in RINGS
    ]


def colored(shade: np.ndarray, theme: Theme) -> np.ndarray:
    """A shade (grid, grid), 64 x class + certainty, as colours (grid, grid, 3) in [0, 1]."""
    ends = np.array([to_rgb(color) for color in class_colors(theme)])[np.minimum(shade // LEVELS, 2)]
    amount = PALEST + (STRONGEST - PALEST) * (shade % LEVELS / (LEVELS - 1))[..., None]
    return np.array(to_rgb(theme.background)) * (1 - amount) + ends * amount


def regions_figure(
    titles: Sequence[str],
    shades: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    contours: Sequence[tuple[int, np.ndarray]],
    *,
    reach: float,
    title: str,
    theme: Theme = LIGHT,
) -> Figure:
    """Planes side by side with their examples x (n, 2), y (n,); `contours` lie over the first."""
    figure = Figure(figsize=(3.4 * len(titles), 3.9), facecolor=theme.background, layout="constrained")
    colors = class_colors(theme)
    for i, (name, axes) in enumerate(zip(titles, np.atleast_1d(figure.subplots(1, len(titles))), strict=True)):
        axes.imshow(colored(shades[i], theme), extent=(-reach, reach, -reach, reach), interpolation="nearest")
        for k in range(3):
            axes.scatter(*x[y == k].T, s=14, marker=MARKS[k], c=colors[k], edgecolors=theme.background, linewidths=0.5)
        for k, line in contours if i == 0 else ():
            axes.fill(*line.T, fill=False, edgecolor=colors[k], linewidth=1.2)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="x₁", ylabel="x₂")
        axes.set_title(name, color=theme.text, fontsize=11)
        axes.tick_params(colors=theme.muted)
    figure.suptitle(title, color=theme.text, fontsize=13)
    return figure
