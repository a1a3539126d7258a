"""The failure museum: settings that break a GAN in a known way, and the change that cures it.

Each claim is a function of a finished run's scores and of its table of scores, so that it can be checked on any seed
(bench/failures.py does, on ten).
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.learner import Metrics

Table = Mapping[str, np.ndarray]
Claim = Callable[[Metrics, Table], bool]

FEW_OFFSETS = 0.4
"""The share of all offsets that a collapsed forger paints at most."""
GOOD = 0.9
"""The validity of a forger who is cured."""
NO_GRADIENT = 1e-6
"""The forger's gradient over that of the non-saturating loss at the same weights: gone, if not larger."""
SWING = 0.25
"""How far the validity of the forger's own weights goes up and down in the second half of an oscillating run."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One exhibit: a title, the settings that fail and those that cure, what to watch, why, and the two claims."""

    name: str
    title: str
    values: Mapping[str, Any]
    cure: Mapping[str, Any]
    watch: str
    why: str
    fails: Claim
    cured: Claim


def _collapsed(scores: Metrics, _table: Table) -> bool:
    return scores["offsets_covered"] <= FEW_OFFSETS


def _paints_all(scores: Metrics, _table: Table) -> bool:
    return scores["offsets_covered"] == 1 and scores["validity"] >= GOOD


def _vanished(scores: Metrics, _table: Table) -> bool:
    return scores["validity"] == 0 and scores["grad_g"] <= NO_GRADIENT * scores["grad_g_ns"]


def _oscillates(_scores: Metrics, table: Table) -> bool:
    late = table["validity_raw"][len(table["validity_raw"]) // 2 :]
    return late.max() - late.min() >= SWING


def _settles(scores: Metrics, _table: Table) -> bool:
    return scores["offsets_covered"] == 1 and scores["validity_raw"] >= GOOD


STRONG = {"lr_d": 1e-2, "d_steps": 5, "steps": 600}
LARGE_STEPS = {"offsets": "continuous", "width_g": 64, "lr_g": 1.2e-2, "lr_d": 1.2e-2, "batch": 8, "steps": 4000}

FAILURES = {
    failure.name: failure
    for failure in (
        Failure(
            name="collapse",
            title="Mode collapse: why does he paint only one picture?",
            values={"penalty": "none", "steps": 1500},
            cure={"penalty": "r1", "steps": 1500},
            watch="The fakes turn into fine diagonals, and all of them are the same one: see 'Offsets covered'.",
            why="The forger moves to wherever the expert errs now, with all fakes at once; the expert follows. Nothing "
            "rewards variety. The gradient penalty keeps the expert flat where real paintings are, so that no "
            "single picture pays much more than another.",
            fails=_collapsed,
            cured=_paints_all,
        ),
        Failure(
            name="vanishing",
            title="An expert too strong: why does the forger not learn at all?",
            values={"loss": "minimax", "penalty": "none", **STRONG},
            cure={"loss": "non_saturating", "penalty": "r1", **STRONG},
            watch="D(fake) is 0 at once, and the fakes stop moving: see the two sizes of his gradient in the recipe.",
            why="log(1 - D) is flat where D is 0, so a sure expert gives the forger no slope to follow. The "
            "non-saturating loss -log D is steep just there, and the penalty keeps the expert from being so sure.",
            fails=_vanished,
            cured=_paints_all,
        ),
        Failure(
            name="oscillation",
            title="Oscillation: why does he never settle?",
            values={"cosine": False, **LARGE_STEPS},
            cure={"cosine": True, **LARGE_STEPS},
            watch="Show 'Forger without averaging': his fakes get better and worse for ever; the average is calmer.",
            why="Two players who both take large steps, on few examples, circle around the point where neither can "
            "gain. Steps that shrink let them come to rest; the average of the weights lies near the middle of the "
            "circle.",
            fails=_oscillates,
            cured=_settles,
        ),
    )
}
