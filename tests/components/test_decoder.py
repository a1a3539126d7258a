"""The decoder in the browser gives what torch gives; what is sent, and what is refused."""

import base64
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from engine import start, starters
from engine.families.autoencoder.model import LatentModel, Step, of_learner
from playground.components import ComponentError
from playground.components.decoder import SCRIPT, pack_decoder
from tests.components.conftest import unpacked

TOLERANCE = 1e-4
TINY = {"n_train": 60, "width": 12, "depth": 2}
ADA = {"n_train": 30, "coefficients": 8, "width": 12}
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "vae of digits": ("vae", {"data": "digits", "latent_dim": 5, "activation": "tanh", **TINY}),
    "vae on components": ("vae", {"data": "shapes", "latent_dim": 3, "coefficients": 16, **TINY}),
    "ada_gvae": ("ada_gvae", {"steps": 100, "trial": 40, "finish": 40, "batch": 8, **ADA}),
    "bce": ("autoencoder", {"data": "digits", "loss": "bce", "latent_dim": 2, "activation": "leaky_relu", **TINY}),
    "linear": ("autoencoder", {"data": "digits", "latent_dim": 7, "n_train": 60, "width": 12, "depth": 0}),
    "conv, colour": ("autoencoder", {"data": "shapes", "net": "conv", "channels": 4, "activation": "relu", **TINY}),
    "conv, grey": ("vae", {"data": "digits", "net": "conv", "channels": 3, "activation": "sigmoid", **TINY}),
}
DECODE = """
async ([source, data, codes]) => {
  const mount = (await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))).default;
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const size = new DataView(bytes.buffer).getUint32(0, true);
  const { id } = JSON.parse(new TextDecoder().decode(bytes.slice(4, 4 + size)));
  mount({ data: bytes, parentElement: document.createElement("div") });
  mount({ data: bytes, parentElement: document.createElement("div") });
  const decoder = await globalThis.playground.decoders[id];
  const found = codes.map((z) => {
    const pixels = decoder.decode(new Float32Array(z));
    return { values: [...decoder.values], pixels: [...pixels], same: pixels === decoder.image.data };
  });
  const { shape, latentDim, image } = decoder;
  return { id, found, shape, latentDim, size: [image.width, image.height] };
}
"""


def made(name: str) -> LatentModel:
    """A model with weights as they are drawn, made a little larger so that its pictures differ."""
    family, values = MODELS[name]
    learner = start(family, **values).learner
    learner.coder.flat *= 2
    return of_learner(learner, family)


def decoded(page: Page, data: bytes, codes: np.ndarray) -> dict[str, Any]:
    """What the browser makes of these codes."""
    return page.evaluate(DECODE, [SCRIPT, base64.b64encode(data).decode(), codes.tolist()])


@pytest.mark.parametrize("name", MODELS)
def test_the_browser_decodes_as_torch_does(page: Page, name: str):
    model = made(name)
    check(page, model, np.random.default_rng(0).normal(0, 2, (8, model.latent_dim)).astype(np.float32))


@pytest.mark.parametrize("name", starters.STARTERS)
def test_the_browser_decodes_the_models_that_come_with_the_app(page: Page, name: str):
    model = starters.load(name)
    codes = np.random.default_rng(0).normal(0, 1.5, (4, model.latent_dim)) * model.scale
    check(page, model, (model.codes[:4] + codes).astype(np.float32))


def check(page: Page, model: LatentModel, codes: np.ndarray) -> None:
    """Compare the pictures of codes (n, latent_dim) in the browser with torch's."""
    want = model.decode(codes)
    assert want.std(0).max() > 0.02  # the codes matter
    identity, data = pack_decoder(model.steps(), model.shape, squashes=model.squashes)
    found = decoded(page, data, codes)
    assert (found["id"], found["shape"], found["latentDim"]) == (identity, list(model.shape), model.latent_dim)
    values = np.array([one["values"] for one in found["found"]]).reshape(want.shape)
    assert np.abs(values - want).max() < TOLERANCE
    pixels = np.array([one["pixels"] for one in found["found"]]).reshape(-1, *model.shape[1:], 4)
    colours = np.broadcast_to(want, (len(want), 3, *want.shape[2:])).transpose(0, 2, 3, 1)
    assert np.abs(pixels[..., :3] - 255 * colours).max() <= 0.5 + 255 * TOLERANCE
    assert (pixels[..., 3] == 255).all()
    assert found["size"] == [model.shape[2], model.shape[1]]
    assert all(one["same"] for one in found["found"])


def tiny(weight: np.ndarray) -> list[Step]:
    return [Step(kind="full", weight=weight, bias=np.zeros(len(weight), np.float32))]


HALVES = np.array([[0.5, -1.0], [2**-24, 65504.0], [-(2**-15), 3.0], [1 / 3, 0.1]], np.float16).astype(np.float32)


def test_weights_that_are_halves_are_sent_as_halves(page: Page):
    name, data = pack_decoder(tiny(HALVES), (1, 2, 2), squashes=True)
    header, numbers = unpacked(data)
    assert header["half"]
    assert len(numbers) == 2 * (8 + 4)
    other, more = pack_decoder(tiny(HALVES * np.float32(1.1)), (1, 2, 2), squashes=True)
    assert len(unpacked(more)[1]) == 4 * (8 + 4)
    assert name != other
    codes = np.array([[1.0, 0.0], [0.0, 1e-4], [1e6, 0.0], [0.3, 0.3]], np.float32)
    for weight, sent in ((HALVES, data), (HALVES * np.float32(1.1), more)):
        values = np.array([one["values"] for one in decoded(page, sent, codes)["found"]])
        assert np.abs(values - 1 / (1 + np.exp(-(codes @ weight.T).clip(-80, 80)))).max() < 1e-6


def test_the_same_weights_have_the_same_name():
    first, second = (pack_decoder(made("bce").steps(), (1, 8, 8), squashes=True) for _ in range(2))
    assert first == second
    assert pack_decoder(made("bce").steps(), (1, 8, 8), squashes=False)[0] != first[0]


@pytest.mark.parametrize(
    ("steps", "shape", "message"),
    [
        (tiny(np.full((4, 1), np.nan, np.float32)), (1, 2, 2), "not a finite number"),
        (tiny(HALVES), (2, 1, 2), "1 or 3 channels"),
        ([Step(kind="conv", weight=HALVES, bias=HALVES[:, 0])], (1, 2, 2), "kind = 'conv'"),
    ],
)
def test_a_decoder_that_cannot_be_drawn_says_why(steps: list[Step], shape: tuple[int, int, int], message: str):
    with pytest.raises(ComponentError, match=message):
        pack_decoder(steps, shape, squashes=False)
