"""Naive Bayes on words: two styles of text, each a bag of words; which one is a sentence of, and what would each write?

    log p(style | sentence) = log p(style) + sum over words of log p(word | style) - log p(sentence)

Multinomial Naive Bayes (McCallum & Nigam 1998) by scikit-learn. The order of words counts for nothing, so what it
writes is a unigram: words drawn one by one. Counts of a word are smoothed by add-k; a word in neither style weighs
nothing.
"""

import dataclasses
import functools
import re

import numpy as np

from engine.config import ConfigError
from engine.data.texts import open_text
from engine.metrics import classification
from engine.rng import generator

STYLES = {
    "presidents before 1860": "speeches:1790-1859",
    "presidents since 1950": "speeches:1950-2026",
    "King James Bible": "bible",
    "Python programs": "python",
}
"""What a person may choose between, as data/texts.py names it."""
WORD = r"[^\W\d_]+(?:['’][^\W\d_]+)*"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
MAX_SENTENCES = 4000
"""Of each style, chosen at random."""
LEAST_WORDS = 4
HELD_OUT_SHARE = 0.25
MAX_WEIGHED = 60
"""Words of a sentence that are weighed."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Styles:
    """Two styles learned: names, the words (V,), log p(word | style) (2, V), log p(style) (2,), and held-out
    numbers."""

    names: tuple[str, str]
    words: np.ndarray
    index: dict[str, int]
    log_p: np.ndarray
    log_prior: np.ndarray
    n_train: int
    n_test: int
    accuracy: float
    log_loss: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A sentence on the scales: its words, log p(word | second) - log p(word | first) of each (0: unknown), whether
    each is known, the log odds of the prior, and p(second style | sentence)."""

    words: tuple[str, ...]
    log_odds: np.ndarray
    known: np.ndarray
    log_prior_odds: float
    posterior: float


@functools.lru_cache(maxsize=6)
def learn(first: str, second: str, *, add_k: float = 1.0, seed: int = 0) -> Styles:
    """Learn two of STYLES from three quarters of their sentences; raises ConfigError for the same one twice."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB

    for name in (first, second):
        if name not in STYLES:
            raise ConfigError("style", name, "must be one of " + ", ".join(STYLES))
    if first == second:
        raise ConfigError("style", first, "is chosen twice; two different ones are needed")
    sets = [_sentences(STYLES[name], seed) for name in (first, second)]
    n_test = [int(HELD_OUT_SHARE * len(sentences)) for sentences in sets]
    train = [s for sentences, n in zip(sets, n_test, strict=True) for s in sentences[n:]]
    test = [s for sentences, n in zip(sets, n_test, strict=True) for s in sentences[:n]]
    y = np.repeat([0, 1], [len(s) - n for s, n in zip(sets, n_test, strict=True)])
    counter = CountVectorizer(token_pattern=WORD)
    counts = counter.fit_transform(train)
    model = MultinomialNB(alpha=add_k).fit(counts, y)
    p, y_test = model.predict_proba(counter.transform(test)), np.repeat([0, 1], n_test)
    words = counter.get_feature_names_out()
    return Styles(
        names=(first, second),
        words=words,
        index={word: i for i, word in enumerate(words)},
        log_p=model.feature_log_prob_,
        log_prior=model.class_log_prior_,
        n_train=len(train),
        n_test=len(test),
        accuracy=classification.accuracy(p, y_test),
        log_loss=classification.log_loss(p, y_test),
    )


def weigh(styles: Styles, sentence: str) -> Weighed:
    """What each word of a sentence (its first 60) says for the second style, and the posterior."""
    words = tuple(re.findall(WORD, sentence.lower()))[:MAX_WEIGHED]
    places = [styles.index.get(word, -1) for word in words]
    difference = styles.log_p[1] - styles.log_p[0]
    log_odds = np.array([difference[i] if i >= 0 else 0.0 for i in places])
    prior = float(styles.log_prior[1] - styles.log_prior[0])
    total = prior + float(log_odds.sum())
    return Weighed(
        words=words,
        log_odds=log_odds,
        known=np.array([i >= 0 for i in places], dtype=bool),
        log_prior_odds=prior,
        posterior=float(0.5 * (1 + np.tanh(total / 2))),  # the logistic function, which this way never overflows
    )


def write(styles: Styles, style: int, n: int, *, seed: int) -> str:
    """`n` words of one style, each drawn for itself: a unigram."""
    p = np.exp(styles.log_p[style])
    chosen = generator(seed, f"words of style {style}").choice(len(p), n, p=p / p.sum())
    return " ".join(styles.words[chosen])


def _sentences(spec: str, seed: int) -> list[str]:
    """At most MAX_SENTENCES sentences of a text, in random order."""
    found = [s for s in SENTENCE_END.split(bytes(open_text(spec).data[:]).decode()) if len(s.split()) >= LEAST_WORDS]
    order = generator(seed, f"sentences of {spec}").permutation(len(found))[:MAX_SENTENCES]
    return [found[i] for i in order]
