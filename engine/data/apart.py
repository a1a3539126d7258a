"""Faces drawn in a process of their own, so that a page can go on meanwhile: `python -m engine.data.apart 64 5500`.

It fills the cache block by block and takes a core only when nobody else wants it.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from engine.data import faces

POLITE = 10
"""Steps down in the system's order of who computes first."""
_running: dict[tuple[str, ...], "subprocess.Popen[bytes]"] = {}
_lock = threading.Lock()


def begin(values: Mapping[str, object]) -> "subprocess.Popen[bytes]":
    """Draw the faces of these values (size, n_train, jitter); the process that does, one for all who ask."""
    words = (str(values["size"]), str(values["n_train"]), *(["jitter"] if values["jitter"] else []))
    with _lock:
        known = _running.get(words)
        if known is None or known.poll() is not None:
            command = [sys.executable, "-m", __spec__.name, *words]
            known = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=Path(__file__).parents[2])
            _running[words] = known
        return known


def main(size: str, n_train: str, jitter: str = "") -> None:
    """Draw them here."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(POLITE)
    faces.load({"size": int(size), "n_train": int(n_train), "jitter": bool(jitter)}, lambda _: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
