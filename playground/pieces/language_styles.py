"""Several styles, counted alike: who said it, how much each is surprised by the others, and two of them mixed.

Of every style the same amount of text is counted, so that the numbers can be compared. Plain Python.
"""

import dataclasses

import numpy as np

from engine.data.texts import n_chunks, open_text
from engine.data.tokens import SPECIAL
from engine.data.vocabulary import BOS, EOS
from engine.families.ngram import NgramConfig, NgramLearner
from engine.families.ngram.mixing import Mixture, mixed
from engine.families.ngram.model import Model, score
from engine.metrics.text import BITS_PER_DIGIT, perplexity
from engine.rng import generator
from playground.pieces.language_counted import Counted
from playground.pieces.language_measures import fair_log10

STYLE_BYTES, TEST_BYTES, ORDER = 1_200_000, 60_000, 3
CHUNK = 100_000
NAMES = {
    "speeches:1790-1859": "Speeches before 1860",
    "speeches:1961-2026": "Speeches since 1961",
    "bible": "King James Bible",
    "python": "Python source code",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Style:
    """One style: its model, its words by id, and held-out lines of it."""

    name: str
    learner: NgramLearner
    model: Model
    words: list[str]
    held_out: bytes


def count_style(spec: str) -> Style:
    """Count the beginning of a text, a tenth of the lines held out."""
    text = open_text(spec)
    learner = NgramLearner(NgramConfig(text=spec, order=ORDER, chunk=CHUNK, held_out=0.1))
    steps = min(n_chunks(text, CHUNK), STYLE_BYTES // CHUNK)
    held: list[bytes] = []
    for number in range(steps):
        learner.step(number)
        held.append(learner.lines(number)[1])
    return Style(NAMES.get(spec, text.title), learner, learner.model(), learner.words(), b"".join(held)[:TEST_BYTES])


def specs(source: Counted) -> list[str]:
    """The styles that are compared: the fixed ones, and the text on the stage if it is in words and another."""
    own = source.config.text
    known = own.partition(":")[0] in ("speeches", "bible", "python", "names") or source.config.tokenizer != "words"
    return [*NAMES] if known else [*NAMES, own]


def vocabulary_size(styles: list[Style]) -> int:
    """Different words of all styles together."""
    return len({word for one in styles for word in one.words})


def log10_p(style: Style, text: bytes, n_words: int) -> tuple[np.ndarray, list[str]]:
    """log10 p of each token of a text, and the tokens, `</s>` as ¶; a word a style does not know has its share of
    `<unk>`, so that all styles are asked about the same `n_words` words."""
    ids = style.learner.encode(text.decode(errors="ignore"))
    found = score(style.model, ids)
    tokens = ["¶" if token == "</s>" else str(token) for token in style.learner.tokenizer.stream(text + b"\n")]
    return fair_log10(found, 1 + n_words - len(style.words)), tokens


def surprise(trained: Style, tested: Style, n_words: int) -> float:
    """Perplexity of one style's held-out text by another's model."""
    return perplexity(log10_p(trained, tested.held_out, n_words)[0])


def who_said_it(styles: list[Style], sentence: str) -> tuple[list[str], np.ndarray]:
    """The tokens of a sentence, and the bits each style pays for each: (n_styles, n_tokens)."""
    n_words = vocabulary_size(styles)
    line = " ".join(sentence.split()).encode(errors="replace")
    columns = [log10_p(one, line, n_words) for one in styles]
    bits = np.stack([-BITS_PER_DIGIT * found for found, _ in columns])
    return columns[0][1][: bits.shape[1]], bits


def mixture(a: Style, b: Style) -> Mixture:
    """Two styles as one model."""
    return mixed([(a.model, a.words), (b.model, b.words)])


def write_mixed(mix: Mixture, weight: float, seed: int, n: int) -> list[tuple[str, float]]:
    """Words drawn from the mixture that gives the second style this weight, and how probably each is the second's."""
    history, out = [BOS], []
    shares = np.array([1 - weight, weight])
    for t in range(n):
        parts = mix.parts(np.array(history[-(ORDER - 1) :], np.int64))
        p = shares @ parts
        sums = np.cumsum(p)
        word = min(int(np.searchsorted(sums, generator(seed, "mix", t).random() * sums[-1], side="right")), len(p) - 1)
        second = float(shares[1] * parts[1, word] / p[word]) if p[word] > 0 else 0.5
        out.append(("¶" if word == EOS else mix.words[word], second))
        history = [BOS] if word == EOS else [*history, word]
    return [(word, second) for word, second in out if word not in SPECIAL]
