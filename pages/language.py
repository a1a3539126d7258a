"""Language models: count which word follows which, smooth, and let the counts write."""

import streamlit as st

from playground import forms
from playground.exports import save_and_load
from playground.lab import open_lab
from playground.live import live
from playground.museum import museum
from playground.pieces import language, language_exports, language_settings, language_theory
from playground.pieces.language_lessons import LESSONS
from playground.pieces.language_sections import sections
from playground.pieces.language_write import write
from playground.player import Moment
from playground.shell import question

lab = open_lab("ngram", check=language_settings.only_named)
question(
    "Can counting words write a speech?",
    "Count which word follows which, then let the counts write. Click a bar to choose the next word yourself.",
)
lab.show_problems()

with st.sidebar:
    language_settings.text_settings(lab)
    forms.settings(
        lab.run.config,
        ["order", "smoothing", "tokenizer"],
        {"Smoothing": ["add_k"], "Counting": ["held_out", "chunk", "counting"], "Chance": ["seed"]},
        prefix="ngram",
        changed=lab.change,
    )
    language_settings.second_text(lab)


def body(moment: Moment) -> None:
    """The live part: how far the counting is."""
    language.count(lab, moment)


live(lab, body)
if not lab.player.playing and lab.run.step:
    language.second(lab)
    write(lab)
    sections(lab)
st.subheader("Try this", anchor=False)
museum(lab, LESSONS)
st.subheader("Understand", anchor=False)
with st.expander("The formulas, the words, the papers", icon=":material/school:"):
    language_theory.understand(lab.run.config.smoothing)
save_and_load(lab, lambda: language_exports.figure(lab), language_exports.files(lab))
lab.write_link()
