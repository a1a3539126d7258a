"""A run as one file: its arrays as safetensors, all else as JSON in the header. Nothing is ever unpickled.

files.save(run, "gan.safetensors")
run = files.load("gan.safetensors")
"""

import json
import math
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as unpack
from safetensors.numpy import save as pack

from engine.config import ConfigError
from engine.families import FAMILIES
from engine.headers import metadata
from engine.run import Run, restore

FORMAT = 1
MAX_BYTES = 256_000_000
"""A model of trigrams of ten million words, say, with room to spare."""
MAX_EDITS = 10_000
KEY = "generative-playground"
DAMAGED = "is no safetensors file, or a damaged one"


def to_bytes(run: Run) -> bytes:
    """The file's content; raises ConfigError for a run too large to be read back."""
    state = run.state_dict()
    arrays = {f"learner/{name}": array for name, array in state.pop("learner").items()}
    for table in ("history", "scores"):
        columns = state[table]
        arrays |= {f"{table}/{name}": column for name, column in columns.items()}
        state[table] = list(columns)
    state["metrics"] = {name: v if math.isfinite(v) else str(v) for name, v in state["metrics"].items()}
    data = pack(arrays, metadata={KEY: json.dumps({"format": FORMAT, **state}, allow_nan=False)})
    if len(data) > MAX_BYTES:
        raise ConfigError("file", "", f"would be {len(data):,} bytes, and at most {MAX_BYTES:,} can be read back")
    return data


def save(run: Run, target: str | os.PathLike[str] | BinaryIO) -> None:
    """Write a run to a path (whole or not at all) or a binary stream; raises ConfigError if that can't be done."""
    data = to_bytes(run)
    if isinstance(target, (str, os.PathLike)):
        write_whole(Path(target), data)
    else:
        target.write(data)


def load(source: str | os.PathLike[str] | bytes) -> Run:
    """The run in a file, given its path or its content; raises ConfigError, for the field 'file', for anything else."""
    name = "" if isinstance(source, bytes) else os.fspath(source)
    try:
        data = source if isinstance(source, bytes) else _read(Path(source))
        if len(data) > MAX_BYTES:
            raise _Refused(f"is larger than {MAX_BYTES:,} bytes")
        return _run(data)
    except _Refused as refused:
        raise ConfigError("file", name, str(refused)) from None
    except ConfigError as error:
        raise ConfigError("file", name, f"does not fit: {str(error).rstrip('.')}") from error


def described(data: bytes) -> tuple[str, dict[str, Any]]:
    """The family and the config's values that the content of a file states; raises ConfigError if it is none.

    Nothing is opened or made for it yet, unlike by `load`: a page first looks whether it takes what a person uploaded,
    since a text in it may be the path of any file of this computer.
    """
    try:
        state = _head(data)
    except _Refused as refused:
        raise ConfigError("file", "", str(refused)) from None
    values = state.get("config")
    return state["family"], values if isinstance(values, dict) else {}


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; raises ConfigError if that can't be done."""
    if not path.name:
        raise ConfigError("file", str(path), "must be a file, not a folder")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except OSError as error:
        raise ConfigError("file", str(path), f"can't be written ({error.strerror})") from None
    finally:
        part.unlink(missing_ok=True)


class _Refused(Exception):
    """What is wrong with a file, to follow its name in a sentence."""


def _read(path: Path) -> bytes:
    if not os.path.isfile(path):  # unlike Path.is_file, no error for an impossible name
        raise _Refused("is no file that is there")
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _Refused(f"can't be read ({error.strerror})") from None


def _run(data: bytes) -> Run:
    try:
        arrays = unpack(data)
    except (SafetensorError, LookupError, ValueError, TypeError):
        raise _Refused(DAMAGED) from None
    state = _head(data)
    try:
        return restore(FAMILIES[state["family"]], _state(state, arrays))
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, ConfigError):
            raise
        raise _Refused("lacks a part of the run, or holds one of another kind") from None


def _head(data: bytes) -> dict[str, Any]:
    """All but the arrays; of a known format and family."""
    try:
        beside: Any = metadata(data)
    except (ValueError, RecursionError):
        raise _Refused(DAMAGED) from None
    except (LookupError, TypeError):
        beside = None
    try:
        state = json.loads(beside[KEY])
        written_as, known = state["format"], state["family"] in FAMILIES
    except (LookupError, ValueError, TypeError, RecursionError):
        raise _Refused("holds weights, but not a run saved by this program") from None
    if written_as != FORMAT:
        raise _Refused(f"has the format {str(written_as)[:20]}, and this program reads {FORMAT}")
    if not known:
        raise _Refused(f"is of a family that is not among {', '.join(FAMILIES)}")
    return state


def _state(state: dict[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The state dict that `to_bytes` took apart."""
    if len(state["edits"]) > MAX_EDITS:
        raise _Refused(f"holds more than {MAX_EDITS:,} changes")
    for table in ("history", "scores"):
        state[table] = {str(name): arrays[f"{table}/{name}"] for name in state[table]}
    start = "learner/"
    state["learner"] = {name[len(start) :]: array for name, array in arrays.items() if name.startswith(start)}
    return state
