"""What a round is fed: real pictures and noise z, each a function of (seed, stream, step)."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from engine.data import diagonals
from engine.families.gan.config import GanConfig
from engine.rng import Blocks, torch_generator

CODE_SCALE = 4.0
"""The one in a one-hot code is this large, so that a code weighs more than the continuous part."""
UNIFORM_VARIANCE = 1 / 3
"""Of a uniform number from -1 to 1: points on the sphere are given the same."""
BLOCK_FLOATS = 8_192
"""Drawn for as many rounds at once as fit in so many numbers (32 kB)."""

Draw = Callable[[int, torch.Generator], Tensor]


class Supply:
    """Draws pictures (n, pixels) and noise (n, codes + latent_dim) as a config says."""

    def __init__(self, config: GanConfig) -> None:
        self.config = config
        self._streams: dict[str, Blocks[Tensor]] = {}

    def batch(self, step: int, turn: int) -> tuple[Tensor, Tensor]:
        """Real pictures and noise of one of the expert's turns in a round, never to be written to."""
        real = self._stream(f"real {turn}", self._draw_real, self.config.size**2)
        z = self._stream(f"z {turn}", self._draw_z, self.config.codes + self.config.latent_dim)
        return real.at(step), z.at(step)

    def real(self, n: int, stream: str) -> Tensor:
        """`n` real pictures, the same ones each time for the same stream."""
        return self._draw_real(n, torch_generator(self.config.seed, stream))

    def z(self, n: int, stream: str) -> Tensor:
        """Noise for `n` fakes, the same each time for the same stream."""
        return self._draw_z(n, torch_generator(self.config.seed, stream))

    def _stream(self, name: str, draw: Draw, width: int) -> Blocks[Tensor]:
        stream = self._streams.get(name)
        if stream is None:
            n = self.config.batch
            length = max(1, BLOCK_FLOATS // (n * width))

            def draw_block(generator: torch.Generator) -> Tensor:
                return draw(length * n, generator).view(length, n, width)

            stream = Blocks(draw_block, seed=self.config.seed, stream=name, length=length)
            self._streams[name] = stream
        return stream

    def _draw_real(self, n: int, generator: torch.Generator) -> Tensor:
        c = self.config
        return diagonals.draw(n, generator, size=c.size, whole=c.offsets == "whole", dim=c.dim, noise=c.noise)

    def _draw_z(self, n: int, generator: torch.Generator) -> Tensor:
        """Each one-hot code equally often, by turns; then the continuous part of z."""
        c = self.config
        shape = n, c.latent_dim
        if c.latent == "uniform":
            z = torch.rand(shape, generator=generator) * 2 - 1
        else:
            z = torch.randn(shape, generator=generator)
        if c.latent == "sphere":
            z *= math.sqrt(c.latent_dim * UNIFORM_VARIANCE) / z.norm(dim=1, keepdim=True)
        if c.codes == 0:
            return z
        code = (torch.eye(c.codes) * CODE_SCALE).repeat(-(-n // c.codes), 1)[:n]
        return torch.cat((code, z), 1)  # (n, codes + latent_dim)
