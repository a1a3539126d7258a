"""Left diagonals: n x n pictures of one bright line from the upper left to the lower right, at some offset.

Made by the project. A picture is intensity x line(offset) + noise, clipped to [0, 1]. The true distribution is known
exactly: offsets uniform on [-n/4, n/4] (whole numbers, or any real number, drawn anti-aliased), intensity uniform on
its range, pixel noise normal. So every score against it is exact. After the 'slanted people' of Serrano, 'What are
GANs?' (2020).
"""

import numpy as np
import torch
from torch import Tensor


def offsets(size: int, *, whole: bool) -> np.ndarray:
    """The offsets there are: all of them when whole, else the two ends of their range. float32 (n_offsets,)."""
    reach = size // 4 if whole else size / 4
    found = np.arange(-reach, reach + 1) if whole else np.array([-reach, reach])
    return found.astype(np.float32)


def lines(size: int, offset: Tensor) -> Tensor:
    """Anti-aliased left diagonals of intensity 1 at these offsets: (n,) -> (n, size * size)."""
    column_minus_row = torch.arange(size).unsqueeze(0) - torch.arange(size).unsqueeze(1)  # (size, size)
    distance = (column_minus_row.reshape(1, -1) - offset.reshape(-1, 1)).abs_()
    return distance.neg_().add_(1).clamp_(min=0)  # (n, size * size)


def draw(n: int, generator: torch.Generator, *, size: int, whole: bool, dim: float, noise: float) -> Tensor:
    """`n` pictures as rows, (n, size * size) float32. `dim`: the least intensity, 1 the greatest."""
    ends = offsets(size, whole=whole)
    if whole:
        offset = torch.randint(len(ends), (n,), generator=generator).float() + float(ends[0])
    else:
        offset = torch.rand(n, generator=generator) * float(ends[1] - ends[0]) + float(ends[0])
    intensity = torch.rand(n, 1, generator=generator) * (1 - dim) + dim
    pictures = lines(size, offset).mul_(intensity)
    return pictures.add_(torch.randn(n, size * size, generator=generator), alpha=noise).clamp_(0, 1)
