"""A saved run comes back bit for bit, and nothing else comes in."""

import io
import json
import os
import pickle
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save as pack

import engine
from engine import FAMILIES, Budget, ConfigError, Run, files, starters
from engine.files import KEY
from engine.run import Status
from tests.engine.compared import assert_same, plain

SMALL = {"size": 4, "batch": 4, "width_g": 8, "width_d": 8, "steps": 60}


@pytest.fixture(scope="module")
def run() -> Run:
    made = engine.start("gan", seed=3, **SMALL)
    made.advance(Budget(steps=20))
    made.edit(lr_g=0.01)
    made.act("expert")
    made.advance(Budget(steps=9))
    return made


@pytest.fixture(scope="module")
def content(run) -> bytes:
    return files.to_bytes(run)


def parts(content: bytes) -> tuple[dict, bytes]:
    """The header and the arrays."""
    (n,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + n]), content[8 + n :]


def joined(header: dict, body: bytes) -> bytes:
    written = json.dumps(header).encode()
    return struct.pack("<Q", len(written)) + written + body


def changed(content: bytes, **about: object) -> bytes:
    """The file with some of its own metadata changed."""
    header, body = parts(content)
    state = json.loads(header["__metadata__"][KEY])
    header["__metadata__"][KEY] = json.dumps({**state, **about})
    return joined(header, body)


def refused(source: object) -> str:
    with pytest.raises(ConfigError) as caught:
        files.load(source)  # type: ignore[arg-type]
    assert caught.value.field == "file"
    said = str(caught.value)
    assert said.startswith("file")
    assert said.endswith(".")
    assert "\n" not in said
    assert len(said) < 500
    return said


def test_a_run_comes_back_from_a_path_a_stream_and_bytes(run, tmp_path):
    path, stream = tmp_path / "run.safetensors", io.BytesIO()
    files.save(run, path)
    files.save(run, stream)
    assert path.read_bytes() == stream.getvalue() == files.to_bytes(run)
    for source in (path, str(path), stream.getvalue()):
        back = files.load(source)
        assert_same(back, run)
        assert back.edits == run.edits
        assert plain(back.tables()) == plain(run.tables())
    assert os.listdir(tmp_path) == [path.name]


def test_a_loaded_run_goes_on_and_back(content):
    back, straight = files.load(content), engine.start("gan", seed=3, **SMALL)
    straight = Run(straight.family, straight.start_config, back.edits)
    back.advance(Budget(steps=100))
    straight.advance(Budget(steps=100))
    assert back.status is Status.DONE
    assert_same(back, straight)
    for each in (back, straight):
        each.rewind(11)
    assert_same(back, straight)


def test_a_run_at_step_0_is_saved_too():
    run = engine.start("gan", seed=3, **SMALL)
    assert_same(files.load(files.to_bytes(run)), run)


def test_a_diverged_run_comes_back_diverged():
    run = engine.start("gan", seed=3, **SMALL)
    run.advance(Budget(steps=5))
    state = run.state_dict()
    for array in state["learner"].values():
        array[...] = np.nan
    run.load_state_dict(state)
    run.advance(Budget(steps=1))
    assert run.status is Status.DIVERGED
    header, _ = parts(files.to_bytes(run))
    assert "NaN" not in header["__metadata__"][KEY]
    back = files.load(files.to_bytes(run))
    assert_same(back, run)
    assert back.last_good == 5


def test_infinities_keep_their_sign(content):
    back = files.load(changed(content, metrics={"loss_d": "inf", "loss_g": "-inf", "d_real": "nan"}))
    assert [str(value) for value in back.metrics.values()] == ["inf", "-inf", "nan"]


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content):
    refused(content)


