"""The engine of the Generative Playground: models that train step by step, usable without a browser.

    import engine
    run = engine.start("gan", size=8, seed=7)
    run.advance(engine.Budget(steps=1500))
    run.snapshot().scores["validity"]
"""

from typing import Any

from engine import runtime
from engine.config import ConfigError
from engine.families import FAMILIES
from engine.run import Budget, Run, Snapshot, Status

__all__ = ["FAMILIES", "Budget", "ConfigError", "Run", "Snapshot", "Status", "start"]

runtime.one_thread()


def start(family: str, /, **values: Any) -> Run:
    """A new run of a family at step 0; what is not given has the default that fits the rest. Raises ConfigError."""
    if family not in FAMILIES:
        raise ConfigError("family", family, "must be one of " + ", ".join(FAMILIES))
    return Run(FAMILIES[family], FAMILIES[family].build(values))
