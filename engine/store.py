"""The memory of a run, under a byte limit: when it is full, every second entry goes and the spacing doubles."""

import bisect
import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import numpy as np

from engine import runtime
from engine.packed import Packed, pack, together

T = TypeVar("T")

CHECKPOINT_BYTES = 8_000_000
FRAME_BYTES = 6_000_000
TABLE_BYTES = 900_000
"""With two tables the memory of a run stays below 16 MB."""
CHECKPOINT_SPACING = 64
FRAME_SPACING = 16
MAX_FRAMES = 128
"""Enough for a timeline, and so a view, which costs as much as a third of a step, is seldom made."""
MUCH = 1_000_000
"""So many bytes that are freed at once are worth the system's attention."""
ENTRY_BYTES = 1_000
"""What an entry costs besides its arrays: Python's objects, dictionaries and lists."""


class Thinned(Generic[T]):
    """Entries at evenly spaced steps: step 0, spacing, 2 x spacing, ... At most `max_entries`, and
    `byte_limit` together.

    Thinning never fails: an entry that is larger than the limit is not kept, and is asked for half as often. Entries
    that outlast it are the ones that `move` makes of them, for instance to close the gaps.
    """

    def __init__(
        self, *, byte_limit: int, spacing: int, max_entries: int = 1000, move: Callable[[list[T]], list[T]] = list
    ) -> None:
        self.byte_limit, self.max_entries, self._move = byte_limit, max_entries, move
        self.spacing, self.n_bytes = spacing, 0
        self._entries: dict[int, tuple[T, int]] = {}
        self._steps: list[int] = []

    def wants(self, step: int) -> bool:
        """Whether an entry for this step would be kept."""
        return step % self.spacing == 0 and step not in self._entries

    def put(self, step: int, entry: T, n_bytes: int) -> None:
        """Keep an entry whose arrays have so many bytes, and thin if there is too much."""
        size = n_bytes + ENTRY_BYTES
        if size > self.byte_limit:
            self._thin()
            return
        if step in self._entries:
            self._drop([step])
        self._entries[step] = entry, size
        bisect.insort(self._steps, step)
        self.n_bytes += size
        while self.n_bytes > self.byte_limit or len(self._steps) > self.max_entries:
            self._thin()

    def before(self, step: int) -> tuple[int, T] | None:
        """The newest entry at this step or earlier, with its step."""
        at = bisect.bisect_right(self._steps, step) - 1
        return None if at < 0 else (self._steps[at], self._entries[self._steps[at]][0])

    def until(self, step: int) -> tuple[tuple[int, T], ...]:
        """Every entry at this step or earlier, with its step, in order."""
        return tuple((s, self._entries[s][0]) for s in self._steps[: bisect.bisect_right(self._steps, step)])

    def cut(self, step: int) -> None:
        """Forget everything later than this step."""
        self._drop(self._steps[bisect.bisect_right(self._steps, step) :])

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that have an entry, in order."""
        return tuple(self._steps)

    def _thin(self) -> None:
        self.spacing *= 2
        before = self.n_bytes
        self._drop([s for s in self._steps if s % self.spacing])
        moved = self._move([entry for entry, _ in self._entries.values()])
        self._entries = {s: (e, size) for (s, (_, size)), e in zip(self._entries.items(), moved, strict=True)}
        if before - self.n_bytes > MUCH:
            runtime.give_back()

    def _drop(self, steps: list[int]) -> None:
        for step in steps:
            self._entries.pop(step, None)
        self._steps = sorted(self._entries)
        self.n_bytes = sum(size for _, size in self._entries.values())


class History:
    """Named numbers by step, thinned to at most `max_rows` rows and `max_bytes`: a table with a column a name."""

    def __init__(self, *, spacing: int = 1, max_rows: int = 8192, max_bytes: int = TABLE_BYTES) -> None:
        self.spacing, self.max_rows, self.max_bytes = spacing, max_rows, max_bytes
        self.names: tuple[str, ...] = ()
        self._known: set[str] = set()
        self._steps = np.empty(0, dtype=np.int64)
        self._rows = np.empty((0, 0))
        self._n = 0

    def wants(self, step: int) -> bool:
        """Whether a row for this step is new and would be kept."""
        return step % self.spacing == 0 and (self._n == 0 or step > self._steps[self._n - 1])

    def put(self, step: int, row: Mapping[str, float]) -> None:
        """Add the row of a step later than all others. A name not seen before is a new column, NaN until now."""
        if not self._known.issuperset(row):
            self._widen(row)
        if self._n == len(self._steps):
            self._make_room()
        if step % self.spacing:
            return
        self._steps[self._n] = step
        self._rows[self._n] = [row.get(name, math.nan) for name in self.names]
        self._n += 1

    def cut(self, step: int) -> None:
        """Forget every row later than this step, and every column that was there for such rows only."""
        self._n = int(np.searchsorted(self._steps[: self._n], step, side="right"))
        kept = ~np.all(np.isnan(self._rows[: self._n]), axis=0, keepdims=True)[0]
        if not kept.all():
            self.names = tuple(name for name, keep in zip(self.names, kept, strict=True) if keep)
            self._known = set(self.names)
            self._rows = self._rows[:, kept]

    def table(self, until: int | None = None) -> dict[str, np.ndarray]:
        """Columns as arrays of equal length, 'step' first; with `until`, only up to that step."""
        n = self._n if until is None else int(np.searchsorted(self._steps[: self._n], until, side="right"))
        columns = {"step": self._steps[:n].copy()}
        return columns | {name: self._rows[:n, k].copy() for k, name in enumerate(self.names)}

    def row(self, step: int) -> tuple[int, dict[str, float]] | None:
        """The newest row at this step or earlier, with its step."""
        at = int(np.searchsorted(self._steps[: self._n], step, side="right")) - 1
        if at < 0:
            return None
        return int(self._steps[at]), dict(zip(self.names, self._rows[at].tolist(), strict=True))

    def load(self, table: Mapping[str, np.ndarray]) -> None:
        """Take over a table, by copying; raises ValueError unless it is one: columns of equal length, steps rising."""
        steps = np.array(table["step"], dtype=np.int64)
        names = tuple(name for name in table if name != "step")
        rows = np.empty((len(steps), len(names)))
        for k, name in enumerate(names):
            rows[:, k] = table[name]
        gaps = np.diff(steps)
        if steps.ndim != 1 or (len(steps) and steps[0] < 0) or (gaps <= 0).any():
            raise ValueError("the steps of a table must rise")
        self.names, self._known = names, set(names)
        self._steps, self._rows, self._n = steps, rows, len(steps)
        if len(gaps):
            self.spacing = max(self.spacing, int(gaps.min()))
        if self._n > self._room():
            self._make_room()

    @property
    def n_bytes(self) -> int:
        """Memory held, in bytes."""
        return self._steps.nbytes + self._rows.nbytes + ENTRY_BYTES

    def _room(self) -> int:
        """How many rows fit the limits."""
        return max(2, min(self.max_rows, self.max_bytes // (8 * (1 + len(self.names)))))

    def _make_room(self) -> None:
        most = self._room()
        steps, rows = self._steps[: self._n], self._rows[: self._n]
        while len(steps) >= most:
            self.spacing *= 2
            keep = steps % self.spacing == 0
            steps, rows = steps[keep], rows[keep]
        self._n = len(steps)
        self._steps = np.zeros(min(most, max(256, 2 * len(steps))), dtype=np.int64)
        self._rows = np.zeros((len(self._steps), len(self.names)))
        self._steps[: self._n], self._rows[: self._n] = steps, rows

    def _widen(self, row: Mapping[str, float]) -> None:
        new = tuple(name for name in row if name not in self._known)
        self.names += new
        self._known.update(new)
        self._rows = np.hstack([self._rows, np.full((len(self._rows), len(new)), np.nan)])
        if len(self._steps) > self._room():
            self._make_room()


@dataclasses.dataclass(frozen=True, slots=True)
class Checkpoint:
    """A learner's state, and the numbers of the unit that led to it."""

    state: dict[str, np.ndarray]
    metrics: dict[str, float]


