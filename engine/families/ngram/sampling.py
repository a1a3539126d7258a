"""Drawing words: exactly from the smoothed distribution, one text or many at once.

    with probability gamma(h) drop to the shorter context, else draw one of the words seen after h by its own share

which is the interpolated p(w | h) read aloud; the uniform distribution is the last resort. A temperature T keeps that
form: with q = 1 / T and Z(h) = sum over w of p(w | h)^q

    p(w | h)^q = own(h w) + gamma(h)^q p(w | h')^q,   Z(h) = sum of own(h .) + gamma(h)^q Z(h'),   own >= 0

Where that reading does not fit (top-k, top-p, a temperature near 0, stupid backoff, which is no distribution, an ARPA
file that is not interpolated) the whole distribution is written down for every word, changed, normalised, and drawn
from. `</s>` ends a sentence.
"""

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from engine.families.ngram.grams import BOS, EOS
from engine.families.ngram.model import Model, contexts, distribution
from engine.rng import generator

BLOCK = 4096
KEPT_NUMBERS = 20_000_000
"""Probabilities kept for contexts that come again."""
COLD = 0.1
"""Below this temperature p^(1/T) leaves the range of numbers."""
ROUNDING = 1e-5
"""Own shares a little below 0 come from the seven digits of an ARPA file."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How the distribution is changed before a word is drawn.

    p^(1/temperature), then the `top_k` most probable words (0: all), then the fewest words whose p sum to `top_p`
    (1: all).
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    @property
    def plain(self) -> bool:
        """Whether it changes nothing."""
        return self.temperature == 1 and self.whole

    @property
    def whole(self) -> bool:
        """Whether it leaves no word out."""
        return self.top_k == 0 and self.top_p == 1


PLAIN = Choice()


def choose(p: np.ndarray, choice: Choice) -> np.ndarray:
    """Probabilities (n,) of at least one positive number, changed and normalised to sum 1."""
    top = p.max()
    if choice.temperature == 0:
        p = (p == top).astype(np.float64)
    elif choice.temperature != 1:
        with np.errstate(divide="ignore"):
            p = np.exp(np.log(p / top) / choice.temperature)
    if 0 < choice.top_k < np.count_nonzero(p):
        kept = np.argsort(-p, kind="stable")[: choice.top_k]
        p = _only(p, kept)
    p = p / p.sum()
    if choice.top_p < 1:
        falling = np.argsort(-p, kind="stable")
        n = int(np.searchsorted(np.cumsum(p[falling]), choice.top_p)) + 1
        p = _only(p, falling[:n])
        p /= p.sum()
    return p


def _only(p: np.ndarray, kept: np.ndarray) -> np.ndarray:
    out = np.zeros_like(p)
    out[kept] = p[kept]
    return out


def next_words(model: Model, history: np.ndarray, choice: Choice = PLAIN) -> tuple[np.ndarray, np.ndarray]:
    """The probability of every next word, summing to 1, and the order of the n-gram that each came from."""
    p, used = distribution(model, history)
    if p.max() <= 0:
        p, used = distribution(model, _seen_part(model, history))
    return choose(p, choice), used


def _seen_part(model: Model, history: np.ndarray) -> np.ndarray:
    """The longest end of a history after which a word was seen."""
    nodes = contexts(model, history)
    while len(nodes) > 1 and distribution(model, history[len(history) - len(nodes) + 1 :])[0].max() <= 0:
        nodes.pop()
    return history[len(history) - len(nodes) + 1 :]


class Views(NamedTuple):
    """Arrays by order, as Python reads them fastest one number at a time."""

    cumulative: list[memoryview]
    words: list[memoryview]
    first: list[memoryview]
    suffix: list[memoryview]
    weight: list[memoryview]


def _views(arrays: Iterable[np.ndarray]) -> list[memoryview]:
    return [memoryview(np.ascontiguousarray(array)) for array in arrays]  # type: ignore[arg-type]


class Walker:
    """The arrays of a model, ready for drawing at a temperature of at least COLD.

    `interpolated`: whether the model can be drawn from by falling. `cumulative`: sums of own shares by order; `weight`:
    of falling to the shorter context.
    """

    def __init__(self, model: Model, temperature: float = 1.0) -> None:
        self.model, self.temperature = model, temperature
        self.interpolated = model.sums and all(own.min(initial=0) >= -ROUNDING for own in model.own)
        shares, self.weight = (model.own, model.gamma) if temperature == 1 else _tempered(model, 1 / temperature)
        shares = [np.maximum(own, 0) for own in shares]
        self.cumulative = [np.concatenate(([0.0], np.cumsum(share))) for share in shares]
        trie = model.trie
        self.words = [level.word.astype(np.int32) for level in trie.levels[: model.order]]
        self.first = [level.first for level in trie.levels[: model.order - 1]]
        self.suffix = [level.suffix for level in trie.levels[: model.order]]
        self.views = Views(*map(_views, (self.cumulative, self.words, self.first, self.suffix, self.weight)))

    def by_falling(self, choice: Choice) -> "Walker | None":
        """The walker that draws by falling what this choice asks for, None if that can't be."""
        if not (self.interpolated and choice.whole and choice.temperature >= COLD):
            return None
        return self if choice.temperature == self.temperature else Walker(self.model, choice.temperature)


