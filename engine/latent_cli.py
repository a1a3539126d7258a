"""The command line of latent spaces, on a saved run of a family that encodes and decodes pictures, or on a starter.

python -m engine latent scores M.safetensors --json
python -m engine latent scores shapes
python -m engine latent interpolate M.safetensors --a 3 --b 17 --steps 9 --path slerp --out strip.png
"""

import argparse
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine import attribute_cli, files
from engine.config import ConfigError, number
from engine.data.picture_set import as_bytes, as_floats
from engine.latent.paths import PATHS, along
from engine.metrics.pictures import nearest
from engine.starters import STARTERS, load_model

MAX_STEPS = 200
ENLARGED = 128
"""Pixels along each side of a picture in a strip, about."""


def add(commands: Any) -> None:
    """`latent scores`, `latent interpolate` and `latent attribute`."""
    parser = commands.add_parser("latent", help="measure or walk the latent space of a saved run", allow_abbrev=False)
    own = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=type(parser))
    scores = own.add_parser("scores", help="what the codes and the decoder know of the factors", allow_abbrev=False)
    scores.add_argument("model", metavar="MODEL", help="a saved run, or a starter: " + ", ".join(STARTERS))
    scores.add_argument("--json", action="store_true", help="one JSON object")
    scores.set_defaults(do=_scores)
    walk = own.add_parser("interpolate", help="pictures between two that the model knows", allow_abbrev=False)
    walk.add_argument("model", metavar="MODEL", help="a saved run, or a starter: " + ", ".join(STARTERS))
    walk.add_argument("--a", metavar="N", default="0", help="number of the first picture; held-out ones come first")
    walk.add_argument("--b", metavar="N", default="1", help="number of the second picture")
    walk.add_argument("--steps", metavar="N", default="9", help="pictures in all, both ends included")
    walk.add_argument("--path", metavar="NAME", default="lerp", help=", ".join(PATHS))
    walk.add_argument("--out", metavar="FILE", required=True, help="the strip, as PNG")
    walk.add_argument("--json", action="store_true", help="one JSON object")
    walk.set_defaults(do=_interpolate)
    attribute_cli.add(own)


def _scores(args: argparse.Namespace) -> None:
    from engine.families.autoencoder.scores import BASELINES, latent_scores  # noqa: PLC0415 - scikit-learn takes a second

    result = latent_scores(load_model(args.model))
    if args.json:
        print(json.dumps(result))
        return
    others = {name: result.pop(name) for name in BASELINES}
    for name, value in result.items():
        parts = value.items() if isinstance(value, dict) else ((None, value),)
        for factor, score in parts:
            beside = {other: found[name] for other, found in others.items() if name in found}
            told = ", ".join(f"{other} {value[factor] if factor else value:.3g}" for other, value in beside.items())
            print(f"{f'{name} {factor}' if factor else name:<24} {score:.3g}{told and f'   ({told})'}")


def _interpolate(args: argparse.Namespace) -> None:
    if Path(args.out).suffix.lower() != ".png":
        raise ConfigError("--out", args.out, "must end in .png")
    model = load_model(args.model)
    last = len(model.codes) - 1
    chosen = [number("--a", args.a, 0, last), number("--b", args.b, 0, last)]
    steps = number("--steps", args.steps, 2, MAX_STEPS)
    if args.path not in PATHS:
        raise ConfigError("--path", args.path, "must be one of " + ", ".join(PATHS))
    codes = along(model.codes[chosen], steps, args.path)
    painted = model.decode(codes)
    files.write_whole(Path(args.out), strip(painted))
    learned = range(model.n_held_out, last + 1) or range(last + 1)
    distance = nearest(painted, as_floats(model.real(learned)))[1].tolist()
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
