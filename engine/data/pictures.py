"""Your own pictures: a zip or several files, checked, cut square, made small, and kept under a key.

`keep` takes what was uploaded and returns a key that stands in the config and the link; the pictures lie in the user's
cache on this machine and go nowhere else. What is refused is refused in one sentence, by these rules: no more files,
bytes and pixels than the limits; every file a picture that Pillow knows (by its content, not its name); a zip is read
entry by entry, and never further than its limit, whatever its header claims.
"""

import hashlib
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from engine.config import ConfigError
from engine.data import cache
from engine.data.picture_set import PictureSet, Progress, Source
from engine.rng import generator

MAX_FILES = 5_000
MAX_FILE_BYTES = 10_000_000
MAX_TOTAL_BYTES = 200_000_000
"""Of all files together, unpacked."""
MAX_PIXELS = 25_000_000
MIN_PICTURES = 10
KEPT_SETS = 20
UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways of packing that are read: what all programs write, and none that asks for much memory."""
SIZES = (64, 32)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
SHARE_HELD_OUT = 5
MAX_HELD_OUT = 500
KEY = re.compile(r"[0-9a-f]{16}")
FIELD = "pictures"

File = tuple[str, bytes]
"""A name and a content."""


def keep(files: Iterable[File], progress: Progress = lambda _: None) -> str:
    """Check the files (a zip counts as its files), keep their pictures, return the key; raises ConfigError.

    The oldest of more than KEPT_SETS are forgotten.
    """
    pictures: list[np.ndarray] = []
    for name, content in _unpacked(files):
        if len(pictures) == MAX_FILES:
            raise ConfigError(FIELD, name, f"is one picture too many; at most {MAX_FILES:,} can be used")
        pictures.append(_small(name, content))
        progress(len(pictures) / MAX_FILES)
    if len(pictures) < MIN_PICTURES:
        raise ConfigError(FIELD, f"{len(pictures)}", f"are too few; at least {MIN_PICTURES} pictures are needed")
    stack = np.stack(pictures)
    key = hashlib.blake2b(stack.tobytes(), digest_size=8).hexdigest()
    if not cache.write(_path(key), {"pictures": stack}):
        raise ConfigError(FIELD, str(cache.folder()), "can't be written, so own pictures can't be kept")
    cache.keep_newest(cache.folder().glob("own-*.arrays"), KEPT_SETS)
    return key


def _path(key: str) -> Path:
    return cache.folder() / f"own-{key}.arrays"


def _unpacked(files: Iterable[File]) -> Iterator[File]:
    total = 0
    for name, content in files:
        inner = _entries(name, content) if content[:4] == b"PK\x03\x04" else iter([(name, content)])
        for entry, data in inner:
            if len(data) > MAX_FILE_BYTES:
                raise ConfigError(FIELD, entry, f"is larger than {MAX_FILE_BYTES // 1_000_000} MB")
            total += len(data)
            if total > MAX_TOTAL_BYTES:
                raise ConfigError(
                    FIELD, entry, f"is beyond {MAX_TOTAL_BYTES // 1_000_000} MB, the most for all together"
                )
            yield entry, data


def _entries(name: str, content: bytes) -> Iterator[File]:
    """The pictures in a zip; folders, hidden files and what macOS adds are passed over."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = [i for i in archive.infolist() if not i.is_dir() and not _passed_over(i.filename)]
            if len(wanted) > MAX_FILES:
                raise ConfigError(FIELD, name, f"holds {len(wanted):,} files; at most {MAX_FILES:,} can be used")
            for info in wanted:
                if info.flag_bits & 1:
                    raise ConfigError(FIELD, name, "is locked with a password")
                if info.compress_type not in UNPACKED:
                    raise NotImplementedError
                with archive.open(info) as stream:
                    yield info.filename, stream.read(MAX_FILE_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(FIELD, name, "is a damaged zip file, or one packed in an unknown way") from None


def _passed_over(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def _small(name: str, content: bytes) -> np.ndarray:
    """The middle square of a picture, upright, as bytes (3, 64, 64); transparent parts are white."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, on size and on odd metadata: the size is checked here
            image = Image.open(io.BytesIO(content), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise ConfigError(
                    FIELD, name, f"has {image.width:,} x {image.height:,} pixels; at most {MAX_PIXELS:,} are allowed"
                )
            image.draft("RGB", (2 * SIZES[0], 2 * SIZES[0]))
            image = ImageOps.exif_transpose(image).convert("RGBA")
    except Image.DecompressionBombError:  # so large that Pillow itself refuses to look
        raise ConfigError(FIELD, name, f"has too many pixels; at most {MAX_PIXELS:,} are allowed") from None
    except UnidentifiedImageError:
        raise ConfigError(FIELD, name, f"is not a picture (of the kinds {', '.join(FORMATS)})") from None
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error, struct.error) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(FIELD, name, "is a damaged picture") from None
    white = Image.new("RGBA", image.size, "white")
    square = ImageOps.fit(
        Image.alpha_composite(white, image).convert("RGB"), (SIZES[0], SIZES[0]), Image.Resampling.LANCZOS
    )
    return np.asarray(square, np.uint8).transpose(2, 0, 1)


def load(values: Mapping[str, object], progress: Progress) -> PictureSet:
    """The pictures kept under the key `pictures`: every fifth, at most 500, held out, and at most `n_train` of the
    others.
    """
    key, size = str(values[FIELD]), int(values["size"])  # type: ignore[call-overload]
    found = cache.read(_path(key)) if KEY.fullmatch(key) else None
    stack = None if found is None else found.get("pictures")
    if stack is None or stack.ndim != 4 or stack.dtype != np.uint8:
        raise ConfigError(FIELD, key, "names no pictures that are on this machine; upload them (again)")
    step = stack.shape[-1] // size
    small = stack.reshape(len(stack), 3, size, step, size, step).mean((3, 5)).round().astype(np.uint8)
    small = small[generator(0, "own pictures").permutation(len(small))]
    n_held_out = min(MAX_HELD_OUT, max(1, len(small) // SHARE_HELD_OUT))
    train = small[n_held_out : n_held_out + int(values["n_train"])]  # type: ignore[call-overload]
    progress(1.0)
    held_out = small[:n_held_out]
    none_train, none_held_out = (np.empty((len(x), 0), np.float32) for x in (train, held_out))
    return PictureSet(
        name="own", train=train, held_out=held_out, factors_train=none_train, factors_held_out=none_held_out
    )


SOURCE = Source(
    title="Your own pictures",
    source="uploaded; kept on this machine only",
    licence="yours",
    sizes=SIZES,
    load=load,
)
