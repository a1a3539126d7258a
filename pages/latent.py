"""Latent Space: drag through a space of pictures, walk between them, add glasses to a face, see what was learned."""

import streamlit as st

from playground.components import decoder
from playground.pieces import (
    latent_between,
    latent_learned,
    latent_map,
    latent_sampling,
    latent_settings,
    latent_space,
    latent_stage,
    latent_theory,
    latent_vectors,
)
from playground.shell import question, skip_unseen, stage_first

space = latent_space.open_page()
skip_unseen()
question(
    latent_settings.asked(space),
    "Drag the point, or a slider, and watch the picture follow. What does each number of the code do?",
)
latent_settings.show_problems(space)
decoder_id = decoder(space.model)


@st.fragment
def stage() -> None:
    """The pad; what is let go is written into the link."""
    latent_stage.stage(space, decoder_id)
    space.finish()


@st.fragment
def strips() -> None:
    """What each axis does."""
    latent_stage.strips(space)


@st.fragment
def between() -> None:
    """Between two pictures."""
    latent_between.between(space, decoder_id)
    space.finish()


@st.fragment
def vectors() -> None:
    """Feature vectors."""
    latent_vectors.vectors(space, decoder_id)
    space.finish()


stage()
stage_first()
with st.sidebar:
    latent_settings.settings(space)
st.subheader("What each number does", anchor=False)
strips()
st.subheader("Between two pictures", anchor=False)
between()
st.subheader("Add a feature", anchor=False)
vectors()
st.subheader("The map of codes", anchor=False)
latent_map.map_of_codes(space, decoder_id)
st.subheader("What did it learn?", anchor=False)
latent_learned.learned(space)
st.subheader("Dream up new ones", anchor=False)
latent_sampling.sampling(space)
st.subheader("Understand", anchor=False)
with st.expander("The formulas, the words, the papers", icon=":material/school:"):
    latent_theory.understand()
latent_settings.save(space)
space.write_link()
space.stale = False
