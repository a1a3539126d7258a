"""Each exhibit of the failure museum fails in the way it says, and its cure cures, on seeds 0 to 9."""

import statistics
import time

import engine
from bench import Row
from engine.families.gan.failures import FAILURES

SEEDS = range(10)


def rows() -> list[Row]:
    """One row an exhibit for the failure, one for the cure: on how many seeds it holds."""
    found = []
    for failure in FAILURES.values():
        for claim, values, holds in (
            (f"{failure.name} fails", failure.values, failure.fails),
            (f"{failure.name} is cured", failure.cure, failure.cured),
        ):
            held, seconds = [], []
            for seed in SEEDS:
                start = time.process_time()
                run = engine.start("gan", **values, seed=seed)
                run.advance(engine.Budget())
                held.append(holds(run.snapshot().scores, run.tables()[1]))
                seconds.append(time.process_time() - start)
            ours = f"{sum(held)} of {len(held)} seeds, {statistics.median(seconds):.1f} CPU s each"
            found.append(Row(claim=claim, ours=ours, bar=f"{len(held)} of {len(held)}", met=all(held)))
    return found
