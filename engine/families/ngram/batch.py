"""Drawing many texts at once: the same fall through the contexts as in sampling.py, for a column of texts in numpy."""

import numpy as np

from engine.families.ngram.grams import BOS, EOS, UNK
from engine.families.ngram.model import Model, contexts
from engine.families.ngram.sampling import PLAIN, Changed, Choice, Walker
from engine.rng import generator


def streams(
    walker: Walker, seed: int, *, n: int, length: int, prompt: np.ndarray | None = None, choice: Choice = PLAIN
) -> np.ndarray:
    """`n` texts at once, each `length` words long, ids int32 (n, length); after `</s>` a new sentence begins.

    `prompt`: ids that all go on from, with `<s>` if they start a sentence. Without top-k and top-p the work is the same
    for any vocabulary; with them every context that is new costs as much as one step of `stream`.
    """
    history = np.array([BOS]) if prompt is None or not len(prompt) else np.asarray(prompt, np.int64)
    faller = walker.by_falling(choice)
    if faller is None:
        return _by_distribution(Changed(walker.model, choice), seed, n, length, history)
    return _by_falling(faller, seed, n, length, history)


def _by_falling(walker: Walker, seed: int, n: int, length: int, history: np.ndarray) -> np.ndarray:
    model, out = walker.model, np.empty((n, length), np.int32)
    order = model.order
    start = _padded(contexts(model, np.array([BOS])), order)
    given = _padded(contexts(model, history), order)
    nodes = np.repeat(given[:, None], n, axis=1)  # (order, n): the context of each length, -1 if never seen
    length_known = np.full(n, min(order - 1, len(history)))
    draw = generator(seed, "streams")
    for t in range(length):
        words = _draw_next(walker, nodes, length_known, draw)
        out[:, t] = words
        if order > 1:
            after = np.full_like(nodes, -1)
            after[0], after[1] = 0, words
            for k in range(2, order):
                has = np.flatnonzero(nodes[k - 1] >= 0)
                after[k, has] = model.trie.find(k, nodes[k - 1, has], words[has])
            ended = words == EOS
            after[:, ended] = start[:, None]
            length_known = np.where(ended, min(order - 1, 1), np.minimum(length_known + 1, order - 1))
            nodes = after
    return out


def _by_distribution(changed: Changed, seed: int, n: int, length: int, history: np.ndarray) -> np.ndarray:
    """Texts with the same context draw from the same distribution, which is worked out once."""
    out, draw = np.empty((n, length), np.int32), generator(seed, "streams")
    width = changed.model.order - 1
    begun = np.full(width, -1, np.int64)  # the context after `</s>`; -1: there is no word
    begun[-1:] = BOS
    given = np.concatenate((np.full(width, -1, np.int64), history))
    past = np.tile(given[len(given) - width :], (n, 1))
    for t in range(length):
        different, of = np.unique(past, axis=0, return_inverse=True) if width else (past[:1], np.zeros(n, np.int64))
        together = np.argsort(of.reshape(-1), kind="stable")
        u = draw.random(n)
        for context, columns in zip(different.tolist(), np.split(together, _ends(of, len(different))), strict=True):
            words, sums, _ = changed.after(tuple(word for word in context if word >= 0))
            at = np.searchsorted(sums, u[columns] * sums[-1], side="right")
            out[columns, t] = words[np.minimum(at, len(words) - 1)]
        past = np.column_stack((past, out[:, t]))[:, 1:] if width else past
        past[out[:, t] == EOS] = begun
    return out


def _ends(of: np.ndarray, n: int) -> np.ndarray:
    return np.cumsum(np.bincount(of.reshape(-1), minlength=n))[:-1]


def _padded(nodes: list[int], order: int) -> np.ndarray:
    return np.array([*nodes, *[-1] * (order - len(nodes))], np.int64)


def _draw_next(walker: Walker, nodes: np.ndarray, known: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """One word for each column of contexts."""
    model, n = walker.model, nodes.shape[1]
    words = np.full(n, UNK, np.int64)
    open_ = np.arange(n)
    for k in range(model.order - 1, -1, -1):
        if not len(open_):
            return words
        here = nodes[k, open_] >= 0
        at, node = open_[here], nodes[k, open_[here]]
        bounds = walker.first[k - 1] if k else np.array([0, len(walker.words[0])])
        low, high = bounds[node], bounds[node + 1]
        base = walker.cumulative[k][low]
        mass, weight = walker.cumulative[k][high] - base, walker.weight[k][node]
        u = draw.random(len(at)) * (mass + weight)
        own = (u < mass) & (mass > 0)
        if own.any():
            target = base[own] + u[own]
            child = np.searchsorted(walker.cumulative[k], target, side="right") - 1
            words[at[own]] = walker.words[k][np.clip(child, low[own], high[own] - 1)]
        drop = ~own
        if model.jumps:
            uniform = at[drop & (weight > 0)]
            words[uniform] = _any_word(model, draw, len(uniform))
            drop &= weight <= 0
            unseen = open_[~here & (known[open_] >= k)] if model.unseen else open_[:0]
            words[unseen] = _any_word(model, draw, len(unseen))
            open_ = np.setdiff1d(np.concatenate((open_[~here], at[drop])), unseen)
        else:
            open_ = np.concatenate((open_[~here], at[drop]))
    words[open_] = _any_word(model, draw, len(open_))
    return words


def _any_word(model: Model, draw: np.random.Generator, n: int) -> np.ndarray:
    return model.nth_next(draw.integers(model.n_next, size=n))
