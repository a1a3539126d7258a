"""Every setting of the GAN, with its bounds, and the recipe: defaults that fit the data."""

from collections.abc import Mapping
from typing import Any

from engine.config import bounded, choice, config, flag
from engine.families.gan.losses import LOSSES

SMALLEST_DEEP = 4
LARGEST_WITHOUT_CODES = 12
LARGEST_BALANCED = 8
"""Above this the offsets are painted equally often only if Adam remembers longer."""
LONG, MIDDLE, SHORT = 5000, 3000, 1500
"""Rounds of a run: by default, where each learns from more pictures, and where a run counts as short."""
PENALTIES = ("none", "r1", "r1_r2", "gp")
OWN_WEIGHTS = {"r1_r2": 0.05, "gp": 10.0}


@config
class GanConfig:
    """A GAN on left diagonals. The defaults are those of 8 x 8 pictures with whole offsets."""

    seed: int = bounded(0, 0, 2**31 - 1, doc="Number that all chance comes from: same seed, same run, bit for bit.")
    steps: int = bounded(
        LONG, 1, 1_000_000, log=True, doc="Rounds until the run is done; the step sizes fall to zero over this length."
    )
    data: str = choice("diagonals", ("diagonals",), doc="What the artist paints.")
    size: int = bounded(8, 2, 16, doc="Pixels along each side. At 2 and 3 neither player has a hidden layer.")
    offsets: str = choice(
        "whole", ("whole", "continuous"), doc="Where the line may lie: whole pixels, or anywhere, drawn anti-aliased."
    )
    noise: float = bounded(0.05, 0.0, 0.3, label="Pixel noise", doc="Standard deviation of the noise on each pixel.")
    dim: float = bounded(
        0.6, 0.2, 1.0, label="Least intensity", doc="The faintest line the artist paints; the brightest is 1."
    )
    loss: str = choice("non_saturating", LOSSES, doc="What each player tries to make small.")
    penalty: str = choice(
        "r1",
        PENALTIES,
        label="Gradient penalty",
        doc="Keeps the expert's slope small: on real pictures (r1), real and fake (r1_r2), or near 1 in between (gp).",
    )
    penalty_weight: float = bounded(0.2, 0.0, 100.0, log=True, live=True, doc="How much the gradient penalty counts.")
    lr_g: float = bounded(
        2e-3, 1e-6, 1e-1, log=True, live=True, label="Forger's step size", doc="Adam step size of the generator."
    )
    lr_d: float = bounded(
        4e-3, 1e-6, 1e-1, log=True, live=True, label="Expert's step size", doc="Adam step size of the discriminator."
    )
    cosine: bool = flag(True, label="Cooling", doc="Let both step sizes fall to zero along a cosine.")
    d_steps: int = bounded(
        1, 1, 10, live=True, label="Expert's turns", doc="Updates of the discriminator for each one of the generator."
    )
    optimiser: str = choice(
        "adam", ("adam", "sgd"), doc="How a gradient changes the weights; sgd: w <- w - step size x gradient."
    )
    beta2: float = bounded(
        0.9, 0.0, 0.9999, label="Adam's memory", doc="How slowly Adam's idea of a gradient's usual size changes."
    )
    batch: int = bounded(64, 1, 256, doc="Pictures of each kind in one update.")
    latent: str = choice(
        "sphere",
        ("sphere", "uniform", "normal"),
        doc="The distribution of the forger's random input z: on a sphere (no extremes), in a cube, or normal.",
    )
    latent_dim: int = bounded(8, 1, 64, doc="How many random numbers z has.")
    codes: int = bounded(
        64, 0, 128, doc="Size of a one-hot part of z, which lets the forger jump between lines; 0: none."
    )
    width_g: int = bounded(64, 1, 256, label="Forger's width", doc="Units in each of its hidden layers.")
    width_d: int = bounded(64, 1, 256, label="Expert's width", doc="Units in each of its hidden layers.")
    depth_g: int = bounded(2, 0, 4, label="Forger's depth", doc="How many hidden layers it has.")
    depth_d: int = bounded(3, 0, 4, label="Expert's depth", doc="How many hidden layers it has.")
    ema: float = bounded(
        0.05,
        0.0,
        1.0,
        label="Averaging",
        doc="The share of all rounds so far that the forger's averaged weights look back on; 0: no averaging.",
    )
    stop_score: float = bounded(
        0.0, 0.0, 1.0, live=True, label="Stop at validity", doc="End when this share of the fakes is valid; 0: never."
    )
    stop_weight_change: float = bounded(
        0.0,
        0.0,
        1.0,
        log=True,
        live=True,
        label="Stop at weight change",
        doc="End when no weight of the forger changes by more than this in a round; 0: never.",
    )


def recipe(values: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults that fit the size, the kind of offsets, the number of rounds, and the loss."""
    size, offsets = values.get("size", 8), values.get("offsets", "whole")
    found: dict[str, Any] = {}
    if size < SMALLEST_DEEP:  # the classic of Serrano 2020: 1 input and 4 outputs against 4 weights and a bias
        found = {
            "latent": "uniform", "latent_dim": 1, "codes": 0, "depth_g": 0, "depth_d": 0, "penalty": "none",
            "optimiser": "sgd", "lr_g": 0.1, "lr_d": 0.1, "cosine": False, "ema": 0.0, "batch": 1, "steps": 2000,
        }  # fmt: skip
    elif offsets == "continuous":
        found = {"beta2": 0.99, "penalty_weight": 0.1}
        if size <= LARGEST_WITHOUT_CODES:  # neighbouring lines overlap, so one can slide over all of them
            found |= {
                "codes": 0, "latent_dim": 6, "steps": SHORT, "batch": 256, "width_g": 128, "lr_g": 4e-3,
            }  # fmt: skip
        elif values.get("steps", LONG) <= SHORT:
            found |= {"lr_d": 2e-3, "batch": 256, "width_g": 128, "lr_g": 3e-3}
        else:
            found |= {"lr_d": 2e-3, "steps": MIDDLE, "batch": 128}
    else:
        if size > LARGEST_BALANCED:
            found = {"beta2": 0.99}
        if values.get("steps", LONG) <= SHORT:  # fewer rounds, each of which learns more
            found |= _in_few_rounds(size)
    if "loss" in values and LOSSES[values["loss"]].penalty != "r1":
        found["penalty"] = LOSSES[values["loss"]].penalty
    penalty = values.get("penalty", found.get("penalty"))
    if penalty in OWN_WEIGHTS:
        found["penalty_weight"] = OWN_WEIGHTS[penalty]
    return found


def _in_few_rounds(size: int) -> dict[str, Any]:
    """What a short run on whole offsets needs besides: at 8 x 8, nothing."""
    if size < LARGEST_BALANCED:
        return {"batch": 256, "ema": 0.15}
    if size > LARGEST_BALANCED:
        return {"batch": 256, "width_g": 128, "lr_g": 3e-3, "lr_d": 5e-3}
    return {}
