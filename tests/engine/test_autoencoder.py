"""The autoencoder and the VAE as runs: how they stop, what they show and score, and that they learn."""

import numpy as np
import pytest

from engine import Budget, ConfigError, data, start
from engine.data.picture_set import as_floats
from engine.families import FAMILIES
from engine.metrics.pictures import psnr

DIGITS = {"data": "digits", "n_train": 60, "latent_dim": 2, "width": 8, "depth": 1, "batch": 8, "steps": 120}


def test_stopping_rules():
    by_error = start("autoencoder", **{**DIGITS, "steps": 5000}, stop_error=3.3)
    by_error.advance(Budget(steps=5000))
    assert by_error.reason == "the error on the training set is at most 3.3"
    assert by_error.step % by_error.family.score_every == 0
    assert by_error.snapshot().scores["error_train"] <= 3.3
    by_change = start("autoencoder", **DIGITS, optimiser="sgd", lr=1e-4, stop_weight_change=1e-3)
    by_change.advance(Budget(steps=5000))
    assert by_change.reason == "no weight changed by more than 0.001"
    assert by_change.metrics["weight_change"] <= 1e-3
    by_steps = start("autoencoder", **DIGITS)
    by_steps.advance(Budget(steps=5000))
    assert (by_steps.step, by_steps.reason) == (120, "120 steps are done")


@pytest.mark.parametrize("optimiser", ["sgd", "momentum"])
@pytest.mark.parametrize("more", [{}, {"loss": "bce"}, {"net": "conv"}], ids=str)
@pytest.mark.parametrize("name", ["shapes", "digits", "letters"])
def test_gradient_descent_converges_as_it_is_set(name, more, optimiser):
    run = start("autoencoder", data=name, n_train=200, optimiser=optimiser, **more)
    run.advance(Budget(steps=1))
    before = run.snapshot().scores["error_train"]
    run.advance(Budget(steps=79))
    assert run.status == "ready"
    assert run.snapshot().scores["error_train"] < before


def test_too_large_a_step_diverges_and_is_caught():
    run = start("autoencoder", **{**DIGITS, "steps": 5000, "batch": 1}, optimiser="sgd", lr=1.0)
    run.advance(Budget(steps=2000))
    assert run.status == "diverged"
    run.rewind(run.last_good)
    assert run.status == "ready"


@pytest.mark.parametrize(("values", "message"), [
    ({"net": "conv", "coefficients": 8}, "must be 0 for a convolutional net"),
    ({"loss": "bce", "coefficients": 8}, "must be 0 for the loss bce"),
    ({"data": "digits", "size": 16}, "must be 8 for digits"),
    ({"latent_dim": 0}, "from 1 to 64"),
    ({"data": "cats"}, "must be one of shapes"),
    ({"data": "own"}, "upload them"),
])  # fmt: skip
def test_values_that_do_not_go_together(values, message):
    with pytest.raises(ConfigError, match=message):
        start("autoencoder", **values)


def test_the_view():
    run = start("vae", **DIGITS)
    view = run.snapshot().view
    assert view.x.shape == view.x_hat.shape == (16, 1, 8, 8)
    assert view.x.dtype == view.x_hat.dtype == np.uint8
    assert view.code.shape == (16, 2)
    assert view.codes.shape == (300, 2)
    assert view.factors.shape == (300, 1)
    assert (view.code == view.codes[:16]).all()
    assert view.spread.shape == (2,)
    assert [a.shape for a in view.activations] == [(4, 8), (4, 8)]
    assert view.first_weights.shape == (8, 1, 8, 8)
    learner = run.learner
    pictures = as_floats(view.x)
    assert learner.encode(pictures) == pytest.approx(view.code, abs=1e-5)
    assert np.abs(learner.decode(view.code) * 255 - view.x_hat).max() <= 0.51
    conv = start("autoencoder", **DIGITS, net="conv", channels=4).snapshot().view
    assert conv.activations[0].shape == (4, 4, 4, 4)
    assert conv.first_weights.shape == (4, 1, 4, 4)


def test_noise_spoils_what_is_seen_and_not_the_aim():
    run = start("autoencoder", **DIGITS, noise=0.5)
    example = run.explain()[0].arrays
    spoilt = example["seen"] - example["x"].reshape(8, -1)
    assert spoilt.std() == pytest.approx(0.5, abs=0.05)


def test_scores_are_of_held_out_pictures():
    run = start("autoencoder", **{**DIGITS, "n_train": 400}, seed=2)
    run.advance(Budget(steps=100))
    scores = run.snapshot().scores
    held_out = as_floats(run.learner.data.pictures.held_out[:300])
    painted = run.learner.decode(run.learner.encode(held_out))
    assert scores["psnr"] == pytest.approx(psnr(painted, held_out), abs=1e-6)
    train = as_floats(run.learner.data.pictures.train).reshape(400, -1)
    centred = train - train.mean(0)
    basis = np.linalg.svd(centred, full_matrices=False)[2][:2]
    flat = held_out.reshape(300, -1)
    by_pca = np.clip((flat - train.mean(0)) @ basis.T @ basis + train.mean(0), 0, 1)
    assert scores["psnr_pca"] == pytest.approx(psnr(by_pca, flat), abs=0.01)
    assert scores["psnr_mean"] == pytest.approx(psnr(np.broadcast_to(train.mean(0), flat.shape), flat), abs=0.01)


def test_digits_beat_pca():
    run = start("autoencoder", data="digits", seed=0, steps=1000)
    run.advance(Budget())
    scores = run.snapshot().scores
    assert scores["psnr"] > scores["psnr_pca"] + 1


def test_shapes_beat_pca_at_once():
    run = start("autoencoder", seed=0, steps=400, n_train=2000)
    run.advance(Budget())
    scores = run.snapshot().scores
    assert scores["psnr"] > scores["psnr_pca"] + 3
    assert scores["ssim"] > 0.7


def test_a_linear_autoencoder_is_pca_at_best():
    run = start("autoencoder", data="digits", depth=0, noise=0.0, steps=2000, lr=1e-2, n_train=1000)
    run.advance(Budget())
    scores = run.snapshot().scores
    assert scores["psnr"] == pytest.approx(scores["psnr_pca"], abs=0.1)


def test_a_heavy_prior_flattens_the_codes():
    light, heavy = (start("vae", **{**DIGITS, "steps": 400}, lr=1e-2, beta=beta) for beta in (0.0, 50.0))
    for run in (light, heavy):
        run.advance(Budget())
    assert heavy.metrics["kl"] < 0.05
    assert light.metrics["kl"] > 1
    assert heavy.snapshot().view.spread == pytest.approx(np.ones(2), abs=0.1)


def test_a_wide_code_of_digits_is_better_than_as_many_principal_components():
    run = start("autoencoder", data="digits", latent_dim=16, seed=5)
    run.advance(Budget())
    scores = run.snapshot().scores
    assert scores["psnr"] > scores["psnr_pca"] + 1.5


def test_recipes_make_valid_configs():
    for family in (FAMILIES["autoencoder"], FAMILIES["vae"]):
        for name in data.DATASETS:
            for more in (
                {},
                {"net": "conv"},
                {"loss": "bce"},
                {"optimiser": "sgd"},
                {"net": "conv", "optimiser": "momentum"},
            ):
                built = family.build({"data": name, **more})
                assert built.size == data.DATASETS[name].sizes[0]
