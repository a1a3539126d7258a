"""Handwritten digits, 1,797 pictures of 8 x 8 pixels in ten classes.

Alpaydin & Kaynak 1998, 'Optical Recognition of Handwritten Digits' (UCI, CC BY 4.0), as the package scikit-learn (BSD)
ships them; read from its file, so that the package itself need not be imported.
"""

import gzip
from collections.abc import Mapping

import numpy as np

from engine.config import ConfigError
from engine.data.installed import folder_of
from engine.data.picture_set import Factor, PictureSet, Progress, Source, as_bytes
from engine.rng import generator

INK_MAX = 16
N_HELD_OUT = 300
FACTORS = (Factor("digit", values=tuple("0123456789")),)


def load(values: Mapping[str, object], progress: Progress) -> PictureSet:
    """At most `n_train` digits and 300 held out, always the same ones."""
    try:
        with gzip.open(folder_of("sklearn") / "datasets" / "data" / "digits.csv.gz", "rt") as stream:
            table = np.loadtxt(stream, delimiter=",", dtype=np.float32)
    except (OSError, ValueError):
        raise ConfigError("data", "digits", "can't be read from the package scikit-learn; install it again") from None
    table = table[generator(0, "digits").permutation(len(table))]
    pictures, digit = as_bytes(table[:, :64] / INK_MAX).reshape(-1, 1, 8, 8), table[:, 64:]
    train = slice(N_HELD_OUT, N_HELD_OUT + int(values["n_train"]))  # type: ignore[call-overload]
    progress(1.0)
    return PictureSet(
        name="digits", train=pictures[train], held_out=pictures[:N_HELD_OUT], factors=FACTORS,
        factors_train=digit[train], factors_held_out=digit[:N_HELD_OUT],
    )  # fmt: skip


SOURCE = Source(
    title="Handwritten digits",
    source="Alpaydin & Kaynak 1998, from the package scikit-learn",
    licence="CC BY 4.0",
    sizes=(8,),
    load=load,
)
