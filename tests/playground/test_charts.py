"""Charts on a projector: lengths grow, and nothing else."""

import numpy as np

from playground.charts import scaled
from playground.figures.live import BOTTOM, FONT, Line, lines
from playground.theme import LIGHT


def test_lengths_grow_and_what_is_measured_stays():
    steps = np.arange(50)
    spec = lines(LIGHT, steps, [Line("one", steps / 10, LIGHT.real)], end=100, y=(0.0, 5.0), now=20)
    large = scaled(spec, 2)
    assert large["textStyle"]["fontSize"] == 2 * FONT
    assert large["grid"]["bottom"] == 2 * BOTTOM
    (small_line,), (line,) = spec["series"], large["series"]
    assert line["lineStyle"]["width"] == 2 * small_line["lineStyle"]["width"]
    assert line["data"] == small_line["data"]
    assert line["markLine"]["data"] == [{"xAxis": 20}]
    assert (large["xAxis"]["max"], large["yAxis"]["max"]) == (100, 5.0)
    assert large["xAxis"]["splitNumber"] == spec["xAxis"]["splitNumber"]


def test_shares_of_the_chart_stay_shares():
    assert scaled({"right": "10%", "top": 5}, 1.4) == {"right": "10%", "top": 7.0}
