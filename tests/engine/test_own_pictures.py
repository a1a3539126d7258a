"""Own pictures come back as they were, and what can't be used is refused in one sentence."""

import io
import os
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from engine import data
from engine.config import ConfigError
from engine.data import cache, pictures


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))


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
