"""The texts that the n-gram engine is measured on, made from what this machine has."""

import hashlib
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from engine.data.texts import open_text

SYSTEM = ("/usr/lib", "/usr/share")
"""Where a system keeps Python source of its own, if there are such folders."""


def speeches(path: Path, n_words: int) -> Path:
    """The first lines of the speeches with so many words, repeated from the start if there are too few."""
    lines = bytes(open_text("speeches").data).splitlines(keepends=True)
    left = n_words
    with path.open("wb") as file:
        for line in lines:
            file.write(line)
            left -= len(line.split())
            if left <= 0:
                break
    return path


def everything(path: Path, n_tokens: int) -> tuple[Path, int]:
    """The speeches, the Bible, and every different file of Python source on this machine, up to a number of tokens,
    from the start again if there are too few; and how many there are."""
    written = different = 0
    with path.open("wb") as file:
        while True:
            for data in _sources():
                file.write(data)
                written += len(data.split())
                if written >= n_tokens:
                    return path, different or written
            different = different or written


def _sources() -> Iterator[bytes]:
    for name in ("speeches", "bible"):
        yield bytes(open_text(name).data)
    known: set[bytes] = set()
    for source in (source for folder in _folders() for source in sorted(folder.rglob("*.py*"))):
        if source.suffix in (".py", ".pyi") and source.is_file():
            data = source.read_bytes().replace(b"\0", b" ").rstrip() + b"\n"
            digest = hashlib.blake2b(data, digest_size=16).digest()
            if digest not in known and _is_utf8(data):
                known.add(digest)
                yield data


def _folders() -> Iterator[Path]:
    """The standard library, what is installed, the other Pythons beside this one, and the system's own."""
    beside = Path(sys.base_prefix).parent
    names = [sysconfig.get_path("stdlib"), *sys.path[1:], *SYSTEM]
    if beside != Path(beside.root):
        names.append(str(beside))
    yield from (Path(name) for name in dict.fromkeys(names) if Path(name).is_dir())


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
