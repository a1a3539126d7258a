"""A language model over a trie: one form for every smoothing, the form of an ARPA file.

    p(w | h) = p[h w]                 if h w was seen
             = gamma[h] x p(w | h')   else, h' being h without its first word
             = gamma[h] / V           else, if the smoothing `jumps` to the uniform distribution at once

gamma is `unseen` if h was never seen. V counts the words that can come next: all but `<s>`. The rule for words outside
the vocabulary is one for training and scoring: every word of the training text is in it, every other word is `<unk>`,
which was seen zero times.
"""

import dataclasses
import functools
from typing import TypeVar

import numpy as np

from engine.families.ngram.grams import BOS, EOS, UNK
from engine.families.ngram.trie import LOW, Trie

T = TypeVar("T", int, np.ndarray)


@dataclasses.dataclass(frozen=True)
class Model:
    """A smoothed model. For orders k = 1 .. `order`: `p[k - 1]` (n_k,) probabilities of the n-grams of the trie, and
    `gamma[k - 1]` (n_(k-1),) the weight left for unseen words after each context of k - 1 words (gamma[0] has one).

    `discounts` (order, 3): Kneser-Ney's D1, D2, D3+, else zeros; `fallback` (order,) bool: they could not be estimated.
    `sums`: each p(. | h) is a distribution.
    """

    smoothing: str
    trie: Trie
    p: tuple[np.ndarray, ...]
    gamma: tuple[np.ndarray, ...]
    unseen: float
    jumps: bool = False
    sums: bool = True
    discounts: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros((0, 3)))
    fallback: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0, bool))

    @property
    def order(self) -> int:
        """The longest n-grams used."""
        return len(self.p)

    @property
    def n_next(self) -> int:
        """V: the words that can come next."""
        return self.trie.n_next

    def nth_next(self, number: T) -> T:
        """The id of a word by its number among those that can come next, 0 to V - 1."""
        return number + (number >= BOS) * (self.trie.n_words - self.n_next)

    @functools.cached_property
    def own(self) -> tuple[np.ndarray, ...]:
        """The share of each probability that does not come from the shorter context: p[h w] - gamma[h] x p(w | h').

        Not below 0 for interpolated models; drawing a word is drawing from these shares or, with gamma[h], from h'.
        """
        shares = []
        for k in range(1, self.order + 1):
            level = self.trie.levels[k - 1]
            if k == 1 or self.jumps:
                below: np.ndarray | float = 1 / self.n_next
            else:
                below = self.p[k - 2][level.suffix]
            context = self.gamma[k - 1][level.parent] if k > 1 else self.gamma[0]
            shares.append(self.p[k - 1] - context * below)
        shares[0][self.trie.never] = 0
        return tuple(shares)


@dataclasses.dataclass(frozen=True, slots=True)
class Scores:
    """How a model sees a stream, for each token that it predicts (all but `<s>`): `words` int64 ids, `log10_p` (-inf
    for probability 0), `used`: the order of the n-gram that was found, int8."""

    words: np.ndarray
    log10_p: np.ndarray
    used: np.ndarray


def score(model: Model, ids: np.ndarray) -> Scores:
    """Score a stream of sentences, each `<s> ... </s>` (the last `</s>` may be missing); ids (n,).

    The `<s>` that begins a sentence is not scored. Another one is, as certain after the empty context.
    """
    ids = ids.astype(np.int64)
    n = len(ids)
    index = np.arange(n)
    begins = ids == BOS
    since = index - np.maximum.accumulate(np.where(begins, index, 0))  # words of history, with <s>
    begins[1:] &= ids[:-1] == EOS
    within = np.flatnonzero((ids == BOS) & ~begins & (index > 0))
    since[within] = since[within - 1] + 1
    probability = model.p[0][ids]
    if len(model.p[0]) > BOS:
        probability[ids == BOS] = 1
    used = np.ones(n, np.int8)
    node = ids
    for k in range(2, model.order + 1):
        context = np.empty(n, np.int64)
        context[:1], context[1:] = -1, node[:-1]
        here = since >= k - 1
        context[~here] = -1
        node = np.full(n, -1)
        known = np.flatnonzero(context >= 0)
        node[known] = model.trie.find(k, context[known], ids[known])
        weight = np.full(n, model.unseen)
        weight[known] = model.gamma[k - 1][context[known]]
        below = _uniform(model, ids) if model.jumps else probability
        probability = np.where(here, weight * below, probability)
        seen = np.flatnonzero(node >= 0)
        probability[seen], used[seen] = model.p[k - 1][node[seen]], k
    predicted = ~begins
    with np.errstate(divide="ignore"):
        return Scores(ids[predicted], np.log10(probability[predicted]), used[predicted])


def _uniform(model: Model, ids: np.ndarray) -> np.ndarray:
    """1 / V for the words that can come next, 0 for others."""
    return np.where(ids < model.trie.never.stop, ids == UNK, 1) / model.n_next


def contexts(model: Model, history: np.ndarray) -> list[int]:
    """The node of each suffix of a history that was seen, from the empty one (0) to the longest; at most `order` of
    them."""
    trie = model.trie
    found = [0]
    for length in range(1, min(model.order - 1, len(history)) + 1):
        node = int(history[-length])
        for k in range(2, length + 1):
            node = int(trie.find(k, np.array([node]), history[len(history) - length + k - 1 :][:1])[0])
            if node < 0:
                return found
        found.append(node)
    return found


def distribution(model: Model, history: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """p(w | history) for every word, and the order of the n-gram that gave it (0: the uniform share). (n_words,) each.

    `history` holds ids and starts with `<s>` when it is the start of a sentence. `<s>` itself has probability 0. A
    context never seen by maximum likelihood, which says nothing about it, is shortened until it was seen.
    """
    p = np.full(model.trie.n_words, 1 / model.n_next)
    used = np.zeros(model.trie.n_words, np.int8)
    nodes = contexts(model, history)
    for k, node in enumerate(nodes, start=1):
        level = model.trie.levels[k - 1]
        if model.jumps:
            p[:] = 1 / model.n_next
            used[:] = 0
        p *= model.gamma[k - 1][node]
        if k == 1:
            p, used = model.p[0].copy(), np.where(level.count > 0, 1, 0).astype(np.int8)
        else:
            first = model.trie.levels[k - 2].first
            children = slice(int(first[node]), int(first[node + 1]))
            words = (level.key[children] & LOW).astype(np.int64)
            p[words], used[words] = model.p[k - 1][children], k
    p[model.trie.never] = 0
    missing = min(model.order - 1, len(history)) - (len(nodes) - 1)
    if missing > 0 and not model.sums:
        p *= model.unseen**missing
    elif missing > 0 and model.jumps and model.unseen:
        p[:], used[:] = 1 / model.n_next, 0
        p[model.trie.never] = 0
    return p, used