@pytest.mark.parametrize(
    "foreign",
    [b"", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", pickle.dumps({"a": np.ones(3)}), b"[" * 100_000, b"\xff" * 100],
)
def test_foreign_files_are_refused(foreign):
    assert "is no safetensors file, or a damaged one" in refused(foreign)


def test_a_file_cut_off_anywhere_is_refused(content):
    for end in (0, 7, 8, 100, len(content) // 2, len(content) - 1):
        assert "damaged" in refused(content[:end])
    assert "damaged" in refused(content + b"\0")


def test_weights_of_another_program_are_refused(content):
    said = "holds weights, but not a run saved by this program"
    assert said in refused(pack({"a": np.ones(3)}))
    assert said in refused(pack({"a": np.ones(3)}, metadata={KEY: "{"}))
    assert said in refused(pack({"a": np.ones(3)}, metadata={KEY: "[" * 100_000}))
    assert said in refused(pack({"a": np.ones(3)}, metadata={KEY: "3"}))
    assert said in refused(pack({"a": np.ones(3)}, metadata={KEY: "{}"}))
    header, body = parts(content)
    header["__metadata__"] = {"format": "pt"}
    assert said in refused(joined(header, body))


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"format": 2}, "has the format 2, and this program reads 1"),
        ({"format": "9" * 1000}, "has the format"),
        ({"family": "vae2"}, "is of a family that is not among gan"),
        ({"family": ["gan"]}, "holds weights, but not a run"),
        ({"config": {"size": 99}}, "does not fit: size = 99: must be a whole number"),
        ({"config": {"colour": 1}}, "does not fit: field = colour"),
        ({"config": {**SMALL, "size": 5}}, "does not fit: weights"),
        ({"config": []}, "does not fit: state"),
        ({"edits": [[3, "jump", None]]}, "does not fit: action = jump"),
        ({"edits": [[3, "size", 5]]}, "does not fit: size: can't change"),
        ({"edits": [[3, "expert", None]] * 10_001}, "holds more than 10,000 changes"),
        ({"edits": 1}, "lacks a part of the run"),
        ({"step": 61}, "does not fit: step = 61: must be a whole number from 0 to 60"),
        ({"step": 1.5}, "does not fit: step = 1.5"),
        ({"step": None}, "does not fit: step = None"),
        ({"metrics": {"loss_d": "high"}}, "does not fit: state"),
        ({"metrics": [1]}, "does not fit: state"),
        ({"history": ["step", "colour"]}, "lacks a part of the run"),
        ({"history": []}, "does not fit: state"),
        ({"scores": None}, "lacks a part of the run"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(content, about, said):
    assert said in refused(changed(content, **about))


@pytest.mark.parametrize("part", ["family", "config", "edits", "step", "metrics", "history", "scores", "format"])
def test_a_file_that_lacks_a_part_is_refused(content, part):
    header, body = parts(content)
    state = json.loads(header["__metadata__"][KEY])
    del state[part]
    header["__metadata__"][KEY] = json.dumps(state)
    refused(joined(header, body))


def test_wrong_shapes_kinds_and_names_of_arrays_are_refused(run):
    state = run.state_dict()
    about = json.loads(parts(files.to_bytes(run))[0]["__metadata__"][KEY])

    def file(**learner: np.ndarray) -> bytes:
        arrays = {f"learner/{name}": a for name, a in {**state["learner"], **learner}.items()}
        for table in ("history", "scores"):
            arrays |= {f"{table}/{name}": column for name, column in state[table].items()}
        return pack(arrays, metadata={KEY: json.dumps(about)})

    files.load(file())
    name, array = next(iter(state["learner"].items()))
    assert "must have the shape" in refused(file(**{name: array[:-1]}))
    assert "must have the shape" in refused(file(**{name: array[None]}))
    assert "must be numbers" in refused(file(**{name: array.astype(np.complex64)}))
    del state["learner"][name]
    assert f"weights {name}" in refused(file())


def test_paths_that_are_no_files_are_refused(tmp_path):
    assert "is no file that is there" in refused(tmp_path / "missing")
    assert "is no file that is there" in refused(tmp_path)
    assert "is no file that is there" in refused("/dev/zero")
    assert "x" * 61 not in refused("x" * 5000)
    assert "is no file that is there" in refused("a\0b")


def test_a_file_too_large_is_refused_unread(tmp_path, monkeypatch, run):
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    path = tmp_path / "large"
    path.write_bytes(b"x" * 1001)
    assert "is larger than 1,000 bytes" in refused(path)
    assert "is larger than 1,000 bytes" in refused(b"x" * 1001)
    with pytest.raises(ConfigError, match="at most 1,000 can be read back"):
        files.save(run, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_saving_is_whole_or_not_at_all(run, tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"what was there")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(ConfigError, match=r"can't be written \(No space left on device\)"):
        files.save(run, path)
    assert path.read_bytes() == b"what was there"
    assert os.listdir(tmp_path) == [path.name]
    monkeypatch.undo()
    with pytest.raises(ConfigError, match=r"can't be written \(No such file"):
        files.save(run, tmp_path / "nowhere" / "run")
    for folder in ("", "/"):
        with pytest.raises(ConfigError, match="must be a file, not a folder"):
            files.save(run, folder)


def test_what_a_file_states_is_told_before_anything_that_it_names_is_opened(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a b c\n" * 20)
    content = files.to_bytes(engine.start("ngram", text=str(path)))
    path.unlink()
    family, values = files.described(content)
    assert (family, values["text"]) == ("ngram", str(path))
    assert files.described(changed(content, config=[]))[1] == {}
    for foreign, said in ((b"x", "damaged"), (pack({"a": np.ones(3)}), "but not a run")):
        with pytest.raises(ConfigError, match=said):
            files.described(foreign)
    with pytest.raises(ConfigError, match="no codes for pictures"):
        starters.load_model(content)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_can_be_saved_and_loaded(name):
    family = FAMILIES[name]
    run = Run(family, family.build(family.smoke))
    run.advance(Budget(steps=3))
    assert_same(files.load(files.to_bytes(run)), run)
