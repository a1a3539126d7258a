"""Style as what one model is surprised by and another is not: who said it, the matrix, and a mix of two."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.families.ngram import NgramConfig
from engine.families.ngram.mixing import Mixture
from playground import chain, session
from playground.charts import chart
from playground.figures import text as figures
from playground.pieces import language_styles as styles
from playground.pieces.language_asked import LENGTHS, Asked, memory
from playground.pieces.language_counted import Counted
from playground.pieces.language_styles import Style
from playground.theme import current

MIXED_WORDS = 60
SHORT = {
    "Speeches before 1860": "to 1859",
    "Speeches since 1961": "from 1961",
    "King James Bible": "Bible",
    "Python source code": "Python",
}
MAX_STYLES, MAX_MIXED = 8, 6
"""Styles and pairs of them that are kept for all sessions."""


@st.cache_resource(max_entries=MAX_STYLES, show_spinner=False)
def _style(spec: str) -> Style:
    return styles.count_style(spec)


@st.cache_resource(max_entries=MAX_STYLES**2, show_spinner=False)
def _surprise(trained: str, tested: str, n_words: int) -> float:
    return styles.surprise(_style(trained), _style(tested), n_words)


@st.cache_resource(max_entries=MAX_MIXED, show_spinner=False)
def _mixture(a: str, b: str) -> Mixture:
    return styles.mixture(_style(a), _style(b))


def style(source: Counted, config: NgramConfig) -> None:
    """Everything about style; the styles are counted one after the other while one looks on."""
    specs = styles.specs(source)
    ready: list[str] = session.keep("language styles", list)
    waiting = [spec for spec in specs if spec not in ready]
    if waiting:
        st.caption(f"Counting styles: {len(waiting)} to go.")
        memory().left = True
        if not chain.is_fragment_run():
            return
        _style(waiting[0])
        ready.append(waiting[0])
        st.rerun(scope="fragment")
    known = [_style(spec) for spec in specs]
    _who(known)
    left, right = st.columns([5, 4], gap="large")
    with left:
        _matrix(specs, known)
    with right:
        _mix(specs, known, config.seed)


def _who(known: list[Style]) -> None:
    """Bits for each word of a sentence, by each style."""
    st.markdown("**Who said it?**")
    more = {"max_chars": LENGTHS["sentence"], "label_visibility": "collapsed"}
    sentence = memory().widget(st.text_input, "A sentence", "sentence", memory().asked.sentence, **more)
    if not sentence.strip():
        return
    tokens, bits = styles.who_said_it(known, sentence)
    order = np.argsort(bits.sum(axis=1))
    first, second = order[0], order[1]
    odds = bits[second].sum() - bits[first].sum()
    st.markdown(
        f"**{session.plain(known[first].name)}**: {bits[first].sum():.0f} bits in all. "
        f"{session.plain(known[second].name)} would pay {odds:.0f} bits more, which is {_odds(odds)} less probable."
    )
    shown = [[f"{value:.0f}" for value in row] for row in bits[order]]
    names = [SHORT.get(known[i].name, known[i].name) for i in order]
    spec = figures.heat(
        current(), names, [f"{at + 1} {token}" for at, token in enumerate(tokens)], bits[order], shown, low_is_dark=True
    )
    chart(spec, height=132 + 30 * len(known), key="chart_who", alt="Bits for each word by style")
    st.caption("Bits each model pays for each word: few (light) where it expected the word, many (dark) where not.")


def _odds(bits: float) -> str:
    return f"{2**bits:,.0f} times" if bits < 20 else f"$10^{{{bits * np.log10(2):.0f}}}$ times"


def _matrix(specs: list[str], known: list[Style]) -> None:
    st.markdown("**How surprised is each by the others?**")
    n_words = styles.vocabulary_size(known)
    values = np.array([[_surprise(row, column, n_words) for column in specs] for row in specs])
    names = [SHORT.get(one.name, one.name) for one in known]
    spec = figures.heat(
        current(), names, names, np.log10(values), [[_short(v) for v in row] for row in values], low_is_dark=True
    )
    chart(
        spec, height=88 + 44 * len(known), key="chart_styles",
        alt="Perplexity of each style's held-out text by each style's model",
    )  # fmt: skip
    st.caption(
        f"Perplexity; trained on the row, tested on the column's held-out lines. Order {styles.ORDER}, "
        f"{styles.STYLE_BYTES / 1e6:g} MB of each, all asked about the same {n_words:,} words."
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value < 9999.5 else f"{value / 1000:,.0f}k"


def _mix(specs: list[str], known: list[Style], seed: int) -> None:
    st.markdown("**Two styles as one**")
    names = {spec: one.name for spec, one in zip(specs, known, strict=True)}
    a, b = (
        _one_of(specs, names, name, column) for name, column in zip(("first", "second"), st.columns(2), strict=True)
    )
    asked, bounds = memory().asked.share, {"min_value": 0.0, "max_value": 1.0, "step": 0.05}
    weight = memory().widget(st.slider, "Share of the second", "share", asked, **bounds)
    if a == b:
        st.caption("Choose two different styles.")
        return
    words = styles.write_mixed(_mixture(a, b), weight, seed, MIXED_WORDS)
    st.markdown(" ".join(_colored(word, second) for word, second in words))
    st.caption(
        f":blue-background[Blue]: more probably {session.plain(names[a])}; "
        f":orange-background[*orange, slanted*]: {session.plain(names[b])}."
    )


def _one_of(specs: list[str], names: dict[str, str], name: str, column: DeltaGenerator) -> str:
    """Which style is the first or the second; that of a text which is no more on the stage is not remembered."""
    asked = getattr(memory().asked, name)
    asked = asked if asked in specs else getattr(Asked(), name)
    more = {"options": specs, "format_func": names.__getitem__}
    return memory().widget(column.selectbox, name.title(), name, asked, **more)


def _colored(word: str, second: float) -> str:
    if word == "¶":
        return "  \n"
    text = session.plain(word)
    return f":orange-background[*{text}*]" if second > 0.5 else f":blue-background[{text}]"
