"""One probability taken apart: what each order adds to it, so that it can be worked out by hand.

p(w | h) = own + gamma(h) x p(w | h'),   down to the uniform share 1 / V
"""

import dataclasses

import numpy as np

from engine.families.ngram.grams import BOS
from engine.families.ngram.model import Model, contexts
from engine.families.ngram.smoothing import adjusted_counts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What the context of `order` - 1 words says of a word.

    `count`: c(h w); `adjusted`: the same, or Kneser-Ney's; `discount`: what is taken from it; `total`: the sum of the
    adjusted counts after h; `own`: the share that h itself gives; `gamma`: the weight of the shorter context; `below`:
    its p; `p`: the probability so far.
    """

    order: int
    count: int
    adjusted: int
    discount: float
    total: int
    own: float
    gamma: float
    below: float
    p: float


def terms(model: Model, history: np.ndarray, word: int) -> tuple[Term, ...]:
    """The terms of p(word | history), from the shortest context to the longest that was seen; the last one's p is that
    of `distribution`, unless the history is longer than what was seen and the model weighs that. word: not `<s>`."""
    found: list[Term] = []
    uniform = 1 / model.n_next
    p = uniform
    for order, context in enumerate(contexts(model, history), start=1):
        level = model.trie.levels[order - 1]
        first, last = _children(model, order, context)
        at = word if order == 1 else int(model.trie.find(order, np.array([context]), np.array([word]))[0])
        adjusted = _adjusted(model, order)[first:last]
        count = int(level.count[at]) if at >= 0 else 0
        own_adjusted = int(adjusted[at - first]) if at >= 0 else 0
        gamma = float(model.gamma[order - 1][context])
        below = uniform if model.jumps else p
        p = float(model.p[order - 1][at]) if at >= 0 else gamma * below
        discount = (
            float(model.discounts[order - 1][min(own_adjusted, 3) - 1])
            if len(model.discounts) and own_adjusted
            else 0.0
        )
        found.append(
            Term(
                order=order, count=count, adjusted=own_adjusted, discount=discount, total=int(adjusted.sum()),
                own=p - gamma * below, gamma=gamma, below=below, p=p,
            )
        )  # fmt: skip
    return tuple(found)


def _children(model: Model, order: int, context: int) -> tuple[int, int]:
    if order == 1:
        return 0, model.trie.n_words
    first = model.trie.levels[order - 2].first
    return int(first[context]), int(first[context + 1])


def _adjusted(model: Model, order: int) -> np.ndarray:
    if model.smoothing == "kneser_ney":
        return adjusted_counts(model.trie, order, model.order)
    count = model.trie.levels[order - 1].count
    if order == 1:
        count = count.copy()
        count[BOS] = 0
    return count
