"""The models that come with the project: opened at once, true to their cards, made again bit for bit; foreign files."""

import json
import sys

import numpy as np
import pytest
from safetensors.numpy import load as unpack
from safetensors.numpy import save as pack

from engine import Budget, ConfigError, data, files, start, starters
from engine.data.letters import OWN_FONTS
from engine.data.picture_set import as_floats
from engine.families.autoencoder.model import of_learner
from engine.metrics.pictures import psnr
from engine.starters import packing
from engine.starters.__main__ import main

ALL = pytest.mark.parametrize("name", starters.STARTERS)
LIMIT_BYTES = 6_000_000


@pytest.fixture(scope="module")
def model():
    """Untrained shapes with all that a file holds."""
    run = start("vae", n_train=40, width=8, depth=1, coefficients=6, latent_dim=3, steps=5)
    run.advance(Budget())
    return of_learner(run.learner, "vae")


@ALL
def test_it_is_true_to_its_card(name):
    model = starters.load(name)
    assert model.name == name
    assert model.card["config"] == {k: getattr(model.config, k) for k in model.card["config"]}
    assert model.card["bytes"] == starters.path_of(name).stat().st_size
    assert len(model.codes) == len(model.factors) <= 2000
    some = range(min(60, model.n_held_out))  # of faces each is drawn
    pictures = as_floats(model.real(some))
    assert pictures.shape[1:] == model.shape
    assert model.encode(pictures) == pytest.approx(model.codes[: len(some)], rel=2e-3, abs=2e-3)
    assert psnr(model.decode(model.codes[: len(some)]), pictures) == pytest.approx(model.card["scores"]["psnr"], abs=1)
    assert model.card["scores"]["psnr"] > model.card["scores"]["psnr_pca"] + 1


@ALL
def test_every_number_of_its_decoder_is_a_float16(name):
    for step in starters.load(name).steps():
        for part in (step.weight, step.bias):
            assert (part.astype(np.float16) == part).all()


@ALL
def test_coordinates_are_as_far_apart_as_pixels(name):
    model = starters.load(name)
    pictures = as_floats(model.real(range(6)))
    seen, flat = model.lens.coordinates(pictures), pictures.reshape(6, -1)
    left_out = np.zeros_like(flat)
    if model.lens.components is not None:
        basis = model.lens.components.basis
        left_out = flat - (basis.T @ np.linalg.lstsq(basis.T, flat.T, rcond=None)[0]).T

    def squared(points):
        return ((points[:3] - points[3:]) ** 2).sum(1)

    assert squared(seen) == pytest.approx(squared(flat) - squared(left_out), rel=1e-3)


def test_all_together_are_small():
    files_of_them = [*starters.FOLDER.glob("*.safetensors"), *starters.FOLDER.glob("*.json")]
    assert sum(path.stat().st_size for path in files_of_them) < LIMIT_BYTES


@pytest.mark.parametrize("name", ["shapes", "digits", "letters"])
def test_its_known_pictures_are_those_of_the_data(name):
    model = starters.load(name)
    c = model.config
    found = data.load(c.data, size=c.size, n_train=c.n_train, pictures=getattr(c, "pictures", ""))
    n = model.n_held_out
    assert n == len(found.held_out)
    assert (model.real(range(n)) == found.held_out).all()
    assert (model.real(range(n, len(model.codes))) == found.train[: len(model.codes) - n]).all()
    assert (model.factors[:n] == found.factors_held_out[:, : len(model.about)]).all()


def test_known_faces_are_drawn_again():
    model = starters.load("faces")
    found = data.load("faces", size=64, n_train=4)
    assert (model.real([0, 1]) == found.held_out[:2]).all()
    assert (model.real([model.n_held_out, model.n_held_out + 1]) == found.train[:2]).all()


def test_the_shapes_have_four_axes():
    scores = starters.load("shapes").card["scores"]["latent"]
    assert scores["purity_min"] >= 0.9
    assert sorted(scores["axis"].values()) == [0, 1, 2, 3]
    assert scores["mig"] > 5 * scores["pca"]["mig"] > 5 * scores["random"]["mig"]


def test_it_is_made_again_bit_for_bit(monkeypatch, tmp_path):
    """By the command that `make models` calls. On another processor, or with another torch, as good a model."""
    content, card = starters.path_of("digits").read_bytes(), dict(starters.load("digits").card)
    monkeypatch.setattr(starters, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["models", "digits"])
    assert main() == 0
    again = json.loads((tmp_path / "digits.json").read_text())
    assert again["config"] == card["config"]
    if (again["torch"], again["machine"]) == (card["torch"], card["machine"]):
        assert (tmp_path / "digits.safetensors").read_bytes() == content
        assert again["scores"] == card["scores"]
    assert again["scores"]["psnr"] == pytest.approx(card["scores"]["psnr"], abs=0.5)


def test_an_unknown_name_trains_nothing(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["models", "nowhere"])
    with pytest.raises(SystemExit):
        main()
    assert "nowhere is none of shapes, faces" in capsys.readouterr().err


