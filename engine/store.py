"""Memory of a run under a byte limit: when it is full, every second entry goes and the spacing doubles."""

import bisect
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")


class Thinned(Generic[T]):
    """Entries at evenly spaced steps: step 0, spacing, 2 x spacing, ... Their sizes together stay under `byte_limit`.

    Thinning never fails: an entry too large for the limit leaves the store with less, at the least with step 0.
    """

    def __init__(self, *, byte_limit: int, spacing: int) -> None:
        self.byte_limit, self.spacing, self.n_bytes = byte_limit, spacing, 0
        self._entries: dict[int, tuple[T, int]] = {}
        self._steps: list[int] = []

    def wants(self, step: int) -> bool:
        """Whether an entry for this step would be kept."""
        return step % self.spacing == 0 and step not in self._entries

    def put(self, step: int, entry: T, n_bytes: int) -> None:
        """Keep an entry that `wants` asked for, and thin if there is too much."""
        self._entries[step] = entry, n_bytes
        bisect.insort(self._steps, step)
        self.n_bytes += n_bytes
        while self.n_bytes > self.byte_limit and len(self._steps) > 1:
            self.spacing *= 2
            self._drop([s for s in self._steps if s % self.spacing])

    def before(self, step: int) -> tuple[int, T] | None:
        """The newest entry at this step or earlier, with its step."""
        at = bisect.bisect_right(self._steps, step) - 1
        return None if at < 0 else (self._steps[at], self._entries[self._steps[at]][0])

    def cut(self, step: int) -> None:
        """Forget everything later than this step."""
        self._drop(self._steps[bisect.bisect_right(self._steps, step) :])

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that have an entry, in order."""
        return tuple(self._steps)

    def _drop(self, steps: list[int]) -> None:
        for step in steps:
            self.n_bytes -= self._entries.pop(step)[1]
        self._steps = sorted(self._entries)


class History:
    """Named numbers by step, thinned to at most `max_rows` rows: a table with a column a name."""

    def __init__(self, *, spacing: int = 1, max_rows: int = 8192) -> None:
        self.spacing, self.max_rows = spacing, max_rows
        self.names: tuple[str, ...] = ()
        self._steps = np.empty(0, dtype=np.int64)
        self._rows = np.empty((0, 0))
        self._n = 0

    def wants(self, step: int) -> bool:
        """Whether a row for this step is new and would be kept."""
        return step % self.spacing == 0 and (self._n == 0 or step > self._steps[self._n - 1])

    def put(self, step: int, row: dict[str, float]) -> None:
        """Add the row of a step later than all others. The first row decides the columns."""
        if not self.names:
            self.names = tuple(row)
        if self._n == len(self._steps):
            self._grow()
            if step % self.spacing:
                return
        self._steps[self._n] = step
        self._rows[self._n] = [row.get(name, np.nan) for name in self.names]
        self._n += 1

    def cut(self, step: int) -> None:
        """Forget every row later than this step."""
        self._n = int(np.searchsorted(self._steps[: self._n], step, side="right"))

    def table(self, until: int | None = None) -> dict[str, np.ndarray]:
        """Columns as arrays of equal length, 'step' first; with `until`, only up to that step."""
        n = self._n if until is None else int(np.searchsorted(self._steps[: self._n], until, side="right"))
        columns = {"step": self._steps[:n].copy()}
        return columns | {name: self._rows[:n, k].copy() for k, name in enumerate(self.names)}

    @property
    def n_bytes(self) -> int:
        """Memory held, in bytes."""
        return self._steps.nbytes + self._rows.nbytes

    def _grow(self) -> None:
        if self._n >= self.max_rows:
            self.spacing *= 2
            keep = self._steps[: self._n] % self.spacing == 0
        else:
            keep = np.ones(self._n, dtype=bool)
        steps, rows = self._steps[: self._n][keep], self._rows[: self._n][keep]
        room = min(self.max_rows, max(256, 2 * len(steps)))
        self._steps = np.zeros(room, dtype=np.int64)
        self._rows = np.zeros((room, len(self.names)))
        self._n = len(steps)
        if self._n:
            self._steps[: self._n], self._rows[: self._n] = steps, rows
