"""Counting a text chunk by chunk: what the family 'ngram' does in a step, shows, and keeps."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from engine.config import ConfigError
from engine.data import tokens
from engine.data.texts import Text, chunk, n_chunks, open_text, split_lines
from engine.data.vocabulary import BOS, EOS, Vocabulary, encode, learn, words_from_arrays, written
from engine.families.ngram import smoothing, trie
from engine.families.ngram.config import NgramConfig
from engine.families.ngram.counting import Counting, counter
from engine.families.ngram.grams import Grams, count_type, layout
from engine.families.ngram.model import Model, score
from engine.learner import Metrics, State
from engine.metrics import text as text_metrics

T = TypeVar("T")

CHUNKS = 40
"""Steps a text takes unless the chunk is given."""
MIN_CHUNK = 64
SHOWN = 12
MAX_CHUNK = 4_000_000
VIEW_WINDOWS = 2_000_000
"""Above so many windows a view shows the counts of a part, `tokens_shown`, until the last chunk is counted."""
SCORED_BYTES = 400_000
"""Held-out text that is scored, from all over the text."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NgramView:
    """What the counts show. `distinct` (order,): different n-grams of each order, `dense` (order,): V^n, as many as
    there could be, both after `tokens_shown` tokens. `top_counts` (order, 12) and `top_words`, the most frequent
    n-grams, spelled."""

    tokens: int
    tokens_shown: int
    vocabulary: int
    distinct: np.ndarray
    dense: np.ndarray
    top_words: np.ndarray
    top_counts: np.ndarray


