"""Models that are opened, not trained: those that come with the project, and files of latent spaces and runs.

model = load("shapes")                     a starter, ready in a fraction of a second
model = load_model("M.safetensors")        a saved run, or a starter's file

`make models` (python -m engine.starters) trains the starters anew and writes each beside its card.
"""

import dataclasses
import functools
import json
import os
from pathlib import Path

from engine import files
from engine.config import ConfigError
from engine.families import autoencoder
from engine.families.autoencoder.model import LatentModel, of_learner
from engine.starters import packing
from engine.starters.recipes import STARTERS, Starter

__all__ = ["COMPARED", "STARTERS", "Starter", "load", "load_model", "path_of"]

FOLDER = Path(__file__).parent
COMPARED = FOLDER / "compared.json"
"""Methods side by side, several seeds each: what comparing.py found."""
WITH_CODES = tuple(family.name for family in autoencoder.FAMILIES)
NO_CODES = "holds a model that has no codes for pictures"
HEADER_LOOKED_AT = 1_000
"""Bytes; the header's metadata come first."""


def path_of(name: str) -> Path:
    """Where a starter's file is; raises ConfigError for an unknown name."""
    if name not in STARTERS:
        raise ConfigError("starter", name, "must be one of " + ", ".join(STARTERS))
    return FOLDER / f"{name}.safetensors"


@functools.lru_cache(maxsize=len(STARTERS))
def load(name: str) -> LatentModel:
    """A starter, shared by all who ask for it, so nobody writes to it; raises ConfigError."""
    path = path_of(name)
    try:
        data, card = path.read_bytes(), json.loads(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        raise ConfigError("starter", name, "is missing or damaged here; `make models` makes it again") from None
    return dataclasses.replace(packing.from_bytes(data, name, file=str(path)), card=card)


def load_model(source: str | os.PathLike[str] | bytes) -> LatentModel:
    """The latent space of a starter, given its name or its file, or of a saved run; raises ConfigError for all else.

    A file is given as its path or its content.
    """
    if source in STARTERS:
        return load(str(source))
    name = "" if isinstance(source, bytes) else os.fspath(source)
    data = source if isinstance(source, bytes) else _content(name)
    if packing.KEY.encode() in data[:HEADER_LOOKED_AT]:
        return packing.from_bytes(data, "file", file=name)
    if isinstance(source, bytes) and files.described(source)[0] not in WITH_CODES:
        raise ConfigError("file", name, NO_CODES)  # before anything that it names is opened
    run = files.load(source)
    try:
        return of_learner(run.learner, run.family.name)
    except ConfigError:
        raise ConfigError("file", name, NO_CODES) from None


def _content(path: str) -> bytes:
    """What a file holds, as far as it may be large; nothing if it can't be read, which `files.load` then tells."""
    try:
        with open(path, "rb") as stream:
            return stream.read(files.MAX_BYTES + 1)
    except (OSError, ValueError):
        return b""
