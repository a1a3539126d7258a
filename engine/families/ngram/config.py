"""Every setting of the n-gram model, with its bounds, and the recipe: defaults that fit the text."""

from collections.abc import Mapping
from typing import Any

from engine import config as fields
from engine.data.texts import is_named
from engine.data.tokens import TOKENIZERS
from engine.families.ngram.smoothing import SMOOTHINGS

HELD_OUT = 0.1
DEFAULT_TEXT = "speeches:1961-2026"
"""Half a million words: counted in a second or two."""


@fields.config
class NgramConfig:
    """An n-gram model. A step counts one chunk of the text; smoothing may change at any time, the counts stay."""

    seed: int = fields.bounded(0, 0, 2**31 - 1, doc="Chooses the held-out lines and the words that are drawn.")
    text: str = fields.text(DEFAULT_TEXT, doc="A text by name (speeches, bible, python, names, stories), or a path.")
    second: str = fields.text("", label="Second text", doc="Another one, counted after the first when it is added.")
    add_second: bool = fields.flag(False, live=True, label="Add the second text", doc="Count the second text, too.")
    tokenizer: str = fields.choice("words", TOKENIZERS, doc="How text is cut into tokens.")
    order: int = fields.bounded(3, 1, 7, doc="n: a word is predicted from the n - 1 before it.")
    smoothing: str = fields.choice(
        "kneser_ney", SMOOTHINGS, live=True, doc="How seen and unseen share the probability."
    )
    add_k: float = fields.bounded(
        1.0, 1e-4, 10.0, log=True, live=True, label="k", doc="What add-k smoothing adds to each count."
    )
    chunk: int = fields.bounded(
        0, 0, 100_000_000, label="Chunk", doc="Bytes of text counted in one step; 0: a fortieth of the text."
    )
    counting: str = fields.choice(
        "auto",
        ("auto", "numpy", "duckdb"),
        doc="In memory, or by a database on disk; auto: on disk above 1 GB of text.",
    )
    held_out: float = fields.bounded(
        0.0,
        0.0,
        0.5,
        label="Held-out share",
        doc="The share of lines that is kept from training, to measure perplexity.",
    )


def recipe(values: Mapping[str, Any]) -> dict[str, Any]:
    """A named text keeps a tenth of its lines held out; of a file, which is the user's, every line is learned from.

    Names, which are short, are cut into characters.
    """
    named = values.get("text", DEFAULT_TEXT)
    found: dict[str, Any] = {"held_out": HELD_OUT if is_named(named) else 0.0}
    if named.partition(":")[0] == "names":
        found |= {"tokenizer": "characters", "order": 4}
    return found
