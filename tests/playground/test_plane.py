"""Charts in a plane: what stands in the specification."""

import numpy as np
import pytest

from playground.figures.plane import (
    MAX_POINTS,
    Axis,
    Series,
    decades,
    fives,
    histogram,
    interval,
    plane,
    scatter,
    signed,
    thinned,
)
from playground.theme import DARK, LIGHT

X, Y = Axis("step", 0, 1000), Axis("error", 1, 100, log=True)


def test_axes_are_fixed_and_nothing_is_animated():
    spec = plane(LIGHT, [Series("train", np.arange(5), np.array([0.5, 2, 3, np.nan, 1e9]), LIGHT.real)], X, Y)
    assert (spec["xAxis"]["min"], spec["xAxis"]["max"], spec["yAxis"]["type"]) == (0, 1000, "log")
    assert spec["animation"] is False
    assert spec["series"][0]["data"] == [[0, 1], [1, 2], [2, 3], [4, 100]]  # what is beyond stands at the edge


def test_held_out_is_dashed_and_points_have_no_line():
    series = [Series("a", *np.ones((2, 2)), "red", "dashed"), Series("b", *np.ones((2, 1)), "red", "none")]
    held, dot = plane(LIGHT, series, X, Y)["series"]
    assert (held["type"], held["lineStyle"]["type"]) == ("line", "dashed")
    assert dot["type"] == "scatter"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_factor_colours_the_points(theme):
    z, values = np.random.default_rng(0).normal(size=(40, 2)), np.arange(40) % 3
    axis = Axis("z1", -3, 3)
    by_number = scatter(theme, z, values, axis, axis, factor="height")
    assert (by_number["visualMap"]["min"], by_number["visualMap"]["max"]) == (0, 2)
    assert len(by_number["series"][0]["data"]) == 40
    by_name = scatter(theme, z, values, axis, axis, factor="hair", names=("none", "short", "long"))
    assert [s["name"] for s in by_name["series"]] == ["none", "short", "long"]
    assert len({s["symbol"] for s in by_name["series"]}) == 3  # never colour alone
    assert sum(len(s["data"]) for s in by_name["series"]) == 40
    digits = scatter(theme, z, values, axis, axis, factor="digit", names=("0", "1", "2"))
    assert digits["series"][1]["label"]["formatter"] == "{a}"


def test_a_histogram_is_a_density_beside_its_prior():
    spec = histogram(LIGHT, np.random.default_rng(0).normal(size=5000), Axis("z1", -4, 4), bins=20, prior=True)
    bars, prior = spec["series"]
    assert sum(y for _, y in bars["data"]) * 8 / 20 == pytest.approx(1, abs=0.01)
    assert max(y for _, y in prior["data"]) == pytest.approx(0.3989, abs=1e-3)
    assert len(histogram(LIGHT, np.full(3, np.nan), Axis("z1", -4, 4))["series"]) == 1


def test_ranges_ticks_and_thinning():
    assert decades(np.array([3.0, 40.0, np.inf, np.nan])) == (1.0, 100.0)
    assert decades(np.zeros(0)) == (1.0, 100.0)
    assert fives(np.array([17.0, np.inf]), np.array([33.0, np.nan])) == (15, 35)
    assert [fives(np.array([18.0])), fives(np.zeros(0))] == [(15, 25), (0, 40)]
    assert [interval(15, 35), interval(0, 4000), interval(-12, 12)] == [5, 1000, 6]
    steps, values = thinned(np.arange(1000), np.arange(1000.0))
    assert len(steps) <= MAX_POINTS
    assert (steps[0], steps[-1], values[-1]) == (0, 999, 999)


def test_a_difference_is_the_paper_s_colour_at_zero():
    picture = signed(np.array([[0.0, 0.5], [-9.0, np.nan]]), 0.5, LIGHT)
    assert picture.shape == (3, 2, 2)
    assert np.allclose(picture[:, 0, 0], 1)
    assert np.allclose(picture[:, 1, 1], 1)
    assert picture[1, 0, 1] > picture[0, 0, 1]  # green above
    assert picture[2, 1, 0] > picture[1, 1, 0]  # violet below
    assert signed(np.zeros((2, 2)), 1.0, DARK).max() < 0.11
