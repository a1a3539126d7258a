"""What Naive Bayes misses of a picture: how its pixels go together, seen and as one number; and where the cure is."""

import numpy as np
import streamlit as st

from engine.families.classifiers import SIDE, correlations_with, togetherness
from playground import session
from playground.components import Panel, panels
from playground.lab import Lab
from playground.pieces.judges import class_names, learner_of
from playground.pieces.judges_theory import cures

OF_CLASS = "judges.together"
N_DREAMS = 400
MAP_PX = 136


def together(lab: Lab) -> None:
    """The section; of pictures only, for of points one sees it on the stage."""
    if learner_of(lab).task.is_plane:
        return
    st.subheader("What does Naive Bayes miss?", anchor=False)
    maps, words = st.columns([3, 2], gap="large")
    with maps:
        _maps(lab)
    with words:
        found = togetherness(learner_of(lab))
        st.markdown(
            "Pixels of a stroke are bright together. Naive Bayes draws each pixel for itself, so in its dreams no "
            "pixel says anything of another, and strokes fall to pieces."
        )
        st.markdown(
            f"Mean correlation of neighbouring pixels within a class: examples **{found['examples']:.2f}**, Naive "
            f"Bayes' dreams **{found['naive_bayes']:.2f}**, its richer sister's **{found['gaussian']:.2f}**."
        )
        cures()


def _maps(lab: Lab) -> None:
    learner, names = learner_of(lab), class_names(lab)
    chosen = session.get(OF_CLASS)
    chosen = chosen if chosen in names else names[0]
    session.put(OF_CLASS, chosen)  # in every run: of two in quick succession the browser may see the second alone
    st.segmented_control("Class", names, key=OF_CLASS, required=True)
    k, t = names.index(chosen), learner.task
    own = t.x[t.y == k]
    if not len(own):
        st.markdown("There is no example of this class.")
        return
    pixel = int(np.argmax(own.var(0)))
    sets = {
        "Examples": own,
        "Naive Bayes": learner.dream("naive_bayes", k, N_DREAMS),
        "Its sister": learner.dream("gaussian", k, N_DREAMS),
    }
    panels(
        [
            Panel(title=title, role="weights", columns=1, scale=1.0,
                  pictures=correlations_with(x.reshape(-1, SIDE, SIDE), pixel)[None, None],
                  alt=f"{title}: correlation of each pixel of class {chosen} with one pixel")
            for title, x in sets.items()
        ],
        key="together", picture_px=MAP_PX,
    )  # fmt: skip
    st.caption(
        f"Correlation of each pixel with the one that varies most, in row {pixel // SIDE + 1}, column "
        f"{pixel % SIDE + 1}, whose own square is 1. Of {len(own):,} examples and of {N_DREAMS} dreams each."
    )
