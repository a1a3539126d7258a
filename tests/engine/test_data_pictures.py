"""Every set of pictures keeps its promises; the cache trusts nothing; own pictures are checked."""

import gzip
import io
import os
import struct
import threading
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from engine import data
from engine.config import ConfigError
from engine.data import cache, fashion, letters, pictures

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


def png(k: int = 0, size: tuple[int, int] = (20, 30), mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    rng = np.random.default_rng(k)
    image = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)).convert(mode)
    image.save(stream, "PNG")
    return stream.getvalue()


def many(n: int = 12) -> list[tuple[str, bytes]]:
    return [(f"{k}.png", png(k)) for k in range(n)]


def zipped(files, packed=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return stream.getvalue()


def test_own_pictures_come_back():
    key = pictures.keep(many(12))
    found = data.load("own", size=32, n_train=100, pictures=key)
    assert found.train.shape == (10, 3, 32, 32)
    assert found.held_out.shape == (2, 3, 32, 32)
    assert found.factors == ()
    assert data.load("own", size=64, n_train=100, pictures=key).shape == (3, 64, 64)
    assert pictures.keep([("all.zip", zipped([*many(12), ("__MACOSX/._0.png", b"x"), (".DS_Store", b"x")]))]) == key


def test_only_the_newest_own_pictures_are_kept(monkeypatch):
    monkeypatch.setattr(pictures, "KEPT_SETS", 2)
    keys = []
    for k in range(4):
        keys.append(pictures.keep(many(10 + k)))
        os.utime(cache.folder() / f"own-{keys[-1]}.arrays", (k, k))
    assert {path.name for path in cache.folder().iterdir()} == {f"own-{key}.arrays" for key in keys[2:]}
    assert data.load("own", size=32, n_train=100, pictures=keys[3]).train.shape == (11, 3, 32, 32)


def test_transparent_parts_are_white_and_the_middle_is_kept():
    image = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (60, 0, 140, 100))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    small = pictures._small("a", stream.getvalue())
    assert small[:, 32, 32].tolist() == [255, 0, 0]
    assert small[:, 32, 1].tolist() == [255, 255, 255]


def odd_webp() -> bytes:
    """A picture that says it lies on its side, and has text where its metadata should have a number."""
    about, stream = Image.Exif(), io.BytesIO()
    about[0x010E], about[0x0112] = "hi", 6
    Image.new("RGB", (20, 30)).save(stream, "WEBP", exif=about)
    return stream.getvalue().replace(b"\x01\x0e\x00\x02", b"\x01\x07\x00\x02")


def bomb() -> bytes:
    """A zip whose one entry unpacks to 50 MB of zeros."""
    return zipped([("zeros.png", b"\0" * 50_000_000)])


def large_png() -> bytes:
    """A small file with more pixels than allowed."""
    return huge_png(6000, 5000)


def huge_png(width: int = 40_000, height: int = 40_000) -> bytes:
    """A picture that says it has so many pixels."""
    data = bytearray(png())
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


@pytest.mark.parametrize(("files", "message"), [
    ([("text.png", b"this is text")], "text.png: is not a picture"),
    ([("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")], "is not a picture"),
    ([("cut.png", png()[:200])], "cut.png: is a damaged picture"),
    ([("odd.webp", odd_webp())], "odd.webp: is a damaged picture"),
    ([("bad.zip", b"PK\x03\x04" + b"x" * 50)], "bad.zip: is a damaged zip"),
    ([("cut.zip", zipped(many())[:-40])], "cut.zip: is a damaged zip"),
    ([("odd.zip", zipped(many(), zipfile.ZIP_LZMA))], "odd.zip: is a damaged zip file, or one packed in an unknown"),
    ([("bomb.zip", bomb())], "zeros.png: is larger than 10 MB"),
    ([("large.png", b"\x89PNG" + b"\0" * 10_000_001)], "large.png: is larger than 10 MB"),
    ([("huge.png", huge_png())], "huge.png: has too many pixels; at most 25,000,000"),
    ([("large.png", large_png())], "large.png: has 6,000 x 5,000 pixels; at most 25,000,000"),
    ([("inner.zip", zipped([("inner2.zip", zipped(many()))]))], "inner2.zip: is not a picture"),
    (many(3), "3: are too few; at least 10"),
    ([], "0: are too few"),
])  # fmt: skip
def test_what_is_refused_is_refused_in_one_sentence(files, message):
    with pytest.raises(ConfigError, match=message) as caught:
        pictures.keep(files)
    assert caught.value.field == "pictures"
    assert str(caught.value).count("\n") == 0
    assert len(str(caught.value)) < 160


def test_too_many_files_and_bytes(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_FILES", 11)
    with pytest.raises(ConfigError, match="holds 12 files; at most 11"):
        pictures.keep([("all.zip", zipped(many(12)))])
    with pytest.raises(ConfigError, match="one picture too many; at most 11"):
        pictures.keep(many(12))
    monkeypatch.setattr(pictures, "MAX_TOTAL_BYTES", 10_000)
    with pytest.raises(ConfigError, match="the most for all together"):
        pictures.keep(many(11))


def test_a_zip_with_a_password_is_refused():
    content = bytearray(zipped(many()))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    with pytest.raises(ConfigError, match="is locked with a password"):
        pictures.keep([("all.zip", bytes(content))])


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA"])
def test_every_mode_of_picture_is_read(mode):
    assert pictures._small("a.png", png(mode=mode)).shape == (3, 64, 64)
