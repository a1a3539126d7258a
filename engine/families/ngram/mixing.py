"""Several models as one: p(w | h) is the weighted mean of what each says, over their common vocabulary.

    p(w | h) = sum over models i of weight_i p_i(w | h)          (linear interpolation, Jelinek & Mercer 1980)

A word that one model does not know has there its `<unk>`'s probability, shared evenly with all words it does not know.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from engine.data.tokens import SPECIAL
from engine.families.ngram.grams import UNK
from engine.families.ngram.model import Model, distribution


@dataclasses.dataclass(frozen=True, slots=True)
class Mixture:
    """Models with a common vocabulary. `to_own[i]` (n_words,): model i's id of each common word, 0 if none."""

    models: tuple[Model, ...]
    words: tuple[str, ...]
    known: dict[str, int]
    to_own: tuple[np.ndarray, ...]

    def ids(self, words: Sequence[str]) -> np.ndarray:
        """Common ids of words."""
        return np.array([self.known.get(word, UNK) for word in words], np.int64)

    def parts(self, history: np.ndarray) -> np.ndarray:
        """p(w | history) by each model, (n_models, n_words); `history` in common ids."""
        rows = []
        for model, own in zip(self.models, self.to_own, strict=True):
            p = distribution(model, own[history])[0]
            row = p[own]
            strangers = own == UNK
            row[strangers] = p[UNK] / strangers.sum()
            rows.append(row)
        return np.stack(rows)

    def distribution(self, history: np.ndarray, weights: Sequence[float]) -> np.ndarray:
        """The mixture's p(w | history), (n_words,); `weights` at least 0, of any sum above 0."""
        shares = np.asarray(weights, np.float64)
        return (shares / shares.sum()) @ self.parts(history)

    def log10_p(self, ids: np.ndarray) -> np.ndarray:
        """log10 p of each word of a sentence (common ids, with its `<s>`) after those before it, by each model:
        (n_models, len(ids) - 1). Who said it: the model with the largest sum."""
        with np.errstate(divide="ignore"):
            return np.log10(np.stack([self.parts(ids[:at])[:, ids[at]] for at in range(1, len(ids))], axis=1))


def mixed(parts: Sequence[tuple[Model, Sequence[str]]]) -> Mixture:
    """The mixture of models, each with its words by id."""
    words = tuple(dict.fromkeys([*SPECIAL, *(word for _, own in parts for word in own)]))
    to_own = []
    for _, own in parts:
        at = {word: k for k, word in enumerate(own)}
        to_own.append(np.array([at.get(word, UNK) for word in words], np.int64))
    return Mixture(tuple(m for m, _ in parts), words, {w: k for k, w in enumerate(words)}, tuple(to_own))
