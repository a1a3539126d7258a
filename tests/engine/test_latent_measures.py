"""What axes do, and how far samples are from the data, where the answer is known; the judge of in-betweens."""

import numpy as np
import pytest

from engine import starters
from engine.data import shapes
from engine.data.picture_set import as_floats
from engine.families.autoencoder import blends, scores
from engine.latent import sampling
from engine.latent.effects import effects
from engine.metrics.latents import linear_r2
from engine.metrics.pictures import psnr


def normal(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def test_effects_of_a_decoder_whose_axes_are_known():
    """Axis 0 moves one pixel in four, axis 1 all of them, axis 2 none, axis 3 one of them by next to nothing."""
    mixing = np.array([[1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0], [0.01, 0, 0, 0]], np.float32)
    codes = np.random.default_rng(0).random((400, 4)).astype(np.float32)
    found = effects(lambda z: (z @ mixing).reshape(-1, 1, 2, 2), codes)
    width = np.ptp(np.percentile(codes, [2, 98], axis=0), axis=0)
    assert found.change == pytest.approx(width * mixing.mean(1), abs=1e-6)
    assert found.order.tolist() == [1, 0, 3, 2]
    assert found.idle.tolist() == [False, False, True, True]


def test_an_axis_that_comes_back_has_an_effect_all_the_same():
    codes = np.linspace(0, 1, 101, dtype=np.float32)[:, None].repeat(2, 1)
    found = effects(lambda z: np.sin(np.pi * z[:, :1]).reshape(-1, 1, 1, 1), codes)
    assert found.change[0] > 0.9
    assert found.change[1] == 0


def test_effects_name_idle_axes_of_a_vae():
    model = starters.load("shapes")
    found = effects(model.decode, model.codes)
    assert not found.idle.any()
    assert sorted(found.order.tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize("name", sampling.SAMPLERS)
def test_draws_are_a_function_of_the_seed(name):
    codes = normal(300, 3) * [1, 2, 3] + 1
    draw = sampling.SAMPLERS[name]
    assert draw(codes, 50, 7).shape == (50, 3)
    assert (draw(codes, 50, 7) == draw(codes, 50, 7)).all()
    assert (draw(codes, 50, 7) != draw(codes, 50, 8)).any()


def test_fitted_draws_have_the_mean_and_the_covariance_of_the_codes():
    codes = normal(2000, 2) @ np.array([[2.0, 1.0], [0.0, 0.5]]) + [3, -1]
    drawn = sampling.gaussian(codes, 20_000, 0)
    assert drawn.mean(0) == pytest.approx(codes.mean(0), abs=0.05)
    assert np.cov(drawn.T) == pytest.approx(np.cov(codes.T), abs=0.1)
    kernels = sampling.density(codes, 20_000, 0)
    assert kernels.mean(0) == pytest.approx(codes.mean(0), abs=0.05)


def test_a_density_leaves_the_hole_of_a_ring_empty_and_a_gaussian_does_not():
    angle = np.random.default_rng(0).random(1000) * 2 * np.pi
    codes = np.stack((np.cos(angle), np.sin(angle)), 1) + 0.05 * normal(1000, 2)
    inside = {
        name: float((np.linalg.norm(draw(codes, 2000, 0), axis=1) < 0.5).mean())
        for name, draw in sampling.SAMPLERS.items()
    }
    assert inside["density"] < 0.01
    assert inside["gaussian"] > 0.1


def test_the_width_of_a_kernel_grows_with_the_spacing():
    many, few = sampling.kernel_width(normal(1000, 2)), sampling.kernel_width(normal(30, 2))
    assert 0.1 < many < few < 1.0
    assert sampling.kernel_width(np.repeat(normal(30, 2), 2, axis=0)) == sampling.WIDTHS[0]  # each has a double


def test_frechet_distance_by_hand():
    a = normal(50_000, 2)
    assert sampling.frechet(a, a) == pytest.approx(0, abs=1e-6)
    assert sampling.frechet(a, a + np.array([3, 4])) == pytest.approx(25, abs=1e-3)
    assert sampling.frechet(a, 2 * a) == pytest.approx(2, abs=0.05)  # (2 - 1)^2 along either axis


def test_distances_of_pictures():
    train = np.random.default_rng(0).random((200, 1, 4, 4)).astype(np.float32)
    near = train + 0.01
    found = sampling.distances(train, train, near)
    assert found.nearest == pytest.approx(0, abs=1e-3)
    assert found.stray == 0
    assert found.frechet == pytest.approx(0, abs=1e-4)
    away = sampling.distances(near + 0.09, train, near)
    assert away.nearest == pytest.approx(0.1, abs=5e-3)
    assert away.ratio == pytest.approx(10, rel=0.05)
    assert away.stray == 1
    same = sampling.distances(np.repeat(train[:1], 200, axis=0), train, near)
    assert same.nearest == pytest.approx(0, abs=1e-3)
    assert same.frechet > 0.5  # each is real, and all are alike


@pytest.fixture
def quick_judge(monkeypatch, tmp_path):
    """The judge of in-betweens after a shorter lesson, in a cache of its own."""
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    monkeypatch.setattr(blends, "N_TRAIN", 1500)
    monkeypatch.setattr(blends, "N_TEST", 300)
    monkeypatch.setattr(blends, "STEPS", 400)
    monkeypatch.setattr(blends, "BATCH", 24)
    blends.blend_judge_for.cache_clear()
    yield blends.blend_judge_for("cylinder", 32)
    blends.blend_judge_for.cache_clear()


def test_midpoints_of_clean_axes_are_pictures_and_cross_fades_are_not(quick_judge):
    assert quick_judge.accuracy > 0.8
    found = blends.midpoints(starters.load("shapes"), n=100)
    assert found["real"] > 0.8
    assert found["lerp"] > 0.8
    assert found["fade"] < 0.4
    again = blends.BlendJudge("cylinder", 32)  # from the cache
    pictures = shapes.render(shapes.draw_factors(20, seed=1), 32)
    assert (again.real(pictures) == quick_judge.real(pictures)).all()


def test_a_random_code_looks_its_pictures_up_and_tells_nothing_of_them():
    pictures = np.random.default_rng(0).random((300, 3, 8, 8)).astype(np.float32)
    found = scores.RandomCode(pictures, 4)
    codes = found.encode(pictures)
    assert (found.decode(codes) == pictures).all()
    assert (found.decode(codes[:9] + 1e-4) == pictures[:9]).all()
    brightness = pictures.mean((1, 2, 3))[:, None]
    assert linear_r2(codes, brightness)[0] < 0.1


def test_the_axes_of_pca_are_a_latent_space():
    model = starters.load("digits")
    pictures = as_floats(model.real(range(400)))
    found = scores.Axes(pictures, 5)
    codes = found.encode(pictures)
    assert codes.shape == (400, 5)
    assert np.cov(codes.T) == pytest.approx(np.diag(codes.var(0, ddof=1)), abs=1e-3)
    assert psnr(found.decode(codes), pictures) > psnr(found.decode(codes * [1, 1, 1, 1, 0]), pictures) > 10


def test_samples_of_starters_against_their_data():
    found = scores.sampling_scores(starters.load("digits"), n=200)
    assert list(found) == ["held_out", "reconstructed", *sampling.SAMPLERS]
    assert found["reconstructed"]["ratio"] == pytest.approx(1)
    assert found["reconstructed"]["stray"] == pytest.approx(0.05, abs=0.01)
    assert found["prior"]["stray"] < 0.3
