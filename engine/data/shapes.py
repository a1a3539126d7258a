"""3-D shapes, drawn by an exact ray-caster: cylinders, cones, boxes and ellipsoids, with five true factors.

Made by the project. Every picture is a function of its factors, and the factors of picture `index` are a function of
(seed, index), so nothing is stored and no two runs differ.

    height       1.0 to 1.8    along the axis
    radius       0.14 to 0.34  across it
    orientation  -0.8 to 0.8   radians that the axis leans to the right, turned about the line of sight
    colour       0.0 to 0.8    hue, from red to violet (it stops before it is red again)
    kind         cylinder, cone, box, ellipsoid

A cylinder looks the same when turned about its own axis, so that is no factor. Orientation can be seen because every
solid is at least 1.47 times as high as it is wide and never leans by more than a right angle, so that no other factor
and no symmetry gives the same outline; the cap or the ridge, seen from a little above, marks the upper end.

The eye looks along parallel lines. A ray is solved in the solid's own frame: y the axis, z away from the eye, tilted
forward by TILT. On the ray through (u, v) of the picture, y = v / cos - z tan, so that each solid is one quadratic
equation in z.
"""

import functools
import math
from collections.abc import Callable, Mapping

import numpy as np

from engine.config import ConfigError
from engine.data.picture_set import Factor, PictureSet, Progress, Source, as_bytes
from engine.rng import generator

KINDS = ("cylinder", "cone", "box", "ellipsoid")
ALL = "all"
FACTORS = (
    Factor("height", 1.0, 1.8),
    Factor("radius", 0.14, 0.34),
    Factor("orientation", -0.8, 0.8, unit="rad"),
    Factor("colour", 0.0, 0.8, unit="hue"),
    Factor("kind", 0, len(KINDS) - 1, values=KINDS),
)
LOW, HIGH = (np.array([getattr(f, end) for f in FACTORS[:4]], np.float32) for end in ("low", "high"))

TILT = 0.45
"""Radians by which the eye looks down on the solid."""
HALF_VIEW = 1.12
"""Half the width of the picture."""
SUN = np.array([-0.45, 0.60, -0.66], np.float32)
"""Where the light comes from: left, above, and from the eye's side (x, y, z in the eye's frame)."""
AMBIENT, DIFFUSE = 0.35, 0.65
BACKGROUND = 0.12
SATURATION, VALUE = 0.80, 1.0
BOX_YAW = 0.6
"""Radians by which a box is turned about its axis, so that two of its sides are seen."""
BOX_SIDE = 0.85
"""Half the side of a box's base, for a radius of 1."""
SAMPLES = ((-0.375, -0.125), (0.125, -0.375), (0.375, 0.125), (-0.125, 0.375))
"""Where in a pixel the four rays go (a rotated grid: every row and column of the pixel is hit once)."""
BLOCK = 1024
CHUNK_RAYS = 1 << 16
N_HELD_OUT = 500

