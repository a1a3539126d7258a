"""From counts to probabilities: maximum likelihood, add-k, stupid backoff, Witten-Bell, modified Kneser-Ney.

    mle              p = c(h w) / c(h)
    add_k            p = (c(h w) + k) / (c(h) + k V)
    stupid_backoff   S = c(h w) / c(h), else 0.4 S(w | h')                  (Brants et al. 2007)
    witten_bell      p = (c(h w) + T(h) p(w | h')) / (c(h) + T(h))          (Witten & Bell 1991)
    kneser_ney       p = (a(h w) - D(a)) / sum a(h .) + gamma(h) p(w | h')  (Chen & Goodman 1999)

S is no distribution: its values do not sum to 1. T(h) is the number of distinct words that follow h. The shortest h' is
the empty context, and below it the uniform distribution over the V words that can come next. Kneser-Ney is the modified
and interpolated one: its adjusted count a is c for the highest order and for n-grams that begin with `<s>`, else the
number of distinct words before it; its discounts come from the counts of counts. With fewer words than that needs they
are 0.5, 1, 1.5 for the whole order, which is what KenLM's `lmplz --discount_fallback` does.
"""

from collections.abc import Iterator

import numpy as np

from engine.families.ngram.grams import BOS
from engine.families.ngram.model import Model
from engine.families.ngram.trie import Trie, starting_with_bos

SMOOTHINGS = ("kneser_ney", "witten_bell", "stupid_backoff", "add_k", "mle")
STUPID = 0.4
FALLBACK = (0.5, 1.0, 1.5)
BLOCK = 1 << 16
"""N-grams worked out at once: few enough for the cache."""


def estimate(trie: Trie, smoothing: str, *, order: int | None = None, add_k: float = 1.0) -> Model:
    """The model of a trie; `order` may be less than the trie's."""
    order = order or trie.order
    if smoothing == "kneser_ney":
        return _kneser_ney(trie, order)
    counts = [level.count.astype(np.float64) for level in trie.levels[:order]]
    counts[0][BOS] = 0
    totals = [_sums(_first(trie, k), counts[k - 1]) for k in range(1, order + 1)]
    if smoothing == "witten_bell":
        kinds = [_sums(_first(trie, k), (counts[k - 1] > 0).astype(np.float64)) for k in range(1, order + 1)]
        gamma = [_ratio(kind, total + kind, 1.0) for kind, total in zip(kinds, totals, strict=True)]
        p = []
        for k, c in enumerate(counts, start=1):
            share = c / _at_parent(_first(trie, k), np.maximum(totals[k - 1] + kinds[k - 1], 1))
            p.append(_interpolated(trie, k, share, gamma[k - 1], p))
        return Model(smoothing, trie, tuple(p), tuple(gamma), unseen=1.0)
    if smoothing == "stupid_backoff":
        p = [c / np.maximum(_at_parent(_first(trie, k), totals[k - 1]), 1) for k, c in enumerate(counts, start=1)]
        gamma = [np.full(len(total), STUPID) for total in totals]
        return Model(smoothing, trie, tuple(p), tuple(gamma), unseen=STUPID, sums=False)
    k_added = add_k if smoothing == "add_k" else 0.0
    mass = k_added * trie.n_next
    p = []
    for k, c in enumerate(counts, start=1):
        below = _at_parent(_first(trie, k), totals[k - 1]) + mass
        p.append((c + k_added) / np.where(below > 0, below, 1))
    p[0][trie.never] = 0
    empty = 1.0 if k_added else 0.0
    gamma = [_ratio(np.full(len(total), mass), total + mass, empty) for total in totals]
    return Model(smoothing, trie, tuple(p), tuple(gamma), unseen=empty, jumps=True)


def _kneser_ney(trie: Trie, order: int) -> Model:
    p, gamma, discounts, fallback = [], [], np.zeros((order, 3)), np.zeros(order, bool)
    for k in range(1, order + 1):
        adjusted = adjusted_counts(trie, k, order)
        discounts[k - 1], fallback[k - 1] = discounts_from(counts_of_counts(trie, k, order, adjusted))
        shorter = p[-1] if p else None
        of_order, weights = _discounted(trie, k, adjusted, np.concatenate(([0.0], discounts[k - 1])), shorter)
        p.append(of_order)
        gamma.append(weights)
        del adjusted
    return Model("kneser_ney", trie, tuple(p), tuple(gamma), unseen=1.0, discounts=discounts, fallback=fallback)


