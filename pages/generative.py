"""Generative or discriminative: classifiers on the same data; one kind can also dream."""

from functools import partial

import streamlit as st

from playground import forms
from playground.exports import save_and_load
from playground.lab import open_lab
from playground.live import live, play_bar, standing
from playground.museum import museum
from playground.pieces import (
    judges,
    judges_answers,
    judges_begin,
    judges_data,
    judges_measured,
    judges_text,
    judges_theory,
    judges_together,
)
from playground.player import Moment
from playground.run_timeline import run_timeline
from playground.shell import question, stage_first

lab = open_lab("judges")
question(
    "Who can dream, and who can only judge?",
    "All of them tell the classes apart. Press Generate under each: who can make new ones, and what do they look like?",
)
lab.show_problems()

judges_data.own_points(lab)
judges_begin.head_start(lab)


def body(moment: Moment) -> None:
    """The live part: stage, play bar, timeline, what happens beside Bayes' rule, who can answer, score."""
    standing(lab, moment)
    judges.stage(lab, moment)
    stage_first()
    judges.dreaming(lab)
    play_bar(lab, moment, {})
    run_timeline(lab, moment, moment.snapshot.config.steps)
    judges.happening(lab, moment)
    rule, hidden = st.columns(2, gap="large")
    with rule:
        st.subheader("Bayes' rule, with its numbers", anchor=False)
        judges_answers.bayes(lab)
    with hidden:
        st.subheader("Who can answer with a part hidden?", anchor=False)
        judges_answers.hide(lab)
        judges_answers.who_can_answer(lab, moment)
    st.subheader("The honest score", anchor=False)
    judges.score(lab, moment)


live(lab, body)
with st.sidebar:
    forms.settings(
        lab.run.config,
        ["data", *judges_data.fields_of(lab.run.config.data), "seed"],
        {
            "Those who dream": ["likelihood", "variance_floor", "add_k", "kind"],
            "The SVMs": ["c", "gamma"],
            "MLP and logistic regression": ["lr", "decay", "width"],
            "How examples come": ["chunks", "steps"],
        },
        prefix="judges",
        changed=partial(judges_begin.change, lab),
    )
judges_together.together(lab)
few, strange = st.columns(2, gap="large")
with few:
    st.subheader("Who is ahead with few examples?", anchor=False)
    judges_measured.learning_curves(lab)
with strange:
    st.subheader("Who knows a stranger?", anchor=False)
    judges_measured.strangers(lab)
st.subheader("Whose sentence is it?", anchor=False)
judges_text.whose_sentence()
st.subheader("Try this", anchor=False)
museum(lab, judges_theory.EXHIBITS)
st.subheader("Understand", anchor=False)
with st.expander("The two rules, the words, the papers", icon=":material/school:"):
    judges_theory.understand(lab.run.config)
save_and_load(lab, lambda: judges.figure(lab))
lab.write_link()
