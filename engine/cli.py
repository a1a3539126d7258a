"""The engine without a browser.

    python -m engine families
    python -m engine run gan --set size=8 --seed 7 --steps 1500 --json

Exit codes: 0 the run ended or was cut off by --steps, 2 bad input (one sentence on stderr), 130 Ctrl-C.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine import files, latent_cli, pictures
from engine.config import ConfigError, Field, as_dict, field, fields, parse
from engine.edits import format_edits, parse_edits
from engine.families import FAMILIES
from engine.families.ngram import commands as ngram_commands
from engine.learner import Family
from engine.run import Budget, Run, Status

TICK_SECONDS = 0.1
SHOWN = 400


class _Parser(argparse.ArgumentParser):
    """argparse, with one sentence in place of the usage."""

    def error(self, message: str) -> NoReturn:
        shown = message if len(message) <= SHOWN else message[:SHOWN] + "…"
        self.exit(2, f"{' '.join(shown.split())}\n")


Commands = Any
"""What argparse's `add_subparsers` returns; its type has no public name."""
Writer = Callable[[Run], bytes]


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = _Parser(
        prog="python -m engine", description="Generative models that train step by step.", allow_abbrev=False
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(commands)
    try:
        args = parser.parse_args(argv)
        args.do(args)
    except SystemExit as end:  # of argparse: --help, or bad usage
        return int(end.code or 0)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


def add_families(commands: Commands) -> None:
    """`families`: every family with every field."""
    parser = commands.add_parser("families", help="list the families and their fields", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="one JSON list")
    parser.set_defaults(do=_families)


def add_run(commands: Commands) -> None:
    """`run`: train one model."""
    parser = commands.add_parser("run", help="train a model", allow_abbrev=False)
    parser.add_argument("family", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="a field of the config")
    parser.add_argument("--seed", metavar="N", help="the number that all chance comes from")
    parser.add_argument("--steps", metavar="N", help="the length of the run; with --load, the step to go to")
    parser.add_argument("--edits", metavar="TEXT", help="changes on the way, such as 40:lr_g=0.001,80:expert")
    parser.add_argument("--load", metavar="FILE", help="go on from a saved run; --set may change its live fields")
    parser.add_argument("--save", metavar="FILE", help="write the run at its end, as safetensors")
    parser.add_argument("--frames", metavar="FILE", help="write its pictures as an animated GIF")
    parser.add_argument("--json", action="store_true", help="one JSON object, and no progress bar")
    for name in _writer_names():
        able = ", ".join(family.name for family in FAMILIES.values() if name in family.writers)
        parser.add_argument(f"--{name}", metavar="FILE", help=f"write the model as {name} ({able})")
    parser.set_defaults(do=_run)


COMMANDS: tuple[Callable[[Commands], None], ...] = (add_families, add_run, ngram_commands.add, latent_cli.add)
"""A new command is one function here: it adds its parser and sets `do`, which gets the parsed arguments."""


def _families(args: argparse.Namespace) -> None:
    if args.json:
        print(json.dumps([_describe(family) for family in FAMILIES.values()]))
        return
    console = Console()
    for family in FAMILIES.values():
        table = Table(title=f"{family.name}: {family.title}", title_justify="left", box=box.SIMPLE_HEAD)
        for heading in ("field", "default", "allowed", "live", "meaning"):
            table.add_column(heading, no_wrap=heading in ("field", "default"), overflow="fold")
        for about in fields(family.config):
            live = "yes" if about.live else ""
            allowed = about.allowed if about.low is None else f"{about.low:g} to {about.high:,.10g}"
            allowed = allowed.removeprefix("must be ").removeprefix("one of ")
            table.add_row(about.name, about.format(about.default), allowed, live, about.doc)
        console.print(table)


def _describe(family: Family) -> dict[str, Any]:
    listed = [{name: getattr(about, name) for name in Field.__slots__} for about in fields(family.config)]
    return {
        "name": family.name,
        "title": family.title,
        "actions": family.actions,
        "pictures": family.pictures is not None,
        "fields": listed,
    }


def _run(args: argparse.Namespace) -> None:
    if args.family not in FAMILIES:
        raise ConfigError("family", args.family, "must be one of " + ", ".join(FAMILIES))
    family = FAMILIES[args.family]
    writers = _writers(args, family)
    run, last = _load(args, family) if args.load else _start(args, family)
    wall, cpu = time.perf_counter(), time.process_time()
    _advance(run, last, quiet=args.json)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    for path, write in writers:
        files.write_whole(path, write(run))
    _report(_result(run, wall, cpu), as_json=args.json)


def _writers(args: argparse.Namespace, family: Family) -> list[tuple[Path, Writer]]:
    """What is to be written at the end; raises ConfigError before any work for what can't be."""
    known: dict[str, Writer] = {"save": files.to_bytes}
    if family.pictures is not None:
        known["frames"] = pictures.frames_gif
    for name, write in family.writers.items():
        known[name] = lambda run, write=write: write(run.learner)
    wanted = []
    for name in ("save", "frames", *_writer_names()):
        path = getattr(args, name)
        if path is None:
            continue
        if name not in known:
            raise ConfigError(f"--{name}", path, f"can't be written by the family {family.name}")
        if not path or os.path.isdir(path) or not os.path.isdir(Path(path).parent):
            raise ConfigError(f"--{name}", path, "must be a file in a folder that exists")
        wanted.append((Path(path), known[name]))
    return wanted


def _writer_names() -> list[str]:
    return sorted({name for family in FAMILIES.values() for name in family.writers})


def _start(args: argparse.Namespace, family: Family) -> tuple[Run, float]:
    """A new run, and the step to go to."""
    written = _pairs(args.set)
    if args.seed is not None:
        written["seed"] = args.seed
    if args.steps is not None:
        written["steps"] = args.steps
    edits = parse_edits(family, args.edits or "")
    return Run(family, family.build(parse(family.config, written)), edits), math.inf


def _load(args: argparse.Namespace, family: Family) -> tuple[Run, float]:
    """A saved run with the changes asked for, and the step to go to."""
    for name in ("seed", "edits"):
        if getattr(args, name) is not None:
            raise ConfigError(f"--{name}", getattr(args, name), "can't be chosen for a run that is loaded")
    run = files.load(args.load)
    if run.family is not family:
        raise ConfigError("file", args.load, f"holds a run of the family {run.family.name}, not {family.name}")
    run.edit(**parse(family.config, _pairs(args.set)))
    if args.steps is None:
        return run, math.inf
    about = field(family.config, "steps")
    last = about.parse(args.steps)
    if not run.step <= last <= run.config.steps:
        raise ConfigError("steps", last, f"must be a whole number from {run.step:,} to {run.config.steps:,}")
    return run, last


def _pairs(texts: list[str]) -> dict[str, str]:
    for text in texts:
        if "=" not in text:
            raise ConfigError("--set", text, "must be written field=value")
    return {name.strip(): value for name, _, value in (text.partition("=") for text in texts)}


def _advance(run: Run, last: float, *, quiet: bool) -> None:
    """Go on to the step `last`, or until a rule fires, with a progress bar on stderr unless quiet."""
    total = min(last, getattr(run.config, "steps", math.inf))
    if run.status is not Status.READY:
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task(run.family.name, total=total if math.isfinite(total) else None, completed=run.step)
        while run.status is Status.READY and run.step < last:
            left = None if math.isinf(last) else int(last) - run.step
            run.advance(Budget(steps=left, seconds=TICK_SECONDS))
            progress.update(task, completed=run.step)


def _result(run: Run, wall: float, cpu: float) -> dict[str, Any]:
    shown = run.snapshot()
    return {
        "family": run.family.name,
        "config": as_dict(shown.config),
        "edits": format_edits(run.edits),
        "seed": getattr(shown.config, "seed", None),
        "step": shown.step,
        "scored_at": shown.scored_at,
        "status": shown.status.value,
        "reason": shown.reason,
        "wall_s": round(wall, 4),
        "cpu_s": round(cpu, 4),
        "metrics": {**shown.metrics, **shown.scores, **run.family.report(run.learner)},
    }


def _report(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_finite(result), allow_nan=False))
        return
    about = f"{result['status']}{': ' if result['reason'] else ''}{result['reason']}"
    print(f"{result['family']}, seed {result['seed']}, step {result['step']:,}, {about}")
    print(f"{result['wall_s']:.2f} s, {result['cpu_s']:.2f} s of CPU")
    for name, value in result["metrics"].items():
        print(f"  {name:<24} {f'{value:.6g}' if isinstance(value, float) else value}")


def _finite(value: Any) -> Any:
    """The value with None for each NaN and infinity, which JSON lacks."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
