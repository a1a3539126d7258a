"""Run benches, print what they found as a table, and merge it into bench/results.json.

python -m bench                    every bench
python -m bench diagonals failures only these
"""

import argparse
import dataclasses
import importlib
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

import bench
from bench import Row

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
HEADS = ("claim", "this project", "baseline", "ratio", "bar", "met")
MARKS = {True: "yes", False: "NO", None: ""}


def main() -> int:
    """Returns 1 if a bar is not met."""
    benches = find_benches()
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="one of " + ", ".join(benches))
    names = parser.parse_args().names or benches
    unknown = [name for name in names if name not in benches]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(benches)}")
    all_met = True
    for name in names:
        start = time.perf_counter()
        rows = importlib.import_module(f"bench.{name}").rows()
        show(name, rows, time.perf_counter() - start)
        keep(name, rows, RESULTS)
        all_met &= all(row.met is not False for row in rows)
    return 0 if all_met else 1


def find_benches() -> list[str]:
    """Every module of this package that defines `rows`, by its name; none is imported before it is wanted."""
    return [path.stem for path in sorted(HERE.glob("[a-z]*.py")) if "\ndef rows(" in path.read_text(encoding="utf-8")]


def show(name: str, rows: list[Row], seconds: float) -> None:
    """Print one bench as a table."""
    table = Table(title=f"{name} ({seconds:.0f} s)", title_justify="left")
    for head in HEADS:
        table.add_column(head)
    for row in rows:
        table.add_row(row.claim, row.ours, row.baseline, row.ratio, row.bar, MARKS[row.met])
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def keep(name: str, rows: list[Row], target: Path) -> None:
    """Merge one bench into the file of results; what other benches wrote stays."""
    found = json.loads(target.read_text()) if target.exists() else {}
    found[name] = [dataclasses.asdict(row) for row in rows]
    target.write_text(json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
