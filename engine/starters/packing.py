"""A latent space as one small file: float16 arrays as safetensors, all else as JSON in the header.

The components of a lens are written times their unit, and the first layer of the encoder is divided by its square, so
that what is read back has the unit 1 and every number that a decoder needs is a float16. Nothing is ever unpickled.
"""

import dataclasses
import json
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load as unpack
from safetensors.numpy import save as pack

from engine.config import ConfigError, as_dict
from engine.data.picture_set import Factor, as_floats
from engine.families import FAMILIES
from engine.families.autoencoder.coder import Coder
from engine.families.autoencoder.learner import layers_for
from engine.families.autoencoder.lens import Lens
from engine.families.autoencoder.model import N_KNOWN, LatentModel
from engine.headers import metadata
from engine.latent.pca import Pca
from engine.starters.known import check, real_pictures

FORMAT = 1
KEY = "generative-playground-starter"
MAX_BYTES = 16_000_000
CHANNELS = {"shapes": 3, "faces": 3, "digits": 1, "letters": 1}
"""The pictures that can be made again from their factors, and how many channels they have."""
HALF_MAX = float(np.finfo(np.float16).max)
UNKNOWN = np.zeros(0, np.float32)
"""How far the pictures spread along the components of a lens: no file says it."""


def rounded(model: LatentModel) -> LatentModel:
    """The same model with weights, lens and codes as a file holds them; raises ConfigError for weights too large."""
    if model.lens.pose is not None:
        raise ConfigError("jitter", True, "must be False: a file has no room for a lens that straightens")
    coder, flat = _like(model.coder), model.coder.flat.clone()
    lens = model.lens
    if lens.components is not None:
        first = int(np.prod(coder.layout[0][2]))
        flat[:first] /= lens.unit**2
        components = lens.components
        scaled = Pca(_half(components.mean), _half(components.basis * np.float32(lens.unit)), UNKNOWN)
        lens = Lens(lens.shape, scaled, 1.0)
    coder.flat.copy_(torch.from_numpy(_half(flat.numpy())))
    found = dataclasses.replace(model, coder=coder, lens=lens, spread=_half(model.spread))
    codes = found.encode(as_floats(model.real(range(len(model.codes)))))
    return dataclasses.replace(found, codes=_half(codes))


def to_bytes(model: LatentModel) -> bytes:
    """The file of a model that is `rounded`."""
    named = all(factor.values for factor in model.about)
    arrays = {
        "weights": model.coder.flat.numpy().astype(np.float16),
        "codes": model.codes.astype(np.float16),
        "spread": model.spread.astype(np.float16),
        "factors": model.factors.astype(np.uint8 if named else np.float32),
    }
    if model.lens.components is not None:
        arrays |= {f"lens {k}": getattr(model.lens.components, k).astype(np.float16) for k in ("mean", "basis")}
    about = {
        "format": FORMAT,
        "family": model.family,
        "config": as_dict(model.config),
        "n_held_out": model.n_held_out,
        "factors": [dataclasses.asdict(factor) for factor in model.about],
    }
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return pack(arrays, metadata={KEY: json.dumps(about, allow_nan=False)})


def from_bytes(data: bytes, name: str, file: str = "") -> LatentModel:
    """The model in the content of a file; raises ConfigError, for the field 'file', for anything else."""
    try:
        if len(data) > MAX_BYTES:
            raise _Refused(f"is larger than {MAX_BYTES:,} bytes")
        return _model(data, name)
    except _Refused as refused:
        raise ConfigError("file", file, str(refused)) from None
    except ConfigError as error:
        raise ConfigError("file", file, f"does not fit: {str(error).rstrip('.')}") from error


class _Refused(Exception):
    """What is wrong with a file, to follow its name in a sentence."""


def _model(data: bytes, name: str) -> LatentModel:
    try:
        arrays = unpack(data)
        about = json.loads(metadata(data)[KEY])
    except (SafetensorError, LookupError, ValueError, TypeError, RecursionError):
        raise _Refused("is no latent space saved by this program, or a damaged one") from None
    try:
        if about["format"] != FORMAT:
            raise _Refused(f"has the format {str(about['format'])[:20]}, and this program reads {FORMAT}")
        config = FAMILIES[about["family"]].config(**about["config"])
        factors = tuple(Factor(**{**row, "values": tuple(row["values"])}) for row in about["factors"])
        return _filled(config, about["family"], name, factors, int(about["n_held_out"]), arrays)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, ConfigError):
            raise
        raise _Refused("lacks a part of a latent space, or holds one of another kind") from None


def _filled(
    config: Any, family: str, name: str, about: tuple[Factor, ...], n_held_out: int, arrays: dict[str, np.ndarray]
) -> LatentModel:
    if config.data not in CHANNELS:
        raise ConfigError("data", config.data, "must be one of " + ", ".join(CHANNELS))
    shape = (CHANNELS[config.data], config.size, config.size)
    components = None
    if config.coefficients:
        basis = _taken(arrays, "lens basis", (len(arrays["lens basis"]), int(np.prod(shape))))
        components = Pca(_taken(arrays, "lens mean", basis.shape[1:]), basis, UNKNOWN)
    lens = Lens(shape, components)
    coder = Coder(*layers_for(config, lens), config.activation, torch.Generator().manual_seed(0))
    coder.flat.copy_(torch.from_numpy(_taken(arrays, "weights", tuple(coder.flat.shape))))
    n, d = len(arrays["codes"]), config.latent_dim
    if not 1 <= n <= N_KNOWN or not 0 <= n_held_out <= n:
        raise ConfigError("codes", n, f"must be 1 to {N_KNOWN:,}, and no more of them held out than there are")
    factors = _checked(_taken(arrays, "factors", (n, len(about))), about)
    check(config, about, n)
    spread = _taken(arrays, "spread", (0,) if family == "autoencoder" else (d,))
    return LatentModel(
        name=name, family=family, config=config, coder=coder, lens=lens, codes=_taken(arrays, "codes", (n, d)),
        spread=spread, factors=factors, about=about, n_held_out=n_held_out,
        real=real_pictures(config, about, factors),
    )  # fmt: skip


def _taken(arrays: dict[str, np.ndarray], name: str, shape: tuple[int, ...]) -> np.ndarray:
    array = arrays[name]
    if array.shape != shape or array.dtype.kind not in "fu" or not np.isfinite(array).all():
        raise ConfigError(name, f"{array.dtype} {array.shape}", f"must be finite numbers of the shape {shape}")
    return array.astype(np.float32)


def _checked(factors: np.ndarray, about: tuple[Factor, ...]) -> np.ndarray:
    for column, factor in zip(factors.T, about, strict=True):
        low, high = (0, len(factor.values) - 1) if factor.values else (factor.low, factor.high)
        if (column < low).any() or (column > high).any() or (factor.values and (column % 1).any()):
            raise ConfigError(factor.name, "", f"must be from {low:g} to {high:g}")
    return factors


def _like(coder: Coder) -> Coder:
    return Coder(coder.encoder, coder.decoder, coder.activation, torch.Generator().manual_seed(0))


def _half(array: np.ndarray) -> np.ndarray:
    """Rounded to float16, as float32; raises ConfigError if that can't hold them."""
    if not (np.abs(array) <= HALF_MAX).all():
        raise ConfigError("weights", "", f"must be finite and at most {HALF_MAX:g}")
    return array.astype(np.float16).astype(np.float32)
