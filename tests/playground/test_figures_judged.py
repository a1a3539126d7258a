"""What the figures of the page 'Generative or Discriminative' hold."""

import numpy as np
import pytest

from playground.figures import judged
from playground.figures.regions import class_colors, colored, ellipses, regions_figure
from playground.theme import DARK, LIGHT


def test_ellipses_lie_one_and_two_standard_deviations_out():
    lines = ellipses(np.array([[1.0, 2.0]]), np.array([[4.0, 9.0]]))
    assert [k for k, _ in lines] == [0, 0]
    for ring, (_, line) in zip((1, 2), lines, strict=True):
        assert np.abs((line - [1, 2]) / [2, 3]).max(0) == pytest.approx([ring, ring])


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_sure_cell_is_stronger_than_an_unsure_one(theme):
    pixels = colored(np.array([[0, 63, 64 + 63, 128 + 63]], np.uint8), theme)[0]
    background = colored(np.zeros((1, 1), np.uint8), theme)[0, 0]
    distance = np.abs(pixels - background).sum(1)
    assert distance[0] == 0
    assert (distance[1:] > 0.3).all()
    assert len(set(class_colors(theme))) == 3


def test_the_figure_has_a_mark_for_each_class():
    x, y = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]), np.array([0, 1, 2])
    figure = regions_figure(["A", "B"], np.zeros((2, 4, 4), np.uint8), x, y, [], reach=3.0, title="T")
    assert [axes.get_title() for axes in figure.axes] == ["A", "B"]
    marks = [collection.get_offsets().tolist() for collection in figure.axes[0].collections]
    assert marks == [[[0, 0]], [[1, 1]], [[2, 2]]]


def test_learning_curves_have_a_line_and_a_band_each():
    curve = judged.Curve(
        "NB", np.array([2.0, 5.0]), np.array([0.5, 0.7]), "#000", "solid", "circle", np.array([0.1, 0.2])
    )
    spec = judged.learning_curves(LIGHT, [curve], low=0.4)
    below, width, line = (series["data"] for series in spec["series"])
    assert below == [[2.0, 0.4], [5.0, 0.5]]
    assert width == [[2.0, 0.2], [5.0, 0.4]]
    assert line == [[2.0, 0.5], [5.0, 0.7]]
    assert spec["xAxis"]["type"] == "log"
    here = judged.learning_curves(LIGHT, [curve], low=0.4, now=50)["series"][-1]["markLine"]["data"]
    assert here == [{"xAxis": 50}]


def test_odds_point_to_the_style_that_a_word_speaks_for():
    spec = judged.odds(LIGHT, ["a", "b"], np.array([-1.5, 0.0]), np.array([True, False]))
    assert [bar["value"] for bar in spec["series"][0]["data"]] == [-1.5, 0.0]
    assert spec["yAxis"]["data"] == ["a", "b (unknown)"]
    assert spec["xAxis"]["max"] == -spec["xAxis"]["min"] == 2.0


def test_roc_has_the_diagonal_of_chance():
    spec = judged.roc_curves(LIGHT, [])
    assert spec["series"][0]["data"] == [[0.0, 0.0], [1.0, 1.0]]
