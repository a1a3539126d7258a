"""ARPA files, the text format of n-gram models, plain or gzipped: log10 of p and of gamma (the backoff weight).

A model written here loads in KenLM and gives the same numbers; one made by KenLM's lmplz loads here.

Where the last line of a text has no line end, and its last n-gram is the context of nothing, `lmplz` gives each n-gram
that follows it in its order the backoff of the next one, so that its distributions no longer sum to 1. Here they do.
"""

import gzip
import io
import re
import zlib
from pathlib import Path

import numpy as np

from engine.config import ConfigError
from engine.data.tokens import END, SPECIAL
from engine.families.ngram.grams import BOS, EOS, UNK
from engine.families.ngram.model import Model
from engine.families.ngram.trie import SHIFT, Level, Trie, linked

ZERO = -99.0
"""How the format writes log10 of 0."""
MAX_ORDER = 7
GZIP = b"\x1f\x8b"


def write(model: Model, words: list[str]) -> bytes:
    """The file of a model; `words` by id. Raises ConfigError for what the format can't say.

    A token with a space in it, which the format has no way to hold, is written with that space as `▁`.
    """
    if model.jumps and model.unseen:
        raise ConfigError(
            "smoothing",
            model.smoothing,
            "can't be written as ARPA, which knows no uniform share",
        )
    trie, out = model.trie, io.StringIO()
    spelled = [re.sub(r"[ \t\r\n\0]", "▁", word) for word in words]
    out.write("\\data\\\n")
    for k in range(1, model.order + 1):
        out.write(f"ngram {k}={trie.distinct[k - 1]}\n")
    names = spelled
    for k in range(1, model.order + 1):
        level = trie.levels[k - 1]
        if k > 1:
            pairs = zip(level.parent.tolist(), level.word.tolist(), strict=True)
            names = [f"{names[parent]} {spelled[word]}" for parent, word in pairs]
        logs = np.minimum(_log10(model.p[k - 1]), 0)
        if k == 1:
            logs[BOS] = 0
        out.write(f"\n\\{k}-grams:\n")
        rows = [f"{p}\t{name}" for p, name in zip(_written(logs), names, strict=True)]
        if k < model.order:
            rows = [f"{row}\t{gamma}" for row, gamma in zip(rows, _written(_log10(model.gamma[k])), strict=True)]
        if k == 1 and trie.never.stop > EOS:
            del rows[EOS]
        out.writelines(f"{row}\n" for row in rows)
    out.write("\n\\end\\\n")
    return out.getvalue().encode()


def _log10(values: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log10(values), ZERO)


def _written(logs: np.ndarray) -> list[str]:
    distinct, at = np.unique(logs, return_inverse=True)
    texts = [f"{value:.8g}" if value else "0" for value in distinct.tolist()]
    return [texts[i] for i in at.tolist()]


