"""Naive Bayes on words: whose is a sentence, word by word, and what would each style write?"""

import math

import streamlit as st

from engine.config import ConfigError
from engine.families.classifiers import words
from playground import session
from playground.charts import chart
from playground.figures import judged
from playground.pages import PAGES
from playground.theme import current

FIRST, SECOND, SENTENCE, WRITTEN = "judges.first", "judges.second", "judges.sentence", "judges.written"
EXAMPLE = "Behold, our nation must create new jobs, and the wilderness shall prosper."
MOST_LETTERS, N_WRITTEN = 400, 14


def whose_sentence() -> None:
    """The section: two styles, a sentence on the scales, and a unigram 'sentence' of each."""
    names = list(words.STYLES)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        first = st.selectbox("One style", names, index=0, key=FIRST)
        second = st.selectbox("The other", names, index=1, key=SECOND)
    sentence = st.text_input("A sentence", EXAMPLE, max_chars=MOST_LETTERS, key=SENTENCE)
    try:
        styles = words.learn(first, second)
    except ConfigError as error:
        st.warning(session.plain(str(error)), icon=":material/info:")
        return
    scales, writing = st.columns([3, 2], gap="large")
    with scales:
        _weigh(styles, sentence)
    with writing:
        _write(styles)


def _weigh(styles: words.Styles, sentence: str) -> None:
    found = words.weigh(styles, sentence)
    if not found.words:
        st.markdown("No word in it: only the prior speaks.")
    likelier = int(found.posterior > 0.5)
    p = max(found.posterior, 1 - found.posterior)
    st.markdown(f"**{styles.names[likelier]}**, with p = {_probability(p)}")
    chart(
        judged.odds(current(), found.words, found.log_odds, found.known),
        height=72 + 22 * max(1, len(found.words)), key="odds",
        alt=f"Log odds of each word: together they speak for {styles.names[likelier]}",
    )  # fmt: skip
    st.caption(
        f"To the left a word speaks for {styles.names[0]}, to the right for {styles.names[1]}. "
        f"Sum {found.log_odds.sum():+.2f}, prior {found.log_prior_odds:+.2f}. "
        f"Learned from {styles.n_train:,} sentences, right on {styles.accuracy:.1%} of {styles.n_test:,} held out, "
        f"log loss {styles.log_loss:.3f} (guessing {math.log(2):.3f})."
    )


def _probability(p: float) -> str:
    return f"{p:.3f}" if p < 0.9995 else "more than 0.999"


def _write(styles: words.Styles) -> None:
    turn = session.get(WRITTEN, 0)
    for k, name in enumerate(styles.names):
        st.markdown(f"**{name} would write**  \n{words.write(styles, k, N_WRITTEN, seed=turn)}")
    st.button("Write again", key="write_again", icon=":material/casino:", on_click=session.count, args=(WRITTEN,))
    st.markdown(
        ":gray[Words drawn one by one: the right words in no order, as its digits have the right pixels and "
        "no strokes. An n-gram knows which word follows which.]"
    )
    for page in PAGES:
        if page.title == "Language Models":
            st.page_link(page.path, label=page.title, icon=":material/arrow_forward:")
