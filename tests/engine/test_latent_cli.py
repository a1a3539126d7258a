"""Walking and measuring the latent space of a saved run from the command line; paths between codes."""

import json

import numpy as np
import pytest
from PIL import Image

from engine import Budget, files, start, starters
from engine.cli import main
from engine.families.autoencoder import judge
from engine.latent import paths

A, B = np.array([3.0, 0.0]), np.array([0.0, 1.0])
T = np.linspace(0, 1, 5)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A run on digits, and one on shapes, saved."""
    folder = tmp_path_factory.mktemp("latent")
    digits = start("vae", data="digits", n_train=300, width=16, depth=1, steps=100)
    shapes = start("autoencoder", n_train=200, width=16, coefficients=16, latent_dim=4, steps=100)
    lines = start("gan", size=4, steps=10, batch=4, width_g=4, width_d=4)
    for name, run in (("digits", digits), ("shapes", shapes), ("gan", lines)):
        run.advance(Budget())
        files.save(run, folder / f"{name}.safetensors")
    return folder


def run_main(capsys, *args: str) -> tuple[int, str, str]:
    code = main(["latent", *args])
    out, err = capsys.readouterr()
    return code, out, err


def test_straight_and_spherical_paths():
    straight, round_way = paths.lerp(A, B, T), paths.slerp(A, B, T)
    for way in (straight, round_way):
        assert way[0] == pytest.approx(A)
        assert way[-1] == pytest.approx(B)
    assert straight[2] == pytest.approx(A + (B - A) / 2)
    assert np.linalg.norm(round_way, axis=1) == pytest.approx([3, 2.5, 2, 1.5, 1])
    angles = np.arctan2(round_way[:, 1], round_way[:, 0])
    assert np.diff(angles) == pytest.approx(np.full(4, np.pi / 8))


@pytest.mark.parametrize("b", [np.array([6.0, 0.0]), np.array([-1.0, 0.0]), np.zeros(2), A])
def test_where_there_is_no_circle_the_way_is_straight(b):
    assert paths.slerp(A, b, T) == pytest.approx(paths.lerp(A, b, T))


def test_a_way_through_several_codes():
    codes = np.array([[0.0, 0], [2, 0], [2, 2]])
    assert paths.along(codes, 5) == pytest.approx(np.array([[0.0, 0], [1, 0], [2, 0], [2, 1], [2, 2]]))
    assert paths.along(codes[:2], 2) == pytest.approx(codes[:2])


def test_a_strip_between_two_pictures(saved, capsys, tmp_path):
    out = tmp_path / "strip.png"
    model = str(saved / "digits.safetensors")
    options = ("--a", "3", "--b", "17", "--steps", "9", "--path", "slerp", "--out", str(out), "--json")
    code, printed, _ = run_main(capsys, "interpolate", model, *options)
    assert code == 0
    found = json.loads(printed)
    assert len(found["codes"]) == len(found["nearest"]) == 9
    learner = files.load(model).learner
    ends = learner.encode(learner.pictures.held_out[[3, 17]] / np.float32(255))
    assert np.array(found["codes"])[[0, 8]] == pytest.approx(ends, abs=1e-5)
    with Image.open(out) as image:
        assert image.size == (9 * 128, 128)


def test_every_picture_that_the_page_knows_can_be_an_end(saved, capsys, tmp_path):
    model = starters.load_model(saved / "digits.safetensors")
    last, out = len(model.codes) - 1, tmp_path / "STRIP.PNG"
    code, printed, _ = run_main(
        capsys, "interpolate", str(saved / "digits.safetensors"), "--b", str(last), "--out", str(out), "--json"
    )
    assert code == 0
    assert np.array(json.loads(printed)["codes"])[-1] == pytest.approx(model.codes[last])
    assert out.exists()


def test_scores_of_digits(saved, capsys):
    code, printed, _ = run_main(capsys, "scores", str(saved / "digits.safetensors"), "--json")
    assert code == 0
    found = json.loads(printed)
    assert set(found) == {"mig", "dci", "completeness", "informativeness", "r2", "pca", "random"}
    assert set(found["r2"]) == {"digit"}


def test_scores_of_shapes(saved, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    monkeypatch.setattr(judge, "N_TRAIN", 1500)
    monkeypatch.setattr(judge, "STEPS", 100)
    judge.judge_for.cache_clear()
    code, printed, _ = run_main(capsys, "scores", str(saved / "shapes.safetensors"), "--json")
    judge.judge_for.cache_clear()
    assert code == 0
    found = json.loads(printed)
    for part in (found, found["pca"], found["random"]):
        assert (
            set(part["r2"]) == set(part["purity"]) == set(part["axis"]) == {"height", "radius", "orientation", "colour"}
        )
        assert sorted(part["axis"].values()) == [0, 1, 2, 3]
        assert 0 <= part["purity_min"] <= 1
    code, printed, _ = run_main(capsys, "scores", str(saved / "digits.safetensors"))
    assert "(pca " in printed
    assert ", random " in printed


def test_a_starter_by_its_name(capsys, tmp_path):
    code, printed, _ = run_main(capsys, "scores", "digits", "--json")
    assert code == 0
    assert json.loads(printed)["mig"] == pytest.approx(
        starters.load("digits").card["scores"]["latent"]["mig"], abs=1e-3
    )
    out = tmp_path / "strip.png"
    code, printed, _ = run_main(capsys, "interpolate", "letters", "--a", "1", "--b", "2", "--out", str(out), "--json")
    assert code == 0
    codes = starters.load("letters").codes
    assert np.array(json.loads(printed)["codes"])[4] == pytest.approx((codes[1] + codes[2]) / 2)


@pytest.mark.parametrize(("args", "message"), [
    (("scores", "nowhere.safetensors"), "is no file that is there"),
    (("scores", "GAN"), "holds a model that has no codes"),
    (("interpolate", "DIGITS", "--a", "600", "--out", "x.png"), "must be a whole number from 0 to 599"),
    (("interpolate", "DIGITS", "--out", "x.xyz"), "--out = x.xyz: must end in .png"),
    (("interpolate", "DIGITS", "--out", "x"), "must end in .png"),
    (("interpolate", "DIGITS", "--steps", "1", "--out", "x.png"), "must be a whole number from 2"),
    (("interpolate", "DIGITS", "--path", "zigzag", "--out", "x.png"), "must be one of lerp, slerp"),
    (("interpolate", "DIGITS", "--out", "/no/such/folder/x.png"), "can't be written"),
])  # fmt: skip
def test_bad_input_is_one_sentence(saved, capsys, args, message):
    args = [str(saved / f"{a.lower()}.safetensors") if a in ("GAN", "DIGITS") else a for a in args]
    code, printed, error = run_main(capsys, *args)
    assert (code, printed) == (2, "")
    assert message in error
    assert error.count("\n") == 1
