"""What the vector of an attribute does, from the command line, on a saved run and on a starter."""

import json

import pytest

from engine import Budget, files, start
from engine.cli import main
from engine.data import faces

NAMES = [factor.name for factor in faces.FACTORS]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Runs on sixty faces and on digits, saved, in a cache of their own."""
    folder = tmp_path_factory.mktemp("attribute")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_CACHE", str(folder))
        small = start("vae", data="faces", n_train=60, coefficients=8, width=16, steps=50)
        digits = start("vae", data="digits", n_train=60, width=8, depth=1, steps=20)
        for name, run in (("small", small), ("digits", digits)):
            run.advance(Budget())
            files.save(run, folder / f"{name}.safetensors")
        yield folder


def run_main(capsys, *args: str) -> tuple[int, str, str]:
    code = main(["latent", "attribute", *args])
    return (code, *capsys.readouterr())


@pytest.mark.parametrize(
    ("name", "like"), [("glasses", ()), ("beard=beardMedium", ()), ("glasses", ("--like", "beard"))]
)
def test_one_json_object(saved, capsys, name, like):
    model = str(saved / "small.safetensors")
    code, out, _ = run_main(capsys, model, "--attribute", name, "--strength", "1.0", *like, "--json")
    assert code == 0
    found = json.loads(out)
    assert {"appeared", "kept_all", "kept", "removed", "judge_accuracy", "side_effects"} <= set(found)
    assert set(found["kept"]) == set(NAMES) - {name.partition("=")[0]}
    assert found["kept_all"] <= min(found["appeared"], *found["kept"].values())
    for share in ("appeared", "removed", "judge_accuracy"):
        assert 0 <= found[share] <= 1


def test_glasses_on_the_faces_that_come_along(capsys):
    code, out, _ = run_main(capsys, "faces", "--attribute", "glasses", "--curve", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["appeared"] >= 0.97
    assert found["kept_all"] >= 0.93
    assert found["removed"] >= 0.95
    by_strength = {effect["strength"]: effect["appeared"] for effect in found["curve"]}
    assert list(by_strength) == [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]
    assert max(share for strength, share in by_strength.items() if strength <= 0) == 0
    assert by_strength[1] == found["appeared"]


def test_in_words(capsys):
    code, out, _ = run_main(capsys, "faces", "--attribute", "beard=moustacheMagnum", "--strength", "-0.5")
    assert code == 0
    assert out.startswith("beard=moustacheMagnum, strength -0.5, ")
    assert "kept hair colour" in out


@pytest.mark.parametrize(("args", "message"), [
    (("faces", "--attribute", "hat"), "attribute = hat: must be one of glasses, hair=bob, "),
    (("faces", "--attribute", "beard"), "attribute = beard: must be one of glasses, hair=bob, "),
    (("faces", "--strength", "nan"), "--strength = nan: must be a number from -10 to 10"),
    (("faces", "--strength", "much"), "--strength = much: must be a number from -10 to 10"),
    (("faces", "--like", "height"), "--like = height: must be one of glasses, hair, "),
    (("digits",), "data = digits: must be faces"),
    (("DIGITS",), "data = digits: must be faces"),
    (("nowhere",), "is no file that is there"),
])  # fmt: skip
def test_mistakes_are_told_in_one_sentence(saved, capsys, args, message):
    model = str(saved / "digits.safetensors") if args[0] == "DIGITS" else args[0]
    code, out, err = run_main(capsys, model, *args[1:], "--json")
    assert code == 2
    assert out == ""
    assert message in " ".join(err.split())
    assert err.rstrip().endswith(".")
