"""Ways between codes. Pure functions of arrays."""

import numpy as np

NEARLY_PARALLEL = 1e-4
"""Radians; below this a great circle is as good as a straight line."""


def lerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Straight from a to b (d,): a + t (b - a) for each t (n,), as (n, d). At 0.5 it is halfway: a + (b - a) / 2."""
    return a + t[:, None] * (b - a)


def slerp(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Along the great circle from a to b (d,), about the origin, for each t (n,), as (n, d). Shoemake 1985.

    The direction turns evenly and the length changes evenly. Where there is no circle, or more than one (a code
    at the origin, parallel or opposite codes), the way is straight.
    """
    size_a, size_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if size_a == 0 or size_b == 0:
        return lerp(a, b, t)
    angle = angle_between(a, b)
    if angle < NEARLY_PARALLEL or np.pi - angle < NEARLY_PARALLEL:
        return lerp(a, b, t)
    from_a, from_b = np.sin((1 - t) * angle) / np.sin(angle), np.sin(t * angle) / np.sin(angle)
    direction = from_a[:, None] * (a / size_a) + from_b[:, None] * (b / size_b)
    return direction * (size_a + t * (size_b - size_a))[:, None]


def angle_between(a: np.ndarray, b: np.ndarray) -> float:
    """The angle at the origin between two codes (d,), in radians, 0 to pi; 0 if one of them is the origin."""
    sizes = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    return float(np.arccos(np.clip(a @ b / sizes, -1, 1))) if sizes else 0.0


PATHS = {"lerp": lerp, "slerp": slerp}


def along(codes: np.ndarray, n: int, path: str = "lerp") -> np.ndarray:
    """`n` codes evenly along a way through several codes (k, d), ends included: (n, d)."""
    at = np.linspace(0, len(codes) - 1, n)
    leg = np.minimum(at.astype(int), len(codes) - 2)
    return np.concatenate(
        [PATHS[path](codes[k], codes[k + 1], np.array([s - k])) for k, s in zip(leg, at, strict=True)]
    )
