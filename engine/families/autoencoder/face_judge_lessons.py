"""Teach the judge of faces: `python -m engine.families.autoencoder.face_judge_lessons` writes its weights anew.

A lesson is a pair of drawn faces that differ in one attribute, half of them moved, sized and tilted, seen as a blend
x = (1 - opacity) a + opacity b with a little noise, some moved once more. Loss: cross-entropy, summed over the heads,
mean over the batch.
"""

import dataclasses
import math
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.data import faces
from engine.data.picture_set import LEVELS
from engine.families.autoencoder.coder import Coder
from engine.families.autoencoder.face_judge import (
    COLOURS,
    FACTORS,
    HEADS,
    PATH,
    SIZE,
    FaceJudge,
    accuracy,
    of_bytes,
    opacity_curve,
    to_bytes,
    untaught,
)  # fmt: skip
from engine.families.autoencoder.optimiser import Optimiser
from engine.rng import generator, torch_generator
from engine.runtime import one_thread

N_TRAIN, N_TEST = 6_000, 1_000
STEPS, BATCH, LR = 6_000, 64, 2e-3
NOISE = 0.02
"""The largest standard deviation of the noise on a picture."""
BLENDED = 0.5
"""So many of a batch are blends; the others are one of the two faces."""
MOVED = 0.5
"""So many pictures are moved once more, at most by MOST_MOVED: right and down in half widths, size, tilt in radians."""
MOST_MOVED = (0.16, 0.16, 0.15, 0.26)
THERE, HALF_THERE = 0.8, 0.6
"""From the first opacity on something is there; up to the second, and down to 1 less it, it is UNCLEAR."""
TRACE, NO_TRACE = 0.12, 0.04
"""From the first opacity on there is a trace of it; up to the second there is none."""
OPACITIES = np.linspace(0, 1, 21)
IGNORED = -100


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Faces `a` and `b`, bytes (n, 3, 64, 64), with their factors (n, 8), that differ in the factor `differs` (n,)."""

    a: np.ndarray
    b: np.ndarray
    factors_a: np.ndarray
    factors_b: np.ndarray
    differs: np.ndarray

    def part(self, rows: slice | np.ndarray) -> "Pairs":
        """Some of the pairs."""
        return Pairs(*(getattr(self, about.name)[rows] for about in dataclasses.fields(self)))


def draw_pairs(n: int, stream: str = "judge") -> Pairs:
    """Every second pair differs in the glasses, the others in another attribute that has a shape; half are posed."""
    first = faces.draw_factors(n, seed=0, jitter=True, stream=stream)
    second, differs = first.copy(), np.zeros(n, int)
    shaped = [k for k, factor in enumerate(FACTORS) if factor.name not in COLOURS]
    chance = generator(0, f"{stream} pairs").random((n, 2))
    for i in range(n):
        k = shaped[0] if i % 2 == 0 else shaped[1 + int(chance[i, 0] * (len(shaped) - 1))]
        n_values = len(FACTORS[k].values)
        second[i, k] = (first[i, k] + 1 + int(chance[i, 1] * (n_values - 1))) % n_values
        differs[i] = k
    shown = [len(FACTORS) if i % 4 < 2 else first.shape[1] for i in range(n)]
    a = np.stack([faces.draw(row[:k], SIZE) for row, k in zip(first, shown, strict=True)])
    b = np.stack([faces.draw(row[:k], SIZE) for row, k in zip(second, shown, strict=True)])
    return Pairs(a, b, first[:, : len(FACTORS)], second[:, : len(FACTORS)], differs)


def answers(pairs: Pairs, opacity: np.ndarray) -> np.ndarray:
    """What the judge should say of blends of these pairs: for each head the number of an answer, or IGNORED, (n, 8)."""
    right = np.where(opacity[:, None] < 0.5, pairs.factors_a, pairs.factors_b).astype(np.int64)  # (n, 8)
    for i, k in enumerate(pairs.differs):
        values = pairs.factors_a[i, k], pairs.factors_b[i, k]
        shares = 1 - opacity[i], opacity[i]
        right[i, k] = _answer(values, shares, unclear=HEADS[k] - 1, has_none=FACTORS[k].values[0] == faces.NONE)
    return right


def _answer(values: tuple[float, float], shares: tuple[float, float], *, unclear: int, has_none: bool) -> int:
    """The answer for a blend of two values, given the share of each."""
    (less, more) = sorted(range(2), key=lambda side: shares[side])
    if has_none and 0 in values:
        thing = 1 if values[0] == 0 else 0
        opacity = shares[thing]
        if opacity <= NO_TRACE:
            return 0
        if TRACE <= opacity <= HALF_THERE:
            return unclear
        return int(values[thing]) if opacity >= THERE else IGNORED
    if shares[more] >= THERE:
        return int(values[more])
    return unclear if shares[less] >= 1 - HALF_THERE else IGNORED


def teach(pairs: Pairs, *, steps: int = STEPS, batch: int = BATCH) -> Coder:
    """A net that has learned from these pairs."""
    net = untaught()
    optimiser = Optimiser("adam", net.flat)
    for step in range(steps):
        rng = generator(0, "judge lesson", step)
        rows = rng.integers(len(pairs.a), size=batch)
        opacity = rng.random(batch)
        n_plain = int(batch * (1 - BLENDED))
        opacity[:n_plain] = opacity[:n_plain].round()
        chosen = pairs.part(rows)
        x = _moved(_blend(chosen, opacity), torch.from_numpy(rng.random((batch, 5), np.float32)))
        noise = torch.randn(batch, 3, SIZE, SIZE, generator=torch_generator(0, "judge noise", step))
        x = x + noise * (NOISE * torch.from_numpy(rng.random((batch, 1, 1, 1), np.float32)))
        right = torch.from_numpy(answers(chosen, opacity))
        heads = net.encode(x)[-1].split(HEADS, 1)
        losses = [F.cross_entropy(head, right[:, k], ignore_index=IGNORED) for k, head in enumerate(heads)]
        net.backward(torch.stack(losses).sum())
        optimiser.step(net.flat, net.grad, LR * (1 + math.cos(math.pi * step / steps)) / 2)
    return net


def _blend(pairs: Pairs, opacity: np.ndarray) -> Tensor:
    share = torch.from_numpy(opacity.astype(np.float32))[:, None, None, None]
    return torch.lerp(torch.from_numpy(pairs.a).float(), torch.from_numpy(pairs.b).float(), share) / LEVELS


def _moved(x: Tensor, chance: Tensor) -> Tensor:
    """Some of the pictures (n, 3, 64, 64) moved, sized and tilted once more; `chance` (n, 5) in [0, 1)."""
    right, down, size, tilt = ((2 * chance[:, k] - 1) * MOST_MOVED[k] * (chance[:, 4] < MOVED) for k in range(4))
    cos, sin = torch.cos(tilt) * (1 + size), torch.sin(tilt) * (1 + size)
    change = torch.stack((torch.stack((cos, -sin, right), 1), torch.stack((sin, cos, down), 1)), 1)  # (n, 2, 3)
    grid = F.affine_grid(change, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, padding_mode="border", align_corners=False)


def main() -> None:
    """Draw the faces, teach, measure on faces that it was not taught with, and write the weights."""
    one_thread()
    start = time.process_time()
    pairs = draw_pairs(N_TRAIN + N_TEST)
    net = teach(pairs.part(slice(N_TRAIN)))
    judge = of_bytes(to_bytes(FaceJudge(net, {})))  # as it will be read, in half precision
    judge.card = card(judge, pairs.part(slice(N_TRAIN, None)))
    judge.card["cpu_seconds"] = round(time.process_time() - start, 1)
    PATH.write_bytes(to_bytes(judge))
    sys.stdout.write(f"{judge.card}\n")


def card(judge: FaceJudge, test: Pairs) -> dict[str, object]:
    """What the judge was measured to be on pairs that it was not taught with: accuracy, and glasses by opacity."""
    posed = np.arange(len(test.a)) % 4 >= 2
    found: dict[str, object] = {
        "accuracy": accuracy(judge, test.a[~posed], test.factors_a[~posed]),
        "accuracy_jitter": accuracy(judge, test.a[posed], test.factors_a[posed]),
    }
    rows = np.nonzero((test.differs == 0) & ~posed)[0]
    bare = (test.factors_a[rows, 0] == 0)[:, None, None, None]
    without, with_it = np.where(bare, test.a[rows], test.b[rows]), np.where(bare, test.b[rows], test.a[rows])
    there, gone = opacity_curve(judge, without, with_it, "glasses", 1, OPACITIES)
    found["curve"] = {"opacity": OPACITIES.tolist(), "there": there.tolist(), "no_trace": gone.tolist()}
    return found


if __name__ == "__main__":
    main()
