"""Names at the ends of curves: apart from each other, inside the chart, and where they belong if there is room."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from playground.figures.names import LINE_HEIGHT, apart

HEIGHT = 140


def placed(ends: list[float]) -> list[float]:
    shifts = apart([np.array([0.5, end]) for end in ends], 0.0, 1.0, HEIGHT)
    return [HEIGHT * (1 - end) + shift for end, shift in zip(ends, shifts, strict=True)]


def test_names_that_do_not_meet_stay_at_their_ends():
    assert apart([np.array([1.0]), np.array([0.5]), np.array([0.0])], 0.0, 1.0, HEIGHT) == [0.0, 0.0, 0.0]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_no_two_names_overlap_and_none_leaves_the_chart(ends):
    at = placed(ends)
    assert all(b - a >= LINE_HEIGHT - 0.2 for a, b in zip(sorted(at), sorted(at)[1:], strict=False))
    assert min(at) >= -0.2
    assert max(at) <= HEIGHT + 0.2


def test_a_curve_without_a_value_is_named_at_the_bottom():
    assert apart([np.array([np.nan]), np.array([1.0])], 0.0, 1.0, HEIGHT) == [0.0, 0.0]


def test_values_outside_the_axis_are_named_at_its_ends():
    assert apart([np.array([7.0]), np.array([-7.0])], 0.0, 1.0, HEIGHT) == [0.0, 0.0]
