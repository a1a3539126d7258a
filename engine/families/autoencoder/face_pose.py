"""Faces made straight: a small net says how a face is moved, sized and tilted, and the picture is turned back by that.

    straight(u) = picture(2 t + s R u)        picture(u) = straight(R^-1 (u - 2 t) / s)

u from -1 to 1 across the picture, t the shift, s the size, R the tilt (the affine part of a spatial transformer,
Jaderberg et al. 2015, arXiv:1506.02025; here the net learns from true poses). Pixels are interpolated by cubics. A
small face shows what lies beyond the view of a straight one, so straight pictures are wider, by WIDE.

The net is right to half a pixel. Where principal components of straight faces are known, Gauss-Newton steps then make
what they leave of the straight picture small, as in active appearance models (Matthews & Baker 2004, Int. J. Computer
Vision 60(2); here forwards, with derivatives by differences): right to a twentieth of a pixel.

`python -m engine.families.autoencoder.face_pose` teaches the net with drawn faces; its weights come with the program.
"""

import functools
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.numpy import load, save
from torch import Tensor

from engine import data
from engine.config import ConfigError
from engine.data import faces
from engine.data.picture_set import LEVELS, as_floats
from engine.families.autoencoder.coder import Coder, conv_layers
from engine.families.autoencoder.optimiser import Optimiser
from engine.headers import metadata
from engine.latent.pca import Pca
from engine.rng import generator, torch_generator
from engine.runtime import one_thread

PATH = Path(__file__).parents[2] / "starters" / "face_pose.safetensors"
KEY = "card"
N_POSE = len(faces.POSE)
WIDE = 5 / 4
"""A straight picture shows so many times the width, and has so many times the pixels, of the picture."""
SIDE, CHANNELS = 64, 12
"""Pixels a side of what the net sees, smaller pictures enlarged; channels of its first convolution."""
MIDDLE = torch.tensor([(factor.low + factor.high) / 2 for factor in faces.POSE])
STD = torch.tensor([(factor.high - factor.low) / math.sqrt(12) for factor in faces.POSE])
LIMIT = 4.0
"""A pose is standardised: 0 on average, with a standard deviation of 1; numbers beyond this are taken as this."""
FILLS = 4
"""Rounds of filling in what a turned face does not show."""
FITTED, ROUNDS = 64, 2
"""The first components are those of whole faces; they fit a pose, in so many steps."""
DIFFERENCE, DAMPING, MOST = 0.05, 0.01, 0.3
"""Of a step: how far a pose is moved to find the slope, what is added to the normal equations, how far it goes."""
AT_ONCE = 100
N_TRAIN, STEPS, BATCH, LR = 5_500, 6_000, 64, 2e-3
MOST_MOVED = torch.tensor([0.04, 0.04, 0.06, 5.0])
"""Half of the lessons are moved, sized and tilted once more, at most by this; a quarter is seen at half the size."""
MIDDLE_GREY = 0.5


class FacePose:
    """Estimates poses. `card`: the root mean square error of each number on drawn faces that it was not taught with."""

    def __init__(self, net: Coder, card: dict[str, Any]) -> None:
        self.net, self.card = net, card

    def estimate(self, pictures: np.ndarray) -> Tensor:
        """The standardised poses (n, 4) of pictures in [0, 1] (n, 3, side, side), side 32 or 64."""
        x = torch.from_numpy(np.array(pictures, np.float32))
        with torch.no_grad():
            blocks = [self.net.encode(_inputs(x[k : k + AT_ONCE]))[-1] for k in range(0, len(x), AT_ONCE)]
        return torch.cat(blocks).clamp_(-LIMIT, LIMIT)


def standardised(pose: np.ndarray) -> Tensor:
    """Poses (n, 4) in the units of `faces.POSE`, with a mean of 0 and a standard deviation of 1."""
    return (torch.from_numpy(np.array(pose, np.float32)) - MIDDLE) / STD


