"""What a person asks below the writing: a sentence, a mix of styles, words, a context. It is remembered while its tab
is closed, and is one parameter of the page's link.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from engine.config import ConfigError
from engine.families.ngram import NgramConfig
from playground import forms, session
from playground.address import Parameter
from playground.pieces.language_styles import NAMES

LINK, MAX_LINK = "asked", 10_000
"""The parameter of the link, and its length: that of the longest values, in the longest spelling."""
LENGTHS = {"sentence": 300, "words": 200, "context": 200, "word": 100}
CONTEXTS = {"speeches": "of the", "bible": "the LORD", "python": "return self"}
T = TypeVar("T")
KEY = "language.asked."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`sentence`: who said it; `share`: of the style `second` in its mix with `first`; `words`: looked for in the map
    of pairs; `context`, None for the text's own, and `word`, '' for the likeliest: the probability written out."""

    sentence: str = "And it came to pass that the Congress shall go up unto the people."
    first: str = "bible"
    second: str = "speeches:1961-2026"
    share: float = 0.5
    words: str = ""
    context: str | None = None
    word: str = ""

    def to_link(self) -> str:
        """What differs from the defaults, and is short enough to be read back."""
        said = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if getattr(self, f.name) != f.default}
        return urlencode({name: value for name, value in said.items() if _fits(name, str(value))})


def _fits(name: str, value: str) -> bool:
    return name not in LENGTHS or len(value) <= LENGTHS[name]


def from_link(text: str, own: str) -> Asked:
    """What a link asks; `own`: the text on the stage, which is a style, too. Raises ConfigError for a value that can't
    be."""
    if len(text) > MAX_LINK:
        raise ConfigError(LINK, f"{len(text):,} characters", f"must be at most {MAX_LINK:,}")
    said: dict[str, Any] = dict(parse_qsl(text, keep_blank_values=True, errors="replace"))
    names = [field.name for field in dataclasses.fields(Asked)]
    for name, value in said.items():
        if name not in names:
            raise ConfigError(LINK, name, "must name one of " + ", ".join(names))
        if not _fits(name, value):
            raise ConfigError(name, value, f"must be at most {LENGTHS[name]} characters")
        if name in ("first", "second") and value not in (*NAMES, own):
            raise ConfigError(name, value, "must be one of " + ", ".join(NAMES))
    if "share" in said:
        said["share"] = _share(said["share"])
    return Asked(**said)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:  # nor is NaN
        raise ConfigError("share", text, "must be a number from 0 to 1")
    return value


@dataclasses.dataclass(slots=True, kw_only=True)
class Memory:
    """What one session asks. `of`: the text that the context belongs to; `link`: what the address says of it; `left`:
    whether the open tab has something left to measure."""

    asked: Asked = dataclasses.field(default_factory=Asked)
    of: str = ""
    link: Parameter = dataclasses.field(default_factory=lambda: Parameter(LINK))
    problem: str = ""
    left: bool = False

    def read_link(self, config: NgramConfig) -> None:
        """A link that was opened just now decides what is asked; another text has another context."""
        if self.of and self.of != config.text:
            self.asked = dataclasses.replace(self.asked, context=None, word="")
        self.of, text = config.text, self.link.opened()
        if not text:
            return
        self.problem = ""
        try:
            self.asked = from_link(text, config.text)
        except ConfigError as error:
            self.problem = f"{error} What the link asks is left out."

    def write_link(self) -> None:
        """Let the address of the page say what is asked."""
        self.link.write(self.asked.to_link())

    def widget(self, draw: Callable[..., T], label: str, name: str, value: Any, **more: Any) -> T:
        """The widget for one of the values, drawn by `draw` and set to `value`; returns what it returns."""
        key = KEY + name

        def changed() -> None:
            self.asked, self.problem = dataclasses.replace(self.asked, **{name: session.get(key)}), ""

        return forms.steady(draw, label, key, value, on_change=changed, **more)

    def context(self) -> str:
        """The words after which a probability is written out."""
        own = CONTEXTS.get(self.of.partition(":")[0], "")
        return own if self.asked.context is None else self.asked.context


def memory() -> Memory:
    """This session's."""
    return session.keep("language asked below", Memory)
