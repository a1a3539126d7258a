"""The animation of a run: its frames, their times and sizes."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

import engine
from engine import Budget, ConfigError, Run, pictures
from tests.engine.toy import toy


def opened(content: bytes) -> list[Image.Image]:
    """Every frame, each with its duration in `info`."""
    animation = Image.open(io.BytesIO(content))
    found = []
    for k in range(getattr(animation, "n_frames", 1)):
        animation.seek(k)
        found.append(animation.copy())
    return found


def test_a_grid_is_crisp_and_in_order():
    shades = np.linspace(0, 1, 4, dtype=np.float32).reshape(4, 1, 1, 1).repeat(2, axis=2).repeat(2, axis=3)
    cells = pictures.grid(shades)[:, :, 0]
    assert set(np.unique(cells)) == {0, 85, 170, 255, pictures.GREY}
    assert [cells[k, j] for k in (0, -1) for j in (0, -1)] == [0, 85, 170, 255]


def test_colours_and_numbers_that_are_none():
    colour = np.zeros((1, 3, 2, 2), np.float32)
    colour[:, 0], colour[0, 1, 0, 0], colour[0, 2, 0, 0] = 1, np.nan, np.inf
    assert pictures.grid(colour)[0, 0].tolist() == [255, 0, 255]
    assert pictures.grid(colour)[-1, -1].tolist() == [255, 0, 0]


def test_at_most_64_pictures_are_shown():
    assert pictures.grid(np.ones((500, 1, 40, 40))).shape == (8 * 42 - 2, 8 * 42 - 2, 1)


def test_a_run_becomes_an_animation_of_its_frames():
    run = engine.start("gan", size=4, batch=4, width_g=8, width_d=8)
    run.advance(Budget(steps=50))
    frames = opened(pictures.frames_gif(run))
    assert len(frames) == len(run.frames()) == 5
    assert [frame.info["duration"] for frame in frames] == [80] * 4 + [2000]
    assert frames[0].info["loop"] == 0
    shown = np.asarray(frames[-1].convert("L"))[pictures.LABEL_HEIGHT :]
    np.testing.assert_array_equal(shown, pictures.grid(run.learner.view().fake)[:, :, 0])


def test_many_frames_are_thinned_to_120_with_the_first_and_the_last():
    frames = [(k, np.full((1, 1, 2, 2), k / 1000)) for k in range(1001)]
    found = opened(pictures.gif(frames))
    assert len(found) == 120
    shades = [int(np.asarray(f.convert("L"))[-1, -1]) for f in (found[0], found[-1])]
    assert shades == [0, 255]


def test_a_large_animation_is_thinned_to_its_limit(monkeypatch):
    noise = np.random.default_rng(1).random((20, 4, 3, 16, 16))
    frames = list(enumerate(noise))
    whole = len(pictures.gif(frames))
    monkeypatch.setattr(pictures, "MAX_BYTES", whole // 3)
    content = pictures.gif(frames)
    assert len(content) <= whole // 3
    found = opened(content)
    assert len(found) == 5
    assert found[-1].info["duration"] == 2000
    monkeypatch.setattr(pictures, "MAX_BYTES", 10)
    assert len(opened(pictures.gif(frames))) == 1


def test_a_run_at_step_0_has_one_frame():
    family = toy()
    assert len(opened(pictures.frames_gif(Run(family, family.build({}))))) == 1


def test_a_family_without_pictures_says_so():
    family = dataclasses.replace(toy(), pictures=None)
    with pytest.raises(ConfigError, match="frames = toy: is a family that has no pictures"):
        pictures.frames_gif(Run(family, family.build({})))
