"""Left diagonals by default settings, seeds 0 to 9, final weights: validity, offsets, total variation, CPU seconds.

The baseline of the total variation is what a perfect forger gets from as many samples.
"""

import dataclasses
import time

import engine
from bench import Row, spread

SEEDS = range(10)
MOST_TV, MOST_SECONDS = 0.10, 10.0
GOOD, GOOD_SEEDS = 0.99, 8


@dataclasses.dataclass(frozen=True)
class Case:
    """One kind of data. `least`: the validity that every seed must reach; `strict`: most must reach 99 %."""

    size: int
    offsets: str
    least: float
    strict: bool = False


CASES = (
    Case(8, "whole", 0.98, strict=True),
    Case(8, "continuous", 0.98, strict=True),
    Case(16, "whole", 0.97),
    Case(16, "continuous", 0.97),
    Case(4, "whole", 0.97),
    Case(4, "continuous", 0.97),
)


def rows() -> list[Row]:
    """Four rows a case."""
    return [row for case in CASES for row in measured(case)]


def measured(case: Case) -> list[Row]:
    """Validity, coverage, total variation and time on all seeds."""
    scores, seconds = [], []
    for seed in SEEDS:
        start = time.process_time()
        run = engine.start("gan", size=case.size, offsets=case.offsets, seed=seed)
        run.advance(engine.Budget())
        seconds.append(time.process_time() - start)
        scores.append(run.snapshot().scores)
    valid, covered, tv, floor = (
        [s[name] for s in scores] for name in ("validity", "offsets_covered", "offset_tv", "offset_tv_floor")
    )
    name, n_good = f"{case.size}x{case.size} {case.offsets}", sum(v >= GOOD for v in valid)
    bar = f">= {case.least} on all" + (f", >= {GOOD} on {GOOD_SEEDS}" if case.strict else "")
    enough = min(valid) >= case.least and (n_good >= GOOD_SEEDS or not case.strict)
    return [
        Row(claim=f"{name}: valid", ours=f"{spread(valid, '.3f')}, {n_good} >= {GOOD}", bar=bar, met=enough),
        Row(claim=f"{name}: offsets covered", ours=spread(covered), bar="all on all", met=min(covered) == 1),
        Row(
            claim=f"{name}: total variation", ours=spread(tv, ".3f"), baseline=spread(floor, ".3f"),
            bar=f"<= {MOST_TV} on all", met=max(tv) <= MOST_TV,
        ),
        Row(
            claim=f"{name}: CPU s", ours=spread(seconds), bar=f"<= {MOST_SECONDS:g} on all",
            met=max(seconds) <= MOST_SECONDS,
        ),
    ]  # fmt: skip
