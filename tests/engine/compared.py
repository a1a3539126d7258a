"""How two runs are compared: their state and their past bit for bit, whoever looked and drew in between."""

import dataclasses
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from engine.run import Run


def plain(value: Any) -> Any:
    """Anything a run shows, as nested tuples that compare bit for bit."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, Mapping):
        return tuple((name, plain(item)) for name, item in value.items())
    if isinstance(value, (tuple, list)):
        return tuple(plain(item) for item in value)
    if dataclasses.is_dataclass(value):
        return tuple((f.name, plain(getattr(value, f.name))) for f in dataclasses.fields(value))
    return repr(value)


def state_of(run: Run) -> Any:
    """All that decides the future of a run, and its status."""
    return plain([run.step, run.config, run.status, run.reason, run.metrics, run.learner.state_dict()])


def past_of(run: Run) -> Any:
    """All that a run remembers and shows."""
    return plain([run.tables(), run.frames()])


def assert_same(run: Run, other: Run) -> None:
    """Two runs stand at the same step in the same state, bit for bit."""
    assert state_of(run) == state_of(other)


def arrays_in(value: Any) -> list[np.ndarray]:
    """Every array in a view, a state or a trace."""
    if isinstance(value, np.ndarray):
        return [value]
    if dataclasses.is_dataclass(value):
        return arrays_in([getattr(value, f.name) for f in dataclasses.fields(value)])
    if isinstance(value, Mapping):
        value = list(value.values())
    return [array for item in value for array in arrays_in(item)] if isinstance(value, (tuple, list)) else []


def look(run: Run) -> None:
    """Everything that may be asked of a run without changing it."""
    run.snapshot()
    run.snapshot(fresh_scores=False)
    run.explain()
    run.frame(run.step)
    run.frames()
    run.tables()
    run.state_dict()
    run.learner.view()
    if hasattr(run.learner, "score"):
        run.learner.score()


def seed_globals(seed: int) -> None:
    """What any other library in the process may do."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)


def draw_globally() -> tuple[float, float, float]:
    """One number from each global generator."""
    return random.random(), np.random.rand(), float(torch.rand(()))  # noqa: NPY002
