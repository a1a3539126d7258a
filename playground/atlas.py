"""The map of the pages: a small picture made by the engine, the question that the page answers, the way there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

import engine
from engine import starters
from playground import classroom
from playground.figures import text
from playground.pages import PAGES

PICTURE_STEPS = 600
WIDTH = 480
LATENT = "latent"
IN_A_ROW = 3
DRAWN: dict[str, Callable[[Any], np.ndarray]] = {
    "ngram": lambda view: text.card(view.top_words[-1], view.top_counts[-1]),
}
"""How the card of a family without pictures is drawn from its view."""


def map_of_pages() -> Callable[[], None]:
    """A card for each page that works, without its picture; returns what fills the pictures in, which takes a moment
    on a server that has just started."""
    places = []
    for start in range(0, len(PAGES), IN_A_ROW):
        for column, page in zip(st.columns(IN_A_ROW, gap="large"), PAGES[start : start + IN_A_ROW], strict=False):
            with column:
                places.append(st.empty())
                st.page_link(page.path, label=f"**{page.title}**")
                st.markdown(page.question)

    def fill() -> None:
        for place, page in zip(places, PAGES, strict=True):
            with place:
                alt = f"Made by the {page.title} page's model: {page.question}"
                st.image(_picture(page.family), alt=alt, width="stretch")

    return fill


@st.cache_resource(show_spinner=False)
def _picture(family: str) -> np.ndarray:
    """What a model of the family shows after a short training, twice as wide as high: (height, width, 3) uint8. Eight
    pictures in two rows, or two; of a family without pictures what `DRAWN` makes of its smallest run."""
    if family in DRAWN:
        run = engine.start(family, **engine.FAMILIES[family].smoke)
        classroom.work(run, PICTURE_STEPS)
        return DRAWN[family](run.snapshot(fresh_scores=False).view)
    shown = _swept() if family == LATENT else _trained(family)
    down, across = (2, 4) if len(shown) >= 8 else (1, 2)
    padded = np.pad(shown, ((0, 0), (0, 0), (1, 1), (1, 1)))[-down * across :]
    channels, height, width = padded.shape[1:]
    rows = padded.reshape(down, across, channels, height, width).transpose(0, 3, 1, 4, 2)
    rows = rows.reshape(down * height, across * width, channels)
    scale = max(1, WIDTH // rows.shape[1])
    large = rows.repeat(scale, 0).repeat(scale, 1)
    return (255 * np.broadcast_to(large, (*large.shape[:2], 3))).astype(np.uint8)


def _trained(family: str) -> np.ndarray:
    """Eight pictures of a run after a short training."""
    run = engine.start(family)
    classroom.work(run, PICTURE_STEPS)
    return run.family.pictures(run.snapshot(fresh_scores=False).view)[:8]  # type: ignore[misc]


def _swept() -> np.ndarray:
    """Eight pictures of a starter, along its last axis."""
    model = starters.load("shapes")
    z = np.repeat(model.codes[:1], 8, 0)
    z[:, -1] = np.linspace(*np.percentile(model.codes[:, -1], (2, 98)), 8)
    return model.decode(z)
