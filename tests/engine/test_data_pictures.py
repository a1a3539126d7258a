"""Every set of pictures keeps its promises; the cache trusts nothing."""

import gzip
import struct
import threading

import numpy as np
import pytest

from engine import data
from engine.config import ConfigError
from engine.data import cache, fashion, letters

ALWAYS_THERE = ("shapes", "faces", "digits", "letters", "diagonals")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("FASHION_MNIST", str(tmp_path / "fashion"))
    monkeypatch.setattr(fashion, "FOLDERS", ())
    return tmp_path


@pytest.mark.parametrize("name", ALWAYS_THERE)
def test_a_set_keeps_its_promises(name):
    for size in data.DATASETS[name].sizes:
        found = data.load(name, size=size, n_train=20)
        assert found.train.dtype == found.held_out.dtype == np.uint8
        assert found.train.shape[0] == 20
        assert found.train.shape[2:] == found.held_out.shape[2:] == (size, size)
        assert found.factors_train.shape == (20, len(found.factors))
        assert found.factors_held_out.shape == (len(found.held_out), len(found.factors))
        for k, factor in enumerate(found.factors):
            low, high = (0, len(factor.values) - 1) if factor.values else (factor.low, factor.high)
            assert low <= found.factors_train[:, k].min()
            assert found.factors_train[:, k].max() <= high
        seen = {picture.tobytes() for picture in found.train}
        assert len(seen) > 15
        assert found.train.max() > 100
    more = data.load(name, size=size, n_train=25)
    assert (more.train[:20] == found.train).all() or name == "diagonals"
    n = len(found.held_out)
    assert (more.held_out[:n] == found.held_out).all() or name == "diagonals"


def test_digits_are_all_there():
    found = data.load("digits", size=8, n_train=5000)
    assert len(found.train) + len(found.held_out) == 1797
    both = np.concatenate((found.factors_train, found.factors_held_out))[:, 0]
    assert np.bincount(both.astype(int)).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_letters_need_all_letters(tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert letters.draw(tmp_path / "broken.ttf", 32) is None
    found = letters.font_files([str(tmp_path)])
    assert any(path.name == "DejaVuSans.ttf" for path in found)
    drawn = letters.draw(next(path for path in found if path.name == "DejaVuSans.ttf"), 32)
    assert drawn is not None
    assert drawn.shape == (26, 1, 32, 32)
    ink = drawn[:, 0].astype(float)
    middle = (ink.sum(1) * np.arange(32)).sum(1) / ink.sum((1, 2))
    assert np.abs(middle - 15.5).max() < 4


def write_idx(path, array):
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes()))


def test_fashion_is_read_from_a_folder_or_says_how_to_get_it(folder):
    assert "apt-get install dataset-fashion-mnist" in fashion.missing()
    with pytest.raises(ConfigError, match="apt-get install dataset-fashion-mnist"):
        data.load("fashion", size=28, n_train=10)
    place = folder / "fashion"
    place.mkdir()
    for part, n in (("train", 30), ("t10k", 20)):
        shown = np.arange(n * 784).reshape(n, 28, 28) % 251
        write_idx(place / f"{part}-images-idx3-ubyte.gz", shown)
        write_idx(place / f"{part}-labels-idx1-ubyte.gz", np.arange(n) % 10)
    assert fashion.missing() == ""
    found = data.load("fashion", size=28, n_train=10)
    assert found.train.shape == (10, 1, 28, 28)
    assert found.held_out.shape == (20, 1, 28, 28)
    assert found.held_out[0, 0, 0, 5] == 5
    write_idx(place / "t10k-labels-idx1-ubyte.gz", np.arange(19))
    with pytest.raises(ConfigError, match="do not fit each other"):
        data.load("fashion", size=28, n_train=11)
    (place / "t10k-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8bno")
    with pytest.raises(ConfigError, match="can't be read or is damaged"):
        data.load("fashion", size=28, n_train=12)
    write_idx(place / "t10k-labels-idx1-ubyte.gz", np.arange(20))
    write_idx(place / "t10k-images-idx3-ubyte.gz", np.zeros((20, 14, 56)))
    with pytest.raises(ConfigError, match=r"idx3-ubyte\.gz is damaged"):
        data.load("fashion", size=28, n_train=12)
    (place / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"short"))
    with pytest.raises(ConfigError, match="can't be read or is damaged"):
        data.load("fashion", size=28, n_train=12)


@pytest.mark.parametrize(("values", "message"), [
    ({"name": "cats", "size": 32}, "must be one of shapes"),
    ({"name": "digits", "size": 32}, "must be 8 for digits"),
    ({"name": "shapes", "size": 32, "kind": "torus"}, "must be one of cylinder"),
    ({"name": "own", "size": 32, "pictures": "../../etc/passwd"}, "upload them"),
])  # fmt: skip
def test_bad_values(values, message):
    name, size = values.pop("name"), values.pop("size")
    with pytest.raises(ConfigError, match=message):
        data.load(name, size=size, n_train=10, **values)


def test_two_threads_make_a_set_once(monkeypatch):
    made, inside = [], threading.Event()
    source = data.DATASETS["digits"]

    def slow(values, progress):
        made.append(values)
        inside.wait(0.2)
        return source.load(values, progress)

    monkeypatch.setitem(
        data.DATASETS,
        "digits",
        data.Source(**{name: getattr(source, name) for name in source.__slots__} | {"load": slow}),
    )
    threads = [threading.Thread(target=data.load, args=["digits"], kwargs={"size": 8, "n_train": 33}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    with pytest.raises(ConfigError, match="upload them"):
        data.load("own", size=32, n_train=33, pictures="nothing")
    assert not data._locks  # nothing is left of what was waited for


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(data, "KEPT_BYTES", 100_000)
    first = data.load("digits", size=8, n_train=700)
    data.load("digits", size=8, n_train=701)
    assert data.load("digits", size=8, n_train=700) is not first
    assert len(data._kept) == 1


# -- the cache


def test_the_cache_keeps_what_was_made():
    made = []

    def make():
        made.append(1)
        return {"x": np.arange(6).reshape(2, 3).T}

    first, second = (cache.cached("test", {"a": 1}, make) for _ in range(2))
    assert len(made) == 1
    assert (first["x"] == second["x"]).all()
    cache.cached("test", {"a": 2}, make)
    assert len(made) == 2
    assert not list(cache.folder().glob("*.part"))


@pytest.mark.parametrize(
    "damage",
    [lambda d: d[:-1], lambda d: d[:10], lambda d: d[:0], lambda d: d[:40] + b"\xff" + d[41:], lambda d: d * 2],
)
def test_a_damaged_file_is_made_again(damage):
    cache.cached("test", {}, lambda: {"x": np.arange(100)})
    (path,) = cache.folder().glob("test-*")
    path.write_bytes(damage(path.read_bytes()))
    assert cache.read(path) is None
    assert (cache.cached("test", {}, lambda: {"x": np.arange(5)})["x"] == np.arange(5)).all()
    assert cache.read(path) is not None


def test_a_folder_that_cannot_be_written_costs_only_time(folder, monkeypatch):
    (folder / "file").write_text("")
    monkeypatch.setenv("PLAYGROUND_CACHE", str(folder / "file" / "cache"))
    assert cache.cached("test", {}, lambda: {"x": np.ones(2)})["x"].tolist() == [1, 1]
    assert not cache.write(cache.folder() / "x", {"x": np.ones(2)})


# -- own pictures
