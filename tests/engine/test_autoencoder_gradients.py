"""The nets of the autoencoder and the VAE: gradients by hand and by torch, the course's update, losses, lenses."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from engine import Budget, data, start
from engine.data.picture_set import as_floats
from engine.families.autoencoder.coder import Coder, Layer, conv_layers, mlp_layers
from engine.families.autoencoder.learner import kl_to_prior
from engine.families.autoencoder.lens import lens_for
from engine.rng import torch_generator

DIGITS = {"data": "digits", "n_train": 60, "latent_dim": 2, "width": 8, "depth": 1, "batch": 8, "steps": 120}
LINES = {"data": "diagonals", "size": 4, "n_train": 50}


def generator() -> torch.Generator:
    return torch_generator(0, "test")


def sigmoid(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def test_gradient_and_update_of_a_2_2_2_net_by_hand():
    """x = (1, 0), h = sigmoid(W x + b), x_hat = V h + c, E = |x_hat - x|^2, every number worked out here."""
    coder = Coder([Layer("full", 2, 2, True)], [Layer("full", 2, 2, False)], "sigmoid", generator())
    with torch.no_grad():
        coder.flat.copy_(torch.tensor([0.5, -1.0, 1.5, 2.0, 0.1, -0.2, 1.0, -0.5, 0.25, 2.0, 0.3, -0.1]))
    h1, h2 = sigmoid(0.5 * 1 + 0.1), sigmoid(1.5 * 1 - 0.2)  # 0.6457, 0.7858
    out1, out2 = 1.0 * h1 - 0.5 * h2 + 0.3, 0.25 * h1 + 2.0 * h2 - 0.1
    d1, d2 = 2 * (out1 - 1), 2 * (out2 - 0)  # dE/dout
    e1 = (d1 * 1.0 + d2 * 0.25) * h1 * (1 - h1)  # dE/da of the hidden units
    e2 = (d1 * -0.5 + d2 * 2.0) * h2 * (1 - h2)
    by_hand = [e1 * 1, e1 * 0, e2 * 1, e2 * 0, e1, e2, d1 * h1, d1 * h2, d2 * h1, d2 * h2, d1, d2]
    x = torch.tensor([[1.0, 0.0]])
    out = coder.decode(coder.encode(x)[-1])[-1]
    assert out[0].tolist() == pytest.approx([out1, out2], abs=1e-6)
    coder.backward((out - x).square().sum(1).mean())
    assert coder.grad.tolist() == pytest.approx(by_hand, abs=1e-6)
    names = [name for name, _, _ in coder.layout]
    assert names == ["encoder 0 weight", "encoder 0 bias", "decoder 0 weight", "decoder 0 bias"]


def test_the_courses_update():
    """w <- w - alpha dE/dw, for one example, of a linear 2-1-2 net on two principal components, in numpy."""
    tiny = {**LINES, "coefficients": 2, "latent_dim": 1, "depth": 0, "optimiser": "sgd", "batch": 1, "steps": 50}
    run = start("autoencoder", **tiny, lr=0.05)
    run.advance(Budget(steps=7))
    learner = run.learner
    w, b, v, c = (learner.coder.flat[a:e].numpy().copy() for a, e in ((0, 2), (2, 3), (3, 5), (5, 7)))
    example, predict, gradient, update = run.explain()
    x, unit = example.arrays["seen"][0], learner.lens.unit
    z = w @ x + b[0]
    d = 2 * unit**2 * (v * z + c - x)
    by_hand = np.concatenate((d @ v * x, [d @ v], d * z, d))
    error = unit**2 * ((v * z + c - x) ** 2).sum() + learner.data.rest
    assert predict.numbers["error"] == pytest.approx(error, rel=1e-5)
    assert gradient.arrays["grad"] == pytest.approx(by_hand, abs=1e-5)
    assert update.numbers["alpha"] == 0.05
    assert update.arrays["after"] == pytest.approx(update.arrays["before"] - 0.05 * by_hand, abs=1e-6)
    run.advance(Budget(steps=1))
    assert (learner.coder.flat.numpy() == update.arrays["after"]).all()
    assert run.metrics["error"] == predict.numbers["error"]


@pytest.mark.parametrize("values", [
    {"optimiser": "sgd"}, {"optimiser": "momentum"}, {}, {"net": "conv", "channels": 2}, {"loss": "bce"}, {"noise":
    0.3}, {"coefficients": 6}, {"family": "vae"}, {"family": "vae", "net": "conv", "channels": 2, "loss": "bce", "beta":
    2.0},
], ids=str)  # fmt: skip
def test_an_explanation_is_the_step_that_follows(values):
    values = dict(values)
    run = start(values.pop("family", "autoencoder"), **{**DIGITS, "seed": 3, **values})
    run.advance(Budget(steps=5))
    stages = {stage.name: stage for stage in run.explain()}
    assert (stages["update"].arrays["before"] == run.learner.state_dict()["weights"]).all()
    run.advance(Budget(steps=1))
    assert (stages["update"].arrays["after"] == run.learner.state_dict()["weights"]).all()
    assert stages["predict"].numbers == run.metrics
    assert stages["example"].arrays["x"].shape[1:] == (1, 8, 8)


def plain_torch(coder: Coder) -> nn.Sequential:
    """The same net of torch's own modules, with the same weights."""
    kinds = {"full": nn.Linear, "conv": nn.Conv2d, "up": nn.ConvTranspose2d}
    modules: list[nn.Module] = []
    parts = iter(coder._parts)
    for layer in (*coder.encoder, *coder.decoder):
        more = {} if layer.kind == "full" else {"kernel_size": 4, "stride": 2, "padding": 1}
        module = kinds[layer.kind](layer.n_in, layer.n_out, **more)
        with torch.no_grad():
            module.weight.copy_(next(parts))
            module.bias.copy_(next(parts))
        modules += [nn.Flatten(), nn.Unflatten(1, layer.unfold)] if layer.unfold else [nn.Flatten()]
        modules += [module, nn.SiLU()] if layer.bend else [module]
    return nn.Sequential(*modules, nn.Flatten())