def plan(config: NgramConfig) -> tuple[tuple[Text, int, int], ...]:
    """The texts to count, each with the size and the number of its chunks."""
    names = [("text", config.text)]
    if config.add_second and config.second:
        names.append(("second", config.second))
    texts = [open_text(name, field=field) for field, name in names]
    sizes = [config.chunk or min(MAX_CHUNK, max(MIN_CHUNK, -(-len(text) // CHUNKS))) for text in texts]
    return tuple((text, size, n_chunks(text, size)) for text, size in zip(texts, sizes, strict=True))


def total_chunks(config: NgramConfig) -> int:
    """How many steps the texts take."""
    return sum(n for _, _, n in plan(config))


class NgramLearner:
    """Learner of the family 'ngram'; one unit counts one chunk of the text."""

    def __init__(self, config: NgramConfig) -> None:
        self.config = config
        first = plan(config)[0][0]
        if config.second:
            open_text(config.second, field="second")
        self.tokenizer = tokens.make(config.tokenizer, bytes(first.data[: tokens.BPE_BYTES]))
        self._held_out: bytes | None = None
        self._begin()

    def _begin(self) -> None:
        self.vocabulary = Vocabulary(self.tokenizer.end)
        self.counting: Counting = counter(self.config.counting, self.config.order, len(plan(self.config)[0][0]))
        self.tokens = self.sentences = self.chunks = 0
        self._known: dict[tuple[object, ...], object] = {}

    # -- counting

    def step(self, step: int) -> Metrics:
        """Count the chunk of that number; past the last one there is nothing to count."""
        self._known = {}
        learned, _ = self.lines(step)
        ids = learn(self.tokenizer, self.vocabulary, learned)
        sentences = int(np.count_nonzero(ids == BOS))
        self.tokens += int(np.count_nonzero(ids > EOS))
        self.sentences += sentences
        self.chunks = step + 1
        self.counting.add(ids, len(self.vocabulary))
        if self.chunks in self._ends():
            self.counting.settle()
        numbers = {"tokens": self.tokens, "sentences": self.sentences, "vocabulary": len(self.vocabulary)}
        return {name: float(number) for name, number in numbers.items()}

    def _ends(self) -> set[int]:
        """After how many chunks a text has ended."""
        return set(itertools.accumulate(n for _, _, n in plan(self.config)))

    def lines(self, number: int) -> tuple[bytes, bytes]:
        """The lines of a chunk that are learned from, and those held out."""
        for text, size, n in plan(self.config):
            if number < n:
                return split_lines(*chunk(text, number, size), share=self.config.held_out, seed=self.config.seed)
            number -= n
        return b"", b""

    # -- what the counts give, worked out when it is asked for

    def trie(self) -> trie.Trie:
        """The trie of all counts so far."""
        return self._once(("trie",), lambda: trie.build(self.counting.total(), len(self.vocabulary)))

    def model(self, *, order: int | None = None, smoothing_name: str = "", add_k: float = 0.0) -> Model:
        """The model of the counts so far; what is not given is as configured."""
        order, name = order or self.config.order, smoothing_name or self.config.smoothing
        k = add_k or self.config.add_k
        key = "model", order, name, k if name == "add_k" else 0
        return self._once(key, lambda: smoothing.estimate(self.trie(), name, order=order, add_k=k))

    def words(self) -> list[str]:
        """The vocabulary by id."""
        return self._once(("words",), self.vocabulary.words)

    def encode(self, text: str) -> np.ndarray:
        """Text as ids, every sentence `<s> ... </s>`; unknown tokens are 0."""
        return encode(self.tokenizer, self.vocabulary, (text.rstrip("\n") + "\n").encode())

    def prompt(self, text: str) -> np.ndarray:
        """The beginning of a sentence as ids, with `<s>` and without `</s>`."""
        ids = self.encode(text)
        return ids[:-1] if len(ids) else np.array([BOS], np.int32)

    def spell(self, ids: Sequence[int] | np.ndarray) -> str:
        """Ids as readable text."""
        words = self.words()
        return self.tokenizer.join([words[i] for i in ids if i != BOS])

    def training_ids(self, upto: int) -> np.ndarray:
        """The ids of the chunks before `upto`, cut again; for tracing copies. int32 (n,), with `<s>` and `</s>`."""
        parts = [encode(self.tokenizer, self.vocabulary, self.lines(number)[0]) for number in range(upto)]
        return np.concatenate(parts) if parts else np.empty(0, np.int32)

    def held_out(self) -> bytes:
        """Held-out lines: chunks are asked by leaps from all over the text, until there are enough."""
        if self._held_out is None:
            self._held_out = self._gather_held_out()
        return self._held_out

    def _gather_held_out(self) -> bytes:
        n = plan(self.config)[0][2]
        found, size = [], 0
        leap = next(k for k in range(max(1, int(n * 0.618)), 2 * n + 1) if np.gcd(k, n) == 1)
        for turn in range(n):
            part = self.lines(turn * leap % n)[1]
            found.append(part)
            size += len(part)
            if size >= SCORED_BYTES:
                break
        return b"".join(found)

    def _once(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` gives, kept until the next chunk is counted."""
        known = self._known
        if key not in known:
            known[key] = make()
        return known[key]  # type: ignore[return-value]

    # -- looking, which changes nothing

    def view(self) -> NgramView:
        """Sizes and the most frequent n-grams."""
        whole = self.chunks >= total_chunks(self.config)
        made = self._once(("view", whole), lambda: self._view(whole=whole))
        arrays = {name: getattr(made, name).copy() for name in ("distinct", "dense", "top_words", "top_counts")}
        return dataclasses.replace(made, **arrays)

    def _view(self, *, whole: bool) -> NgramView:
        words, order, n = list(self.vocabulary), self.config.order, len(self.vocabulary)
        if whole:
            found, shown = trie.most_frequent_of(self.trie(), SHOWN), self.tokens
        else:
            rows = trie.prefixes(self.counting.shown(VIEW_WINDOWS))
            found, shown = trie.most_frequent(rows, SHOWN), int(rows[0][1][rows[0][0] > EOS].sum())
        top_counts, top_words = np.zeros((order, SHOWN), np.int64), []
        for k, (_, ids, counts) in enumerate(found):
            top_counts[k, : len(counts)] = counts
            spelled = [" ".join(self._shown(words[i]) for i in row) for row in ids.tolist()]
            top_words.append(spelled + [""] * (SHOWN - len(spelled)))
        return NgramView(
            tokens=self.tokens,
            tokens_shown=shown,
            vocabulary=n,
            distinct=np.array([n, *(different for different, _, _ in found[1:])], np.int64),
            dense=np.array([float(n) ** k for k in range(1, order + 1)]),
            top_words=np.array(top_words),
            top_counts=top_counts,
        )

    def _shown(self, token: str | bytes) -> str:
        """A token, each space as a sign that can be seen."""
        text = written(token)
        if text not in tokens.SPECIAL and self.config.tokenizer == "bpe":
            text = self.tokenizer.join([text])
        return text.replace(" ", "␣")

    def score(self) -> Metrics:
        """Of the held-out lines: perplexity and bits (a token, of those with p > 0), impossible and oov: shares of
        tokens."""
        if not self.config.held_out or not self.tokens:
            return {}
        ids = encode(self.tokenizer, self.vocabulary, self.held_out())
        found = score(self.model(), ids)
        oov = float((found.words == 0).mean()) if len(found.words) else 0.0
        return {**text_metrics.scores(found.log10_p), "oov": oov}

    def report(self) -> dict[str, object]:
        """What one number can't say, for the command line: lists per order."""
        distinct = self.trie().distinct
        n = len(self.vocabulary)
        model = self.model()
        return {
            "distinct": distinct,
            "dense": [n**k for k in range(1, len(distinct) + 1)],
            "tokens": self.tokens,
            "sentences": self.sentences,
            "vocabulary": n,
            "types": n - len(tokens.SPECIAL),
            "discounts": model.discounts.round(6).tolist(),
            "discount_fallback": model.fallback.tolist(),
        }

    # -- the state

    def state_dict(self) -> State:
        """The counts, as sorted packed windows, which are read-only and so need no copy, and the vocabulary, as bytes
        and lengths."""
        letters, lengths = self.vocabulary.to_arrays()
        state: State = {
            "letters": letters,
            "lengths": lengths,
            "numbers": np.array([self.tokens, self.sentences, self.chunks]),
        }
        runs = self.counting.runs
        state["runs"] = np.array([self.counting.bits, len(runs)])
        for number, run in enumerate(runs):
            for level, keys in enumerate(run.levels):
                state[f"run {number} level {level}"] = keys
            state[f"run {number} counts"] = run.counts
        return state

    def load_state_dict(self, state: State) -> None:
        """Take over such arrays; raises ConfigError if one is missing or does not fit."""
        try:
            bits, n_runs = (int(value) for value in state["runs"])
            total, sentences, chunks = (int(value) for value in state["numbers"])
            words = words_from_arrays(state["letters"], state["lengths"])
            if not 1 <= bits <= 32:
                raise ValueError("the number of bits must be from 1 to 32")
            runs = [_run(state, number, self.config.order, bits) for number in range(n_runs)]
        except (LookupError, ValueError, TypeError) as error:
            raise ConfigError("counts", str(error), "do not fit this model") from error
        n_words = len(words) + len(tokens.SPECIAL)
        if len(set(words) | set(tokens.SPECIAL)) != n_words or n_words > 1 << bits:
            raise ConfigError("counts", n_words, "do not fit this model: its words differ")
        self._begin()
        self.vocabulary.grow(words)
        self.counting.load(bits, runs)
        self.tokens, self.sentences, self.chunks = total, sentences, chunks


def _run(state: State, number: int, order: int, bits: int) -> Grams:
    """One run of counts from a state; raises ValueError unless it is sorted, distinct and whole."""
    levels = tuple(
        np.array(state[f"run {number} level {level}"], np.uint64) for level in range(len(layout(order, bits)))
    )
    counts = np.array(state[f"run {number} counts"])
    counts = counts.astype(count_type(int(counts.sum(dtype=np.int64))))
    if counts.shape != levels[-1].shape or (counts < 1).any():
        raise ValueError("counts must be positive, one for each window")
    if any(level.ndim != 1 or (level[1:] <= level[:-1]).any() for level in levels):
        raise ValueError("windows must be sorted")
    return Grams(order, bits, levels, counts)
