"""Every setting of the autoencoders, with its bounds, and the recipes: defaults that fit the data and the method."""

from collections.abc import Mapping
from typing import Any

from engine.config import ConfigError, bounded, choice, config, flag, text
from engine.data import DATASETS, shapes

ACTIVATIONS = ("silu", "relu", "leaky_relu", "tanh", "sigmoid")
OPTIMISERS = ("adam", "sgd", "momentum")
MAX_STEPS = 1_000_000
SGD_LR, SGD_LR_LARGE, SGD_LR_CONV = 1e-2, 1e-3, 1e-4
"""Step sizes of plain gradient descent that converge: if errors are small, if they are large, and for convolutions."""


@config
class AutoencoderConfig:
    """An autoencoder. The defaults are those of 3-D shapes of 32 x 32 pixels."""

    seed: int = bounded(0, 0, 2**31 - 1, doc="Number that all chance comes from: same seed, same run, bit for bit.")
    steps: int = bounded(
        4000, 1, MAX_STEPS, log=True, doc="Updates until the run is done; the step size falls to zero over this length."
    )
    data: str = choice("shapes", DATASETS, doc="The pictures to learn.")
    size: int = bounded(32, 4, 64, doc="Pixels along each side; each kind of picture has its own sizes.")
    n_train: int = bounded(
        4000, 4, 10_000, log=True, label="Examples", doc="Pictures to learn from; few of them make overfitting visible."
    )
    kind: str = choice("cylinder", (*shapes.KINDS, shapes.ALL), doc="Which solids, for shapes.")
    jitter: bool = flag(False, doc="Faces vary in position, size and tilt as well; the components see them straight.")
    pictures: str = text("", doc="The key of your own pictures.")
    latent_dim: int = bounded(6, 1, 64, label="Latent size", doc="How many numbers the code has.")
    net: str = choice("mlp", ("mlp", "conv"), doc="Fully connected layers, or convolutions.")
    coefficients: int = bounded(
        192,
        0,
        512,
        label="Principal components",
        doc="The net sees, and gives, so many coordinates along a picture's principal components; 0: pixels.",
    )
    width: int = bounded(160, 1, 512, doc="Units in each hidden layer of the fully connected net.")
    depth: int = bounded(2, 0, 4, doc="Hidden layers on each side of the code; 0: a linear autoencoder.")
    channels: int = bounded(16, 2, 64, doc="Channels of the first convolution; each next one has twice as many.")
    activation: str = choice("silu", ACTIVATIONS, doc="The bend in each hidden unit.")
    loss: str = choice("l2", ("l2", "bce"), doc="Squared error, or cross-entropy of pixels; summed over pixels.")
    noise: float = bounded(
        0.0, 0.0, 0.5, live=True, doc="Denoising: standard deviation of the noise on what the net sees, not on its aim."
    )
    optimiser: str = choice("adam", OPTIMISERS, doc="How a gradient becomes a change of the weights.")
    lr: float = bounded(2e-3, 1e-7, 1.0, log=True, live=True, label="Step size", doc="Alpha in w <- w - alpha dE/dw.")
    cosine: bool = flag(True, label="Cooling", doc="Let the step size fall to zero along a cosine.")
    batch: int = bounded(128, 1, 256, doc="Examples in one update.")
    stop_error: float = bounded(
        0.0,
        0.0,
        10_000.0,
        log=True,
        live=True,
        label="Stop at error",
        doc="End when the error on the training set is at most this; 0: never.",
    )
    stop_weight_change: float = bounded(
        0.0,
        0.0,
        1.0,
        log=True,
        live=True,
        label="Stop at weight change",
        doc="End when no weight changes by more than this in an update; 0: never.",
    )


@config
class VaeConfig(AutoencoderConfig):  # a dataclass of fields, inherited as such: no behaviour comes with it
    """A variational autoencoder: the fields of the autoencoder, and the weight of its prior."""

    beta: float = bounded(
        0.3,
        0.0,
        100.0,
        log=True,
        live=True,
        doc="How much the distance of the codes from the prior counts (beta-VAE); 0: not at all.",
    )


