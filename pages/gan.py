"""GAN: watch a forger learn to paint left diagonals while an expert learns to tell."""

import streamlit as st

from engine.families.gan.failures import FAILURES
from playground import forms
from playground.exports import save_and_load
from playground.lab import open_lab
from playground.live import live, play_bar, standing
from playground.museum import museum
from playground.pieces import gan, gan_score, gan_theory
from playground.pieces.by_hand import by_hand
from playground.player import Moment
from playground.run_timeline import run_timeline
from playground.shell import question, stage_first

lab = open_lab("gan")
question(
    "Can a forger learn to paint diagonals?",
    "Watch the fakes become lines while the expert loses its certainty. Space pauses; drag the bar to go back.",
)
lab.show_problems()


def body(moment: Moment) -> None:
    """The live part: stage, play bar, timeline, recipe beside curves, score."""
    standing(lab, moment)
    gan.stage(moment)
    stage_first()
    play_bar(lab, moment, {"expert": "Expert only", "forger": "Forger only"})
    run_timeline(lab, moment, moment.snapshot.config.steps)
    gan.also()
    happening, curves = st.columns([4, 5], gap="large")
    with happening:
        st.subheader("What is happening", anchor=False)
        gan.recipe(moment)
    with curves:
        gan.curves(lab, moment)
    by_hand(moment)
    st.subheader("The honest score", anchor=False)
    gan_score.score(lab, moment)


live(lab, body)
with st.sidebar:
    forms.settings(
        lab.run.config,
        ["size", "offsets", "loss", "lr_g", "lr_d", "seed"],
        {
            "The data": ["noise", "dim"],
            "The game": ["penalty", "penalty_weight", "d_steps", "batch", "optimiser", "beta2", "cosine", "ema"],
            "The nets": ["latent", "latent_dim", "codes", "depth_g", "width_g", "depth_d", "width_d"],
            "When to stop": ["steps", "stop_score", "stop_weight_change"],
        },
        prefix="gan",
        changed=lab.change,
    )
st.subheader("Try this: break it, then cure it", anchor=False)
museum(lab, FAILURES)
st.subheader("Understand", anchor=False)
with st.expander("The two losses, the words, the papers", icon=":material/school:"):
    gan_theory.understand(lab.run.config, lab.run.metrics)
save_and_load(lab, lambda: gan.figure(lab))
lab.write_link()
