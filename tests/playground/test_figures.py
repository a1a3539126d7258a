"""Figures: what stands in the specification or the Figure, not its pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.figures import export
from playground.figures.live import MAX_POINTS, Line, bars, lines, nice_above, y_range
from playground.theme import DARK, LIGHT

STEPS = np.arange(0, 1000)


def curve(n: int = 1000, **more: object) -> dict:
    y = np.linspace(0, 3, n)
    series = [Line("one", y, LIGHT.real), Line("two", -y, LIGHT.fake, "dashed")]
    return lines(LIGHT, STEPS[:n], series, end=5000, y=(0.0, 2.0), y_name="Loss", **more)


def test_axes_are_those_of_the_whole_run_and_nothing_is_animated():
    short, long = curve(10), curve(1000)
    for axis in ("xAxis", "yAxis", "grid"):
        assert short[axis] == long[axis]
    assert (long["xAxis"]["min"], long["xAxis"]["max"]) == (0, 5000)
    assert (long["yAxis"]["min"], long["yAxis"]["max"], long["yAxis"]["name"]) == (0.0, 2.0, "Loss")
    assert long["animation"] is False


def test_a_long_curve_keeps_its_ends_and_stays_small():
    one = curve()["series"][0]["data"]
    assert len(one) <= MAX_POINTS
    assert one[0] == [0, 0.0]
    assert one[-1] == [999, 2.0]  # 3 lies above the axis: drawn at its end
    assert [x for x, _ in one] == sorted({x for x, _ in one})
    assert curve(10)["series"][0]["data"][4] == [4, 1.333]


def test_what_is_not_finite_is_left_out():
    y = np.array([0.5, np.nan, np.inf, 1.0])
    spec = lines(LIGHT, np.arange(4), [Line("one", y, LIGHT.real)], end=4, y=(0, 1))
    assert spec["series"][0]["data"] == [[0, 0.5], [3, 1.0]]
    assert lines(LIGHT, np.zeros(0), [Line("one", np.zeros(0), LIGHT.real)], end=4, y=(0, 1))["series"][0]["data"] == []


def test_two_series_differ_by_more_than_colour():
    one, two = curve()["series"]
    assert one["lineStyle"]["color"] != two["lineStyle"]["color"]
    assert one["lineStyle"]["type"] != two["lineStyle"]["type"]
    assert one["name"] != two["name"]
    assert one["endLabel"]["show"]


def test_the_step_on_the_stage_is_a_line_only_when_asked_for():
    assert "markLine" not in curve()["series"][0]
    assert curve(now=7)["series"][0]["markLine"]["data"] == [{"xAxis": 7}]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_histogram_stands_beside_the_truth_and_what_chance_moves(theme):
    spec = bars(
        theme, ["-1", "0", "+1"], np.array([0.2, 0.5, 0.3]), truth=1 / 3, floor=0.02, color=theme.fake, x_name="x"
    )
    series = spec["series"][0]
    assert series["data"] == [0.2, 0.5, 0.3]
    assert series["markLine"]["data"] == [{"yAxis": 1 / 3}]
    low, high = series["markArea"]["data"][0]
    assert (low["yAxis"], high["yAxis"]) == pytest.approx((1 / 3 - 0.02, 1 / 3 + 0.02))
    assert spec["xAxis"]["data"] == ["-1", "0", "+1"]
    assert spec["yAxis"]["max"] >= 0.5


def test_the_histogram_s_axis_stays_while_bars_move_a_little():
    tops = {bars(LIGHT, list("abcde"), np.full(5, s), truth=0.2, floor=0.0, color="", x_name="")["yAxis"]["max"]
            for s in np.linspace(0, 0.5, 20)}  # fmt: skip
    assert len(tops) == 1


@given(st.floats(1e-12, 1e12))
def test_an_axis_ends_at_the_next_round_number(value: float):
    top = nice_above(value)
    assert value * (1 - 1e-6) <= top <= 2.5 * value * (1 + 1e-6)
    assert float(f"{top:.0e}") == pytest.approx(top)


def test_axis_of_losses():
    assert y_range(least=2.0) == (0.0, 2.0)
    assert y_range(np.full(10, np.nan)) == (0.0, 1.0)
    spiky = np.ones(1000)
    spiky[5] = 1e6
    assert y_range(spiky) == (0.0, 1.0)
    assert y_range(np.array([-3.0, 4.0])) == (-5.0, 5.0)
    assert y_range(np.array([1.4, 0.7, 1.3, 1e22])) == (0.0, 2000.0)
    for bad in (np.inf, -np.inf, np.nan, 1e300):
        low, high = y_range(np.array([1.0, bad]))
        assert np.isfinite([low, high]).all()
        assert low < high


def stage() -> object:
    pictures = np.random.default_rng(0).random((5, 1, 4, 4)).astype(np.float32)
    sets = [
        ("Real", pictures, [f"0.{k}" for k in range(5)], LIGHT.real),
        ("Fake", pictures[::-1], ["x"] * 5, LIGHT.fake),
    ]
    curves = {"D(real)": (np.arange(3), np.array([0.1, 0.2, 0.3]), LIGHT.real, "-")}
    return export.stage_figure(sets, curves, title="GAN at step 3")


def test_the_exported_figure_holds_the_pictures_and_the_curve():
    figure = stage()
    axes = [a for a in figure.findobj() if hasattr(a, "get_images")]
    shown = [a.get_images()[0].get_array() for a in axes if a.get_images()]
    assert len(shown) == 10
    pictures = np.random.default_rng(0).random((5, 1, 4, 4)).astype(np.float32)
    np.testing.assert_array_equal(shown[0], pictures[0, 0])
    np.testing.assert_array_equal(shown[5], pictures[4, 0])
    (line,) = [
        found for a in axes if hasattr(a, "get_lines") for found in a.get_lines() if found.get_label() == "D(real)"
    ]
    np.testing.assert_array_equal(line.get_ydata(), [0.1, 0.2, 0.3])
    assert {a.get_xlabel() for a in axes} >= {"step", "0.0", "x"}


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_same_figure_is_the_same_bytes(kind: str, start: bytes):
    first, second = export.image(stage(), kind), export.image(stage(), kind)
    assert first.startswith(start)
    assert first == second


def test_a_table_as_csv_can_be_read_back():
    text = export.table_csv({"step": np.array([0, 1]), "loss": np.array([0.1, np.nan])}).decode()
    assert text == "step,loss\n0,0.1\n1,nan\n"
    assert export.table_csv({"step": np.zeros(0, np.int64)}) == b"step\n"
