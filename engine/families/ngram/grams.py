"""Counting n-grams by sorting: windows of n token ids, packed into integers, sorted, run lengths taken, runs merged.

A window starts at every token of a sentence `<s> w1 ... wm </s>` and is filled with 0 beyond its end, so the sorted
distinct windows hold the k-grams of every order k <= n: they are the distinct prefixes without a 0. When n ids do
not fit 64 bits, the first ones are packed and ranked, and the rank is packed with the next ones, and so on: each
level is one sorted array.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np

from engine.data.vocabulary import BOS, EOS, UNK

__all__ = ["BOS", "EOS", "UNK", "Counter", "Grams", "count", "empty", "layout", "merge", "pack", "unpack"]

WORD = 64
RANK_BITS = 28
"""A rank packed with further ids: at most 268 million distinct prefixes."""
MIN_BITS = 10
BLOCK = 1 << 20
"""Windows merged at once."""


@dataclasses.dataclass(frozen=True, slots=True)
class Grams:
    """Sorted distinct windows with their counts.

    `levels`: uint64 arrays, each sorted and distinct; an element of the first packs the first ids of a window,
    `bits` each, an element of a later one packs (rank in the level before, next ids). `counts` int32
    (len(levels[-1]),), int64 if together they are 2^31 or more. The arrays are read-only, so that they can be shared.
    """

    order: int
    bits: int
    levels: tuple[np.ndarray, ...]
    counts: np.ndarray

    def __post_init__(self) -> None:
        for array in (*self.levels, self.counts):
            array.flags.writeable = False

    @property
    def n_bytes(self) -> int:
        """Memory held, in bytes."""
        return sum(level.nbytes for level in self.levels) + self.counts.nbytes


def bits_for(n_words: int) -> int:
    """Bits an id takes when there are `n_words` ids, with room for as many again."""
    return max(MIN_BITS, (2 * n_words - 1).bit_length())


def layout(order: int, bits: int) -> tuple[int, ...]:
    """How many ids each level adds."""
    widths = [min(order, WORD // bits)]
    while sum(widths) < order:
        widths.append(min(order - sum(widths), (WORD - RANK_BITS) // bits))
    return tuple(widths)


def empty(order: int, bits: int) -> Grams:
    """No windows at all."""
    levels = tuple(np.empty(0, np.uint64) for _ in layout(order, bits))
    return Grams(order, bits, levels, np.empty(0, np.int32))


def count(ids: np.ndarray, order: int, bits: int) -> Grams:
    """Count the windows of a stream of sentences, each `<s> ... </s>`; ids (n,) of any integer type."""
    if not len(ids):
        return empty(order, bits)
    columns = _columns(ids, order)
    levels: list[np.ndarray] = []
    key = np.zeros(len(ids), np.uint64)
    widths = layout(order, bits)
    for number, width in enumerate(widths):
        for _ in range(width):
            key <<= np.uint64(bits)
            key |= next(columns)
        if number < len(widths) - 1:
            distinct, key = np.unique(key, return_inverse=True)
            key = key.astype(np.uint64)
            levels.append(distinct)
    key.sort()
    distinct, counts = _run_lengths(key)
    return Grams(order, bits, (*levels, distinct), counts)


def _columns(ids: np.ndarray, order: int) -> Iterator[np.ndarray]:
    """The ids at distance 0, 1, ... from each position, 0 beyond the end of its sentence. uint64 (n,) each."""
    column = ids.astype(np.uint64)
    inside = np.ones(len(ids), bool)
    ends = ids == EOS
    yield column
    for distance in range(1, order):
        inside[: max(0, len(ids) - distance + 1)] &= ~ends[distance - 1 :]
        shifted = np.zeros(len(ids), np.uint64)
        shifted[:-distance] = column[distance:]
        shifted[~inside] = 0
        yield shifted


def _run_lengths(ordered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    starts = _starts(ordered)
    return ordered[starts], np.diff(starts, append=len(ordered)).astype(count_type(len(ordered)))


def count_type(total: int) -> type[np.signedinteger]:
    """The type of counts that are `total` together."""
    return np.int32 if total <= np.iinfo(np.int32).max else np.int64


def _starts(ordered: np.ndarray) -> np.ndarray:
    """Where each run of equal values starts in a sorted array (at least one value long)."""
    new = np.empty(len(ordered), bool)
    new[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new)


def merge(a: Grams, b: Grams) -> Grams:
    """The counts of both together; they must be of the same order and bits."""
    if not len(a.counts) or not len(b.counts):
        return b if not len(a.counts) else a
    widths, levels = layout(a.order, a.bits), []
    keys_a, keys_b = a.levels[0], b.levels[0]
    for number, width in enumerate(widths[1:], start=1):
        both, to_a, to_b = _merge_keys(keys_a, keys_b)
        levels.append(both)
        keys_a = _reranked(a.levels[number], to_a, width * a.bits)
        keys_b = _reranked(b.levels[number], to_b, width * a.bits)
        del both, to_a, to_b
    keys, counts = _merge_counts(keys_a, a.counts, keys_b, b.counts)
    return Grams(a.order, a.bits, (*levels, keys), counts)


def _merge_keys(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The union of two sorted distinct arrays (a not empty), and where the elements of each stand in it, uint32."""
    keys = np.empty(len(a) + len(b), np.uint64)
    to_a, to_b, n = np.empty(len(a), np.uint32), np.empty(len(b), np.uint32), 0
    for of_a, of_b in _blocks(a, b):
        both, at_a, at_b = _union(a[of_a], b[of_b])
        keys[n : n + len(both)] = both
        to_a[of_a], to_b[of_b] = at_a + n, at_b + n
        n += len(both)
    keys.resize(n, refcheck=False)
    return keys, to_a, to_b


