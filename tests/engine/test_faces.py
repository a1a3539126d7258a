"""Drawn faces: each factor switches its own part, labels fit, blocks come from the cache."""

import numpy as np
import pytest

from engine import data
from engine.data import faces

NAMES = [factor.name for factor in faces.FACTORS]
PLAIN = np.zeros(len(faces.FACTORS), np.float32)


def draw(**changes: int) -> np.ndarray:
    """One face (3, 64, 64) that differs from the plain one in some factors."""
    factors = PLAIN.copy()
    for name, value in changes.items():
        factors[NAMES.index(name.replace("_", " "))] = value
    return faces.draw(factors, 64).astype(int)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    return tmp_path


def test_glasses_change_the_middle_and_nothing_else():
    changed = np.abs(draw(glasses=1) - draw()).max(0) > 0
    rows, columns = np.nonzero(changed)
    assert changed.sum() > 100
    assert rows.min() >= 20
    assert rows.max() <= 44
    assert columns.min() >= 8
    assert columns.max() <= 56


@pytest.mark.parametrize("factor", faces.FACTORS, ids=lambda f: f.name)
def test_every_value_of_a_factor_looks_different(factor):
    drawn = {draw(**{factor.name: value}).tobytes() for value in range(len(factor.values))}
    assert len(drawn) == len(factor.values)


def test_clothes_change_the_foot_only():
    changed = np.abs(draw(clothes=1) - draw()).max(0) > 0
    assert np.nonzero(changed)[0].min() > 50


def test_a_smaller_face_is_the_mean_of_the_larger():
    large, small = faces.draw(PLAIN, 64).astype(float), faces.draw(PLAIN, 32)
    mean = large.reshape(3, 32, 2, 32, 2).mean((2, 4))
    assert np.abs(mean - small).max() <= 1


def test_pose_moves_the_whole_face():
    moved = np.concatenate((PLAIN, [0.08, 0.0, 1.0, 0.0])).astype(np.float32)
    still = np.concatenate((PLAIN, [0.0, 0.0, 1.0, 0.0])).astype(np.float32)
    a, b = faces.draw(moved, 64).astype(int), faces.draw(still, 64).astype(int)
    assert (b == faces.draw(PLAIN, 64)).all()
    step = 5  # 0.08 of 64 pixels
    assert np.abs(a[:, :, step:] - b[:, :, :-step]).mean() < 2.5
    assert np.abs(a - b).mean() > 10


def test_sets_of_faces_and_their_cache(cache, monkeypatch):
    shares = []
    first = faces.load({"size": 32, "n_train": 8, "jitter": False}, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert first.train.shape == (8, 3, 32, 32)
    assert first.factors_train.shape == (8, 8)
    assert (first.train[3] == faces.draw(first.factors_train[3], 32)).all()
    assert len(list(cache.glob("faces-*"))) == 2
    monkeypatch.setattr(faces, "draw", None)
    again = faces.load({"size": 32, "n_train": 8, "jitter": False}, shares.append)
    assert (again.train == first.train).all()
    assert (again.held_out == first.held_out).all()


def test_a_damaged_block_is_drawn_again(cache):
    values = {"size": 32, "n_train": 8, "jitter": False}
    first = faces.load(values, lambda _: None)
    for path in cache.glob("faces-*"):
        damaged = bytearray(path.read_bytes())
        damaged[-5] ^= 1
        path.write_bytes(damaged)
    again = faces.load(values, lambda _: None)
    assert (again.train == first.train).all()


def test_a_face_is_a_function_of_its_index():
    assert (faces.draw_factors(5, seed=0, jitter=False) == faces.draw_factors(600, seed=0, jitter=False)[:5]).all()
    with_pose = faces.draw_factors(300, seed=0, jitter=True)
    assert (with_pose[:, :8] == faces.draw_factors(300, seed=0, jitter=False)).all()
    assert np.abs(with_pose[:, 11]).max() <= 15
    assert with_pose.shape == (300, 12)


def test_sizes():
    with pytest.raises(data.ConfigError, match="must be 32 or 64 for faces"):
        data.load("faces", size=48, n_train=4)
