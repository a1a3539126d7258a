"""A text as it was counted, with what follows from the counts: models of every order and smoothing, and copies.

Shared by all who look at the same text: at most MAX_KEPT texts are kept, the one not looked at longest goes first.
"""

import dataclasses
import json
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from engine.config import as_dict
from engine.data.texts import open_text, split_lines
from engine.data.vocabulary import BOS, Vocabulary, encode
from engine.families.ngram import NgramConfig, NgramLearner, copies
from engine.families.ngram.model import Model
from engine.families.ngram.smoothing import estimate
from engine.families.ngram.trie import Trie
from engine.run import Run

T = TypeVar("T")

DEEP = 5
"""Orders up to this can be compared, whatever the order of the run."""
MAX_TRACED = 5_000_000
"""Longer texts are not searched for copies: the suffix array takes a second for each two million tokens."""
MAX_KEPT = 4
MAX_MODELS = 24


class Counted:
    """The counts of a run at one step. Arrays are never written to, so threads may share it."""

    def __init__(self, key: str, run: Run) -> None:
        self.key = key
        learner: NgramLearner = run.learner  # type: ignore[assignment]
        self.config: NgramConfig = run.config
        self.step = run.step
        self.tokens = learner.tokens
        self.words = learner.words()
        self.tokenizer = learner.tokenizer
        self.vocabulary = Vocabulary(self.tokenizer.end)
        self.vocabulary.grow(self.words)
        self.trie = learner.trie()
        self._held_out = learner.held_out if run.config.held_out else bytes
        self._known: dict[object, Any] = {}
        self._lock = threading.RLock()

    @property
    def unit(self) -> str:
        """What a token is called."""
        return {"characters": "character", "bpe": "piece"}.get(self.config.tokenizer, "word")

    @property
    def orders(self) -> tuple[int, ...]:
        """The orders that can be compared."""
        return tuple(range(1, max(DEEP, self.config.order) + 1))

    @property
    def can_trace(self) -> bool:
        """Whether the text is short enough to be searched for copies."""
        return self.tokens <= MAX_TRACED

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gives, kept."""
        with self._lock:
            if key not in self._known:
                self._known[key] = make()
            return self._known[key]

    def known(self, key: object) -> bool:
        """Whether `once` has made it."""
        return key in self._known

    def deep(self) -> Trie:
        """The trie of all orders that can be compared, counted again if the run's own is not so deep."""
        if self.config.order >= DEEP:
            return self.trie
        return self.once("deep", lambda: counted_alone(self.config, self.step, order=DEEP).trie())

    def model(self, order: int, smoothing: str, add_k: float = 1.0) -> Model:
        """The model of one order; at most MAX_MODELS are kept."""
        trie = self.trie if order <= self.trie.order else self.deep()
        key = "model", order, smoothing, add_k if smoothing == "add_k" else 0
        with self._lock:
            models = [name for name in self._known if isinstance(name, tuple) and name[0] == "model"]
            if key not in self._known and len(models) >= MAX_MODELS:
                del self._known[models[0]]
            return self.once(key, lambda: estimate(trie, smoothing, order=order, add_k=add_k))

    def source(self) -> copies.Source:
        """The text ready to be searched for copies."""
        return self.once("source", lambda: copies.source(counted_alone(self.config, self.step).training_ids(self.step)))

    def passages(self) -> tuple[np.ndarray, list[str]]:
        """Where the parts of the first text, speeches or files, begin in the source, in tokens, and their titles."""
        return self.once("passages", self._passages)

    def _passages(self) -> tuple[np.ndarray, list[str]]:
        text = open_text(self.config.text)
        starts, titles = [at for at, _ in text.parts], [title for _, title in text.parts]
        begun, n = [], 0
        for at, end in zip(starts, [*starts[1:], len(text)], strict=False):  # without parts there is no start
            begun.append(n)
            learned, _ = split_lines(at, bytes(text.data[at:end]), share=self.config.held_out, seed=self.config.seed)
            n += len(self.encode(learned))
        if titles and self.config.second and self.config.add_second:
            begun, titles = [*begun, n], [*titles, ""]
        return np.array(begun, np.int64), titles

    def held_out(self) -> np.ndarray:
        """The ids of the held-out lines that are scored."""
        return self.once("held_out", lambda: self.encode(self._held_out()))

    def encode(self, data: bytes) -> np.ndarray:
        """Whole lines as ids; what is not in the vocabulary is 0."""
        return encode(self.tokenizer, self.vocabulary, data)

    def prompt(self, text: str) -> np.ndarray:
        """The beginning of a sentence as ids, with its `<s>`."""
        ids = self.encode((text.strip("\n") + "\n").encode(errors="replace"))
        return ids[:-1] if len(ids) else np.array([BOS], np.int32)

    def spell(self, ids: np.ndarray | list[int]) -> str:
        """Ids as readable text."""
        return self.tokenizer.join([self.words[i] for i in ids if i != BOS])


def counted_alone(config: NgramConfig, step: int, *, order: int = 1) -> NgramLearner:
    """A learner of its own that has counted the same chunks."""
    learner = NgramLearner(dataclasses.replace(config, order=order))
    for number in range(step):
        learner.step(number)
    return learner


def counted(run: Run) -> Counted:
    """What there is for the run as it stands."""
    values = as_dict(run.config)
    for name in ("smoothing", "add_k"):
        del values[name]
    return _counted(json.dumps([values, run.step], sort_keys=True), run)


@st.cache_resource(max_entries=MAX_KEPT, show_spinner=False)
def _counted(key: str, _run: Run) -> Counted:
    return Counted(key, _run)
