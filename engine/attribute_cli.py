"""What the vector of an attribute does, from the command line.

python -m engine latent attribute M.safetensors --attribute glasses --strength 1.0 --json
"""

import argparse
import dataclasses
import json
from typing import Any

from engine.config import ConfigError, number
from engine.families.autoencoder.model import LatentModel
from engine.families.autoencoder.posed_judge import judge_for
from engine.latent import attributes
from engine.starters import load_model

MAX_STRENGTH = 10.0


def add(commands: Any) -> None:
    """`latent attribute`."""
    parser = commands.add_parser("attribute", help="what the vector of an attribute does to faces", allow_abbrev=False)
    parser.add_argument("model", metavar="FILE", help="a saved run on faces, or the name of a starter")
    parser.add_argument("--attribute", metavar="NAME", default="glasses", help="such as glasses or beard=beardMedium")
    parser.add_argument("--strength", metavar="X", default="1", help="how much of the vector is added")
    parser.add_argument(
        "--like", metavar="FACTOR", help="make vectors of faces that share this with the face they move"
    )
    parser.add_argument("--curve", action="store_true", help="also at the strengths from -2 to 2")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(do=_attribute)


def measured(
    model: LatentModel, name: str, strength: float, *, like: str | None = None, curve: bool = False
) -> dict[str, Any]:
    """appeared, kept_all, kept (each attribute), removed, judge_accuracy, and side_effects; raises ConfigError."""
    if model.config.data != "faces":
        raise ConfigError("data", model.config.data, "must be faces: only their attributes have a judge")
    attribute = attributes.find(model.about, name)
    alike = None if like is None else _factor(model, like)
    judge = judge_for(model)
    found = attributes.measure(model, attribute, strength, judge, alike)
    result = {"attribute": name, "like": like, **dataclasses.asdict(found.effect)}
    result["side_effects"] = attributes.side_effects(found.effect)
    result |= {"removed": found.removed, "judge_accuracy": found.judge_accuracy}
    if curve:
        effects = attributes.effects(model, attribute, judge, like=alike)
        result["curve"] = [dataclasses.asdict(effect) for effect in effects]
    return result


def _factor(model: LatentModel, name: str) -> int:
    names = [factor.name for factor in model.about if factor.values]
    if name not in names:
        raise ConfigError("--like", name, "must be one of " + ", ".join(names))
    return names.index(name)


def _attribute(args: argparse.Namespace) -> None:
    strength = number("--strength", args.strength, -MAX_STRENGTH, MAX_STRENGTH, whole=False)
    result = measured(load_model(args.model), args.attribute, strength, like=args.like, curve=args.curve)
    if args.json:
        print(json.dumps(result))
        return
    print(f"{result['attribute']}, strength {result['strength']:g}, {result['n']} held-out faces without")
    for name in ("appeared", "kept_all", "removed", "judge_accuracy"):
        print(f"{name:<24} {result[name]:.3f}")
    for name, share in result["kept"].items():
        print(f"{'kept ' + name:<24} {share:.3f}")
    for effect in result.get("curve", []):
        print(f"at {effect['strength']:+.1f}  appeared {effect['appeared']:.3f}  kept_all {effect['kept_all']:.3f}")
    for line in result["side_effects"]:
        print(line)
