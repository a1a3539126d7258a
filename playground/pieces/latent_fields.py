"""Widgets that show where the Latent Space page stands, and that tell a person's wish from a late message."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from playground import forms, session
from playground.pieces.latent_space import Space

T = TypeVar("T")


def placed(
    space: Space, draw: Callable[..., T], label: str, key: str, value: Any, changed: Callable[[Any], None], *,
    options: Sequence[Any] | None = None, **more: Any,
) -> T:  # fmt: skip
    """A widget that shows `value`; `changed(new)` is called when a person wants another one.

    The browser says what all its widgets show with each tick of a map that moves: just after the page set this one
    anew, for another model or another picture, that is still what was there before, and nobody's wish. Streamlit hands
    on an option of the model before as its text, and takes a number out of range for the least one. `draw` draws the
    widget; returns what that returns.
    """
    model, left = space.model, session.keep(f"{key} left", list)
    old, now = session.get(key), time.monotonic()
    if old not in (None, value):
        recent = [(at, was) for at, was in left if now - at < forms.ECHO_SECONDS]
        left[:] = [*recent, (now, old if old <= more.get("max_value", old) else more["min_value"])]
    if space.kept.get(f"{key} drawn") is None:  # of another model it may be the same value among other options
        space.kept[f"{key} drawn"] = True
        session.put(key, value)

    def report() -> None:
        new = session.get(key)
        late = any(new == was and time.monotonic() - at < forms.ECHO_SECONDS for at, was in left)
        if space.model is model and not late and (options is None or new in options):
            changed(new)

    if options is not None:
        more["options"] = options
    return forms.steady(draw, label, key, value, on_change=report, **more)


def field(
    space: Space, draw: Callable[..., T], label: str, key: str, name: str, *, value: Any = None, **more: Any
) -> T:  # fmt: skip
    """A widget of a field of the place, by its name; `value`: what it shows, if it is not what the field says."""
    shown = getattr(space.place, name) if value is None else value
    return placed(space, draw, label, key, shown, lambda new: space.set(**{name: new}), **more)
