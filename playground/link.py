"""The link is the experiment: what differs from the defaults, the changes made on the way, and the step it stands at.

Reading never fails: what can't be used is left out, and one sentence says so.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from engine.config import ConfigError, field
from engine.edits import MAX_STEP, Edit, format_edits, parse_edits
from engine.learner import Family

STEP, EDITS = "at", "edits"
OWN = frozenset({"present", "model", "write", "part", "neural", "asked"})
"""Parameters of the page, not of the experiment: no family has a field of such a name."""
MAX_LENGTH = 4000


@dataclasses.dataclass(frozen=True, slots=True)
class Experiment:
    """Chosen values by field name (the rest follows from the recipe), edits, and the step to stand at."""

    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    step: int = 0


def read(family: Family, parameters: Mapping[str, str]) -> tuple[Experiment, list[str]]:
    """The experiment that a link's parameters describe, and one sentence for each that can't be used."""
    problems: list[str] = []
    if sum(len(name) + len(value) for name, value in parameters.items()) > MAX_LENGTH:
        return Experiment(), [f"The link is longer than {MAX_LENGTH:,} characters: the defaults are shown instead."]
    values: dict[str, Any] = {}
    for name, text in parameters.items():
        if name in OWN or name in (STEP, EDITS):
            continue
        try:
            values[name] = field(family.config, name).parse(text)
        except ConfigError as error:
            problems.append(f"{error} The default is used instead.")
    try:
        config = family.build(values)
    except ConfigError as error:
        return Experiment(), [f"{error} The defaults are used instead."]
    edits: tuple[Edit, ...] = ()
    try:
        edits = parse_edits(family, parameters.get(EDITS, ""))
    except ConfigError as error:
        problems.append(f"{error} They are left out.")
    step = 0
    text = parameters.get(STEP, "0")
    last = getattr(config, "steps", MAX_STEP)  # a family without it ends by a rule of its own
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= last:
        step = int(text)
    else:
        problems.append(f"{ConfigError(STEP, text, f'must be a whole number from 0 to {last}')} The run starts at 0.")
    return Experiment(values, edits, step), problems


def write(family: Family, experiment: Experiment) -> dict[str, str]:
    """The parameters that `read` reads back as the same experiment."""
    parameters = {name: field(family.config, name).format(value) for name, value in experiment.values.items()}
    if experiment.edits:
        parameters[EDITS] = format_edits(experiment.edits)
    if experiment.step:
        parameters[STEP] = str(experiment.step)
    return parameters


def chosen(family: Family, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only the values that differ from what the recipe would give: the shortest link."""
    kept = dict(values)
    for name in list(kept):
        rest = {other: value for other, value in kept.items() if other != name}
        if getattr(family.build(rest), name) == kept[name]:
            kept = rest
    return kept
