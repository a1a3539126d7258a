"""Which models come with the project, and how each is trained."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from engine.data.letters import OWN_FONTS


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A family, the values of its config that differ from the recipe, and how the page calls it."""

    title: str
    family: str
    values: Mapping[str, Any]


STARTERS = {
    "shapes": Starter(
        title="3-D shapes: four axes from pairs", family="ada_gvae", values={"coefficients": 128, "width": 192}
    ),
    "faces": Starter(title="Faces: 32 numbers", family="vae", values={"data": "faces"}),
    "digits": Starter(title="Digits: two numbers", family="vae", values={"data": "digits"}),
    "digits_plain": Starter(
        title="Digits: two numbers, without a prior", family="autoencoder", values={"data": "digits", "noise": 0.0}
    ),
    "letters": Starter(
        title="Letters: eight numbers",
        family="vae",
        values={"data": "letters", "pictures": OWN_FONTS, "coefficients": 64, "beta": 1.0},
    ),
}
