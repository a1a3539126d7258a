"""The address of a page, which says what is on it: written by the page, and read when a person opens a link."""

import dataclasses
import time
from collections.abc import Mapping, Set
from typing import Generic, TypeVar

import streamlit as st

from playground import link

T = TypeVar("T")

ECHO_SECONDS = 5.0
"""So long may a message of the browser be on its way."""


@dataclasses.dataclass(slots=True)
class _Written(Generic[T]):
    """What was written last, and until a moment ago: a message of the browser that was on its way still says that."""

    newest: T
    _left: list[tuple[float, T]] = dataclasses.field(default_factory=list)

    def note(self, said: T) -> None:
        now = time.monotonic()
        if said != self.newest:
            self._left = [*((at, old) for at, old in self._left if now - at < ECHO_SECONDS), (now, self.newest)]
        self.newest = said

    def knows(self, said: T) -> bool:
        now = time.monotonic()
        return said == self.newest or any(said == old for at, old in self._left if now - at < ECHO_SECONDS)


@dataclasses.dataclass(slots=True)
class Address:
    """What one page wrote of itself in one browser session."""

    _written: _Written[Mapping[str, str]] = dataclasses.field(default_factory=lambda: _Written({}))

    def write(self, parameters: dict[str, str], *, keep: Set[str] = link.OWN) -> None:
        """Let the address say this; parameters named in `keep` stay as they are."""
        self._written.note(parameters)
        own = {name: value for name, value in st.query_params.items() if name in keep}
        if dict(st.query_params) != {**parameters, **own}:
            st.query_params.from_dict({**parameters, **own})

    def is_own(self, parameters: Mapping[str, str]) -> bool:
        """Whether the page wrote these parameters, or did until a moment ago."""
        return self._written.knows(parameters)


@dataclasses.dataclass(slots=True)
class Parameter:
    """One parameter of the address, by which a part of a page says what is on it; '' is the same as none."""

    name: str
    _written: _Written[str] = dataclasses.field(default_factory=lambda: _Written(""))

    def opened(self) -> str:
        """What a link that was opened just now says, once; '' if none was."""
        said = st.query_params.get(self.name, "")
        if not said or self._written.knows(said):
            return ""
        self._written.note(said)
        return said

    def write(self, said: str) -> None:
        """Let the address say this."""
        self._written.note(said)
        if said == st.query_params.get(self.name, ""):
            return
        if said:
            st.query_params[self.name] = said
        else:
            del st.query_params[self.name]
