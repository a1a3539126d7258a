"""Figures of text and counts: the data in them."""

import numpy as np

from playground.figures import text
from playground.figures.live import Line
from playground.figures.names import LINE_HEIGHT
from playground.theme import LIGHT


def test_a_card_is_a_picture_with_bars():
    picture = text.card(["of the", "in $ the", ""], np.array([5, 3, 0]))
    assert picture.dtype == np.uint8
    assert picture.shape == (320, 640, 3)
    assert (picture != 0).any()


def test_curves_by_order_hold_their_points_and_keep_their_names_apart():
    lines = [Line("a", np.array([10.0, 100.0]), "#000"), Line("b", np.array([20.0, 100.0]), "#111", "dashed")]
    spec = text.by_number(
        LIGHT, np.array([1, 2]), lines, x_name="order n", y_name="perplexity", y=(1.0, 1000.0), height=300, log=True
    )
    assert [line["data"] for line in spec["series"]] == [[[1, 10.0], [2, 100.0]], [[1, 20.0], [2, 100.0]]]
    assert spec["yAxis"]["type"] == "log"
    assert spec["xAxis"]["name"] == "order n"
    shifts = [line["endLabel"]["offset"][1] for line in spec["series"]]
    assert abs(shifts[1] - shifts[0]) >= LINE_HEIGHT
    assert len({line["symbol"] for line in spec["series"]}) == 2


def test_a_heat_map_leaves_out_what_is_not_known():
    values = np.array([[1.0, np.nan], [3.0, 2.0]])
    spec = text.heat(LIGHT, ["a", "b"], ["c", "d"], values, [["1", ""], ["3", "2"]])
    assert [square["value"] for square in spec["series"][0]["data"]] == [[0, 0, 1.0], [0, 1, 3.0], [1, 1, 2.0]]
    assert spec["series"][0]["data"][1]["name"] == "b · c: 3"


def test_colours_begin_at_the_least_value_or_where_one_says():
    values, shown = np.array([[0.39, 0.73]]), [["0.39", "0.73"]]
    for least, low in ((None, 0.39), (0.0, 0.0)):
        scale = text.heat(LIGHT, ["a"], ["c", "d"], values, shown, least=least)["visualMap"]
        assert (scale["min"], scale["max"]) == (low, 0.73)


def test_negative_numbers_have_a_true_minus_sign():
    (square,) = text.heat(LIGHT, ["a"], ["c"], np.array([[-1.5]]), [["-1.5"]])["series"][0]["data"]
    assert (square["label"]["formatter"], square["name"]) == ("−1.5", "a · c: −1.5")


def test_numbers_are_written_where_the_squares_have_room():
    names = ["glasses", "hair"] * 4
    spec = text.heat(LIGHT, ["z12 eyes (idle)"], names, np.ones((1, 8)), [["0.25"] * 8])
    narrow, otherwise = spec["media"]
    grid = spec["grid"]
    assert narrow["query"]["maxWidth"] - grid["left"] - grid["right"] >= 8 * 28  # three digits of 13 px and a point
    assert narrow["option"]["series"][0]["label"] == {"show": False}
    assert "query" not in otherwise
    assert otherwise["option"]["series"][0]["label"] == {"show": True}


def test_names_of_columns_that_do_not_fit_side_by_side_are_written_aslant():
    for names, rotate in ((["to 1859", "Bible"], 0), (["Speeches before 1860"] * 3, 60), (list("abcdefg"), 60)):
        spec = text.heat(LIGHT, names, names, np.eye(len(names)), [["1"] * len(names)] * len(names))
        assert spec["xAxis"]["axisLabel"]["rotate"] == rotate


def test_powers_of_ten_have_raised_exponents():
    line = Line("a", np.array([1.0, 15.0]), "#000")
    spec = text.by_number(
        LIGHT, np.array([1, 2]), [line], x_name="n", y_name="n-grams", y=(0.0, 15.0), height=300, ten_to=True
    )
    label = spec["yAxis"]["axisLabel"]
    assert label["formatter"] == "10{power|{value}}"
    assert label["rich"]["power"]["verticalAlign"] == "bottom"
