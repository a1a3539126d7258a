"""Train the starters anew, or those named, and write each beside its card: `python -m engine.starters [name ...]`.

'compared' stands for the comparison of methods, which takes longer than all the others together.
"""

import argparse
import json
import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from engine import files
from engine.starters import COMPARED, STARTERS, path_of
from engine.starters.comparing import compared
from engine.starters.making import make

COMPARISON = "compared"


def main() -> int:
    """Returns 0."""
    known = (*STARTERS, COMPARISON)
    parser = argparse.ArgumentParser(prog="python -m engine.starters", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="one of " + ", ".join(known))
    names = parser.parse_args().names or known
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(known)}")
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for name in names:
            task = progress.add_task(name, total=1)
            if name == COMPARISON:
                _compare(progress, task)
            else:
                _make(name, progress, task)
            progress.update(task, completed=1, description=name)
    return 0


def _make(name: str, progress: Progress, task: TaskID) -> None:
    data, card = make(name, STARTERS[name], lambda share: progress.update(task, completed=share))
    files.write_whole(path_of(name), data)
    files.write_whole(path_of(name).with_suffix(".json"), _json(card))


def _compare(progress: Progress, task: TaskID) -> None:
    def tell(what: str, done: int, total: int) -> None:
        progress.update(task, completed=done / total, description=f"{COMPARISON}: {what}")

    files.write_whole(COMPARED, _json(compared(tell)))


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()


if __name__ == "__main__":
    sys.exit(main())