@config
class AdaConfig:
    """An Ada-GVAE on pairs of shapes that differ in one factor."""

    seed: int = bounded(0, 0, 2**31 - 1, doc="Number that all chance comes from: same seed, same run, bit for bit.")
    steps: int = bounded(12_000, 10, MAX_STEPS, log=True, doc="Updates at most, all attempts together.")
    trial: int = bounded(
        1200, 1, 100_000, log=True, doc="Updates at a constant step size, after which the alarm is asked."
    )
    finish: int = bounded(
        1800, 1, 100_000, log=True, doc="Updates after a good trial, while the step size falls to zero."
    )
    alarm: float = bounded(
        0.15,
        0.0,
        100.0,
        log=True,
        doc="Begin anew if one axis alone explains a pair worse than all do, by this share; 0: never.",
    )
    data: str = choice("shapes", ("shapes",), doc="The pictures to learn.")
    size: int = bounded(32, 32, 64, doc="Pixels along each side: 32 or 64.")
    kind: str = choice("cylinder", (*shapes.KINDS, shapes.ALL), doc="Which solids.")
    n_train: int = bounded(6000, 16, 10_000, log=True, label="Pairs", doc="Pairs of pictures to learn from.")
    latent_dim: int = bounded(4, 1, 32, label="Latent size", doc="How many numbers the code has.")
    coefficients: int = bounded(
        256, 4, 512, label="Principal components", doc="What the net sees of a picture, and gives."
    )
    width: int = bounded(256, 1, 512, doc="Units in each hidden layer.")
    depth: int = bounded(3, 0, 4, doc="Hidden layers on each side of the code.")
    activation: str = choice("silu", ACTIVATIONS, doc="The bend in each hidden unit.")
    beta: float = bounded(
        0.05, 0.0, 100.0, log=True, live=True, doc="How much the distance of the codes from the prior counts."
    )
    lr: float = bounded(2e-3, 1e-7, 1.0, log=True, live=True, label="Step size", doc="Adam step size.")
    batch: int = bounded(96, 1, 256, label="Pairs in an update", doc="Pairs in one update.")


DATA_RECIPES: dict[str, dict[str, Any]] = {
    "shapes": {},
    "faces": {"n_train": 5500, "latent_dim": 32, "coefficients": 96, "width": 160, "steps": 8000},
    "digits": {
        "n_train": 1497,
        "latent_dim": 2,
        "coefficients": 0,
        "width": 64,
        "depth": 3,
        "lr": 3e-3,
        "noise": 0.15,
        "batch": 64,
        "steps": 3000,
    },
    "letters": {"latent_dim": 8, "coefficients": 128, "noise": 0.1},
    "fashion": {"latent_dim": 8, "coefficients": 128, "noise": 0.1},
    "diagonals": {"latent_dim": 2, "coefficients": 0, "width": 64, "batch": 64, "steps": 3000},
    "own": {"latent_dim": 16, "coefficients": 64},
}


WIDE_DIGITS: dict[str, Any] = {"noise": 0.0, "depth": 1, "width": 256}
WIDE_FROM = 9
"""Digits with so many numbers: depth and noise, which help a narrow code, would keep a wide one below PCA."""

VAE_RECIPES: dict[str, dict[str, Any]] = DATA_RECIPES | {
    # few dimensions, a strong prior, and many steps: then one direction means 'glasses' on every face
    "faces": {"n_train": 5500, "latent_dim": 32, "coefficients": 96, "width": 224, "steps": 20_000},
}


def recipe(values: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults that fit the data, the net, the loss and the optimiser."""
    return _recipe(values, DATA_RECIPES)


def _recipe(values: Mapping[str, Any], by_data: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    data = values.get("data", "shapes")
    found = {"size": DATASETS[data].sizes[0], **by_data[data]}
    if data == "faces" and values.get("jitter"):  # more is left to tell apart once a face is straightened
        found |= {"coefficients": 192, "latent_dim": 40}
    if data == "digits" and values.get("latent_dim", 0) >= WIDE_FROM:
        found |= WIDE_DIGITS
    if values.get("net") == "conv":
        found |= {"coefficients": 0, "batch": 64, "steps": 2500}
    if values.get("loss") == "bce":
        found |= {"coefficients": 0}
    if values.get("optimiser") in ("sgd", "momentum"):  # the course's algorithm: one example, one update
        calm = data in ("shapes", "digits", "diagonals") and values.get("loss") != "bce"
        alpha = SGD_LR_CONV if values.get("net") == "conv" else SGD_LR if calm else SGD_LR_LARGE
        alpha *= 1 if values["optimiser"] == "sgd" else 0.1  # momentum makes ten steps of one
        found |= {"batch": 1, "cosine": False, "lr": alpha, "steps": 20_000, "depth": 1, "activation": "tanh"}
    return found


def recipe_vae(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same, without noise: a VAE's codes have their own."""
    found = _recipe(values, VAE_RECIPES)
    found.pop("noise", None)
    if values.get("data") == "faces" and values.get("jitter"):  # or a mouth is too little to be worth a number
        found |= {"beta": 0.15, "n_train": 10_000, "steps": 25_000}
    return found


def check(config: AutoencoderConfig) -> None:
    """Raise ConfigError for values that do not go together."""
    if config.coefficients and config.net == "conv":
        raise ConfigError("coefficients", config.coefficients, "must be 0 for a convolutional net, which needs pixels")
    if config.coefficients and config.loss == "bce":
        raise ConfigError("coefficients", config.coefficients, "must be 0 for the loss bce, which is of pixels")
