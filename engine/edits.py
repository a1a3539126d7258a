"""The changes made to a run on its way, and their compact text for links: `40:lr_g=0.001,80:expert`."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from engine.config import ConfigError
from engine.learner import Family

MAX_EDITS = 200
"""So many changes fit a link."""
MAX_STEP = 10**9
LIKE = "must be changes like 40:lr_g=0.001 (a live field) or 80:expert (an action), joined by commas"


@dataclasses.dataclass(frozen=True, slots=True)
class Edit:
    """A change made on the way: from `step` on, live field `name` has `value`; with `value` None, unit `step` is the
    action `name`."""

    step: int
    name: str
    value: Any = None


def check_edits(family: Family, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits, values in their fields' own types; raises ConfigError unless each is known and steps never fall."""
    checked: list[Edit] = []
    seen: set[tuple[int, str]] = set()
    newest = 0
    for edit in edits:
        if isinstance(edit.step, bool) or not isinstance(edit.step, int) or not newest <= edit.step <= MAX_STEP:
            raise ConfigError(
                "edits",
                edit.step,
                f"the step of a change must be a whole number from {newest} to {MAX_STEP:,}",
            )
        newest = edit.step
        if edit.value is None:
            check_action(family, edit.name)
            value, slot = None, ""
        else:
            value, slot = family.live_field(edit.name).check(edit.value), edit.name
        if (edit.step, slot) in seen:
            raise ConfigError("edits", edit.name, f"is the second such change at step {edit.step}")
        seen.add((edit.step, slot))
        checked.append(Edit(edit.step, edit.name, value))
    return tuple(checked)


def check_action(family: Family, action: str) -> None:
    """Raise ConfigError unless the family knows the action."""
    if action not in family.actions:
        raise ConfigError(
            "action", action, "must be one of " + (", ".join(family.actions) or "none: it has no actions")
        )


def format_edits(edits: Iterable[Edit]) -> str:
    """The text that `parse_edits` reads back as the same edits, if they are no more than MAX_EDITS."""
    return ",".join(f"{e.step}:{e.name}" + ("" if e.value is None else f"={_written(e.value)}") for e in edits)


def parse_edits(family: Family, text: str) -> tuple[Edit, ...]:
    """The edits written in a link, for `engine.start(..., edits=...)`; raises ConfigError for the first bad one."""
    parts = text.split(",", MAX_EDITS) if text else []
    if len(parts) > MAX_EDITS:
        raise ConfigError("edits", text, f"must be at most {MAX_EDITS} changes")
    edits = []
    for part in parts:
        step, colon, change = part.partition(":")
        name, equals, value = change.partition("=")
        if not (colon and name and step.isascii() and step.isdecimal() and len(step) <= len(str(MAX_STEP))):
            raise ConfigError("edits", part, LIKE)
        edits.append(Edit(int(step), name, family.live_field(name).parse(value) if equals else None))
    return check_edits(family, edits)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
