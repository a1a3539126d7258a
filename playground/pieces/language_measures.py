"""What is measured of a counted text: copying, and perplexity, by order, by smoothing, by size. Plain Python.

Each measurement is a list of small tasks, done one after the other while the page shows what is there already, and
kept with the counted text.
"""

import dataclasses
import time
from collections.abc import Callable, Hashable, Mapping

import numpy as np

from engine.data.vocabulary import BOS, UNK
from engine.families.ngram import NgramLearner, copies
from engine.families.ngram.model import Scores, score
from engine.families.ngram.sampling import Walker, stream
from engine.families.ngram.smoothing import estimate
from engine.metrics import text as text_metrics
from playground.pieces.language_counted import Counted

BUDGET = 0.25
"""Seconds of work between two pictures."""
WRITTEN = 1000
"""Words that are written to see how much of them is copied."""
TRAIN_IDS = 80_000
DISTRIBUTIONS = ("kneser_ney", "witten_bell", "add_k", "mle")
"""Smoothings with a perplexity; stupid backoff gives no distribution."""
SIZES = 7

Results = dict[Hashable, dict[str, float]]
Tasks = Mapping[Hashable, Callable[[], dict[str, float]]]


def gradually(source: Counted, name: str, tasks: Tasks, budget: float = BUDGET) -> tuple[Results, int]:
    """What is known of the tasks after working on them for the budget, and how many are left."""
    until = time.perf_counter() + budget
    left = 0
    found: Results = {}
    for key, task in tasks.items():
        if source.known((name, key)) or (time.perf_counter() < until):
            found[key] = source.once((name, key), task)
        else:
            left += 1
    return found, left


def copying(source: Counted, smoothing: str, add_k: float, seed: int) -> Tasks:
    """Copied share and longest span of a text written by each order, by this smoothing and by plain counts; and of
    held-out text, which is nobody's copy."""

    def written(order: int, name: str) -> dict[str, float]:
        model = source.model(order, name, add_k)
        words = stream(Walker(model), seed)
        return _copied(source, np.array([next(words)[0] for _ in range(WRITTEN)], np.int32))

    tasks = {
        (order, name): (lambda o=order, n=name: written(o, n)) for name in (smoothing, "mle") for order in source.orders
    }
    return {**tasks, "held-out": lambda: _copied(source, source.held_out()[:WRITTEN])}


def _copied(source: Counted, ids: np.ndarray) -> dict[str, float]:
    ids = ids[ids != BOS]
    if not len(ids):
        return {"share": float("nan"), "longest": 0.0}
    spans = copies.trace(source.source(), ids)
    return {"share": spans.share, "longest": float(spans.length.max(initial=0))}


def held_out(source: Counted, add_k: float) -> Tasks:
    """Perplexity of held-out and of training text, and the share of events at probability 0, by smoothing and order."""

    def measured(order: int, name: str) -> dict[str, float]:
        model = source.model(order, name, add_k)
        train = text_metrics.scores(score(model, source.source().ids[:TRAIN_IDS]).log10_p)
        return {**text_metrics.scores(score(model, source.held_out()).log10_p), "train": train["perplexity"]}

    return {(o, name): (lambda o=o, n=name: measured(o, n)) for name in DISTRIBUTIONS for o in source.orders}


def never_seen(source: Counted) -> np.ndarray:
    """The share of held-out words whose n-gram was never seen, for each order; (n_orders,)."""

    def measure() -> np.ndarray:
        found = score(source.model(source.orders[-1], "mle"), source.held_out())
        used = np.where(found.words == UNK, 0, found.used)
        return np.array([float((used < order).mean()) for order in source.orders])

    return source.once("never seen", measure)


def by_size(source: Counted, smoothing: str, add_k: float) -> Tasks:
    """Perplexity of held-out text after a part of the text was counted, by the number of chunks."""
    steps = sorted({max(1, round(source.step / 2**k)) for k in range(SIZES)})
    learner, ahead = NgramLearner(source.config), iter(range(source.step))

    def measured(step: int) -> dict[str, float]:
        for number in ahead:
            learner.step(number)
            if number + 1 == step:
                break
        found = score(estimate(learner.trie(), smoothing, add_k=add_k), learner.encode(learner.held_out().decode()))
        fair = fair_log10(found, 1 + len(source.words) - len(learner.words()))
        return {"tokens": float(learner.tokens), **text_metrics.scores(fair)}

    return {step: (lambda s=step: measured(s)) for step in steps}  # in rising order: the learner only goes on


def fair_log10(found: Scores, n_strangers: int) -> np.ndarray:
    """log10 p where `<unk>` stands for so many words: each has its share, so a small vocabulary is no advantage."""
    return found.log10_p - np.where(found.words == UNK, np.log10(max(n_strangers, 1)), 0.0)


@dataclasses.dataclass(frozen=True, slots=True)
class Size:
    """One order: n-grams there could be, n-grams there are, and the bytes of a table of each."""

    order: int
    dense: float
    distinct: int
    dense_bytes: float
    distinct_bytes: float


COUNT_BYTES = 4
"""A number in a table with a place for every n-gram."""


def sizes(source: Counted) -> list[Size]:
    """Every order counted: in theory and in practice."""
    trie = source.deep() if source.known("deep") else source.trie
    found = []
    for order, (level, distinct) in enumerate(zip(trie.levels, trie.distinct, strict=True), 1):
        dense = float(len(source.words)) ** order
        held = sum(array.nbytes for array in (level.key, level.suffix, level.count, level.first))
        found.append(Size(order, dense, distinct, COUNT_BYTES * dense, float(held)))
    return found


SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_powers(n: float) -> str:
    """A whole number as a person reads it; from a million on two digits and a power of ten."""
    if n < 1e6:
        return f"{n:,.0f}"
    mantissa, _, exponent = f"{n:.1e}".partition("e+")
    return f"{mantissa} · 10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def in_bytes(n: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB"):
        if n < 1000:
            return f"{n:.3g} {unit}"
        n /= 1000
    return f"{n:.3g} YB"
