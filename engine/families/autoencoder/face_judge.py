"""A judge of faces: a small net that names every attribute of a face, taught with drawn pictures and no decoded one.

It is strict. It was shown blends of two drawn faces that differ in one attribute, and was taught to call what is half
there UNCLEAR: glasses of an opacity up to 0.6 are not glasses, and those above 0.12 are not 'none' either. So an
attribute has appeared only if it is there in full, and is gone only if it left no trace. Colours have no UNCLEAR:
half-way between two skins is a third one.

`face_judge_lessons` teaches it; the weights come with the program (engine/starters/face_judge.safetensors).
"""

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load, save
from torch import Tensor

from engine.config import ConfigError
from engine.data import faces
from engine.data.picture_set import as_floats
from engine.families.autoencoder.coder import Coder, conv_layers
from engine.headers import metadata
from engine.rng import torch_generator

PATH = Path(__file__).parents[2] / "starters" / "face_judge.safetensors"
KEY = "card"
SIZE, CHANNELS = 64, 16
FACTORS = faces.FACTORS
COLOURS = ("hair colour", "skin", "clothes")
UNCLEAR = -1
HEADS = tuple(len(factor.values) + (factor.name not in COLOURS) for factor in FACTORS)
"""Answers of each head: the attribute's values, then UNCLEAR unless it is a colour."""
AT_ONCE = 250


def untaught() -> Coder:
    """The judge's net with random weights: four convolutions that halve the picture, then all heads at once."""
    encoder, _ = conv_layers((3, SIZE, SIZE), CHANNELS, sum(HEADS), 1)
    return Coder(encoder, [], "silu", torch_generator(0, "face judge"))


class FaceJudge:
    """Names attributes. `card`: what it was measured to be on drawn faces that it was not taught with; `accuracy`: of
    that, the share that it names rightly, by attribute, on faces as they are or with `jitter`."""

    def __init__(self, net: Coder, card: dict[str, Any], *, jitter: bool = False) -> None:
        self.net, self.card = net, card
        self.accuracy: dict[str, float] = card.get("accuracy_jitter" if jitter else "accuracy", {})

    def logits(self, pictures: np.ndarray) -> list[Tensor]:
        """Of each head, (n, answers), for pictures in [0, 1] (n, 3, 64, 64); raises ConfigError for other sizes."""
        if pictures.shape[1:] != (3, SIZE, SIZE):
            raise ConfigError("size", pictures.shape[-1], f"must be {SIZE}, or the judge of faces can't see it")
        parts = np.ascontiguousarray(pictures, np.float32)
        with torch.no_grad():
            flat = [
                self.net.encode(torch.from_numpy(parts[k : k + AT_ONCE]))[-1] for k in range(0, len(parts), AT_ONCE)
            ]
        return list(torch.cat(flat).split(HEADS, 1))

    def says(self, pictures: np.ndarray) -> np.ndarray:
        """The number of each attribute's value in `faces.FACTORS`, or UNCLEAR: int (n, 8)."""
        found = torch.stack([head.argmax(1) for head in self.logits(pictures)], 1).numpy()
        counts = np.array([len(factor.values) for factor in FACTORS])
        return np.where(found < counts, found, UNCLEAR)


def to_bytes(judge: FaceJudge) -> bytes:
    """The judge as safetensors, weights in half precision."""
    return save({"weights": judge.net.flat.numpy().astype(np.float16)}, metadata={KEY: json.dumps(judge.card)})


def of_bytes(data: bytes, *, jitter: bool = False) -> FaceJudge:
    """The judge that `to_bytes` wrote, for faces with or without `jitter`."""
    net = untaught()
    net.flat.copy_(torch.from_numpy(load(data)["weights"].astype(np.float32)))
    return FaceJudge(net, json.loads(metadata(data)[KEY]), jitter=jitter)


@functools.lru_cache(maxsize=2)
def face_judge(*, jitter: bool = False) -> FaceJudge:
    """The judge that comes with the program, read once; raises ConfigError if it is missing or damaged."""
    try:
        return of_bytes(PATH.read_bytes(), jitter=jitter)
    except (OSError, SafetensorError, LookupError, ValueError, RuntimeError):
        raise ConfigError("judge", str(PATH), "is missing or damaged; `make models` makes it again") from None


def accuracy(judge: FaceJudge, pictures: np.ndarray, factors: np.ndarray) -> dict[str, float]:
    """The share of pictures, bytes (n, 3, 64, 64), of which it names each attribute; `factors` (n, 8 or more)."""
    right = judge.says(as_floats(pictures)) == factors[:, : len(FACTORS)]
    return {factor.name: float(share) for factor, share in zip(FACTORS, right.mean(0), strict=True)}


def opacity_curve(
    judge: FaceJudge, without: np.ndarray, with_it: np.ndarray, attribute: str, value: int, opacities: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How often it says that an attribute is there, and how often that there is not a trace, at each opacity.

    `without`, `with_it`: bytes (n, 3, 64, 64) of the same faces with `attribute` 'none' and `value`.
    """
    k = [factor.name for factor in FACTORS].index(attribute)
    a, b = as_floats(without), as_floats(with_it)
    said = np.stack([judge.says(a + np.float32(opacity) * (b - a))[:, k] for opacity in opacities])
    return (said == value).mean(1), (said == 0).mean(1)
