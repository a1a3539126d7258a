"""The command line of latent spaces, on a saved run of a family that encodes and decodes pictures.

python -m engine latent scores M.safetensors --json
python -m engine latent interpolate M.safetensors --a 3 --b 17 --steps 9 --path slerp --out strip.png
"""

import argparse
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine import files
from engine.config import ConfigError
from engine.data import shapes
from engine.data.picture_set import PictureSet, as_bytes, as_floats
from engine.families.autoencoder.judge import N_MEASURED, Codes, judge_for, shape_purity
from engine.latent.paths import PATHS, along
from engine.latent.pca import Pca, pca
from engine.metrics.latents import linear_r2, mig
from engine.metrics.pictures import nearest

N_CODES = 2000
"""Pictures that mig, dci and r2 are measured on."""
MAX_STEPS = 200
ENLARGED = 128
"""Pixels along each side of a picture in a strip, about."""


def add(commands: Any) -> None:
    """`latent scores` and `latent interpolate`."""
    parser = commands.add_parser("latent", help="measure or walk the latent space of a saved run", allow_abbrev=False)
    own = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=type(parser))
    scores = own.add_parser("scores", help="what the codes and the decoder know of the factors", allow_abbrev=False)
    scores.add_argument("model", metavar="FILE", help="a saved run")
    scores.add_argument("--json", action="store_true", help="one JSON object")
    scores.set_defaults(do=_scores)
    walk = own.add_parser("interpolate", help="pictures between two held-out pictures", allow_abbrev=False)
    walk.add_argument("model", metavar="FILE", help="a saved run")
    walk.add_argument("--a", metavar="N", default="0", help="number of the first picture")
    walk.add_argument("--b", metavar="N", default="1", help="number of the second picture")
    walk.add_argument("--steps", metavar="N", default="9", help="pictures in all, both ends included")
    walk.add_argument("--path", metavar="NAME", default="lerp", help=", ".join(PATHS))
    walk.add_argument("--out", metavar="FILE", required=True, help="the strip, as PNG")
    walk.add_argument("--json", action="store_true", help="one JSON object")
    walk.set_defaults(do=_interpolate)


def _load(path: str) -> tuple[Any, PictureSet]:
    """The learner of a saved run, and its pictures."""
    learner: Any = files.load(path).learner
    if not isinstance(learner, Codes):
        raise ConfigError("file", path, "holds a model that has no codes for pictures")
    return learner, learner.pictures  # type: ignore[attr-defined]


class _Axes:
    """PCA's axes as a latent space, to compare with."""

    def __init__(self, found: Pca, shape: tuple[int, ...]) -> None:
        self._pca, self._shape = found, shape

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        return self._pca.encode(pictures.reshape(len(pictures), -1))

    def decode(self, z: np.ndarray) -> np.ndarray:
        return np.clip(self._pca.decode(z), 0, 1).reshape(-1, *self._shape)


def scores(learner: Codes, pictures: PictureSet, config: Any) -> dict[str, Any]:
    """mig, dci, r2 of each factor; for shapes also the decoder's purity and the axis of each factor."""
    from engine.metrics.dci import dci  # noqa: PLC0415 - scikit-learn takes a second to import

    if not pictures.factors:
        raise ConfigError("data", pictures.name, "has no true factors to measure against")
    if pictures.name == "shapes":  # pictures that nobody learned from
        factors = shapes.draw_factors(N_CODES, seed=0, kind=config.kind, stream="scores")
        shown = as_floats(as_bytes(shapes.render(factors, config.size)))
        factors = factors[:, : len(pictures.factors)]
    else:
        factors, shown = pictures.factors_train[:N_CODES], as_floats(pictures.train[:N_CODES])
    codes = learner.encode(shown)
    names = [factor.name for factor in pictures.factors]
    found = dci(codes, factors)
    result: dict[str, Any] = {
        "mig": mig(codes, factors),
        "dci": found.disentanglement,
        "completeness": found.completeness,
        "informativeness": found.informativeness,
        "r2": dict(zip(names, linear_r2(codes, factors).tolist(), strict=True)),
    }
    if pictures.name == "shapes":
        pure = shape_purity(learner, pictures, config.kind, config.size)
        result["purity"] = dict(zip(names[:N_MEASURED], pure.purity.tolist(), strict=True))
        result["purity_min"] = float(pure.purity.min())
        result["axis"] = dict(zip(names[:N_MEASURED], pure.axis.tolist(), strict=True))
        result["judge_r2"] = dict(zip(names[:N_MEASURED], judge_for(config.kind, config.size).r2.tolist(), strict=True))
    return result


def _scores(args: argparse.Namespace) -> None:
    learner, pictures = _load(args.model)
    config = learner.config
    result = scores(learner, pictures, config)
    axes = _Axes(pca(as_floats(pictures.train).reshape(len(pictures.train), -1), config.latent_dim), pictures.shape)
    result["pca"] = scores(axes, pictures, config)
    if args.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        other: Any = result["pca"].get(name)
        if isinstance(value, float):
            print(f"{name:<24} {value:.3f}   (PCA {other:.3f})")
        elif name != "pca":
            for factor, number in value.items():
                print(f"{name + ' ' + factor:<24} {number:.3g}   (PCA {other[factor]:.3g})")


def _number(name: str, text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and low <= int(text) <= high):
        raise ConfigError(f"--{name}", text, f"must be a whole number from {low} to {high:,}")
    return int(text)


def _interpolate(args: argparse.Namespace) -> None:
    learner, pictures = _load(args.model)
    last = len(pictures.held_out) - 1
    chosen = [_number("a", args.a, 0, last), _number("b", args.b, 0, last)]
    steps = _number("steps", args.steps, 2, MAX_STEPS)
    if args.path not in PATHS:
        raise ConfigError("--path", args.path, "must be one of " + ", ".join(PATHS))
    codes = along(learner.encode(as_floats(pictures.held_out[chosen])), steps, args.path)
    painted = learner.decode(codes)
    files.write_whole(Path(args.out), strip(painted))
    distance = nearest(painted, as_floats(pictures.train))[1].tolist()
    if args.json:
        print(json.dumps({"codes": codes.tolist(), "nearest": distance, "path": args.path, "out": args.out}))
    else:
        print(f"{steps} pictures from {chosen[0]} to {chosen[1]}, {args.path}: {args.out}")


def strip(painted: np.ndarray) -> bytes:
    """Pictures in [0, 1] (n, channels, height, width) side by side, enlarged, as a PNG."""
    scale = max(1, ENLARGED // painted.shape[-1])
    row = np.concatenate(list(as_bytes(painted)), axis=2).transpose(1, 2, 0)  # (height, n x width, channels)
    row = row.repeat(scale, axis=0).repeat(scale, axis=1)
    stream = io.BytesIO()
    Image.fromarray(row[:, :, 0] if row.shape[2] == 1 else row).save(stream, "PNG")
    return stream.getvalue()
