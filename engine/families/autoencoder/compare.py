"""What an autoencoder is measured against: PCA and the mean picture by size of the code, and the picture formats.

A code of d numbers, each quantised to b bits between the smallest and the largest that the training set has, takes
d b / 8 bytes. JPEG, WebP and PNG are asked for their bytes on the same held-out pictures, file headers included.
"""

import dataclasses
import functools
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from engine.data.picture_set import as_bytes, as_floats
from engine.families.autoencoder.lens import load
from engine.latent.pca import pca
from engine.metrics.pictures import psnr, ssim

N_MEASURED = 60
N_RANGE = 1000
"""Training pictures that decide the range of a quantised code."""
QUALITIES = (5, 20, 40, 60, 75, 85, 92, 97)
LOSSY = ("JPEG", "WEBP")
FLOAT_BYTES = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """Mean bytes of a picture, and the quality that they buy: PSNR in dB (infinite if nothing is lost)."""

    setting: int
    n_bytes: float
    psnr: float


@functools.lru_cache(maxsize=16)
def pca_psnr(key: tuple[Any, ...], sizes: tuple[int, ...]) -> tuple[float, ...]:
    """PSNR of held-out pictures from each number of principal components of the training set; `key`: lens.data_key."""
    pictures = load(key)
    train, held_out = (as_floats(p).reshape(len(p), -1) for p in (pictures.train, pictures.held_out))
    found = pca(train, max(sizes))
    z = found.encode(held_out)
    return tuple(psnr(np.clip(z[:, :k] @ found.basis[:k] + found.mean, 0, 1), held_out) for k in sizes)


@functools.lru_cache(maxsize=64)
def baseline_ssim(key: tuple[Any, ...], latent_dim: int) -> dict[str, float]:
    """ssim_pca and ssim_mean, on the held-out pictures that a learner's own `ssim` is taken of."""
    pictures = load(key)
    train = as_floats(pictures.train).reshape(len(pictures.train), -1)
    originals = as_floats(pictures.held_out[:N_MEASURED])
    found = pca(train, latent_dim)
    by_pca = np.clip(found.decode(found.encode(originals.reshape(len(originals), -1))), 0, 1)
    mean = np.broadcast_to(found.mean.reshape(1, *originals.shape[1:]), originals.shape)
    return {"ssim_pca": ssim(by_pca.reshape(originals.shape), originals), "ssim_mean": ssim(mean, originals)}


def quantise(z: np.ndarray, low: np.ndarray, high: np.ndarray, bits: int) -> np.ndarray:
    """Codes (n, d), each number moved to the nearest of 2^bits levels from `low` (d,) to `high` (d,)."""
    levels = 2**bits - 1
    span = np.maximum(high - low, np.finfo(np.float32).tiny)
    return (np.rint(np.clip((z - low) / span, 0, 1) * levels) / levels * span + low).astype(np.float32)


def code_rates(learner: Any, bits: Sequence[int]) -> list[Rate]:
    """An autoencoder's rate at each number of bits."""
    pictures = learner.data.pictures
    seen = learner.encode(as_floats(pictures.train[:N_RANGE]))
    originals = as_floats(pictures.held_out[:N_MEASURED])
    z, low, high = learner.encode(originals), seen.min(0), seen.max(0)
    return [
        Rate(b, z.shape[1] * b / 8, psnr(as_floats(as_bytes(learner.decode(quantise(z, low, high, b)))), originals))
        for b in bits
    ]


def decoder_bytes(learner: Any) -> int:
    """Bytes of all that turns a code into a picture: the decoder's weights, and the lens's components, as float32."""
    parts = sum(int(np.prod(shape)) for name, _, shape in learner.coder.layout if name.startswith("decoder"))
    components = learner.lens.components
    return FLOAT_BYTES * (parts + (0 if components is None else components.basis.size + components.mean.size))


@functools.lru_cache(maxsize=16)
def format_rates(key: tuple[Any, ...]) -> dict[str, tuple[Rate, ...]]:
    """JPEG and WebP at several qualities, and PNG, on the first held-out pictures of a `data_key`."""
    pictures = load(key).held_out[:N_MEASURED]
    originals = as_floats(pictures)
    found = {name: tuple(_rate(pictures, originals, name, q) for q in QUALITIES) for name in LOSSY}
    return found | {"PNG": (_rate(pictures, originals, "PNG", 0),)}


def _rate(pictures: np.ndarray, originals: np.ndarray, name: str, quality: int) -> Rate:
    options: dict[str, Any] = {"optimize": True} if name == "PNG" else {"quality": quality}
    if name == "JPEG":
        options["optimize"] = True
    total, decoded = 0, []
    for picture in pictures:
        out = io.BytesIO()
        Image.fromarray(picture.transpose(1, 2, 0).squeeze()).save(out, name, **options)
        total += out.tell()
        back = Image.open(io.BytesIO(out.getvalue())).convert("L" if len(picture) == 1 else "RGB")
        decoded.append(np.asarray(back).reshape(*picture.shape[1:], len(picture)).transpose(2, 0, 1))
    return Rate(quality, total / len(pictures), psnr(as_floats(np.stack(decoded)), originals))
