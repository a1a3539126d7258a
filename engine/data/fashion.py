"""Fashion-MNIST: 70,000 pictures of clothes, 28 x 28 pixels, in ten classes. Xiao, Rasul & Vollgraf 2017,
arXiv:1708.07747; MIT.

The project neither holds nor downloads it: it reads the four original .gz files where the Debian package
dataset-fashion-mnist puts them, or from the folder that FASHION_MNIST names. Each file is checked against its own
header.
"""

import gzip
import math
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engine.config import ConfigError
from engine.data.picture_set import Factor, PictureSet, Progress, Source
from engine.rng import generator

FOLDERS = ("/usr/share/datasets/fashion-mnist",)
CLASSES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
FACTORS = (Factor("clothes", values=CLASSES),)
N_HELD_OUT = 500
SIDE = 28
HOW_TO = (
    "is not on this machine; install it with apt-get install dataset-fashion-mnist, or name its folder in FASHION_MNIST"
)


def folder() -> Path | None:
    """The folder that holds the four files, if there is one."""
    for name in (os.environ.get("FASHION_MNIST", ""), *FOLDERS):
        if name and (Path(name) / "train-images-idx3-ubyte.gz").is_file():
            return Path(name)
    return None


def missing() -> str:
    """How to get it; "" if it is there."""
    return "" if folder() else f"Fashion-MNIST {HOW_TO}."


def load(values: Mapping[str, object], progress: Progress) -> PictureSet:
    """`n_train` of the 60,000 training pictures and 500 of the 10,000 test pictures, always the same ones."""
    found = folder()
    if found is None:
        raise ConfigError("data", "fashion", HOW_TO)
    train, label = _read(found, "train")
    progress(0.8)
    test, test_label = _read(found, "t10k")
    order = generator(0, "fashion").permutation(len(train))[: int(values["n_train"])]  # type: ignore[call-overload]
    return PictureSet(
        name="fashion", train=train[order], held_out=test[:N_HELD_OUT].copy(), factors=FACTORS,
        factors_train=label[order], factors_held_out=test_label[:N_HELD_OUT].copy(),
    )  # fmt: skip


def _read(place: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    pictures = _idx(place / f"{part}-images-idx3-ubyte.gz", (SIDE, SIDE))[:, None]  # (n, 1, 28, 28)
    labels = _idx(place / f"{part}-labels-idx1-ubyte.gz", ())[:, None].astype(np.float32)  # (n, 1)
    if len(pictures) != len(labels):
        raise ConfigError("data", "fashion", f"its files in {place} do not fit each other")
    return pictures, labels


def _idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """The items of an IDX file, bytes (n, *shape); raises ConfigError unless that is what its header says it holds."""
    begin = 4 * (2 + len(shape))
    try:
        data = gzip.decompress(path.read_bytes())
        sizes = struct.unpack(f">{1 + len(shape)}I", data[4:begin])
    except (OSError, EOFError, zlib.error, struct.error):
        raise ConfigError("data", "fashion", f"{path} can't be read or is damaged") from None
    if sizes[1:] != shape or len(data) - begin != math.prod(sizes):
        raise ConfigError("data", "fashion", f"{path} is damaged")
    return np.frombuffer(data, np.uint8, offset=begin).reshape(sizes)


SOURCE = Source(
    title="Clothes (Fashion-MNIST)",
    source="Zalando Research, from the Debian package dataset-fashion-mnist or a folder",
    licence="MIT",
    sizes=(SIDE,),
    load=load,
    missing=missing,
)