def _merge_counts(
    keys_a: np.ndarray, counts_a: np.ndarray, keys_b: np.ndarray, counts_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The union of two sorted distinct arrays (the first not empty), with the sums of their counts."""
    most = len(keys_a) + len(keys_b)
    kind = count_type(int(counts_a.sum()) + int(counts_b.sum()))
    keys, counts, n = np.empty(most, np.uint64), np.zeros(most, kind), 0
    for of_a, of_b in _blocks(keys_a, keys_b):
        both, at_a, at_b = _union(keys_a[of_a], keys_b[of_b])
        keys[n : n + len(both)] = both
        counts[n : n + len(both)][at_a] = counts_a[of_a]
        counts[n : n + len(both)][at_b] += counts_b[of_b]
        n += len(both)
    keys.resize(n, refcheck=False)
    counts.resize(n, refcheck=False)
    return keys, counts


def _blocks(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Parts of two sorted distinct arrays that can be merged one after the other, which needs little memory besides.

    BLOCK elements of the first each, and those of the second before the next block.
    """
    low_b = 0
    for low_a in range(0, len(a), BLOCK):
        high_a = min(low_a + BLOCK, len(a))
        high_b = len(b) if high_a == len(a) else int(np.searchsorted(b, a[high_a]))
        yield slice(low_a, high_a), slice(low_b, high_b)
        low_b = high_b


def _union(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The union of two sorted distinct arrays (a not empty), and where the elements of each came to stand in it."""
    if len(a) < len(b):
        both, at_b, at_a = _union(b, a)
        return both, at_a, at_b
    before = np.searchsorted(a, b)  # sorted questions: fast
    new = a[np.minimum(before, len(a) - 1)] != b
    slots = before[new]
    at_a = np.arange(len(a)) + np.cumsum(np.bincount(slots, minlength=len(a) + 1))[: len(a)]
    at_b = np.empty(len(b), np.int64)
    at_b[new] = slots + np.arange(len(slots))
    at_b[~new] = at_a[before[~new]]
    both = np.empty(len(a) + len(slots), a.dtype)
    both[at_a], both[at_b] = a, b
    return both, at_a, at_b


def _reranked(keys: np.ndarray, ranks: np.ndarray, shift: int) -> np.ndarray:
    out = ranks[keys >> np.uint64(shift)].astype(np.uint64)
    out <<= np.uint64(shift)
    out |= keys & np.uint64((1 << shift) - 1)
    return out


def unpack(grams: Grams) -> list[np.ndarray]:
    """The columns of the distinct windows: `order` arrays of uint32 (n_windows,)."""
    columns: list[np.ndarray] = []
    row = np.arange(len(grams.counts))
    mask, shift = np.uint64((1 << grams.bits) - 1), np.uint64(grams.bits)
    for number in range(len(grams.levels) - 1, -1, -1):
        key = grams.levels[number][row]
        for _ in range(layout(grams.order, grams.bits)[number]):
            columns.append((key & mask).astype(np.uint32))
            key = key >> shift
        row = key  # the rank in the level before, or 0 at the first
    return columns[::-1]


def pack(columns: list[np.ndarray], counts: np.ndarray, bits: int) -> Grams:
    """Grams from the columns of windows that are sorted and distinct."""
    order = len(columns)
    if not len(counts):
        return empty(order, bits)
    levels: list[np.ndarray] = []
    key, at = np.zeros(len(counts), np.uint64), 0
    for width in layout(order, bits):
        for column in columns[at : at + width]:
            key = (key << np.uint64(bits)) | column.astype(np.uint64)
        at += width
        starts = _starts(key)
        levels.append(key[starts])
        key = np.repeat(np.arange(len(starts), dtype=np.uint64), np.diff(starts, append=len(key)))
    return Grams(order, bits, tuple(levels), counts.astype(count_type(int(counts.sum()))))


def widen(grams: Grams, bits: int) -> Grams:
    """The same grams with more bits an id; the order of windows stays."""
    return grams if bits == grams.bits else pack(unpack(grams), grams.counts, bits)


class Counter:
    """Grams that grow by chunks: runs of falling size, merged as a binary counter carries, so each n-gram is moved a
    logarithmic number of times."""

    def __init__(self, order: int) -> None:
        self.order, self.bits = order, MIN_BITS
        self.runs: list[Grams] = []

    def add(self, ids: np.ndarray, n_words: int) -> None:
        """Count a stream of sentences whose ids are below `n_words`."""
        self.fit(n_words)
        self.add_grams(count(ids, self.order, self.bits))

    def fit(self, n_words: int) -> None:
        """Give ids enough bits for so many words."""
        if (n_words - 1).bit_length() > self.bits:
            self.bits = bits_for(n_words)
            self.runs = [widen(run, self.bits) for run in self.runs]

    def add_grams(self, grams: Grams) -> None:
        """Add counts made elsewhere, with this counter's bits."""
        while self.runs and len(self.runs[-1].counts) <= 2 * len(grams.counts):
            grams = merge(self.runs.pop(), grams)
        self.runs.append(grams)

    def settle(self) -> None:
        """Merge all runs into one, as is best at the end of a text, when all counts are wanted."""
        grams = empty(self.order, self.bits)
        while self.runs:
            grams = merge(self.runs.pop(), grams)
        self.runs = [grams] if len(grams.counts) else []

    def total(self) -> Grams:
        """All counts as one. The runs stay as they are."""
        grams = empty(self.order, self.bits)
        for run in reversed(self.runs):
            grams = merge(run, grams)
        return grams
