"""The ray-caster draws what the factors say, and each factor changes only its own."""

import math

import numpy as np
import pytest

from engine import data
from engine.data import shapes
from engine.data.shapes import ALL, FACTORS, KINDS, TILT

HEIGHT, RADIUS, LEAN, HUE, KIND = range(5)
BASE = np.array([1.4, 0.24, 0.0, 0.3, 0], np.float32)
SIZE = 64
PIXEL = 2 * shapes.HALF_VIEW / SIZE


def draw(**changes: float) -> np.ndarray:
    """One picture (3, 64, 64) that differs from BASE in some factors."""
    factors = BASE.copy()
    for name, value in changes.items():
        factors[["height", "radius", "lean", "hue", "kind"].index(name)] = value
    return shapes.render(factors[None], SIZE)[0]


def cover(picture: np.ndarray) -> np.ndarray:
    """Which pixels are not background at all."""
    return np.abs(picture - shapes.BACKGROUND).max(0) > 1e-6


def moments(picture: np.ndarray) -> tuple[float, float, float]:
    """Area, and the root mean square extent along and across the longest axis, of the silhouette; its lean to the
    right."""
    weight = cover(picture).astype(float)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    x, y = x - (weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum() - y
    xx, yy, xy = ((weight * a).sum() / weight.sum() for a in (x * x, y * y, x * y))
    lean = 0.5 * math.atan2(2 * xy, yy - xx)
    return float(weight.sum()), math.sqrt((xx + yy + math.hypot(xx - yy, 2 * xy)) / 2), lean


def extent(picture: np.ndarray) -> tuple[float, float]:
    """Width and height of the silhouette, in units of the scene."""
    rows, columns = cover(picture).any(1).sum(), cover(picture).any(0).sum()
    return columns * PIXEL, rows * PIXEL


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_colour_changes_neither_outline_nor_shading(kind):
    red, green = draw(hue=0.0, kind=kind), draw(hue=1 / 3, kind=kind)
    assert (cover(red) == cover(green)).all()
    assert np.allclose(red[0], green[1], atol=1e-6)
    assert np.allclose(red[1], green[0], atol=1e-6)


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_lean_turns_the_outline_and_nothing_else(kind):
    area, long, lean = moments(draw(kind=kind))
    for angle in (-0.8, -0.3, 0.5):
        turned = moments(draw(kind=kind, lean=angle))
        assert turned[2] - lean == pytest.approx(angle, abs=0.03)
        assert turned[0] == pytest.approx(area, rel=0.08)
        assert turned[1] == pytest.approx(long, rel=0.03)


@pytest.mark.parametrize("kind", [0, 1, 3])
def test_height_leaves_the_width_alone(kind):
    low, high = extent(draw(height=1.0, kind=kind)), extent(draw(height=1.8, kind=kind))
    assert high[0] == pytest.approx(low[0], abs=1.5 * PIXEL)
    assert high[1] - low[1] == pytest.approx(0.8 * math.cos(TILT), abs=0.12)


def test_a_cylinder_is_as_wide_and_high_as_its_factors_say():
    for radius in (0.15, 0.34):
        width, height = extent(draw(radius=radius, height=1.5))
        assert width == pytest.approx(2 * radius, abs=2 * PIXEL)
        assert height == pytest.approx(1.5 * math.cos(TILT) + 2 * radius * math.sin(TILT), abs=2 * PIXEL)


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_radius_changes_neither_lean_nor_colour(kind):
    thin, thick = draw(radius=0.15, lean=0.4, kind=kind), draw(radius=0.34, lean=0.4, kind=kind)
    assert moments(thick)[2] == pytest.approx(moments(thin)[2], abs=0.05)
    for picture in (thin, thick):  # the hue, wherever there is any colour
        part = (picture - shapes.BACKGROUND)[:, SIZE // 2, SIZE // 2]
        assert np.argmax(part) == np.argmax(shapes._rgb(BASE[None, [HUE]]))


def test_the_lean_can_be_seen_in_every_solid():
    factors = shapes.draw_factors(200, seed=3, kind=ALL)
    seen = [moments(picture)[2] for picture in shapes.render(factors, SIZE)]
    leans = np.abs(np.array(seen) - factors[:, LEAN])
    assert leans.max() < 0.12
    assert leans.mean() < 0.02


def inside(kind: str, x: np.ndarray, y: np.ndarray, z: np.ndarray, height: float, radius: float) -> np.ndarray:
    """Whether a point in the solid's own frame belongs to it."""
    upright = np.abs(y) <= height / 2
    if kind == "cylinder":
        return upright & (x**2 + z**2 <= radius**2)
    if kind == "cone":
        return upright & (x**2 + z**2 <= (radius / height * (height / 2 - y)) ** 2)
    if kind == "ellipsoid":
        return (x**2 + z**2) / radius**2 + (2 * y / height) ** 2 <= 1
    cos, sin = math.cos(shapes.BOX_YAW), math.sin(shapes.BOX_YAW)
    half = radius * shapes.BOX_SIDE
    return upright & (np.abs(x * cos + z * sin) <= half) & (np.abs(z * cos - x * sin) <= half)


@pytest.mark.parametrize("kind", KINDS)
def test_the_exact_rays_agree_with_marching_along_them(kind):
    height, radius = 1.3, 0.3
    u, v = np.meshgrid(np.linspace(-0.503, 0.503, 31), np.linspace(-0.907, 0.907, 45))
    t = np.linspace(-2, 2, 2001)[:, None, None]
    cos, sin = math.cos(TILT), math.sin(TILT)
    marched = inside(kind, u + 0 * t, v * cos - t * sin, v * sin + t * cos, height, radius)
    solid = shapes._SOLIDS[KINDS.index(kind)]
    flat = [np.float32(a.reshape(1, -1)) for a in (u, v)]
    hit, nx, ny, nz = solid(*flat, np.float32([[height]]), np.float32([[radius]]))
    differ = hit.reshape(u.shape) != marched.any(0)
    assert differ.mean() < 0.01  # rays that only touch
    length = np.sqrt(nx**2 + ny**2 + nz**2)[hit]
    assert np.allclose(length, 1, atol=1e-3)
    towards_eye = (ny * -sin + nz * cos)[hit]
    assert (towards_eye < 1e-3).all()


def test_a_picture_is_a_function_of_seed_and_index():
    few, many = (shapes.draw_factors(n, seed=5) for n in (10, 3000))
    assert (few == many[:10]).all()
    assert (shapes.draw_factors(10, seed=6) != few).any()
    assert (shapes.render(many[:64], 32)[:10] == shapes.render(few, 32)).all()


def test_factors_fill_their_ranges():
    factors = shapes.draw_factors(4000, seed=0, kind=ALL)
    for k, factor in enumerate(FACTORS):
        assert factor.low <= factors[:, k].min() <= factor.low + 0.01 * (factor.high - factor.low)
        assert factor.high - 0.01 * (factor.high - factor.low) <= factors[:, k].max() <= factor.high
    assert abs(np.corrcoef(factors.T) - np.eye(5)).max() < 0.06


def test_pairs_differ_in_one_factor():
    first, second = shapes.draw_pairs(500, seed=1)
    assert ((first != second).sum(1) == 1).all()
    assert ((first != second).mean(0)[:4] > 0.18).all()
    assert (first[:, KIND] == second[:, KIND]).all()


@pytest.mark.parametrize("size", [32, 64])
def test_sets_of_shapes(size):
    found = data.load("shapes", size=size, n_train=40, kind=ALL)
    assert found.train.shape == (40, 3, size, size)
    assert found.held_out.shape == (500, 3, size, size)
    assert found.train.dtype == np.uint8
    assert [factor.name for factor in found.factors] == ["height", "radius", "orientation", "colour", "kind"]
    assert data.load("shapes", size=size, n_train=40, kind=ALL) is found
    with pytest.raises(ValueError, match="read-only"):
        found.train[0] = 0
