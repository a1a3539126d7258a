"""A text that a model writes, word by word, with the bars from which each word was drawn. Plain Python.

A draft is a pure function of the model, the prompt, the seed and what a person chose.
"""

import dataclasses

import numpy as np

from engine.data.vocabulary import BOS, EOS, UNK
from engine.families.ngram import copies
from engine.families.ngram.model import Model
from engine.families.ngram.sampling import Choice, next_words
from engine.rng import generator
from playground.components.next_words import Bar, Copied, Word, Written
from playground.pieces.language_counted import Counted

AROUND = 14
"""Words of the source shown before and after a copied span."""
TITLES = {1: "unigram", 2: "bigram", 3: "trigram"}


@dataclasses.dataclass(slots=True, kw_only=True)
class Draft:
    """`ids`: the prompt and what was written after it; the lists hold one entry for each written word."""

    order: int
    prompt: str
    ids: list[int]
    n_prompt: int
    words: list[Word] = dataclasses.field(default_factory=list)
    bars: list[list[Bar]] = dataclasses.field(default_factory=list)
    rest: list[tuple[int, float]] = dataclasses.field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)

    def cut(self, at: int) -> None:
        """Forget what was written after `at` words, and the bars there."""
        del self.ids[self.n_prompt + at :], self.words[at:], self.bars[at:], self.rest[at:]

    def write(self, counted: Counted, model: Model, choice: Choice, seed: int, upto: int, n_bars: int) -> None:
        """Write until there are `upto` words, and look at what could come next."""
        spelled = counted.spell(self.ids).rstrip("\ufffd")
        while len(self.bars) <= upto or len(self.words) < upto:
            p, used = next_words(model, self.history(model.order), choice)
            if len(self.bars) == len(self.words):
                self._look(counted, p, used, n_bars)
            if len(self.words) == upto:
                break
            sums = np.cumsum(p)
            u = generator(seed, "write", len(self.words)).random()
            word = min(int(np.searchsorted(sums, u * sums[-1], side="right")), len(p) - 1)
            spelled = self._append(counted, word, float(p[word]), int(used[word]), spelled, chosen=False)

    def choose(self, counted: Counted, model: Model, choice: Choice, at: int, word: int) -> None:
        """A person chose the word after `at` others."""
        bars, rest = self.bars[at], self.rest[at]
        self.cut(at)
        p, used = next_words(model, self.history(model.order), choice)
        self.bars.append(bars)
        self.rest.append(rest)
        spelled = counted.spell(self.ids).rstrip("\ufffd")
        self._append(counted, word, float(p[word]), int(used[word]), spelled, chosen=True)

    def history(self, order: int) -> np.ndarray:
        """The context of the next word: after `</s>` a new sentence begins."""
        since = len(self.ids) - 1 - self.ids[::-1].index(EOS) if EOS in self.ids else -1
        sentence = self.ids[since + 1 :] if since >= 0 else self.ids
        start = [BOS] if since >= 0 else []
        return np.array([*start, *sentence][-max(order, 1) :], np.int64)

    def _look(self, counted: Counted, p: np.ndarray, used: np.ndarray, n_bars: int) -> None:
        n = min(n_bars, int(np.count_nonzero(p)))
        best = np.argpartition(-p, n - 1)[:n] if n < len(p) else np.arange(len(p))
        best = best[np.argsort(-p[best], kind="stable")]
        self.bars.append([Bar(label(counted, int(i)), float(p[i]), int(used[i]), int(i)) for i in best])
        self.rest.append((int(np.count_nonzero(p)) - n, max(0.0, float(1 - p[best].sum()))))

    def _append(self, counted: Counted, word: int, p: float, used: int, before: str, *, chosen: bool) -> str:
        self.ids.append(word)
        spelled = counted.spell(self.ids).rstrip("\ufffd")
        self.words.append(Word(spelled[len(before) :], p, used, chosen))
        return spelled

    def written(self, counted: Counted, title: str, *, traced: bool) -> Written:
        """The draft as it is shown, with the passages that it copies."""
        return Written(
            title=title,
            order=self.order,
            prompt=self.prompt,
            words=self.words,
            bars=self.bars,
            rest=self.rest,
            copied=self.copied(counted) if traced else (),
        )

    def copied(self, counted: Counted) -> list[Copied]:
        """The spans of the written words that stand in the source, with the passages around them."""
        source = counted.source()
        spans = copies.trace(source, np.array(self.ids[self.n_prompt :], np.int32))
        found = []
        for start, length, at in zip(spans.start.tolist(), spans.length.tolist(), spans.position.tolist(), strict=True):
            before, text, after = passage(counted, source, at, length)
            where = f"{at:,} of {len(source.ids):,} {counted.unit}s into the source"
            title = stands_in(counted, at)
            found.append(Copied(start, length, before, text, after, f"{title}; {where}" if title else where))
        return found


def stands_in(counted: Counted, at: int) -> str:
    """The speech or the file in which a place of the source stands, '' if it has no name."""
    begun, titles = counted.passages()
    part = int(np.searchsorted(begun, at, side="right")) - 1
    return titles[part] if part >= 0 else ""


def passage(counted: Counted, source: copies.Source, at: int, length: int) -> tuple[str, str, str]:
    """What stands before, in and after a span of the source."""
    first, last = max(0, at - AROUND), min(len(source.ids), at + length + AROUND)
    parts = [counted.spell(source.ids[first:end].tolist()) for end in (at, at + length, last)]
    return parts[0], parts[1][len(parts[0]) :], parts[2][len(parts[1]) :]


def label(counted: Counted, word: int) -> str:
    """A word as a bar names it."""
    if word == EOS:
        return "¶ end"
    if word == UNK:
        return "a new word"
    spelled = counted.spell([word])
    return spelled.replace(" ", "␣").replace("\t", "⇥") if not spelled.strip() else spelled


def begin(counted: Counted, order: int, prompt: str) -> Draft:
    """An empty draft."""
    ids = counted.prompt(prompt).tolist()
    return Draft(order=order, prompt=prompt.strip("\n"), ids=ids, n_prompt=len(ids))


def order_title(order: int) -> str:
    """What a model of this order is called."""
    return f"{TITLES[order]}s (order {order})" if order in TITLES else f"{order}-grams (order {order})"