def _discounted(
    trie: Trie, k: int, adjusted: np.ndarray, by_count: np.ndarray, shorter: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """p and gamma of order k, given the discount of each count and p of order k - 1. Block by block, to need little
    memory besides."""
    level, first = trie.levels[k - 1], _first(trie, k)
    p, gamma = np.empty(len(level)), np.empty(len(first) - 1)
    for parents, nodes in _blocks(first):
        begun, share = first[parents.start : parents.stop + 1] - nodes.start, p[nodes]
        share[:] = adjusted[nodes]
        taken = by_count[np.minimum(adjusted[nodes], 3)]
        total = _sums(begun, share)
        gamma[parents] = _ratio(_sums(begun, taken), total, 1.0)
        share -= taken
        share /= _at_parent(begun, np.maximum(total, 1))
        below = _at_parent(begun, gamma[parents])
        below *= 1 / trie.n_next if shorter is None else shorter[level.suffix[nodes]]
        share += below
    if k == 1:
        p[trie.never] = 0
    return p, gamma


def _blocks(first: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Contexts, some at a time, and the n-grams that they begin: about BLOCK of them, or those of one context."""
    low = 0
    while low < len(first) - 1:
        high = max(low + 1, int(np.searchsorted(first, first[low] + BLOCK, side="right")) - 1)
        yield slice(low, high), slice(int(first[low]), int(first[high]))
        low = high


def adjusted_counts(trie: Trie, k: int, order: int) -> np.ndarray:
    """Kneser-Ney's counts of the n-grams of order k in a model of the given order; whole numbers (n_k,), not to be
    written to. 0 for `<s>` alone."""
    level = trie.levels[k - 1]
    if k == order:
        adjusted = level.count.copy() if k == 1 else level.count
    else:
        adjusted = np.bincount(trie.levels[k].suffix, minlength=len(level))
        if k > 1:
            raw = starting_with_bos(trie, k)
            adjusted[raw] = level.count[raw]
    if k == 1:
        adjusted[BOS] = 0
    return adjusted


def counts_of_counts(trie: Trie, k: int, order: int, adjusted: np.ndarray) -> list[int]:
    """How many n-grams of order k have the adjusted count 0, 1, 2, 3, 4.

    As lmplz counts them: of each lower order, the n-gram that comes last when sorted from the last word to the first
    takes part by its plain count.
    """
    n = [int(np.count_nonzero(adjusted == c)) for c in range(5)]
    last = _last(trie, k)
    if k < order and last >= 0:
        for count, change in ((int(adjusted[last]), -1), (int(trie.levels[k - 1].count[last]), 1)):
            if count < len(n):
                n[count] += change
    return n


def _last(trie: Trie, k: int) -> int:
    """The node of order k that comes last when sorted from the last word to the first, -1 if its sentence starts within
    it."""
    node = trie.n_words - 1
    for level in trie.levels[1:k]:
        longer = np.flatnonzero(level.suffix == node)
        if not len(longer):
            return -1
        node = int(longer[-1])
    return node


def discounts_from(n: list[int]) -> tuple[tuple[float, ...], bool]:
    """D1, D2, D3+ from the counts of counts, and whether they had to fall back. Chen & Goodman 1999, equation 26.

    In float32, as lmplz has them: where nearly all counts are 1, its rounding is a visible part of 1 - D1.
    """
    if min(n[1:4]) == 0:
        return FALLBACK, True
    n1, n2, n3, n4 = map(np.float32, n[1:])
    y = n1 / np.float32(n[1] + 2 * n[2])
    found = tuple(float(c - (c + 1) * y * more / these) for c, these, more in ((1, n1, n2), (2, n2, n3), (3, n3, n4)))
    if all(0 <= d <= c for c, d in enumerate(found, start=1)):
        return found, False
    return FALLBACK, True


def _interpolated(trie: Trie, k: int, share: np.ndarray, gamma: np.ndarray, shorter: list[np.ndarray]) -> np.ndarray:
    """p[h w] = own share[h w] + gamma[h] x p[h' w] for order k, given p of the shorter ones; writes it to `share`."""
    if k == 1:
        share += gamma[0] / trie.n_next
        share[trie.never] = 0
        return share
    below = shorter[-1][trie.levels[k - 1].suffix]
    below *= _at_parent(_first(trie, k), gamma)
    share += below
    return share


def _first(trie: Trie, k: int) -> np.ndarray:
    """Where the n-grams of order k after each context of k - 1 words begin, and where they end; (n_(k-1) + 1,)."""
    return trie.levels[k - 2].first if k > 1 else np.array([0, len(trie.levels[0])])


def _sums(first: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum over the words after each context; float64 (len(first) - 1,)."""
    sums, some = np.zeros(len(first) - 1), np.flatnonzero(first[1:] > first[:-1])
    sums[some] = np.add.reduceat(values, first[some], dtype=np.float64) if len(some) else 0
    return sums


def _at_parent(first: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.repeat(values, np.diff(first))


def _ratio(a: np.ndarray, b: np.ndarray, otherwise: float) -> np.ndarray:
    return np.divide(a, b, out=np.full(len(a), otherwise), where=b > 0)
