"""Every number that this project claims, measured beside its baseline in the same run: `python -m bench [name ...]`.

A bench is a module of this package with `rows() -> list[Row]`.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable, Sequence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured claim. `ours` and `baseline` are texts with their units; `met` is None where there is no bar."""

    claim: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    bar: str = ""
    met: bool | None = None


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """The median of some measurements, with the least and the greatest: '3.10 (2.90-3.20)'."""
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:{form}} ({low:{form}}-{high:{form}})"


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process that a call takes."""
    start = time.process_time()
    work()
    return time.process_time() - start
