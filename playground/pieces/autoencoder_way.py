"""A picture's way through the net, on the stage of the autoencoder page: in, layer by layer to its code, and out."""

import math
from typing import Any

import numpy as np

from engine.data.picture_set import as_floats
from engine.rng import generator
from playground import session
from playground.components import Panel, panels
from playground.figures.plane import signed
from playground.lab import Lab
from playground.player import Moment
from playground.shell import enlarged
from playground.theme import current

STAGE_PX = 128
NUMBERED_CODE, NUMBERS_IN_ROW, CODE_ROW = 9, 3, 8
"""Codes up to nine numbers show them, three in a row."""
DIFFERENCE_SCALE = 0.5
MAPS = 16
SHOWN = "autoencoder.shown"


def stage(lab: Lab, moment: Moment) -> None:
    """One held-out picture: in at the left, layer by layer to its code, out at the right, the difference beside it."""
    view, k = moment.view, session.get(SHOWN, 0)
    half = len(view.activations) // 2
    came_in, out = _came_in(lab, moment, k)
    difference = (out - as_floats(view.x[k])).mean(0)
    name, noisy = f"picture {k + 1} at step {moment.step}", lab.run.config.noise > 0
    title = "x with noise" if noisy else "x"
    beside = signed(difference, DIFFERENCE_SCALE, current())
    px = enlarged(STAGE_PX)
    sets = [
        Panel(title=title, role="real", pictures=came_in[None], columns=1, captions=["in"], least_px=px,
              alt=f"Held-out {name}, as the net sees it"),
        *_layers("Encoder", view.activations[:half], k),
        _code(view.code[k]),
        *_layers("Decoder", view.activations[half:], k),
        Panel(title="x̂", role="fake", pictures=np.stack([np.broadcast_to(out, beside.shape), beside]),
              columns=1, captions=["out", "x̂ − x"], least_px=px,
              alt=f"Reconstruction of {name}, and its difference from what it should be, mean over the colours"),
    ]  # fmt: skip
    panels(sets, key="stage", picture_px=px, arrows=[""] * (len(sets) - 1))


def _came_in(lab: Lab, moment: Moment, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Picture number k as the net sees it, and what it makes of it; noise is the same at every step."""
    view, noise = moment.view, lab.run.config.noise
    x, x_hat = as_floats(view.x[k]), as_floats(view.x_hat[k])
    if not noise or moment.is_past:
        return x, x_hat
    noisy = x + np.float32(noise) * generator(0, "noise on the stage", k).standard_normal(x.shape, np.float32)
    learner: Any = lab.run.learner
    return noisy, learner.decode(learner.encode(noisy[None]))[0]


def _layers(side: str, activations: tuple[np.ndarray, ...], k: int) -> list[Panel]:
    """A side's hidden layers below each other, each as a small map in one scale of size: more units, more squares."""
    maps = [_map(a[k].astype(np.float32)) for a in activations]
    if not maps:
        return []
    edge = max(max(m.shape) for m in maps)
    stack = np.stack([_in_square(m, edge) for m in maps])[:, None]
    reach = float(np.quantile(np.abs(stack[np.isfinite(stack)]), 0.99)) if np.isfinite(stack).any() else 1.0
    units = ", ".join(str(a[k].size) for a in activations)
    return [
        Panel(title=side, role="weights", pictures=stack, columns=1, subtitle=units,
              scale=max(reach, 0.1), alt=f"{side}: outputs of its hidden layers, {units} units")
    ]  # fmt: skip


def _map(activation: np.ndarray) -> np.ndarray:
    """One layer's outputs in a rectangle: channels as tiles, or units row by row."""
    if activation.ndim == 3:
        channels, height, width = activation.shape
        tiles = activation[: MAPS * max(1, channels // MAPS)][:MAPS]
        side = math.isqrt(len(tiles))
        return tiles[: side * side].reshape(side, side, height, width).transpose(0, 2, 1, 3).reshape(side * height, -1)
    columns = math.ceil(math.sqrt(activation.size))
    return np.resize(
        np.pad(activation, (0, -activation.size % columns)), (math.ceil(activation.size / columns), columns)
    )


def _in_square(found: np.ndarray, edge: int) -> np.ndarray:
    square = np.zeros((edge, edge), np.float32)
    top, left = (edge - found.shape[0]) // 2, (edge - found.shape[1]) // 2
    square[top : top + found.shape[0], left : left + found.shape[1]] = found
    return square


def _code(code: np.ndarray) -> Panel:
    numbered = len(code) <= NUMBERED_CODE
    row = min(len(code), NUMBERS_IN_ROW if numbered else CODE_ROW)
    rows = np.pad(code, (0, -len(code) % row)).reshape(-1, 1, 1, row)
    said = ", ".join(f"{v:.2f}" for v in code)
    reach = max(3.0, 3.0 * math.ceil(float(np.nan_to_num(np.abs(code)).max()) / 3))
    return Panel(
        title="Code z", role="latent", pictures=rows, columns=1, show_numbers=numbered, scale=reach,
        subtitle=f"{len(code)} number{'s' * (len(code) > 1)}", alt=f"The code: {said}",
    )  # fmt: skip
