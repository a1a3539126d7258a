"""The Ada-GVAE: what a pair shares, the alarm and its restart, and the judge that measures factors."""

import numpy as np
import pytest
import torch

from engine import Budget, start
from engine.data import shapes
from engine.data.picture_set import as_floats
from engine.families.autoencoder import judge
from engine.families.autoencoder.ada import shared

SMALL = {"trial": 30, "finish": 50, "n_train": 60, "coefficients": 8, "width": 8, "depth": 1, "batch": 8, "lr": 0.1}


def test_a_pair_shares_the_axes_that_differ_little():
    mu = torch.tensor([[0.0, 1.0, 5.0], [0.2, -1.0, 5.0]])  # one pair: the second axis differs most
    logvar = torch.zeros(2, 3)
    mean, log = shared(mu, logvar)
    assert mean.tolist() == [pytest.approx([0.1, 1.0, 5.0]), pytest.approx([0.1, -1.0, 5.0])]
    assert (log == 0).all()
    logvar[1, 0] = np.log(3)  # the variances 1 and 3, whose mean is 2
    assert shared(mu, logvar)[1][:, 0].tolist() == pytest.approx([np.log(2), np.log(2)])


def test_sharing_uses_the_divergence_of_the_two_distributions():
    generator = torch.Generator().manual_seed(0)
    mu, logvar = torch.randn(2, 40, 4, generator=generator)
    first = torch.distributions.Normal(mu[:20], (logvar[:20] / 2).exp())
    second = torch.distributions.Normal(mu[20:], (logvar[20:] / 2).exp())
    kl = torch.distributions.kl_divergence(first, second)
    limit = (kl.max(1, keepdim=True).values + kl.min(1, keepdim=True).values) / 2
    mean, _ = shared(mu, logvar)
    same = mean[:20] == mean[20:]
    assert (same == (kl < limit)).all()
    assert (mean[:20][~same] == mu[:20][~same]).all()


def test_no_alarm_no_restart():
    run = start("ada_gvae", **SMALL, steps=500, alarm=0.0)
    run.advance(Budget())
    assert (run.step, run.reason) == (80, "the attempt has run its length")
    assert run.metrics["attempt"] == 1


def test_a_restart_takes_other_weights_and_comes_again():
    run = start("ada_gvae", **SMALL, steps=200, alarm=1e-6)
    run.advance(Budget(steps=29))
    before = run.learner.state_dict()["weights"]
    run.advance(Budget(steps=1))
    after = run.learner.state_dict()
    assert np.abs(after["weights"] - before).max() > 0.1
    assert (after["adam.m"] == 0).all()
    assert after["attempt"][0] == 1
    run.advance(Budget())
    assert run.metrics["attempt"] > 1
    assert run.metrics["updates_left"] == 0
    end = run.step, run.learner.state_dict()["weights"].tobytes()
    run.rewind(15)
    run.advance(Budget())
    assert (run.step, run.learner.state_dict()["weights"].tobytes()) == end
    assert run.step <= 200


def test_the_last_attempt_is_left_the_time_to_finish():
    run = start("ada_gvae", **SMALL, steps=100, alarm=1e-6)  # a second attempt would end at 110
    run.advance(Budget())
    assert (run.step, run.metrics["attempt"]) == (80, 1)


@pytest.fixture(scope="module")
def small_judge(tmp_path_factory):
    """A judge that has learned for a tenth of the time."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PLAYGROUND_CACHE", str(tmp_path_factory.mktemp("cache")))
    patch.setattr(judge, "N_TRAIN", 2000)
    patch.setattr(judge, "STEPS", 300)
    yield judge.Judge("cylinder", 32)
    patch.undo()


def test_the_judge_measures_real_pictures(small_judge):
    assert (small_judge.r2 > 0.97).all()
    factors = shapes.draw_factors(200, seed=9)
    measured = small_judge.measure(shapes.render(factors, 32))
    assert np.abs(measured - factors[:, :4]).mean(0) == pytest.approx(np.zeros(4), abs=0.06)


class Renderer:
    """A perfect decoder: its codes are the factors."""

    def __init__(self, mixing: np.ndarray) -> None:
        self.mixing = mixing

    def encode(self, pictures: np.ndarray) -> np.ndarray:
        share = np.random.default_rng(0).random((len(pictures), 4)) * 0.5 + 0.25
        return share @ np.linalg.inv(self.mixing)

    def decode(self, z: np.ndarray) -> np.ndarray:
        share = np.clip(z @ self.mixing, 0, 1)
        factors = np.concatenate((shapes.LOW + share * (shapes.HIGH - shapes.LOW), np.zeros((len(z), 1))), axis=1)
        return shapes.render(factors.astype(np.float32), 32)


def test_purity_of_a_perfect_and_of_a_mixed_decoder(small_judge, monkeypatch):
    monkeypatch.setattr(judge, "judge_for", lambda *_: small_judge)
    pictures = start("ada_gvae", **SMALL).learner.pictures
    assert as_floats(pictures.held_out).shape == (500, 3, 32, 32)
    perfect = judge.shape_purity(Renderer(np.eye(4)), pictures, "cylinder", 32)
    assert perfect.axis.tolist() == [0, 1, 2, 3]
    assert perfect.purity.min() > 0.7
    turned = np.eye(4)
    turned[:2, :2] = [[0.7, 0.7], [-0.7, 0.7]]
    mixed = judge.shape_purity(Renderer(turned), pictures, "cylinder", 32)
    assert mixed.purity[:2].max() < 0.65
    assert mixed.purity[2:].min() > 0.7
