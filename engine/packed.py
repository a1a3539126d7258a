"""States and views as a run's past keeps them: all arrays of one in a single piece of memory, read-only.

What is forgotten together lies together. Arrays kept one by one lie between others, and when they are freed they leave
holes, of which the system gets back only whole pages.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine import runtime

PAGED_BYTES = 65_536
"""From this size on a piece lies on pages of its own, of which the last is half empty on the average."""
ALIGNED = 64
"""Bytes; where any array may begin."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Where an array lies in the piece."""

    start: int
    dtype: np.dtype
    shape: tuple[int, ...]

    def of(self, piece: np.ndarray) -> np.ndarray:
        """The array in the piece, not a copy."""
        end = self.start + self.dtype.itemsize * math.prod(self.shape)
        return piece[self.start : end].view(self.dtype).reshape(self.shape)


@dataclasses.dataclass(frozen=True, slots=True)
class Packed:
    """Mappings, tuples, lists and dataclasses of arrays and other values, however deep.

    piece   uint8 (n,): the arrays, one after the other
    plan    the value, with the place of each array instead of it
    """

    piece: np.ndarray
    plan: Any

    def value(self) -> Any:
        """The value, whose arrays are read-only views of the piece. A mapping is a dict now."""

        def array(leaf: Any) -> Any:
            if not isinstance(leaf, _Place):
                return leaf
            found = leaf.of(self.piece)
            found.flags.writeable = False
            return found

        return _with_leaves(self.plan, array)

    @property
    def n_bytes(self) -> int:
        """About how many bytes it takes."""
        leaves: list[Any] = []
        _with_leaves(self.plan, lambda leaf: leaves.append(leaf) or leaf)
        return self.piece.nbytes + sum(sys.getsizeof(leaf) for leaf in leaves if not isinstance(leaf, _Place))


def pack(value: Any, like: Packed | None = None) -> Packed:
    """A copy of a value; its plan is that of `like` where they agree. Arrays of Python objects stay what they are."""
    found: list[tuple[_Place, np.ndarray]] = []
    end, only_arrays = 0, True

    def place(leaf: Any) -> Any:
        nonlocal end, only_arrays
        if not isinstance(leaf, np.ndarray) or leaf.dtype.hasobject:
            only_arrays = False
            return leaf
        found.append((_Place(end, leaf.dtype, leaf.shape), leaf))
        end += -(-leaf.nbytes // ALIGNED) * ALIGNED
        return found[-1][0]

    plan = _with_leaves(value, place)
    piece = _room(end)
    for at, array in found:
        at.of(piece)[...] = array
    if like is not None and only_arrays and plan == like.plan:
        plan = like.plan
    return Packed(piece, plan)


def together(those: Sequence[Packed]) -> list[Packed]:
    """The same ones side by side in one piece, which goes when the last of them goes."""
    ends = np.cumsum([0, *(len(packed.piece) for packed in those)])
    piece = _room(int(ends[-1]))
    moved = []
    for packed, start, end in zip(those, ends[:-1], ends[1:], strict=True):
        piece[start:end] = packed.piece
        moved.append(Packed(piece[start:end], packed.plan))
    return moved


def _room(n_bytes: int) -> np.ndarray:
    return runtime.own_pages(n_bytes) if n_bytes >= PAGED_BYTES else np.empty(n_bytes, np.uint8)


def _with_leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same value with `change(leaf)` for each leaf."""
    if isinstance(value, Mapping):
        return {key: _with_leaves(part, change) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        parts = [_with_leaves(part, change) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if dataclasses.is_dataclass(value) and not isinstance(value, (_Place, type)):
        fields = {f.name: _with_leaves(getattr(value, f.name), change) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return change(value)