def test_writing_changes_little_and_reading_nothing(model):
    shipped = packing.rounded(model)
    read = packing.from_bytes(packing.to_bytes(shipped), "x")
    for field in ("codes", "spread", "factors"):
        assert (getattr(read, field) == getattr(shipped, field)).all()
    assert (read.decode(read.codes) == shipped.decode(shipped.codes)).all()
    assert read.encode(as_floats(read.real(range(9)))) == pytest.approx(shipped.codes[:9], rel=1e-3, abs=1e-3)
    assert shipped.codes == pytest.approx(model.codes, rel=2e-2, abs=2e-2)
    assert np.abs(shipped.decode(shipped.codes) - model.decode(model.codes)).max() < 2e-2
    assert (read.config, read.family, read.n_held_out) == (model.config, "vae", model.n_held_out)
    assert [factor.name for factor in read.about] == ["height", "radius", "orientation", "colour"]


def test_a_model_by_name_by_path_and_by_content(model, tmp_path):
    assert starters.load_model("digits") is starters.load("digits")
    path = tmp_path / "starter.safetensors"
    path.write_bytes(packing.to_bytes(packing.rounded(model)))
    run = start("autoencoder", data="digits", n_train=50, width=4, depth=1, latent_dim=2, steps=5)
    files.save(run, tmp_path / "run.safetensors")
    for name, latent_dim in (("starter", 3), ("run", 2)):
        place = tmp_path / f"{name}.safetensors"
        for source in (place, str(place), place.read_bytes()):
            assert starters.load_model(source).latent_dim == latent_dim


def changed(data: bytes, *, arrays=None, **about) -> bytes:
    """The file with other arrays, or another header."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    written = json.loads(header[packing.KEY]) | about
    kept = {name: array for name, array in (unpack(data) | (arrays or {})).items() if array is not None}
    return pack(kept, metadata={packing.KEY: json.dumps(written)})


@pytest.mark.parametrize(("change", "message"), [
    ({"format": 9}, "has the format 9"),
    ({"family": "gan"}, "lacks a part"),
    ({"family": "nothing"}, "lacks a part"),
    ({"config": {"data": "own"}}, "data = own: must be one of"),
    ({"config": {"width": 100_000}}, "width = 100000"),
    ({"config": {}}, "must be finite numbers of the shape"),
    ({"factors": []}, "must be finite numbers of the shape"),
    ({"factors": [{"name": "a", "low": -9, "high": 9, "values": []}] * 4}, "a, a, a, a: must be those of shapes"),
    ({"n_held_out": -1}, "no more of them held out"),
    ({"n_held_out": "many"}, "lacks a part"),
    ({"arrays": {"codes": None}}, "lacks a part"),
    ({"arrays": {"weights": np.zeros(3, np.float16)}}, "must be finite numbers of the shape"),
    ({"arrays": {"lens mean": np.full(3072, np.nan, np.float16)}}, "must be finite numbers"),
    ({"arrays": {"codes": np.zeros((540, 3), np.int64)}}, "must be finite numbers"),
    ({"arrays": {"factors": np.full((540, 4), 9, np.float32)}}, "height: must be from 1 to 1.8"),
    ({"arrays": {"codes": np.zeros((0, 3), np.float16)}}, "must be 1 to 2,000"),
])  # fmt: skip
def test_a_hand_made_file_is_refused_in_one_sentence(model, change, message):
    content = changed(packing.to_bytes(packing.rounded(model)), **change)
    with pytest.raises(ConfigError, match="file") as error:
        starters.load_model(content)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_of_more_digits_than_there_are_is_refused():
    content = starters.path_of("digits").read_bytes()
    arrays = {"codes": np.zeros((2000, 2), np.float16), "factors": np.zeros((2000, 1), np.uint8)}
    with pytest.raises(ConfigError, match="codes = 2000: must be at most 1,797"):
        starters.load_model(changed(content, arrays=arrays))


def test_foreign_truncated_and_large_files(model, tmp_path):
    content = packing.to_bytes(packing.rounded(model))
    large = pack({"x": np.zeros(9_000_000, np.float16)}, metadata={packing.KEY: "{}"})
    foreign = pack({"x": np.zeros(3, np.float32)})
    cases = ((content[:-20], "damaged"), (large, "is larger than 16,000,000 bytes"), (foreign, "but not a run"))
    for made, message in (*cases, (b"hello", "no safetensors file"), (b"", "no safetensors file")):
        with pytest.raises(ConfigError, match=message):
            starters.load_model(made)
    with pytest.raises(ConfigError, match="is no file that is there"):
        starters.load_model(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="must be one of shapes"):
        starters.load("nowhere")


def test_letters_of_the_starter_are_the_same_on_every_machine(monkeypatch):
    monkeypatch.setattr("engine.data.letters.SYSTEM_FOLDERS", ("/nowhere",))
    few = data.letters.load({"size": 32, "n_train": 9000, "pictures": ""}, lambda _: None)
    own = data.load("letters", size=32, n_train=9000, pictures=OWN_FONTS)
    assert (few.held_out == own.held_out).all()
