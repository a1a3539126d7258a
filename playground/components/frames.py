"""What components send: checked, and packed as the browser unpacks it (`openPart` in decoder_of.js).

A frame is `uint32 length of the header (little endian) | header, JSON in UTF-8 | numbers`: Streamlit hands raw bytes to
a v2 component only at the top level of `data=`, so the header travels in front (no Arrow, no base64).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

MAX_CODE = 1e3
"""The largest number, either way, that a latent code may hold."""
MAX_CLASSES = 40
KEPT_BYTES = 10_000
"""Streamlit's browser keeps messages of at least so many bytes and is then sent only their hash."""


class ComponentError(ValueError):
    """Something that a component cannot draw; names the field, the value and what is allowed."""


def framed(header: Mapping[str, Any], *numbers: bytes) -> bytes:
    """A header and what follows it as one message."""
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    return b"".join((struct.pack("<I", len(text)), text, *numbers))


def part(about: Mapping[str, Any], numbers: bytes) -> tuple[str, bytes]:
    """What is sent once, and is found in the page by its id, a hash of its content: the id, and the message."""
    name = hashlib.blake2b(json.dumps(about).encode() + numbers, digest_size=8).hexdigest()
    return name, framed({"id": name, **about}, numbers)


def kept_part(about: Mapping[str, Any], numbers: bytes) -> tuple[str, bytes]:
    """A part of any size, filled up with zeros until the browser keeps it."""
    name, message = part(about, numbers)
    return name, message.ljust(KEPT_BYTES, b"\0")


def levels(values: np.ndarray, n_classes: int) -> tuple[np.ndarray, list[float]]:
    """Values (n,) as bytes: the class, or, if there are none, the place between the least and the greatest, which are
    returned too."""
    values = np.asarray(values, np.float64)
    if not np.isfinite(values).all():
        raise ComponentError("values: must be finite numbers")
    if n_classes:
        if n_classes > MAX_CLASSES or (values < 0).any() or (values >= n_classes).any():
            raise ComponentError(f"values: must be indices of the classes, of which there may be {MAX_CLASSES}")
        return values.astype(np.uint8), []
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    return ((values - low) / ((high - low) or 1) * 255).round().astype(np.uint8), [low, high]
