"""Figures of text and counts: pure, arrays and words in, a picture or a specification out."""

from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from playground.theme import DARK

CARD_SIZE, CARD_DPI, CARD_BARS = (4.0, 2.0), 160, 6


def card(words: Sequence[str], counts: np.ndarray) -> np.ndarray:
    """The most frequent n-grams as bars, for a page's card: (height, width, 3) uint8."""
    figure = Figure(figsize=CARD_SIZE, dpi=CARD_DPI, facecolor="black")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.36, 0.06, 0.6, 0.88))
    shown = [word for word in words[:CARD_BARS] if word]
    axes.barh(range(len(shown)), counts[: len(shown)], color=DARK.fake, height=0.62)
    axes.set_yticks(range(len(shown)), [word.replace("$", r"\$") for word in shown], color=DARK.text, fontsize=11)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_frame_on(False)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
