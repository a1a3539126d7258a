"""Data sets. DATASETS names the pictures to learn from; a new kind is one module here and one line there.

pictures = load("shapes", size=32, n_train=4000)
"""

import threading
from collections import OrderedDict, defaultdict

from engine.config import ConfigError
from engine.data import diagonal_pictures, digits, faces, fashion, letters, pictures, shapes
from engine.data.picture_set import PictureSet, Progress, Source

__all__ = ["DATASETS", "PictureSet", "load"]

DATASETS: dict[str, Source] = {
    "shapes": shapes.SOURCE,
    "faces": faces.SOURCE,
    "digits": digits.SOURCE,
    "letters": letters.SOURCE,
    "fashion": fashion.SOURCE,
    "diagonals": diagonal_pictures.SOURCE,
    "own": pictures.SOURCE,
}

KEPT_BYTES = 300_000_000
"""So much stays in memory, shared by all sessions; the newest set always does."""
OWN_VALUES = {"shapes": ("kind",), "faces": ("jitter",), "letters": ("pictures",), "own": ("pictures",)}
"""What decides the content of a set, besides its size and number."""

_kept: OrderedDict[tuple[object, ...], PictureSet] = OrderedDict()
_locks: defaultdict[tuple[object, ...], threading.Lock] = defaultdict(threading.Lock)
_guard = threading.Lock()


def load(
    name: str,
    *,
    size: int,
    n_train: int,
    kind: str = "cylinder",
    jitter: bool = False,
    pictures: str = "",
    progress: Progress = lambda _: None,
) -> PictureSet:
    """A set of pictures, from memory if it was asked for before; raises ConfigError.

    Two callers of the same set wait for one making of it, callers of different sets do not wait for each other.
    """
    if name not in DATASETS:
        raise ConfigError("data", name, "must be one of " + ", ".join(DATASETS))
    sizes = DATASETS[name].sizes
    if size not in sizes:
        raise ConfigError("size", size, f"must be {' or '.join(map(str, sorted(sizes)))} for {name}")
    values = {"size": size, "n_train": n_train, "kind": kind, "jitter": jitter, "pictures": pictures}
    key = (name, size, n_train, *(values[own] for own in OWN_VALUES.get(name, ())))
    with _guard:
        lock = _locks[key]
    with lock:
        try:
            with _guard:
                if key in _kept:
                    _kept.move_to_end(key)
                    return _kept[key]
            made = DATASETS[name].load(values, progress)
            with _guard:
                _kept[key] = made
                while len(_kept) > 1 and sum(s.train.nbytes + s.held_out.nbytes for s in _kept.values()) > KEPT_BYTES:
                    _kept.popitem(last=False)
            return made
        finally:
            with _guard:
                _locks.pop(key, None)