def _tempered(model: Model, q: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Own shares and weights of falling of p^q, each context's divided by their sum Z."""
    trie, uniform = model.trie, model.n_next ** (1 - q)
    shares, weights, z = [], [], [np.array([uniform])]
    for k in range(1, model.order + 1):
        level, gamma = trie.levels[k - 1], model.gamma[k - 1] ** q
        parent = level.parent if k > 1 else np.zeros(len(level), np.int64)
        flat = k == 1 or model.jumps
        below = model.n_next**-q if flat else model.p[k - 2][level.suffix] ** q
        share = np.maximum(model.p[k - 1] ** q - gamma[parent] * below, 0)
        if k == 1:
            share[trie.never] = 0
        weight = gamma * (uniform if flat else z[-1][trie.levels[k - 2].suffix])
        z.append(np.bincount(parent, share, minlength=len(gamma)) + weight)
        whole = np.where(z[-1] > 0, z[-1], 1)
        shares.append(share / whole[parent])
        weights.append(weight / whole)
    return shares, weights


def stream(
    walker: Walker, seed: int, *, prompt: np.ndarray | None = None, choice: Choice = PLAIN
) -> Iterator[tuple[int, int]]:
    """Words without end: (id, order of the n-gram that gave it; 0: the uniform share). After `</s>` a sentence begins.

    `prompt`: ids to go on from, with `<s>` if they start a sentence; nothing: the start of a sentence.
    """
    history = np.array([BOS]) if prompt is None or not len(prompt) else np.asarray(prompt)
    faller = walker.by_falling(choice)
    if faller is None:
        yield from _by_distribution(walker.model, seed, history, choice)
        return
    walker, model, next_draw, longest = faller, walker.model, _uniform(seed), walker.model.order - 1
    start, nodes = contexts(model, np.array([BOS])), contexts(model, history)
    known = min(longest, len(history))  # the length of the context that there is; of what was seen, len(nodes) - 1
    while True:
        k, child = _fall(walker, nodes, known, next_draw)
        word = child if k < 0 else walker.views.words[k][child]
        yield word, k + 1
        if word == EOS:
            nodes, known = list(start), min(longest, 1)
        else:
            nodes, known = _after(walker, nodes, max(k, 0), child, word), min(longest, known + 1)


def _fall(walker: Walker, nodes: list[int], known: int, next_draw: Callable[[], float]) -> tuple[int, int]:
    """Fall from the longest context until a word is drawn: the context's length and the node drawn there, or -1 and
    the word that the uniform share gave."""
    model, (cumulative, _, first, _, weights) = walker.model, walker.views
    k, u = len(nodes) - 1, next_draw()
    if k < known and model.jumps and model.unseen:
        k = -1
    while k >= 0:
        node = nodes[k]
        low, high = (first[k - 1][node], first[k - 1][node + 1]) if k else (0, model.trie.n_words)
        base, weight = cumulative[k][low], weights[k][node]
        mass = cumulative[k][high] - base
        drawn = u * (mass + weight)
        if drawn < mass:
            return k, min(bisect_right(cumulative[k], base + drawn, low + 1, high + 1) - 1, high - 1)
        u = (drawn - mass) / weight if weight > 0 else next_draw()
        k = -1 if model.jumps and weight > 0 else k - 1
    return -1, model.nth_next(min(int(u * model.n_next), model.n_next - 1))


def _after(walker: Walker, before: list[int], k: int, child: int, word: int) -> list[int]:
    """The contexts after a word that was drawn as `child` from the context of length k."""
    _, words, first, suffix, _ = walker.views
    longest = walker.model.order - 1
    if k == longest:
        return _shorter(suffix, suffix[k][child], k) if k else [0]
    nodes = _shorter(suffix, child, k + 1)
    for length in range(k + 1, min(longest, len(before))):  # longer contexts that were passed may go on with it, too
        node = before[length]
        low, high = first[length - 1][node], first[length - 1][node + 1]
        at = bisect_left(words[length], word, low, high)
        if at == high or words[length][at] != word:
            break
        nodes.append(at)
    return nodes


def _shorter(suffix: list[memoryview], node: int, length: int) -> list[int]:
    """The nodes of the last 0, 1, ... `length` words, given the one of the last `length`."""
    nodes = [0] * (length + 1)
    for k in range(length, 0, -1):
        nodes[k] = node
        node = suffix[k - 1][node]
    return nodes


def _uniform(seed: int) -> Callable[[], float]:
    def numbers() -> Iterator[float]:
        block = 0
        while True:
            yield from generator(seed, "words", block).random(BLOCK).tolist()
            block += 1

    return numbers().__next__


class Changed:
    """The distributions that a choice makes, by context; those that come again are kept."""

    def __init__(self, model: Model, choice: Choice) -> None:
        self.model, self.choice = model, choice
        self._known: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self._size = 0

    def after(self, context: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The words that can follow, in falling order of p, the sums of their p up to each, and their orders."""
        if context not in self._known:
            p, used = next_words(self.model, np.array(context, np.int64), self.choice)
            words = np.flatnonzero(p)
            words = words[np.argsort(-p[words], kind="stable")]
            if self._size > KEPT_NUMBERS:
                self._known.clear()
                self._size = 0
            self._known[context] = words, np.cumsum(p[words]), used[words]
            self._size += len(words)
        return self._known[context]


def _by_distribution(model: Model, seed: int, history: np.ndarray, choice: Choice) -> Iterator[tuple[int, int]]:
    next_draw, past = _uniform(seed), [int(word) for word in history]
    changed = Changed(model, choice)
    while True:
        words, sums, used = changed.after(tuple(past[-(model.order - 1) :]) if model.order > 1 else ())
        at = min(int(np.searchsorted(sums, next_draw() * sums[-1], side="right")), len(words) - 1)
        word = int(words[at])
        yield word, int(used[at])
        past = [BOS] if word == EOS else [*past[-model.order :], word]