Hit = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Whether a ray hits, and the normal (x, y, z) where it does: arrays (n, rays)."""


def draw_factors(n: int, *, seed: int, kind: str = "cylinder", stream: str = "train") -> np.ndarray:
    """Factors of pictures 0 to n - 1, float32 (n, 5): uniform in their ranges; the kind as its number in KINDS."""
    n_blocks = -(-n // BLOCK)
    drawn = [generator(seed, f"shapes {stream}", block).random((BLOCK, 5), np.float32) for block in range(n_blocks)]
    share = np.concatenate(drawn)[:n] if drawn else np.empty((0, 5), np.float32)
    factors = share.copy()
    factors[:, :4] = LOW + share[:, :4] * (HIGH - LOW)
    factors[:, 4] = np.floor(share[:, 4] * len(KINDS)) if kind == ALL else KINDS.index(kind)
    return factors


def draw_pairs(n: int, *, seed: int, kind: str = "cylinder", stream: str = "pairs") -> tuple[np.ndarray, np.ndarray]:
    """Factors of n pairs, each (n, 5), that differ in one factor; which one is drawn too, and not told."""
    first = draw_factors(n, seed=seed, kind=kind, stream=stream)
    other = draw_factors(n, seed=seed, kind=kind, stream=f"{stream} other")
    free = len(FACTORS) if kind == ALL else len(FACTORS) - 1
    which = generator(seed, f"shapes {stream} which").integers(0, free, n)
    second = first.copy()
    second[np.arange(n), which] = other[np.arange(n), which]
    return first, second


def render(factors: np.ndarray, size: int) -> np.ndarray:
    """Pictures of these factors (n, 5): float32 (n, 3, size, size) in [0, 1]."""
    pictures = np.empty((len(factors), 3, size, size), np.float32)
    at_once = max(1, CHUNK_RAYS // (size * size * len(SAMPLES)))
    for number, solid in enumerate(_SOLIDS):
        rows = np.flatnonzero(factors[:, 4] == number)
        for start in range(0, len(rows), at_once):
            chunk = rows[start : start + at_once]
            pictures[chunk] = _render(factors[chunk], size, solid)
    return pictures


def _render(factors: np.ndarray, size: int, solid: Callable[..., Hit]) -> np.ndarray:
    height, radius, lean, hue = (factors[:, k, None] for k in range(4))
    x, y = _rays(size)
    cos, sin = np.cos(lean), np.sin(lean)
    u, v = x * cos - y * sin, x * sin + y * cos  # (n, rays): turned back by the lean
    hit, nx, ny, nz = solid(u, v, height, radius)
    sx, sy = SUN[0] * cos - SUN[1] * sin, SUN[0] * sin + SUN[1] * cos
    sy, sz = sy * math.cos(TILT) - SUN[2] * math.sin(TILT), sy * math.sin(TILT) + SUN[2] * math.cos(TILT)
    light = nx * sx
    light += ny * sy
    light += nz * sz
    np.maximum(light, 0, out=light)
    light *= DIFFUSE
    light += AMBIENT
    light *= hit
    n = len(factors)
    light = light.reshape(n, len(SAMPLES), size * size).mean(1)  # (n, pixels)
    cover = hit.reshape(n, len(SAMPLES), size * size).mean(1, dtype=np.float32)
    picture = light[:, None, :] * _rgb(hue)[:, :, None]
    picture += (BACKGROUND - BACKGROUND * cover)[:, None, :]
    return picture.reshape(n, 3, size, size)


@functools.lru_cache(maxsize=4)
def _rays(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the rays cross the picture: x to the right and y upwards, each (1, samples x pixels)."""
    middle = np.arange(size, dtype=np.float32) + 0.5
    x = [np.tile(middle + dx, size) for dx, _ in SAMPLES]
    y = [np.repeat(size - middle + dy, size) for _, dy in SAMPLES]
    scale = 2 * HALF_VIEW / size
    return tuple((np.concatenate(a)[None] * scale - HALF_VIEW).astype(np.float32) for a in (x, y))  # type: ignore[return-value]


def _rgb(hue: np.ndarray) -> np.ndarray:
    """(n, 1) hues as red, green and blue (n, 3), after A. R. Smith 1978."""
    corner = np.abs((hue * 6 + np.array([0, 4, 2], np.float32)) % 6 - 3) - 1
    return VALUE * (1 - SATURATION * (1 - np.clip(corner, 0, 1))).astype(np.float32)


_COS, _TAN = math.cos(TILT), math.tan(TILT)


