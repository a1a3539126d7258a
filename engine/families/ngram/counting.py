"""Two ways to count, with the same result: sorted runs in memory, or a database on disk."""

from typing import Protocol

import numpy as np

from engine.families.ngram.duck import DuckCounter
from engine.families.ngram.grams import Counter, Grams

DISK_BYTES = 1_000_000_000
"""With counting 'auto', texts larger than this are counted on disk."""


class Counting(Protocol):
    """Counts that grow by chunks."""

    bits: int

    @property
    def runs(self) -> list[Grams]:
        """The counts in parts, in the form that `load` takes."""
        ...

    def add(self, ids: np.ndarray, n_words: int) -> None:
        """Count a stream of sentences whose ids are below `n_words`."""
        ...

    def load(self, bits: int, runs: list[Grams]) -> None:
        """Take over such parts."""
        ...

    def settle(self) -> None:
        """Make ready for `total`: a text has ended."""
        ...

    def total(self) -> Grams:
        """All counts as one."""
        ...

    def shown(self, most: int) -> Grams:
        """All counts, or above `most` windows those of a part that can be had at once."""
        ...


class MemoryCounter(Counter):
    """Sorted runs in memory."""

    def load(self, bits: int, runs: list[Grams]) -> None:
        """Take over runs."""
        self.bits, self.runs = bits, list(runs)

    def shown(self, most: int) -> Grams:
        """All counts while they are few, else the largest run of at most `most` windows, or the smallest there is."""
        if sum(len(run.counts) for run in self.runs) <= most:
            return self.total()
        return next((run for run in self.runs if len(run.counts) <= most), self.runs[-1])


def counter(how: str, order: int, n_bytes: int) -> Counting:
    """A new counter; `how`: numpy, duckdb, or auto, which looks at the size of the text."""
    on_disk = how == "duckdb" or (how == "auto" and n_bytes > DISK_BYTES)
    return DuckCounter(order) if on_disk else MemoryCounter(order)
