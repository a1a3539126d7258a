"""Drawing many texts at once: the same fall through the contexts as in sampling.py, for a column of texts in numpy."""

import numpy as np

from engine.families.ngram.grams import BOS, EOS, UNK
from engine.families.ngram.model import Model, contexts
from engine.families.ngram.sampling import Walker
from engine.rng import generator


def streams(walker: Walker, seed: int, *, n: int, length: int, prompt: np.ndarray | None = None) -> np.ndarray:
    """`n` texts at once, each `length` words drawn from the plain distribution, ids int32 (n, length); after `</s>`
    a new sentence begins. Raises ValueError for a model that has no interpolated form (`walker.interpolated`)."""
    if not walker.interpolated:
        raise ValueError("this model can be drawn from one text at a time only")
    model, out = walker.model, np.empty((n, length), np.int32)
    order = model.order
    start = _padded(contexts(model, np.array([BOS])), order)
    given = start if prompt is None or not len(prompt) else _padded(contexts(model, np.asarray(prompt)), order)
    nodes = np.repeat(given[:, None], n, axis=1)  # (order, n): the context of each length, -1 if never seen
    length_known = np.full(n, min(order - 1, 1 if prompt is None or not len(prompt) else len(prompt)))
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
        mass, weight = walker.cumulative[k][high] - base, model.gamma[k][node]
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
    word = draw.integers(model.n_next, size=n)
    return word + (word >= BOS)