def read(path: str, *, field: str = "file") -> tuple[Model, list[str]]:
    """The model of a file and its words by id; raises ConfigError, for that field, for anything else."""
    try:
        data = Path(path).read_bytes()
        if data[:2] == GZIP:
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigError(field, path, f"must be an ARPA file that can be read ({why})") from error
    try:
        return parse(data)
    except UnicodeDecodeError as error:
        raise ConfigError(field, path, "is no ARPA file: it is not text in UTF-8") from error
    except (ValueError, KeyError, IndexError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(field, path, f"is no whole ARPA file: {error}") from error


def parse(data: bytes) -> tuple[Model, list[str]]:
    """The model in a file's content; raises ValueError for what is no ARPA file."""
    sections = _sections(data.decode())
    rows = [_rows(section, k, last=k == len(sections)) for k, section in enumerate(sections, start=1)]
    words = list(dict.fromkeys([*SPECIAL, *(row for row in rows[0][0])]))
    ids = {word: at for at, word in enumerate(words)}
    levels, p, gamma = [], [], [np.ones(1)]
    for k, (names, logs_p, logs_gamma) in enumerate(rows, start=1):
        if k == 1:
            key = np.array([ids[name] for name in names], np.uint64)
        else:
            key = _keys(levels, [name.split(" ") for name in names], ids)
        order = np.argsort(key, kind="stable")
        key = key[order]
        if len(key) > 1 and (key[1:] == key[:-1]).any():
            raise ValueError(f"a {k}-gram is there twice")
        probability, weight = 10.0 ** logs_p[order], 10.0 ** logs_gamma[order]
        probability[logs_p[order] <= ZERO], weight[logs_gamma[order] <= ZERO] = 0, 0
        if k == 1:
            dense_p, dense_gamma = np.zeros(len(words)), np.ones(len(words))
            dense_p[key.astype(np.int64)], dense_gamma[key.astype(np.int64)] = probability, weight
            dense_p[BOS] = 0
            key, probability, weight = np.arange(len(words), dtype=np.uint64), dense_p, dense_gamma
            suffix = np.zeros(len(words), np.int32)
        else:
            suffix = _suffixes(levels, key)
        seen = np.ones(len(key), np.int64)
        if k == 1:
            seen[[UNK, BOS]] = 0
            seen[EOS] = END in rows[0][0]
        levels.append(Level(key, suffix, seen, np.empty(0, np.int64)))
        p.append(probability)
        gamma.append(weight)
    trie = linked(levels, len(words))
    gamma[0][0] = min(1.0, float(p[0][UNK]) * trie.n_next)  # what lmplz spreads evenly, <unk> included
    return Model("arpa", trie, tuple(p), tuple(gamma[: len(p)]), unseen=1.0), words


def _sections(text: str) -> list[list[str]]:
    """The lines of \\1-grams:, \\2-grams:, ... as many as \\data\\ announces."""
    head, found, rest = text.partition("\\data\\")
    if not found or head.strip():
        raise ValueError("it does not begin with \\data\\")
    lines = rest.split("\n")
    announced: list[int] = []
    sections: list[list[str]] = []
    for line in (line.rstrip("\r") for line in lines):
        if line.startswith("\\"):
            if line.strip() == "\\end\\":
                break
            if line.strip() != f"\\{len(sections) + 1}-grams:":
                raise ValueError(f"a line says {line[:20]}")
            sections.append([])
        elif sections:
            if line:
                sections[-1].append(line)
        elif line.startswith("ngram "):
            announced.append(int(line.partition("=")[2]))
    else:
        raise ValueError("its end is missing")
    if not 1 <= len(announced) <= MAX_ORDER:
        raise ValueError(f"it must have orders 1 to {MAX_ORDER}")
    if announced != [len(section) for section in sections]:
        raise ValueError("it does not hold as many n-grams as it announces")
    return sections


def _rows(lines: list[str], order: int, *, last: bool) -> tuple[list[str], np.ndarray, np.ndarray]:
    cells = [line.split("\t") for line in lines]
    if cells and max(map(len, cells)) == 1:  # spaces only, as some programs write
        cells = [[c[0], " ".join(c[1 : order + 1]), *c[order + 1 :]] for c in (line.split() for line in lines)]
    logs_p = np.array([float(c[0]) for c in cells])
    logs_gamma = np.zeros(len(cells)) if last else np.array([float(c[2]) if len(c) > 2 else 0.0 for c in cells])
    if len(logs_p) and not (logs_p <= 1e-6).all():
        raise ValueError("a probability is above 1")
    return [c[1] for c in cells], logs_p, logs_gamma


def _keys(levels: list[Level], names: list[list[str]], ids: dict[str, int]) -> np.ndarray:
    order = len(levels) + 1
    if any(len(name) != order for name in names):
        raise ValueError(f"a {order}-gram does not have {order} words")
    spelled = np.array([[ids[word] for word in name] for name in names], np.int64).reshape(len(names), order)
    node = spelled[:, 0]
    trie = Trie(tuple(levels), 0)
    for k in range(2, order):
        node = trie.find(k, node, spelled[:, k - 1])
        if (node < 0).any():
            raise ValueError(f"the beginning of a {order}-gram is missing among the {k}-grams")
    return (node.astype(np.uint64) << SHIFT) | spelled[:, -1].astype(np.uint64)


def _suffixes(levels: list[Level], key: np.ndarray) -> np.ndarray:
    order = len(levels) + 1
    parent, word = (key >> SHIFT).astype(np.int64), (key & np.uint64(0xFFFFFFFF)).astype(np.int64)
    if order == 2:
        return word.astype(np.int32)
    found = Trie(tuple(levels), 0).find(order - 1, levels[-1].suffix[parent], word)
    if (found < 0).any():
        raise ValueError(f"the end of a {order}-gram is missing among the {order - 1}-grams")
    return found.astype(np.int32)
