"""What the latent pad sends to the browser, and what it believes of what comes back."""

import json

import numpy as np
import pytest

from playground.components import Axis, ComponentError, Dots, Plane
from playground.components.frames import KEPT_BYTES
from playground.components.latent_pad import MAX_DOTS, pack_dots, pack_pad, read_release
from tests.components.conftest import unpacked


def plane(d: int = 3, **changes) -> Plane:
    right, up = np.eye(max(d, 2))[:2]
    return Plane(**{"right": right, "up": up, "titles": ("z1", "z2"), "reach": 2.0, **changes})


def axis(**changes) -> Axis:
    return Axis(**{"index": 2, "name": "z3", "low": -3.0, "high": 3.0, **changes})


def test_a_pad_gets_its_code_plane_and_axes():
    frame = pack_pad("abc", z=np.array([0.5, -1, 2]), plane=plane(), axes=[axis(does="height", idle=True)])
    assert frame["z"] == [0.5, -1, 2]
    assert (frame["right"], frame["up"], frame["middle"]) == ([1, 0, 0], [0, 1, 0], [0, 0])
    assert frame["axes"] == [[2, "z3", "height", -3, 3, 1]]


def test_a_code_of_one_number_has_a_line_for_a_plane():
    line = {"right": np.ones(1), "up": np.zeros(1), "titles": ("z1", "")}
    assert pack_pad("abc", z=np.array([0.5]), plane=plane(1, **line))["up"] == [0]
    with pytest.raises(ComponentError, match="orthonormal"):
        pack_pad("abc", z=np.zeros(2), plane=plane(2, up=np.zeros(2)))


def test_a_frame_is_small():
    d = 64
    turned, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(d, d)))
    axes = [axis(index=i, name=f"z{i + 1}", low=-3.1234, high=3.4567, does="hair") for i in range(d)]
    frame = pack_pad("0" * 16, z=turned[3] * 9, plane=plane(d, right=turned[0], up=turned[1]), axes=axes)
    assert len(json.dumps(frame)) < 5000


@pytest.mark.parametrize(
    ("z", "on", "axes", "message"),
    [
        ([0, np.nan, 0], plane(), [], "z = "),
        ([0, 2e3, 0], plane(), [], "within"),
        ([0, 0], plane(), [], "orthonormal"),
        ([0, 0, 0], plane(right=np.ones(3)), [], "orthonormal"),
        ([0, 0, 0], plane(reach=0.0), [], "reach"),
        ([0, 0, 0], plane(middle=(np.inf, 0.0)), [], "middle"),
        ([0, 0, 0], plane(), [axis(index=3)], "index = 3"),
        ([0, 0, 0], plane(), [axis(low=3.0)], "low, high"),
    ],
)
def test_a_pad_that_cannot_be_drawn_says_why(z, on, axes, message):
    with pytest.raises(ComponentError, match=message):
        pack_pad("abc", z=np.array(z, float), plane=on, axes=axes)


def test_dots_fall_on_the_plane_with_their_classes():
    codes = np.array([[2.0, -1.0, 7.0], [0.0, 0.5, -7.0], [9e9, 0.0, 0.0]])
    name, data = pack_dots(Dots(codes=codes, values=np.array([0, 1, 1]), title="digit", classes=("a", "b")), plane())
    header, body = unpacked(data)
    assert (header["id"], header["n"], header["classes"], header["span"]) == (name, 3, ["a", "b"], [])
    assert np.frombuffer(body[:12], "<i2").tolist() == [30_000, -15_000, 0, 7_500, 32_000, 0]
    assert list(body[12:15]) == [0, 1, 1]
    assert len(data) >= KEPT_BYTES


def test_dots_with_a_quantity_say_its_span_and_of_many_some_are_sent():
    values = np.linspace(1.0, 1.8, 4000)
    _, data = pack_dots(Dots(codes=np.zeros((4000, 3)), values=values, title="height"), plane())
    header, body = unpacked(data)
    assert header["span"] == [1.0, 1.8]
    assert header["n"] == MAX_DOTS
    levels = body[4 * MAX_DOTS : 5 * MAX_DOTS]
    assert (levels[0], levels[-1]) == (0, 255)


@pytest.mark.parametrize(
    ("codes", "values", "classes", "message"),
    [
        (np.zeros((2, 4)), [0, 1], (), "shapes"),
        (np.zeros((2, 3)), [0, 1, 2], (), "shapes"),
        (np.zeros((2, 3)), [0, np.nan], (), "finite"),
        (np.zeros((2, 3)), [0, 2], ("a", "b"), "indices"),
    ],
)
def test_dots_that_cannot_be_drawn_say_why(codes, values, classes, message):
    with pytest.raises(ComponentError, match=message):
        pack_dots(Dots(codes=codes, values=np.array(values, float), title="", classes=classes), plane())


@pytest.mark.parametrize(
    "sent",
    [
        None, 3, {}, {"number": 1, "z": [0.0, 0.0]}, {"number": 1, "z": [0.0, 0.0, None]}, {"number": 1, "z": "abc"},
        {"number": 1, "z": [0.0, 0.0, 1e4]}, {"number": 1, "z": [0.0, 0.0, float("nan")]},
        {"number": 1, "z": [[0.0, 0.0, 0.0]]}, {"number": "x", "z": [0.0, 0.0, 0.0]}, {"number": 1, "z": {"a": 1}},
    ],
)  # fmt: skip
def test_a_release_that_no_pad_sends_is_not_believed(sent):
    assert read_release(sent, 3)[1] is None


def test_a_release_is_a_numbered_code():
    number, code = read_release({"number": 4, "z": [0, -1.5, 2]}, 3)
    assert number == 4
    assert code.dtype == np.float32
    assert code.tolist() == [0, -1.5, 2]
