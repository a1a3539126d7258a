"""The counting of a text: how far it is, how fast, and what was found most often so far."""

import dataclasses
import time

import streamlit as st

from engine.families.ngram import NgramView
from engine.families.ngram.learner import total_chunks
from playground import session
from playground.lab import Lab
from playground.live import play_bar, standing
from playground.player import Moment
from playground.run_timeline import run_timeline

N_TOP = 8
CLOCK = "language clock"


@dataclasses.dataclass(slots=True)
class Clock:
    """How long a run has been counting, for tokens a second."""

    run: object = None
    seen: float = 0.0
    tokens: float = 0.0
    rate: float = 0.0

    def see(self, run: object, tokens: float, now: float) -> float:
        """Tokens a second between the last two looks that found more of them."""
        if run is not self.run:
            self.run, self.seen, self.tokens, self.rate = run, now, tokens, 0.0
        elif tokens != self.tokens:
            if tokens > self.tokens:
                rate = (tokens - self.tokens) / max(now - self.seen, 1e-6)
                self.rate = rate if not self.rate else 0.5 * (self.rate + rate)
            self.seen, self.tokens = now, tokens
        return self.rate


def count(lab: Lab, moment: Moment) -> None:
    """The play bar of the counting; while it goes on, what was found most often so far."""
    steps = total_chunks(moment.snapshot.config)
    with st.container(horizontal=True, vertical_alignment="center", key="language_standing"):
        standing(lab, moment)
        st.markdown(_numbers(lab, moment))
    play_bar(lab, moment, {})
    run_timeline(lab, moment, steps)
    if moment.playing or moment.is_past or not moment.step:
        commonest(moment.view)


def second(lab: Lab) -> None:
    """The button that counts the second text, too, once the first is used up."""
    config = lab.run.config
    if not config.second or config.add_second:
        return

    def add() -> None:
        lab.change("add_second", True)
        lab.player.play()

    st.button(f"Count '{config.second}' as well", icon=":material/library_add:", key="add_second", on_click=add)


def commonest(view: NgramView) -> None:
    """The most frequent n-grams of each order."""
    columns = st.columns(len(view.top_words), gap="medium")
    for order, (column, words, counts) in enumerate(zip(columns, view.top_words, view.top_counts, strict=True), 1):
        rows = [(word, count) for word, count in zip(words[:N_TOP], counts, strict=False) if word]
        with column:
            st.markdown(f"**{view.distinct[order - 1]:,}** different " + ("tokens" if order == 1 else f"{order}-grams"))
            lines = [f"{session.plain(word)} :gray[{count:,}]" for word, count in rows]
            st.markdown("  \n".join(lines + ["&nbsp;"] * (N_TOP - len(lines))))


def _numbers(lab: Lab, moment: Moment) -> str:
    clock = session.keep(CLOCK, Clock)
    rate = clock.see(lab.run, moment.snapshot.metrics.get("tokens", 0.0), time.perf_counter())
    view = moment.view
    text = f"**{view.tokens:,}** tokens, **{view.vocabulary:,}** different"
    return text + (f", **{rate / 1e6:.2f} million** counted a second" if rate else "")
