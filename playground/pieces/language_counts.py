"""The counts themselves: a map of the commonest pairs, and one probability written out with its numbers."""

import numpy as np
import streamlit as st

from engine.data.vocabulary import BOS, EOS, UNK
from engine.families.ngram import NgramConfig
from engine.families.ngram.model import Model, contexts
from engine.families.ngram.sampling import next_words
from engine.families.ngram.terms import Term, terms
from playground import forms, session
from playground.charts import chart
from playground.figures import text as figures
from playground.pieces.language_asked import LENGTHS, memory
from playground.pieces.language_counted import Counted
from playground.pieces.language_draft import label
from playground.theme import current

COMMONEST, MAX_ASKED = 10, 6
MAP_HEIGHT, N_NEXT = 480, 12
FORMATS = (("p", "%.2g"), ("D", "%.2f"))


def counts(source: Counted, config: NgramConfig) -> None:
    """Map and table."""
    left, right = st.columns([5, 4], gap="large")
    with left:
        _map(source)
    with right:
        found = _context(source, config)
    written_out(source, config, found)


def _map(source: Counted) -> None:
    """How often the word of a row is followed by the word of a column."""
    if source.trie.order == 1:
        st.info("A map of pairs needs order 2 or more.")
        return
    more = {"max_chars": LENGTHS["words"], "placeholder": "words to add to the map"}
    asked = memory().widget(st.text_input, "Look for words", "words", memory().asked.words, **more)
    known = [int(i) for i in source.encode((asked + "\n").encode(errors="replace")) if i not in (UNK, BOS, EOS)]
    ids = list(dict.fromkeys([*known[:MAX_ASKED], *commonest(source, COMMONEST)]))[:COMMONEST]
    if asked.strip() and not known:
        st.caption("None of these is in the text.")
    values = pairs(source, ids)
    names = [label(source, i) for i in ids]
    shown = [[_short(int(v)) for v in row] for row in values]
    spec = figures.heat(
        current(), names, names, np.where(values > 0, np.log10(np.maximum(values, 1)), np.nan), shown,
    )  # fmt: skip
    chart(
        spec, height=MAP_HEIGHT, key="chart_pairs",
        alt="How often each of the commonest words follows each other",
    )  # fmt: skip
    st.caption("Row, then column: how often they stand next to each other. Light: often. Empty: never.")


def commonest(source: Counted, n: int) -> list[int]:
    """The ids of the words that occur most often."""
    count = source.trie.levels[0].count.copy()
    count[[UNK, BOS, EOS]] = 0
    best = np.argsort(-count, kind="stable")[:n]
    return [int(i) for i in best if count[i]]


def pairs(source: Counted, ids: list[int]) -> np.ndarray:
    """How often each of these words is followed by each, int64 (n, n)."""
    first, then = np.repeat(ids, len(ids)), np.tile(ids, len(ids))
    at = source.trie.find(2, first, then)
    return np.where(at >= 0, source.trie.levels[1].count[at], 0).reshape(len(ids), len(ids))


def _short(n: int) -> str:
    return "" if not n else f"{n:,}" if n < 1000 else f"{n / 1000:.1f}k"


def _context(source: Counted, config: NgramConfig) -> tuple[Term, ...]:
    """What follows a context, and how one probability comes about."""
    more = {"max_chars": LENGTHS["context"]}
    asked = memory().widget(st.text_input, "After these words", "context", memory().context(), **more)
    model = source.model(config.order, config.smoothing, config.add_k)
    history = source.prompt(asked)[-max(config.order - 1, 1) :] if asked.strip() else np.array([BOS])
    seen = len(contexts(model, history)) - 1
    used = history[len(history) - seen :] if seen else history[:0]
    spelled = source.spell(used) or ("the start of a sentence" if BOS in used else "nothing")
    st.markdown(
        f"The model looks at **{session.plain(spelled)}**" + ("." if seen == len(history) else ", all it has seen.")
    )
    rows = following(source, model, history)
    st.dataframe(
        [{name: value for name, value in row.items() if name != "id"} for row in rows],
        hide_index=True, width="stretch", height=248, key="table_context",
        column_config={name: st.column_config.NumberColumn(format=digits) for name, digits in FORMATS},
    )  # fmt: skip
    names = {row["word"]: row["id"] for row in rows}
    likeliest, more = next(iter(names), None), {"options": list(names), "accept_new_options": True}
    word = memory().widget(st.selectbox, "Written out for", "word", memory().asked.word or likeliest, **more)
    wanted = ({label(source, i): i for i in (EOS, UNK)} | names).get(word or "")
    if wanted is None:
        found = [int(i) for i in source.encode(f"{word}\n".encode(errors="replace")) if i not in (BOS, EOS)]
        wanted = found[0] if found else UNK
    return terms(model, history, wanted)


def following(source: Counted, model: Model, history: np.ndarray) -> list[dict[str, object]]:
    """The likeliest words after a history, with the counts of the longest context seen."""
    p, _ = next_words(model, history)
    best = np.argsort(-p, kind="stable")[:N_NEXT]
    rows = []
    for word in best.tolist():
        last = terms(model, history, word)[-1]
        row: dict[str, object] = {"id": word, "word": label(source, word), "count": last.count}
        if model.smoothing == "kneser_ney":
            row |= {"adjusted": last.adjusted, "D": last.discount}
        rows.append(row | {"p": float(p[word])})
    return rows


def written_out(source: Counted, config: NgramConfig, found: tuple[Term, ...]) -> None:
    """Every order's line, from the longest context down to none."""
    for term in reversed(found):
        st.latex(line(term, config.smoothing, config.add_k, len(source.words) - 1))
    st.caption(
        f"{forms.title(config.smoothing)}: the index is the order; each line's last number comes from the next line. "
        f"V = {len(source.words) - 1:,}."
    )


def line(term: Term, smoothing: str, add_k: float, n_next: int) -> str:
    """One order's arithmetic, in LaTeX."""
    left, total = rf"p_{{{term.order}}} = ", f"{term.total:,}".replace(",", r"\,")
    result = f" = {_number(term.p)}"
    below = f"{_number(term.gamma)} \\times {_number(term.below)}"
    if smoothing == "kneser_ney":
        own = rf"\frac{{{term.adjusted} - {term.discount:.3f}}}{{{total}}} + " if term.adjusted else ""
        return left + own + below + result
    if smoothing == "witten_bell":
        kinds = round(term.total * term.gamma / (1 - term.gamma)) if term.gamma < 1 else 0
        return left + rf"\frac{{{term.count} + {kinds} \times {_number(term.below)}}}{{{total} + {kinds}}}" + result
    if smoothing == "add_k":
        return left + rf"\frac{{{term.count} + {add_k:g}}}{{{total} + {add_k:g} \times {n_next}}}" + result
    if smoothing == "stupid_backoff" and not term.count:
        return left + below + result
    return left + rf"\frac{{{term.count}}}{{{total}}}" + result


def _number(value: float) -> str:
    """Three digits, the power of ten written out."""
    text = f"{value:.3g}"
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else text
