"""Autoencoder: watch a network learn to pack pictures into a few numbers, and unpack them again."""

import streamlit as st

from playground.exports import save_and_load
from playground.live import live, play_bar, standing
from playground.museum import museum
from playground.pieces import (
    autoencoder,
    autoencoder_measured,
    autoencoder_pin,
    autoencoder_setup,
    autoencoder_steps,
    autoencoder_theory,
    autoencoder_way,
)
from playground.player import Moment
from playground.run_timeline import run_timeline
from playground.shell import question, stage_first

lab = autoencoder_setup.open_page()
question(
    "Can a network pack a picture into a few numbers, and unpack it again?",
    "Watch what comes out at the right become what went in at the left. Space pauses; drag the bar to go back.",
)
lab.show_problems()
autoencoder_setup.drawing(lab)


def body(moment: Moment) -> None:
    """The live part: stage, play bar, timeline, gallery, algorithm beside curves, score, codes."""
    standing(lab, moment)
    autoencoder_way.stage(lab, moment)
    stage_first()
    play_bar(lab, moment, {})
    run_timeline(lab, moment, moment.snapshot.config.steps)
    autoencoder.gallery(moment)
    happening, curves = st.columns([4, 5], gap="large")
    with happening:
        st.subheader("What is happening", anchor=False)
        autoencoder_steps.algorithm(lab, moment)
    with curves:
        autoencoder.curves(lab, moment)
        autoencoder_pin.pin_bar(lambda: autoencoder.pin_now(lab, moment))
    st.subheader("The honest score", anchor=False)
    autoencoder.score(moment)
    weight, codes = st.columns(2, gap="large")
    with weight:
        st.subheader("One weight, by hand", anchor=False)
        autoencoder_steps.one_weight(lab, moment)
    with codes:
        st.subheader("Where the codes lie", anchor=False)
        autoencoder.codes(lab, moment)
        autoencoder.spread(moment)
    autoencoder_pin.note(lab, moment)
    autoencoder_measured.follow(lab)


live(lab, body)
with st.sidebar:
    autoencoder_setup.settings(lab)
autoencoder_setup.explore(lab)
st.subheader("Measure", anchor=False)
autoencoder_measured.sizes(lab)
autoencoder_measured.compression(lab)
st.subheader("Try this", anchor=False)
for row in autoencoder_theory.rows():
    museum(lab, row)
st.subheader("Understand", anchor=False)
with st.expander("The error, the words, the papers", icon=":material/school:"):
    autoencoder_theory.understand(lab.run.config, lab.run.metrics)
save_and_load(lab, lambda: autoencoder.figure(lab))
autoencoder_setup.write_link(lab)
