"""The trie of all orders: the distinct n-grams of each order k = 1 .. n, with parents, suffixes and counts, as arrays.

Node i of order k stands for w1 .. wk. Its parent is w1 .. w(k-1), its suffix is w2 .. wk, both of order k - 1. Nodes
are sorted by (parent, word), so the children of a node are neighbours, and a child is found by one binary search.
Order 1 is dense: node i is word i, whether it was seen or not.
"""

import dataclasses

import numpy as np

from engine.families.ngram.grams import BOS, EOS, Grams, layout

SHIFT = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
MANY = 20_000
BLOCK = 1 << 21
"""N-grams worked on at once."""

Rows = list[tuple[np.ndarray, np.ndarray, np.ndarray]]
"""What `prefixes` gives: for each order last words, counts, and rows of the order before."""


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """The n-grams of one order: `key` uint64 = parent << 32 | word, sorted; `suffix` int32; `count` int32 or int64, as
    the `Grams` have it; (n,) each.

    `first` int32 (n + 1,): the children of node i are the nodes first[i] .. first[i + 1] - 1 of the next order;
    empty in the last order.
    """

    key: np.ndarray
    suffix: np.ndarray
    count: np.ndarray
    first: np.ndarray

    def __len__(self) -> int:
        return len(self.key)

    @property
    def word(self) -> np.ndarray:
        """The last word of each n-gram, int64."""
        return (self.key & LOW).view(np.int64)

    @property
    def parent(self) -> np.ndarray:
        """The node of each n-gram without its last word, int64."""
        return (self.key >> SHIFT).view(np.int64)


@dataclasses.dataclass(frozen=True, slots=True)
class Trie:
    """`levels[k - 1]` holds order k; `n_words` counts the vocabulary with `<unk>`, `<s>` and `</s>`."""

    levels: tuple[Level, ...]
    n_words: int

    @property
    def order(self) -> int:
        """The longest n-grams there are."""
        return len(self.levels)

    @property
    def distinct(self) -> list[int]:
        """Distinct n-grams of each order, as an ARPA file counts them: order 1 has `<unk>`, `<s>` and `</s>` too."""
        return [self.n_words - (self.never.stop - EOS), *(len(level) for level in self.levels[1:])]

    @property
    def never(self) -> slice:
        """The ids that never come next: `<s>`, and `</s>` in a text without a line end, where lmplz has none."""
        return slice(BOS, EOS if self.levels[0].count[EOS] else EOS + 1)

    @property
    def n_next(self) -> int:
        """V: the words that can come next."""
        return self.n_words - (self.never.stop - self.never.start)

    @property
    def n_bytes(self) -> int:
        """Memory held, in bytes."""
        arrays = (a for v in self.levels for a in (v.key, v.suffix, v.count, v.first))
        return sum(array.nbytes for array in arrays)

    def find(self, order: int, parents: np.ndarray, words: np.ndarray) -> np.ndarray:
        """The nodes of this order (>= 2) with these parents and last words, -1 where there is none. int64 (n,)."""
        keys = self.levels[order - 1].key
        wanted = (parents.astype(np.uint64) << SHIFT) | words.astype(np.uint64)
        if not len(keys):
            return np.full(len(wanted), -1)
        at = np.minimum(_search(keys, wanted), len(keys) - 1)
        return np.where((keys[at] == wanted) & (parents >= 0), at, -1)

    def spelled(self, order: int, nodes: np.ndarray) -> np.ndarray:
        """The words of nodes: ids (n, order), int64."""
        words = np.empty((len(nodes), order), np.int64)
        for k in range(order, 0, -1):
            key = self.levels[k - 1].key[nodes]
            words[:, k - 1], nodes = key & LOW, (key >> SHIFT).astype(np.int64)
        return words


def build(grams: Grams, n_words: int) -> Trie:
    """The trie of counted windows; `n_words` is the size of the vocabulary."""
    return linked(_levels(grams, n_words), n_words)


def _levels(grams: Grams, n_words: int) -> list[Level]:
    """The levels without their `first`."""
    rows = prefixes(grams)[::-1]
    levels: list[Level] = []
    at = np.empty(0, np.int32)  # node of each row of the order before
    while rows:
        words, counts, parent_rows = rows.pop()
        real = words != 0
        if not levels:
            count = np.zeros(n_words, counts.dtype)
            count[words] = counts
            key, suffix = np.arange(n_words, dtype=np.uint64), np.zeros(n_words, np.int32)
            at = words.astype(np.int32)
        else:
            key = at[parent_rows[real]].astype(np.uint64)
            key <<= SHIFT
            key |= words[real]
            suffix = _suffixes(levels, key)
            count = counts[real]
            at = np.cumsum(real, dtype=np.int32)
            at -= 1
        levels.append(Level(key, suffix, count, np.empty(0, np.int32)))
    return levels


