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

FEW_OFFSETS, GOOD = 0.5, 0.9
NO_GRADIENT = 1e-6
SWING = 0.1
"""Validity of the forger's own weights goes up and down by at least so much between scores of the run's second half."""


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


def _collapsed(scores: Metrics, table: Table) -> bool:  # noqa: ARG001
    return scores["offsets_covered"] <= FEW_OFFSETS and scores["validity"] >= FEW_OFFSETS


def _paints_all(scores: Metrics, table: Table) -> bool:  # noqa: ARG001
    return scores["offsets_covered"] == 1 and scores["validity"] >= GOOD


def _vanished(scores: Metrics, table: Table) -> bool:  # noqa: ARG001
    return scores["validity"] == 0 and scores["grad_g"] <= NO_GRADIENT * scores["grad_g_ns"]


def _swing(table: Table) -> float:
    late = table["validity_raw"][len(table["validity_raw"]) // 2 :]
    return float(late.max() - late.min()) if len(late) else 0.0


def _oscillates(scores: Metrics, table: Table) -> bool:  # noqa: ARG001
    return _swing(table) >= SWING


def _steady(scores: Metrics, table: Table) -> bool:  # noqa: ARG001
    return scores["validity_raw"] >= GOOD and scores["offsets_covered"] == 1


FAILURES = {
    failure.name: failure
    for failure in (
        Failure(
            name="collapse",
            title="Mode collapse: why does he paint only one picture?",
            values={"penalty": "none", "codes": 0, "steps": 1500},
            cure={"penalty": "r1", "codes": 64, "steps": 1500},
            watch="Each fake is a fine diagonal, and all of them are the same one: see 'Offsets covered'.",
            why="The forger moves to wherever the expert errs now, with all fakes at once; the expert follows. Nothing "
            "rewards variety. The gradient penalty keeps the expert flat where real paintings are, so that no "
            "single picture pays much more than another; a one-hot part of z lets the forger jump between lines.",
            fails=_collapsed,
            cured=_paints_all,
        ),
        Failure(
            name="vanishing",
            title="An expert too strong: why does the forger not learn at all?",
            values={"loss": "minimax", "penalty": "none", "lr_d": 1e-2, "lr_g": 1e-4, "d_steps": 5, "steps": 600},
            cure={"loss": "non_saturating", "penalty": "r1", "steps": 1500},
            watch="D(fake) is 0 at once, and the fakes stop moving: see the two sizes of his gradient in the recipe.",
            why="log(1 - D) is flat where D is 0, so a sure expert gives the forger no slope to follow. The "
            "non-saturating loss -log D is steep just there, and the penalty keeps the expert from being so sure.",
            fails=_vanished,
            cured=_paints_all,
        ),
        Failure(
            name="oscillation",
            title="Oscillation: why does he never settle?",
            values={"cosine": False, "lr_g": 3e-2, "lr_d": 3e-2, "steps": 3000},
            cure={"cosine": True, "steps": 3000},
            watch="Show 'Forger without averaging': his fakes get better and worse for ever; the average is calmer.",
            why="Two players who both take large steps circle around the point where neither can gain. Steps that "
            "shrink let them come to rest; the average of the weights lies near the middle of the circle.",
            fails=_oscillates,
            cured=_steady,
        ),
    )
}
