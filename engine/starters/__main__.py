"""Train the starters anew, or those named, and write each beside its card: `python -m engine.starters [name ...]`."""

import argparse
import json
import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from engine import files
from engine.starters import STARTERS, path_of
from engine.starters.making import make


def main() -> int:
    """Returns 0."""
    parser = argparse.ArgumentParser(prog="python -m engine.starters", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="one of " + ", ".join(STARTERS))
    names = parser.parse_args().names or list(STARTERS)
    unknown = [name for name in names if name not in STARTERS]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(STARTERS)}")
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        for name in names:
            task = progress.add_task(name, total=1)
            data, card = make(name, STARTERS[name], lambda share, task=task: progress.update(task, completed=share))
            files.write_whole(path_of(name), data)
            files.write_whole(path_of(name).with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())
            progress.update(task, completed=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
