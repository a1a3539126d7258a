"""The address of a page, which says what is on it: written by the page, and read when a person opens a link."""

import dataclasses
import time
from collections.abc import Mapping, Set

import streamlit as st

from playground import link

ECHO_SECONDS = 5.0
"""So long may a message of the browser be on its way."""


@dataclasses.dataclass(slots=True)
class Address:
    """What one page wrote of itself in one browser session."""

    _written: dict[str, str] = dataclasses.field(default_factory=dict)
    _left: list[tuple[float, dict[str, str]]] = dataclasses.field(default_factory=list)

    def write(self, parameters: dict[str, str], *, keep: Set[str] = link.OWN) -> None:
        """Let the address say this; parameters named in `keep` stay as they are."""
        now = time.monotonic()
        if parameters != self._written:
            self._left = [*((at, old) for at, old in self._left if now - at < ECHO_SECONDS), (now, self._written)]
        self._written = parameters
        own = {name: value for name, value in st.query_params.items() if name in keep}
        if dict(st.query_params) != {**parameters, **own}:
            st.query_params.from_dict({**parameters, **own})

    def is_own(self, parameters: Mapping[str, str]) -> bool:
        """Whether the page wrote these parameters, or did until a moment ago: a message of the browser that was on its
        way still carries them."""
        earlier = (old for at, old in self._left if time.monotonic() - at < ECHO_SECONDS)
        return parameters == self._written or any(parameters == old for old in earlier)
