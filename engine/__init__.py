"""The engine of the Generative Playground: models that train step by step, usable without a browser.

import engine
run = engine.start("gan", size=8, seed=7)
run.advance(engine.Budget(steps=1500))
run.snapshot().scores["validity"]
"""

from collections.abc import Iterable
from typing import Any

from engine import runtime
from engine.config import ConfigError
from engine.edits import Edit, format_edits, parse_edits
from engine.families import FAMILIES
from engine.run import Budget, Run, Snapshot, Status

__all__ = [
    "FAMILIES",
    "Budget",
    "ConfigError",
    "Edit",
    "Run",
    "Snapshot",
    "Status",
    "format_edits",
    "parse_edits",
    "start",
]

runtime.one_thread()


def start(family: str, /, *, edits: Iterable[Edit] = (), **values: Any) -> Run:
    """A new run of a family at step 0; what is not given has the default that fits the rest. Raises ConfigError.

    `edits` are changes that come at their steps, so that config, edits and a step describe a run bit for bit:

        edits = engine.parse_edits(engine.FAMILIES["gan"], "40:lr_g=0.001,80:expert")
        run = engine.start("gan", seed=7, edits=edits)
    """
    if family not in FAMILIES:
        raise ConfigError("family", family, "must be one of " + ", ".join(FAMILIES))
    return Run(FAMILIES[family], FAMILIES[family].build(values), edits)