def _front_root(a: np.ndarray | float, b: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of a z^2 - 2 b z + c = 0 with a > 0: whether there is a root, and the one nearer to the eye."""
    square = b * b
    square -= a * c
    real = square >= 0
    np.maximum(square, 0, out=square)
    np.sqrt(square, out=square)
    return real, (b - square) / a


def _cylinder(u: np.ndarray, v: np.ndarray, height: np.ndarray, radius: np.ndarray) -> Hit:
    depth = radius * radius - u * u
    wide = depth >= 0
    np.maximum(depth, 0, out=depth)
    np.sqrt(depth, out=depth)  # the wall in front is at z = -depth
    level = v / _COS
    wall = level + depth * _TAN  # y of the wall
    z_cap = (level - height / 2) / _TAN
    cap = wide & (np.abs(z_cap) <= depth)
    side = wide & (np.abs(wall) <= height / 2) & ~cap
    return side | cap, side * (u / radius), cap.astype(np.float32), side * (-depth / radius)


def _cone(u: np.ndarray, v: np.ndarray, height: np.ndarray, radius: np.ndarray) -> Hit:
    slope = radius / height
    below = height / 2 - v / _COS  # depth under the tip where z = 0
    real, z = _front_root(1 - (slope * _TAN) ** 2, slope * slope * _TAN * below, u * u - (slope * below) ** 2)
    under = below + z * _TAN
    hit = real & (under >= 0) & (under <= height)
    across = np.maximum(slope * under, np.float32(1e-6))
    scale = 1 / np.sqrt(1 + slope * slope)
    return hit, u / across * scale, np.broadcast_to(slope * scale, u.shape), z / across * scale


def _ellipsoid(u: np.ndarray, v: np.ndarray, height: np.ndarray, radius: np.ndarray) -> Hit:
    flat = (2 * radius / height) ** 2
    level = v / _COS
    hit, z = _front_root(1 + flat * _TAN**2, flat * _TAN * level, u * u + flat * level * level - radius * radius)
    y = (level - z * _TAN) * flat
    norm = np.sqrt(u * u + y * y + z * z)
    return hit, u / norm, y / norm, z / norm


def _box(u: np.ndarray, v: np.ndarray, height: np.ndarray, radius: np.ndarray) -> Hit:
    cos, sin, half = math.cos(BOX_YAW), math.sin(BOX_YAW), radius * BOX_SIDE
    level = v / _COS
    near_a, far_a = (-half - u * cos) / sin, (half - u * cos) / sin  # between the planes |u cos + z sin| = half
    near_b, far_b = (u * sin - half) / cos, (u * sin + half) / cos  # and |z cos - u sin| = half
    near_y, far_y = (level - height / 2) / _TAN, (level + height / 2) / _TAN
    near = np.maximum(np.maximum(near_a, near_b), near_y)
    hit = near <= np.minimum(np.minimum(far_a, far_b), far_y)
    top = near == near_y
    side_a = (near == near_a) & ~top
    side_b = ~(top | side_a)
    return (
        hit,
        side_b * np.float32(sin) - side_a * np.float32(cos),
        top.astype(np.float32),
        side_b * np.float32(-cos) - side_a * np.float32(sin),
    )


_SOLIDS = (_cylinder, _cone, _box, _ellipsoid)


def load(values: Mapping[str, object], progress: Progress) -> PictureSet:
    """`n_train` shapes of `kind` (or 'all') at `size`, and 500 held out, always the same ones."""
    kind, size, n = str(values["kind"]), int(values["size"]), int(values["n_train"])  # type: ignore[call-overload]
    if kind not in (*KINDS, ALL):
        raise ConfigError("kind", kind, f"must be one of {', '.join(KINDS)}, {ALL}")
    train = draw_factors(n, seed=0, kind=kind)
    held_out = draw_factors(N_HELD_OUT, seed=0, kind=kind, stream="held-out")
    pictures = np.empty((n, 3, size, size), np.uint8)
    for start in range(0, n, BLOCK):
        pictures[start : start + BLOCK] = as_bytes(render(train[start : start + BLOCK], size))
        progress(min(1.0, (start + BLOCK) / n))
    return PictureSet(
        name="shapes",
        train=pictures,
        held_out=as_bytes(render(held_out, size)),
        factors=FACTORS if kind == ALL else FACTORS[:4],
        factors_train=train if kind == ALL else train[:, :4].copy(),
        factors_held_out=held_out if kind == ALL else held_out[:, :4].copy(),
    )


SOURCE = Source(
    title="3-D shapes",
    source="made by this project",
    licence="MIT, as the project",
    sizes=(32, 64),
    load=load,
)
