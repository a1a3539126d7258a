"""Every setting of the neural language model, with its bounds, and the recipe: defaults that fit the text."""

from collections.abc import Mapping
from typing import Any

from engine import config as fields
from engine.data import tokens
from engine.data.texts import is_named


@fields.config
class NeuralConfig:
    """A neural language model. A step is one update from one batch."""

    seed: int = fields.bounded(0, 0, 2**31 - 1, doc="Chooses the held-out lines, first weights, batches and words.")
    text: str = fields.text("speeches:1961-2026", doc="A text by name, or a path, as for the n-gram model.")
    tokenizer: str = fields.choice("words", tokens.TOKENIZERS, doc="How text is cut into tokens.")
    context: int = fields.bounded(4, 1, 16, doc="k: how many tokens before the next one are seen.")
    embedding: int = fields.bounded(48, 1, 256, doc="Numbers in a token's vector.")
    width: int = fields.bounded(96, 1, 512, doc="Units of the hidden layer.")
    batch: int = fields.bounded(1024, 1, 4096, log=True, doc="Tokens predicted in a step.")
    sampled: int = fields.bounded(
        1000, 0, 10_000, doc="Tokens that stand for all in a step's softmax; 0, or if they are half of all: all."
    )
    lr: float = fields.bounded(6e-3, 1e-5, 1e-1, log=True, live=True, label="Step size", doc="Adam's first step size.")
    decay: float = fields.bounded(
        0.3, 0.0, 1.0, live=True, label="Weight decay", doc="How much weights shrink in a step, times the step size."
    )
    steps: int = fields.bounded(3000, 1, 200_000, log=True, doc="The run ends after so many steps.")
    held_out: float = fields.bounded(0.1, 0.0, 0.5, label="Held-out share", doc="Lines kept from training.")


def recipe(values: Mapping[str, Any]) -> dict[str, Any]:
    """A few signs mean little and are cheap: characters see more of them, for longer. Names are so few that a large net
    soon knows them by heart. A file, which is the user's, is learned from as a whole."""
    text, tokenizer = values.get("text", ""), values.get("tokenizer", "")
    names = text.partition(":")[0] == "names"
    found: dict[str, Any] = {} if not text or is_named(text) else {"held_out": 0.0}
    if names and not tokenizer:
        tokenizer = found["tokenizer"] = "characters"
    if tokenizer == "characters":
        many = {"context": 8, "embedding": 16, "width": 128, "batch": 256, "steps": 5000, "lr": 8e-3, "decay": 0.0}
        few = {"embedding": 8, "width": 32, "batch": 256, "steps": 400, "lr": 2e-2, "decay": 0.0}
        found |= few if names else many
    return found
