"""Where did it come from: the longest spans of a text that stand word for word in the training text.

A suffix array (Manber & Myers 1993) over the token ids, made by doubling: positions are sorted by their first
tokens, then again and again by twice as many, and only those that still tie are looked at. A span is found by binary
search.
"""

import dataclasses

import numpy as np

WORD_BITS = 64


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A training text, ready to be searched: `ids` int32 (n,), `order`: its positions sorted by the text from there
    on."""

    ids: np.ndarray
    order: np.ndarray
    big_endian: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Spans:
    """Copied spans as they come in the text asked about, not overlapping: `start`, `length` there, `position` in the
    source. `share`: of the text's tokens inside such spans."""

    start: np.ndarray
    length: np.ndarray
    position: np.ndarray
    share: float


def source(ids: np.ndarray) -> Source:
    """Sort the positions of a training text; ids (n,) >= 0."""
    ids = np.ascontiguousarray(ids, np.int32)
    return Source(ids, suffix_array(ids), ids.astype(">i4").tobytes())


def suffix_array(ids: np.ndarray) -> np.ndarray:
    """The positions of ids (n,) in the order of the sequences that begin there. int64 (n,)."""
    n = len(ids)
    if n == 0:
        return np.empty(0, np.int64)
    rank = ids.astype(np.int64) - int(ids.min()) + 1
    bits = int(rank.max()).bit_length()
    width = max(1, (WORD_BITS - 1) // bits)
    key = np.zeros(n, np.int64)
    for distance in range(width):
        key = (key << bits) | np.concatenate((rank[distance:], np.zeros(min(distance, n), np.int64)))[:n]
    order = np.argsort(key, kind="stable")
    rank, tied = _ranks(key[order], order, np.arange(n), n)
    while len(tied):
        at = order[tied]
        ahead = at + width
        second = np.where(ahead < n, rank[np.minimum(ahead, n - 1)], -1)
        resorted = np.lexsort((second, rank[at]))
        order[tied] = at[resorted]
        pairs = (rank[at][resorted] << 32) | (second[resorted] + 1)
        new, still = _ranks(pairs, order[tied], tied, n)
        rank[order[tied]] = new[order[tied]]
        tied, width = still, 2 * width
    return order


def _ranks(key: np.ndarray, positions: np.ndarray, places: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """For sorted keys: the rank of each position (the first place of its run of equal keys), and the places in runs of
    more than one."""
    new = np.ones(len(key), bool)
    new[1:] = key[1:] != key[:-1]
    starts = np.flatnonzero(new)
    lengths = np.diff(starts, append=len(key))
    rank = np.empty(n, np.int64)
    rank[positions] = np.repeat(places[starts], lengths)
    return rank, places[np.repeat(lengths > 1, lengths)]


def longest_match(text: Source, ids: np.ndarray) -> tuple[int, int]:
    """How many of the first tokens of ids (m,) stand somewhere in the text, and where."""
    wanted = np.asarray(ids).astype(">i4").tobytes()
    low, high = 0, len(text.order)
    size = len(wanted)
    while low < high:  # the first place whose sequence is not smaller
        middle = (low + high) // 2
        at = int(text.order[middle]) * 4
        if text.big_endian[at : at + size] < wanted:
            low = middle + 1
        else:
            high = middle
    best, where = 0, -1
    for place in (low - 1, low):
        if 0 <= place < len(text.order):
            at = int(text.order[place])
            common = _common(text.ids[at : at + len(ids)], ids)
            if common > best:
                best, where = common, at
    return best, where


def _common(a: np.ndarray, b: np.ndarray) -> int:
    n = min(len(a), len(b))
    different = np.flatnonzero(a[:n] != b[:n])
    return int(different[0]) if len(different) else n


def trace(text: Source, ids: np.ndarray, *, shortest: int = 4) -> Spans:
    """The spans of ids (m,) of at least `shortest` (1 or more) tokens that stand in the text. Each begins where the one
    before it ends or later, and is as long as it can be."""
    found: list[tuple[int, int, int]] = []
    at = 0
    covered = np.zeros(len(ids), bool)
    while at < len(ids):
        length, position = longest_match(text, ids[at:])
        if length >= shortest:
            found.append((at, length, position))
            covered[at : at + length] = True
            at += length
        else:
            at += 1
    start, length, position = np.array(found, np.int64).reshape(-1, 3).T
    return Spans(start, length, position, float(covered.mean()) if len(ids) else 0.0)