@pytest.mark.parametrize("side", [8, 28])
def test_gradients_of_a_conv_net_are_torchs(side):
    coder = Coder(*conv_layers((1, side, side), 3, 2, 2), "silu", generator())
    net = plain_torch(coder)
    x = torch.rand(5, side * side, generator=generator())
    out = coder.decode(coder.encode(x)[-1])[-1]
    other = net(x.view(5, 1, side, side))
    assert torch.allclose(out, other, atol=1e-5)
    coder.backward((out - x).square().sum(1).mean())
    (other - x).square().sum(1).mean().backward()
    theirs = torch.cat([p.grad.flatten() for p in net.parameters()])
    assert torch.allclose(coder.grad, theirs, rtol=1e-4, atol=1e-4)


def sizes(layers: list[Layer]) -> list[tuple[int, int, bool]]:
    return [(layer.n_in, layer.n_out, layer.bend) for layer in layers]


@pytest.mark.parametrize("activation", ["silu", "relu", "leaky_relu", "tanh", "sigmoid"])
@pytest.mark.parametrize(
    "more", [{}, {"loss": "bce"}, {"coefficients": 7}, {"depth": 0}, {"depth": 3, "noise": 0.2}], ids=str
)
@pytest.mark.parametrize("family", ["autoencoder", "vae"])
def test_gradients_written_out_are_torchs(family, more, activation):
    learner = start(family, **{**DIGITS, "activation": activation, **more}).learner
    learner._gradient(3)
    by_hand = learner.coder.grad.clone()
    x, eps = learner._batch(3), learner._eps.at(3) if family == "vae" else None
    seen = x + learner._noise.at(3) * (learner.config.noise / learner.lens.unit)
    learner._by_autograd(seen, x, eps)
    assert torch.allclose(by_hand, learner.coder.grad, rtol=1e-4, atol=1e-5 * float(by_hand.abs().max()))


def test_a_clamped_log_variance_has_no_gradient():
    learner = start("vae", **DIGITS).learner
    with torch.no_grad():
        learner.coder.flat.mul_(60)
    learner._gradient(0)
    by_hand = learner.coder.grad.clone()
    learner._by_autograd(learner._batch(0), learner._batch(0), learner._eps.at(0))
    assert torch.allclose(by_hand, learner.coder.grad, rtol=1e-3, atol=1e-5 * float(by_hand.abs().max()))


def test_layers_fit_their_sizes():
    encoder, decoder = mlp_layers(64, 16, 2, 6, 3)
    assert sizes(encoder) == [(64, 16, True), (16, 16, True), (16, 6, False)]
    assert sizes(decoder) == [(3, 16, True), (16, 16, True), (16, 64, False)]
    for side in (4, 8, 16, 28, 32, 64):
        coder = Coder(*conv_layers((3, side, side), 2, 5, 5), "relu", generator())
        assert coder.decode(coder.encode(torch.zeros(2, 3 * side * side))[-1])[-1].shape == (2, 3 * side * side)


def test_kl_is_that_of_torch():
    mu, logvar = torch.randn(2, 50, 4, generator=generator())
    theirs = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, (logvar / 2).exp()), torch.distributions.Normal(torch.zeros(4), torch.ones(4))
    )
    assert torch.allclose(kl_to_prior(mu, logvar), theirs.sum(1), atol=1e-5)


def test_losses_say_their_reduction():
    """Cross-entropy is summed over pixels and averaged over the batch; a VAE adds beta x KL."""
    run = start("vae", **DIGITS, loss="bce", beta=0.5)
    learner = run.learner
    metrics, tensors = learner._gradient(0)
    p = torch.sigmoid(tensors["out"])
    by_hand = -(tensors["x"] * p.log() + (1 - tensors["x"]) * (1 - p).log()).sum(1).mean()
    assert metrics["error"] == pytest.approx(float(by_hand), rel=1e-4)
    assert metrics["loss"] == pytest.approx(metrics["error"] + 0.5 * metrics["kl"], rel=1e-5)


def test_error_through_a_lens_is_that_of_pixels():
    """The error, averaged over the training set, is the squared error of whole pictures, summed over pixels."""
    run = start("autoencoder", **LINES, coefficients=3, latent_dim=2, width=8, batch=8, steps=20)
    learner = run.learner
    originals = as_floats(learner.data.pictures.train)
    seen = learner.lens.see(originals)
    with torch.no_grad():
        out = learner.coder.decode(learner.coder.encode(seen)[-1])[-1]
        error = float(learner._error(out, seen).mean()) + learner.data.rest
    flat = learner.lens.components.decode(out.numpy() * learner.lens.unit)  # not clipped to [0, 1]
    assert error == pytest.approx(float(((flat - originals.reshape(50, -1)) ** 2).sum(1).mean()), rel=1e-3)


def test_a_lens_shows_what_it_sees():
    pictures = data.load("digits", size=8, n_train=200).train
    lens = lens_for(pictures, 64)
    floats = as_floats(pictures[:5])
    assert np.abs(lens.paint(lens.see(floats)) - floats).max() < 1e-3
    few = lens_for(pictures, 10)
    assert few.see(floats).shape == (5, 10)
    assert few.weights(np.eye(10, dtype=np.float32)).shape == (10, 1, 8, 8)
