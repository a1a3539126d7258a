"""Randomness as a pure function of (seed, stream, step).

No generator lives from one step to the next, so there is no generator state to save, looking never disturbs training,
and step 431 draws the same numbers whether the run came to it in one piece, in slices, by rewinding or in another
process. The global generators of numpy and torch are never touched.
"""

import hashlib
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
import torch

T = TypeVar("T")


def _mix(seed: int, stream: str, step: int, size: int) -> int:
    digest = hashlib.blake2b(f"{seed}/{stream}/{step}".encode(), digest_size=size)
    return int.from_bytes(digest.digest(), "little")


def generator(seed: int, stream: str, step: int = 0) -> np.random.Generator:
    """A numpy generator (PCG64) that is the same for the same (seed, stream, step)."""
    return np.random.default_rng(_mix(seed, stream, step, 16))


def torch_generator(seed: int, stream: str, step: int = 0) -> torch.Generator:
    """A torch generator that is the same for the same (seed, stream, step). Torch seeds it with 32 bits."""
    return torch.Generator().manual_seed(_mix(seed, stream, step, 4))


class Blocks(Generic[T]):
    """Draws for many steps at once, handed out step by step: `at(step)` is a pure function of (seed, stream, step).

    A small draw costs as much as a large one, so `draw(generator)` makes a block of `length` steps, a sequence (or a
    tensor) with one item a step, and only the newest block is kept.
    """

    def __init__(self, draw: Callable[[torch.Generator], T], *, seed: int, stream: str, length: int) -> None:
        self._draw, self._seed, self._stream, self._length = draw, seed, stream, length
        self._newest: tuple[int, T] | None = None

    def at(self, step: int) -> T:
        """The draw of this step."""
        number, within = divmod(step, self._length)
        if self._newest is None or self._newest[0] != number:
            self._newest = number, self._draw(torch_generator(self._seed, self._stream, number))
        return self._newest[1][within]  # type: ignore[index]
