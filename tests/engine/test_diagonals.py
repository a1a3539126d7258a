"""The measure of diagonals is calibrated: real pictures pass, others do not, and the floor is true."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.data import diagonals
from engine.metrics import diagonals as measure
from engine.rng import generator, torch_generator

N = 4000


@pytest.mark.parametrize("size", [4, 5, 8, 16])
@pytest.mark.parametrize("whole", [True, False])
def test_real_pictures_pass_and_others_do_not(size: int, whole: bool) -> None:
    real = diagonals.draw(N, torch_generator(0, "test"), size=size, whole=whole, dim=0.6, noise=0.05).numpy()
    about = {"whole": whole, "dim": 0.6, "noise": 0.05}
    found = measure.fit(real, **about)
    assert found.valid.mean() == 1
    scores = measure.scores(found, size=size, whole=whole)
    assert scores["offsets_covered"] == 1
    assert scores["offset_tv"] < 3 * scores["offset_tv_floor"]
    noise = generator(0, "noise").random((N, size * size), dtype=np.float32)
    assert measure.fit(noise, **about).valid.mean() == 0
    right = np.ascontiguousarray(real.reshape(-1, size, size)[:, :, ::-1].reshape(N, -1))
    assert measure.fit(right, **about).valid.mean() == 0


@pytest.mark.parametrize(("size", "noise"), [(4, 0.0), (4, 0.1), (8, 0.2), (13, 0.2)])
@pytest.mark.parametrize("whole", [True, False])
def test_the_measure_holds_for_other_noise(size: int, noise: float, whole: bool) -> None:
    about = {"whole": whole, "dim": 0.6, "noise": noise}
    real = diagonals.draw(N, torch_generator(1, "test"), size=size, **about).numpy()
    right = np.ascontiguousarray(real.reshape(-1, size, size)[:, :, ::-1].reshape(N, -1))
    uniform = generator(1, "noise").random((N, size * size), dtype=np.float32)
    assert measure.fit(real, **about).valid.mean() > 0.999
    assert measure.fit(right, **about).valid.mean() < 0.001
    assert measure.fit(uniform, **about).valid.mean() < 0.001


@given(st.integers(2, 2000), st.integers(2, 20))
def test_the_floor_is_the_mean_of_what_chance_does(n: int, bins: int) -> None:
    counts = generator(n, "floor", bins).multinomial(n, np.full(bins, 1 / bins), size=4000)
    simulated = np.abs(counts / n - 1 / bins).sum(1) / 2
    assert measure.tv_floor(n, bins) == pytest.approx(simulated.mean(), abs=5 * simulated.std() / 4000**0.5 + 1e-9)


def test_no_valid_picture_is_the_largest_variation() -> None:
    empty = measure.fit(np.zeros((10, 64), np.float32), whole=True, dim=0.6, noise=0.05)
    scores = measure.scores(empty, size=8, whole=True)
    assert (scores["validity"], scores["offsets_covered"], scores["offset_tv"]) == (0, 0, 1)


@given(st.integers(2, 16), st.floats(-4, 4))
def test_a_line_lies_where_its_offset_says(size: int, offset: float) -> None:
    picture = diagonals.lines(size, torch.tensor([offset])).view(size, size)
    row, column = np.indices((size, size))
    expected = np.clip(1 - np.abs(column - row - np.float32(offset)), 0, 1)
    np.testing.assert_allclose(picture.numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("size", [4, 8, 16])
def test_noise_that_hides_which_way_a_line_goes_is_known(size: int):
    about = {"whole": False, "dim": 0.6}
    assert measure.control(size, noise=0.05, **about) == measure.Control(real=1, noise=0, right=0)
    assert measure.control(size, noise=0.3, **about).right > 0.02


def test_noise_that_passes_for_a_line_is_known():
    assert measure.control(2, whole=True, dim=0.6, noise=0.3).noise > 0.2
