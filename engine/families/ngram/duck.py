"""Counting by DuckDB, whose GROUP BY spills to disk: for texts whose windows don't fit in memory together.

Windows of each chunk go into a table of a temporary database, in packed form (engine/families/ngram/grams.py), one
column a level; whenever the table has grown by a large number of rows it is grouped. What comes out is the same
sorted distinct windows.
"""

import shutil
import tempfile
import weakref
from pathlib import Path

import duckdb
import numpy as np

from engine.families.ngram.grams import Grams, bits_for, count, empty, pack, unpack

START_BITS = 21
"""Two million words before the windows must be packed anew."""
MEMORY = "1GB"


class DuckCounter:
    """Counts in a table (w0, w1, ..., n): the ids of a window, and how often it came in one chunk."""

    def __init__(self, order: int) -> None:
        self.order, self.bits = order, START_BITS
        folder = tempfile.mkdtemp(prefix="ngrams-")
        self._database = duckdb.connect(str(Path(folder) / "counts.db"))
        weakref.finalize(self, _remove, self._database, folder)
        self._database.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 1; SET preserve_insertion_order = false")
        self._names = [f"w{k}" for k in range(order)]
        columns = ", ".join(f"{name} UINTEGER" for name in self._names)
        self._database.execute(f"CREATE TABLE windows ({columns}, n BIGINT)")

    def add(self, ids: np.ndarray, n_words: int) -> None:
        """Count a stream of sentences whose ids are below `n_words`."""
        if (n_words - 1).bit_length() > self.bits:
            self.bits = bits_for(n_words)
        self._insert(count(ids, self.order, self.bits))

    def _insert(self, grams: Grams) -> None:
        if not len(grams.counts):
            return
        columns = [column.astype(np.uint32) for column in unpack(grams)]
        arrays = dict(zip([*self._names, "n"], [*columns, grams.counts], strict=True))
        self._database.register("chunk", arrays)
        self._database.execute("INSERT INTO windows SELECT * FROM chunk")
        self._database.unregister("chunk")

    @property
    def runs(self) -> list[Grams]:
        """All counts as one run."""
        total = self.total()
        return [total] if len(total.counts) else []

    def load(self, bits: int, runs: list[Grams]) -> None:
        """Take over runs."""
        self.bits = bits
        self._database.execute("DELETE FROM windows")
        for run in runs:
            self._insert(run)

    def total(self) -> Grams:
        """All counts as one, grouped and sorted by the database."""
        names = ", ".join(self._names)
        found = self._database.execute(
            f"SELECT {names}, sum(n)::BIGINT AS n FROM windows GROUP BY {names} ORDER BY {names}"
        ).fetchnumpy()
        if not len(found["n"]):
            return empty(self.order, self.bits)
        return pack([np.asarray(found[name]) for name in self._names], np.asarray(found["n"]), self.bits)

    def settle(self) -> None:
        """Nothing: the database groups when it is asked."""

    def shown(self, most: int) -> Grams:
        """All counts: the database has no parts."""
        return self.total()


def _remove(database: duckdb.DuckDBPyConnection, folder: str) -> None:
    database.close()
    shutil.rmtree(folder, ignore_errors=True)
