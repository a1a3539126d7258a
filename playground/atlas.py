"""The map of the pages: a small picture made by the engine, the question that the page answers, the way there."""

import numpy as np
import streamlit as st

import engine
from playground.pages import PAGES

PICTURE_STEPS = 600
ENLARGE = 10


def map_of_pages() -> None:
    """A card for each page that works."""
    for column, page in zip(st.columns(max(3, len(PAGES)), gap="large"), PAGES, strict=False):
        with column:
            st.image(
                _picture(page.family), alt=f"Made by the {page.title} page's model: {page.question}", width="stretch"
            )
            st.page_link(page.path, label=f"**{page.title}**")
            st.markdown(page.question)


@st.cache_resource(show_spinner=False)
def _picture(family: str) -> np.ndarray:
    """Eight pictures by a model of the family after a short training, in two rows, enlarged: (height, width, 3)
    uint8."""
    run = engine.start(family)
    run.advance(engine.Budget(steps=PICTURE_STEPS))
    shown = run.family.pictures(run.snapshot(fresh_scores=False).view)[:8]  # type: ignore[misc]
    padded = np.pad(shown, ((0, 0), (0, 0), (1, 1), (1, 1)))
    n, channels, height, width = padded.shape
    rows = (
        padded.reshape(2, n // 2, channels, height, width)
        .transpose(0, 3, 1, 4, 2)
        .reshape(2 * height, n // 2 * width, channels)
    )
    large = rows.repeat(ENLARGE, 0).repeat(ENLARGE, 1)
    return (255 * np.broadcast_to(large, (*large.shape[:2], 3))).astype(np.uint8)