def linked(levels: list[Level], n_words: int) -> Trie:
    """The trie of levels whose `first` is still empty."""
    for k in range(len(levels) - 1):
        first = np.empty(len(levels[k]) + 1, np.int32)
        for low in range(0, len(first), BLOCK):
            nodes = np.arange(low, min(low + BLOCK, len(first)), dtype=np.uint64)
            first[low : low + BLOCK] = np.searchsorted(levels[k + 1].key, nodes << SHIFT)
        levels[k] = dataclasses.replace(levels[k], first=first)
    return Trie(tuple(levels), n_words)


def _search(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """np.searchsorted, asked in rising order when there is much to ask, which spares the cache."""
    if len(wanted) < MANY:
        return np.searchsorted(keys, wanted)
    rising = np.argsort(wanted)
    found = np.empty(len(wanted), np.int64)
    found[rising] = np.searchsorted(keys, wanted[rising])
    return found


def _suffixes(levels: list[Level], keys: np.ndarray) -> np.ndarray:
    """Node (parent, word) has the suffix (suffix of the parent, word). Block by block, to need little memory."""
    found = np.empty(len(keys), np.int32)
    for low in range(0, len(keys), BLOCK):
        key = keys[low : low + BLOCK]
        if len(levels) == 1:
            found[low : low + BLOCK] = key & LOW
        else:
            wanted = (levels[-1].suffix[key >> SHIFT].astype(np.uint64) << SHIFT) | (key & LOW)
            found[low : low + BLOCK] = _search(levels[-1].key, wanted)
    return found


def prefixes(grams: Grams) -> Rows:
    """For each order k the distinct k-prefixes of the windows: last word uint32, count, and row of the order before.

    A prefix that reaches beyond its sentence ends in word 0. Built from the longest to the shortest.
    """
    mask, shift = np.uint64((1 << grams.bits) - 1), np.uint64(grams.bits)
    widths = layout(grams.order, grams.bits)
    found = []
    counts = grams.counts
    for number in range(len(widths) - 1, -1, -1):
        key = grams.levels[number]
        for left in range(widths[number], 0, -1):
            words, shorter = np.empty(len(key), np.uint32), key >> shift
            np.bitwise_and(key, mask, out=words, casting="unsafe")
            new = np.ones(len(shorter), bool)
            np.not_equal(shorter[1:], shorter[:-1], out=new[1:])
            rows = np.cumsum(new, dtype=np.int32)
            rows -= 1
            found.append((words, counts, rows))
            starts = np.flatnonzero(new)
            key = shorter[starts] if left > 1 else key
            counts = np.add.reduceat(counts, starts, dtype=counts.dtype) if len(starts) else counts
    return found[::-1]


def most_frequent(rows: Rows, n: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """For each order k: how many different k-grams there are, the ids of the `n` most frequent ones (<= n, k), their
    counts; of equals the earlier in the trie."""
    found = []
    for k, (words, counts, _) in enumerate(rows, start=1):
        real = words != 0
        best = _largest(np.where(real, counts, 0), min(n, int(real.sum())))
        spelled, at = np.empty((len(best), k), np.int64), best
        for level in range(k - 1, -1, -1):
            last, _, parents = rows[level]
            spelled[:, level], at = last[at], parents[at]
        found.append((int(real.sum()), spelled, counts[best]))
    return found


def most_frequent_of(trie: Trie, n: int) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """The same of a trie that is already there."""
    found = []
    for k, level in enumerate(trie.levels, start=1):
        best = _largest(level.count, min(n, int(np.count_nonzero(level.count)) if k == 1 else len(level)))
        found.append((trie.distinct[k - 1], trie.spelled(k, best), level.count[best]))
    return found


def _largest(counts: np.ndarray, n: int) -> np.ndarray:
    """The places of the n largest counts, in falling order, the earlier first among equals."""
    if n == 0:
        return np.empty(0, np.int64)
    able = np.flatnonzero(counts >= np.partition(counts, -n)[-n])
    return able[np.argsort(-counts[able], kind="stable")][:n]


def starting_with_bos(trie: Trie, order: int) -> slice:
    """The nodes of an order whose first word is `<s>`; they are neighbours."""
    low, high = BOS, BOS + 1
    for k in range(order - 1):
        first = trie.levels[k].first
        low, high = int(first[low]), int(first[high])
    return slice(low, high)
