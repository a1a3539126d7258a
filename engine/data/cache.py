"""Arrays kept on disk between runs of the program: made once, written whole or not at all, never trusted.

A file is a digest of its content followed by safetensors. One that is damaged, or can't be read, is made again; a
folder that can't be written costs only the time. `PLAYGROUND_CACHE` names another folder than the user's own.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import platformdirs
from safetensors import SafetensorError
from safetensors.numpy import load, save

DIGEST_BYTES = 32
VERSION = 1
"""Raised when what a maker makes has changed: every older file is then made again."""

Arrays = dict[str, np.ndarray]


def folder() -> Path:
    """Where the files are; it need not exist yet."""
    return Path(os.environ.get("PLAYGROUND_CACHE") or platformdirs.user_cache_dir("generative-playground"))


def cached(kind: str, key: Mapping[str, object], make: Callable[[], Arrays]) -> Arrays:
    """The arrays that `make` makes, from disk if they are there. `key` holds everything that decides their content."""
    path = path_of(kind, key)
    found = read(path)
    if found is None:
        found = make()
        write(path, found)
    return found


def path_of(kind: str, key: Mapping[str, object]) -> Path:
    """Where such arrays are, or would be."""
    written = json.dumps({"version": VERSION, **key}, sort_keys=True).encode()
    return folder() / f"{kind}-{hashlib.blake2b(written, digest_size=8).hexdigest()}.arrays"


def read(path: Path) -> Arrays | None:
    """The arrays in a file; None if it is not there or not as it was written."""
    try:
        data = path.read_bytes()
        digest, content = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
        if hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest() != digest:
            return None
        return load(content)
    except (OSError, SafetensorError, ValueError):
        return None


def write(path: Path, arrays: Arrays) -> bool:
    """Write arrays to a file, whole or not at all; returns whether that was possible."""
    content = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})  # else in disorder
    try:
        write_whole(path, hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest() + content)
    except OSError:
        return False
    return True


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in a folder that need not exist yet; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with open(handle, "wb") as stream:
            stream.write(content)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def keep_newest(paths: Iterable[Path], n: int) -> None:
    """Remove all but the `n` files that were written last, as far as that can be done."""
    dated = []
    for path in paths:
        with contextlib.suppress(OSError):  # another session has removed it
            dated.append((path.stat().st_mtime_ns, path))
    for _, path in sorted(dated, reverse=True)[n:]:
        with contextlib.suppress(OSError):
            path.unlink()