def straighten(pictures: np.ndarray, pose: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Straight pictures (n, 3, wide, wide) of pictures in [0, 1] in standardised poses (n, 4), and which of their
    pixels were to be seen (n, 1, wide, wide). What was not to be seen is as the nearest edge."""
    x = torch.from_numpy(np.array(pictures, np.float32))
    grid = _grid(_change(pose), wide_side(x.shape[-1]))
    return _sampled(x, grid).numpy(), (grid.abs() <= 1).all(3)[:, None].numpy()


def fill(straight: np.ndarray, known: np.ndarray, components: Pca) -> np.ndarray:
    """Straight pictures, flat (n, numbers), with what was not to be seen as the components have it, given the rest."""
    filled = np.where(known, straight, components.mean.reshape(straight.shape[1:])).reshape(len(straight), -1)
    for _ in range(FILLS):
        guess = components.decode(components.encode(filled)).reshape(straight.shape)
        filled = np.where(known, straight, guess).reshape(len(straight), -1)
    return filled


def refine(pictures: np.ndarray, pose: Tensor, components: Pca) -> Tensor:
    """Better poses, standardised (n, 4): those in which components of straight pictures leave less."""
    few = Pca(components.mean, components.basis[:FITTED], components.spread[:FITTED])
    blocks = []
    for k in range(0, len(pictures), AT_ONCE):
        part, found = pictures[k : k + AT_ONCE], pose[k : k + AT_ONCE]
        for _ in range(ROUNDS):
            found = (found + _gauss_newton(part, found, few).clamp(-MOST, MOST)).clamp(-LIMIT, LIMIT)
        blocks.append(found)
    return torch.cat(blocks)


def _gauss_newton(pictures: np.ndarray, pose: Tensor, components: Pca) -> Tensor:
    """The change of poses that makes least what the components leave of the pixels to be seen, to first order."""

    def left(flat: np.ndarray) -> np.ndarray:
        return flat - (flat @ components.basis.T) @ components.basis

    straight, known = straighten(pictures, pose)
    shown = np.broadcast_to(known, straight.shape).reshape(len(straight), -1)
    error = left(fill(straight, known, components) - components.mean) * shown  # (n, numbers)
    slopes = []
    for step in torch.eye(N_POSE) * DIFFERENCE:
        moved = (straighten(pictures, pose + step)[0] - straight).reshape(len(straight), -1)
        slopes.append(left(moved * shown / np.float32(DIFFERENCE)))
    slope = np.stack(slopes, 1)  # (n, 4, numbers)
    normal = slope @ slope.transpose(0, 2, 1) + DAMPING * np.eye(N_POSE, dtype=np.float32)
    return torch.from_numpy(-np.linalg.solve(normal, slope @ error[:, :, None])[:, :, 0].astype(np.float32))


def wide_side(side: int) -> int:
    """Pixels along each side of the straight picture of a picture of `side` pixels."""
    return round(side * WIDE)


def in_view(straight: np.ndarray) -> np.ndarray:
    """The middle of straight pictures (..., wide, wide), as much as the picture of a straight face shows."""
    wide = straight.shape[-1]
    edge = (wide - round(wide / WIDE)) // 2
    return straight[..., edge : wide - edge, edge : wide - edge]


def put_back(straight: np.ndarray, pose: Tensor) -> np.ndarray:
    """Pictures in [0, 1] (n, 3, side, side) of straight ones (n, 3, wide, wide) in poses (n, 4), standardised."""
    side = round(straight.shape[-1] / WIDE)
    change = _change(torch.nan_to_num(pose).clamp(-LIMIT, LIMIT))
    inverse = torch.linalg.inv(change[:, :, :2])
    return _sampled(
        torch.from_numpy(np.ascontiguousarray(straight)),
        _grid(torch.cat((inverse, -inverse @ change[:, :, 2:]), 2), side),
    ).numpy()


def _change(pose: Tensor, wide: float = WIDE) -> Tensor:
    """From places in a straight picture to places in the picture, for standardised poses (n, 4): (n, 2, 3)."""
    right, down, size, tilt = (pose * STD + MIDDLE).unbind(1)
    cos, sin = size * torch.cos(torch.deg2rad(tilt)), size * torch.sin(torch.deg2rad(tilt))
    rows = torch.stack((wide * cos, -wide * sin, 2 * right), 1), torch.stack((wide * sin, wide * cos, 2 * down), 1)
    return torch.stack(rows, 1)


def _grid(change: Tensor, side: int) -> Tensor:
    return F.affine_grid(change, [len(change), 1, side, side], align_corners=False)


def _sampled(x: Tensor, grid: Tensor) -> Tensor:
    return F.grid_sample(x, grid, mode="bicubic", padding_mode="border", align_corners=False).clamp_(0, 1)


def _inputs(x: Tensor) -> Tensor:
    if x.shape[-1] != SIDE:
        x = F.interpolate(x, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
    return x - MIDDLE_GREY


def untaught() -> Coder:
    """The net with random weights: convolutions that halve the picture, then the four numbers."""
    encoder, _ = conv_layers((3, SIDE, SIDE), CHANNELS, N_POSE, 1)
    return Coder(encoder, [], "silu", torch_generator(0, "face pose"))


def to_bytes(net: FacePose) -> bytes:
    """The net as safetensors, weights in half precision."""
    return save({"weights": net.net.flat.numpy().astype(np.float16)}, metadata={KEY: json.dumps(net.card)})


def of_bytes(content: bytes) -> FacePose:
    """The net that `to_bytes` wrote."""
    net = untaught()
    net.flat.copy_(torch.from_numpy(load(content)["weights"].astype(np.float32)))
    return FacePose(net, json.loads(metadata(content)[KEY]))


@functools.lru_cache(maxsize=1)
def face_pose() -> FacePose:
    """The net that comes with the program, read once; raises ConfigError if it is missing or damaged."""
    try:
        return of_bytes(PATH.read_bytes())
    except (OSError, SafetensorError, LookupError, ValueError, RuntimeError):
        raise ConfigError("pose", str(PATH), "is missing or damaged; `make models` makes it again") from None


# -- how it was taught


def teach(pictures: np.ndarray, pose: np.ndarray, *, steps: int = STEPS, batch: int = BATCH) -> Coder:
    """A net that has learned from faces, bytes (n, 3, side, side), and their poses (n, 4) in the units of faces.POSE.

    Loss: squared error of the standardised pose, summed over its numbers, mean over the batch.
    """
    net, aims = untaught(), standardised(pose)
    optimiser = Optimiser("adam", net.flat)
    for step in range(steps):
        rng = generator(0, "pose lesson", step)
        rows = rng.integers(len(pictures), size=batch)
        extra = torch.from_numpy(2 * rng.random((batch, N_POSE), np.float32) - 1) * MOST_MOVED
        extra[batch // 2 :] = 0
        x, aim = _moved(torch.from_numpy(pictures[rows]).float() / LEVELS, aims[rows], extra)
        x[-batch // 4 :] = _inputs(F.avg_pool2d(x[-batch // 4 :], 2)) + MIDDLE_GREY
        net.backward((net.encode(_inputs(x))[-1] - aim).square().sum(1).mean())
        optimiser.step(net.flat, net.grad, LR * (1 + math.cos(math.pi * step / steps)) / 2)
    return net


def _moved(x: Tensor, pose: Tensor, extra: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures moved, sized and tilted once more, and the poses that they have then, standardised."""
    neutral = torch.tensor([0.0, 0.0, 1.0, 0.0])
    move = _change((extra + neutral - MIDDLE) / STD, 1)
    back = torch.linalg.inv(move[:, :, :2])
    change = _change(pose, 1)
    turned, shift = back @ change[:, :, :2], back @ (change[:, :, 2:] - move[:, :, 2:])
    size, tilt = turned[:, :, 0].norm(dim=1), torch.rad2deg(torch.atan2(turned[:, 1, 0], turned[:, 0, 0]))
    found = torch.stack((shift[:, 0, 0] / 2, shift[:, 1, 0] / 2, size, tilt), 1)
    return _sampled(x, _grid(move, x.shape[-1])), (found - MIDDLE) / STD


def main() -> None:
    """Draw the faces, teach, measure on faces that it was not taught with, and write the weights."""
    one_thread()
    pictures = data.load("faces", size=64, n_train=N_TRAIN, jitter=True)
    first, start = len(faces.FACTORS), time.process_time()
    net = FacePose(teach(pictures.train, pictures.factors_train[:, first:]), {})
    net = of_bytes(to_bytes(net))  # as it will be read, in half precision
    found = net.estimate(as_floats(pictures.held_out)) * STD + MIDDLE
    error = (found.numpy() - pictures.factors_held_out[:, first:]).astype(np.float64)
    for factor, column in zip(faces.POSE, error.T, strict=True):
        net.card[factor.name] = round(float(np.sqrt((column**2).mean())), 4)
    net.card["cpu_seconds"] = round(time.process_time() - start, 1)
    PATH.write_bytes(to_bytes(net))
    sys.stdout.write(f"{net.card}\n")


if __name__ == "__main__":
    main()
