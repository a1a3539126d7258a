"""A pad on which points of two or three classes are drawn: mouse, touch, keyboard, eraser, undo, clear."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.config import ConfigError
from engine.data import points
from playground import session
from playground.components.code import live
from playground.components.frames import ComponentError

_mount = live("drawing_pad")


def drawing_pad(
    text: str, *, classes: Sequence[str], key: str, on_draw: Callable[[str], None], most: int = points.MAX_DRAWN
) -> None:
    """Draw the pad with the points of a text (engine/data/points.py: five characters a point) on it.

    classes  names of the two or three classes, one brush each
    on_draw  called with the new text when a stroke ends, or after eraser, undo and clear, before the script runs again
    most     so many points fit the pad
    """
    data = pack_pad(text, classes=classes, most=most)

    def drawn() -> None:
        new = str(session.trigger(key, "drawn"))
        try:
            points.decode(new)
        except ConfigError:
            return  # only a page that was tampered with sends what its own pad can't draw
        on_draw(new)

    _mount(key=key, data=data, on_drawn_change=drawn)


def pack_pad(text: str, *, classes: Sequence[str], most: int) -> dict:
    """What the browser gets, checked."""
    if not 2 <= len(classes) <= points.MAX_CLASSES:
        raise ComponentError(f"classes has {len(classes)} names: must have 2 to {points.MAX_CLASSES}")
    if not 1 <= most <= points.MAX_DRAWN:
        raise ComponentError(f"most = {most!r}: must be from 1 to {points.MAX_DRAWN}")
    try:
        points.decode(text)
    except ConfigError as error:
        raise ComponentError(f"text: {error}") from None
    return {"points": text, "classes": [str(name) for name in classes], "most": int(most)}
