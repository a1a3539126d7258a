"""Texts that are being written word by word, with the bars of what could come next; a bar can be clicked.

The server draws words ahead of those that are shown, each with its bars, so that playing, stepping and going back need
no answer from it. What changes the text (a bar, a slider, a new draw) is reported by one of the callbacks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from playground import session
from playground.components.code import live
from playground.components.frames import ComponentError

_mount = live("next_words")


class Bar(NamedTuple):
    """A word that could come next: as shown, its probability, the order of its n-gram (0: none), its id."""

    label: str
    p: float
    order: int
    id: int


class Word(NamedTuple):
    """A written word: with the space before it, probability, order, and whether a person chose it."""

    text: str
    p: float
    order: int
    chosen: bool


class Copied(NamedTuple):
    """A span of words that stands in the source: the passage around it, and where that is, in words."""

    start: int
    length: int
    before: str
    text: str
    after: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A text: `bars[i]` are those from which `words[i]` was drawn, the last ones those of the word after the text.
    `rest[i]`: how many other words there are, and their probability together."""

    title: str
    order: int
    prompt: str
    words: Sequence[Word]
    bars: Sequence[Sequence[Bar]]
    rest: Sequence[tuple[int, float]]
    copied: Sequence[Copied] = field(default=())

    def __post_init__(self) -> None:
        wanted = len(self.words) + 1
        for name in ("bars", "rest"):
            if len(getattr(self, name)) != wanted:
                raise ComponentError(f"{name} has {len(getattr(self, name))} entries: must have {wanted}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """What a person did: `pick(text, position, word id)`, `more(words shown)`, `choose(position, temperature, top_k,
    top_p)`, `anew()`, `trace()`: copies are wanted now."""

    pick: Callable[[int, int, int], None]
    more: Callable[[int], None]
    choose: Callable[[int, float, int, float], None]
    anew: Callable[[], None]
    trace: Callable[[], None]


def next_words(
    texts: Sequence[Written],
    *,
    key: str,
    revision: int,
    cursor: int,
    choice: tuple[float, int, float],
    end: int,
    traced: bool,
    unit: str,
    handlers: Handlers,
) -> None:
    """Draw the texts side by side.

    revision  another number: the texts were changed, and `cursor` words are to be shown; else the browser knows better
    choice    temperature, top-k (0: all), top-p
    end       no text grows longer than so many words
    traced    whether `copied` was worked out
    unit      'word' or 'character'
    """
    data = pack_next_words(texts, revision=revision, cursor=cursor, choice=choice, end=end, traced=traced, unit=unit)

    def reported(event: str) -> Callable[[], None]:
        def call() -> None:
            getattr(handlers, event)(*session.trigger(key, event))

        return call

    events = {f"on_{name}_change": reported(name) for name in ("pick", "more", "choose", "anew", "trace")}
    _mount(key=key, data=data, **events)


def pack_next_words(
    texts: Sequence[Written],
    *,
    revision: int,
    cursor: int,
    choice: tuple[float, int, float],
    end: int,
    traced: bool,
    unit: str,
) -> dict[str, Any]:
    """What the browser gets, checked and rounded."""
    if not texts:
        raise ComponentError("texts = (): there must be at least one")
    if not 0 <= cursor <= min(len(text.words) for text in texts):
        raise ComponentError(f"cursor = {cursor!r}: must be from 0 to the number of words")
    packed = []
    for text in texts:
        one = asdict(text)
        one["words"] = [[w.text, _rounded(w.p), w.order, w.chosen] for w in text.words]
        one["bars"] = [[[b.label, _rounded(b.p), b.order, b.id] for b in bars] for bars in text.bars]
        one["copied"] = [span._asdict() for span in text.copied]
        one["rest"] = [[n, _rounded(p)] for n, p in text.rest]
        packed.append(one)
    return {
        "texts": packed,
        "revision": revision,
        "cursor": cursor,
        "choice": list(choice),
        "end": end,
        "traced": traced,
        "unit": unit,
    }


def _rounded(p: float) -> float:
    return float(f"{p:.3g}")
