"""A model's decoder in the browser: its weights go there once, and pictures are made where they are looked at.

    decoder_id = decoder(model)     # once a script run, outside every fragment

In the page a live component (code.py) then waits for it, by decoder_of.js:

    const decoder = await decoderOf(id);            // = globalThis.playground.decoders[id]
    decoder.decode(z);                              // z: Float32Array of decoder.latentDim numbers
    context.putImageData(decoder.image, 0, 0);      // RGBA, decoder.shape = [channels, height, width]

What is sent (frames.py) are of each layer the weights, then the biases, all as float16 if that loses nothing, else as
float32. Streamlit's browser is sent only the hash of a large message that stays the same, so the weights carry no time,
unlike the frames of `live`.
"""

from __future__ import annotations

import weakref
from pathlib import Path

import numpy as np
import streamlit as st

from engine.families.autoencoder.model import LatentModel, Step
from playground.components.frames import ComponentError, part

_HERE = Path(__file__).parent
SCRIPT = "\n".join((_HERE / file).read_text(encoding="utf-8") for file in ("decoder_of.js", "decoder.js"))
_mount = st.components.v2.component("playground_decoder", js=SCRIPT)
_packed: weakref.WeakKeyDictionary[LatentModel, tuple[str, bytes]] = weakref.WeakKeyDictionary()


def decoder(model: LatentModel, *, key: str = "decoder") -> str:
    """Bring a model's decoder into the page; returns the id that it has there, a hash of what decides its pictures."""
    if model not in _packed:
        _packed[model] = pack_decoder(model.steps(), model.shape, squashes=model.squashes)
    name, data = _packed[model]
    _mount(key=key, data=data)
    return name


def pack_decoder(steps: list[Step], shape: tuple[int, int, int], *, squashes: bool) -> tuple[str, bytes]:
    """The id of a decoder, and what the browser gets. `shape`: (channels, height, width) of its pictures."""
    if shape[0] not in (1, 3):
        raise ComponentError(f"shape = {shape}: must have 1 or 3 channels")
    if not all(np.isfinite(array).all() for step in steps for array in (step.weight, step.bias)):
        raise ComponentError("a weight is not a finite number: the model has diverged")
    numbers = np.concatenate([array.ravel() for step in steps for array in (step.weight, step.bias)]).astype("<f4")
    with np.errstate(over="ignore"):
        halves = numbers.astype("<f2")
    half = bool((halves == numbers).all())
    body = (halves if half else numbers).tobytes()
    header = {"shape": list(shape), "squashes": squashes, "half": half, "steps": [_head(step) for step in steps]}
    return part(header, body)


def _head(step: Step) -> dict:
    if step.kind not in ("full", "up"):
        raise ComponentError(f"kind = {step.kind!r}: must be full or up")
    return {
        "kind": step.kind,
        "n_weights": step.weight.size,
        "n_biases": step.bias.size,
        "bend": step.bend,
        "unfold": list(step.unfold),
    }