class Past:
    """All that a run remembers: the numbers of every step, the scores, states to rewind to, and views to show again."""

    def __init__(self, *, score_every: int) -> None:
        self.history, self.scores = History(), History(spacing=score_every)
        self.checkpoints: Thinned[Checkpoint] = Thinned(byte_limit=CHECKPOINT_BYTES, spacing=CHECKPOINT_SPACING)
        self.frames: Thinned[Packed] = Thinned(
            byte_limit=FRAME_BYTES, spacing=FRAME_SPACING, max_entries=MAX_FRAMES, move=together
        )

    def keep_state(self, step: int, state: dict[str, np.ndarray], metrics: dict[str, float]) -> None:
        """Remember a state to rewind to, by copying."""
        packed = pack(state)
        self.checkpoints.put(step, Checkpoint(packed.value(), metrics), packed.n_bytes)

    def keep_view(self, step: int, view: Any) -> None:
        """Remember a view, by copying."""
        newest = self.frames.before(step)
        packed = pack(view, like=newest and newest[1])
        self.frames.put(step, packed, packed.n_bytes)

    def view_before(self, step: int) -> tuple[int, Any] | None:
        """The newest view kept at this step or earlier, with its step; its arrays are read-only."""
        found = self.frames.before(step)
        return found and (found[0], found[1].value())

    def views_until(self, step: int) -> tuple[tuple[int, Any], ...]:
        """Every view kept at this step or earlier, with its step; their arrays are read-only."""
        return tuple((at, packed.value()) for at, packed in self.frames.until(step))

    def cut(self, step: int) -> None:
        """Forget everything later than this step."""
        for memory in (self.history, self.scores, self.checkpoints, self.frames):
            memory.cut(step)

    def cut_shown(self, step: int) -> None:
        """Forget scores and views later than this step."""
        self.scores.cut(step)
        self.frames.cut(step)

    @property
    def n_bytes(self) -> int:
        """Memory held, in bytes."""
        return self.history.n_bytes + self.scores.n_bytes + self.checkpoints.n_bytes + self.frames.n_bytes
