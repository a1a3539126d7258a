"""Many codes as points in the plane or in space: by PCA, t-SNE or UMAP.

A projection is advanced in slices by whoever shows it, so it can be watched while it moves and dropped at any time:

    projection = project(codes, "tsne", dims=2, perplexity=30)
    while projection.done < 1:
        projection.advance(seconds=0.05)
        show(projection.points)

Results depend on the arguments only, never on how they were sliced, and the newest are kept in memory.
PCA keeps the large distances; t-SNE (van der Maaten & Hinton 2008) and UMAP (McInnes, Healy & Melville 2018,
arXiv:1802.03426) keep who is whose neighbour, and neither sizes nor distances of their clusters mean anything.
"""

import hashlib
import importlib.util
import math
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

import numpy as np
from openTSNE import TSNEEmbedding, affinity, initialization

from engine.config import ConfigError
from engine.latent.pca import pca

METHODS = ("pca", "tsne", "umap")
WORKER = Path(__file__).with_name("umap_worker.py")
SLICE = 5
"""Iterations of t-SNE between two looks at the clock."""
PHASES = ((250, 12.0), (500, 1.0))
"""(iterations, exaggeration) of t-SNE: first attraction counts twelvefold, so that whole clusters find each other."""
MOMENTUM = 0.8
THETA = {2: 0.5, 3: 0.8}
"""How coarse the trees of Barnes-Hut may be. In space 0.5 takes twice as long for a divergence 1 to 3 % lower."""
MIN_CODES, MIN_PERPLEXITY = 10, 2.0
NEIGHBOURS_PER_PERPLEXITY = 3
"""t-SNE looks at so many neighbours for each unit of perplexity, as in the reference implementation."""
KEPT = 32

_kept: OrderedDict[str, np.ndarray] = OrderedDict()
_lock = threading.Lock()


class Projection(Protocol):
    """Points of codes that become better as it is advanced."""

    @property
    def points(self) -> np.ndarray:
        """Points now (n, dims), float32."""
        ...

    @property
    def done(self) -> float:
        """Share of the work that is done, 0 to 1."""
        ...

    def advance(self, seconds: float) -> None:
        """Work for about so long, one slice at least. Does nothing once it is done."""
        ...

    def cancel(self) -> None:
        """Drop the work; the points stay as they are."""
        ...


def most_perplexity(n: int) -> float:
    """The largest perplexity for n codes."""
    return (n - 1) / NEIGHBOURS_PER_PERPLEXITY


def has_umap() -> bool:
    """Whether the optional package umap-learn is installed."""
    return importlib.util.find_spec("umap") is not None


def project(codes: np.ndarray, method: str, *, dims: int = 2, perplexity: float = 30.0) -> Projection:
    """A projection of codes (n, d) to 2 or 3 dimensions, at once if it was made before; raises ConfigError.

    `perplexity` is the number of neighbours that count, smoothly; PCA does without. UMAP takes it as its number of
    neighbours.
    """
    codes = np.ascontiguousarray(codes, np.float32)
    if method not in METHODS:
        raise ConfigError("method", method, f"must be one of {', '.join(METHODS)}")
    if dims not in (2, 3):
        raise ConfigError("dims", dims, "must be 2 or 3")
    if codes.ndim != 2 or len(codes) < MIN_CODES or not codes.shape[1] or not np.isfinite(codes).all():
        raise ConfigError("codes", f"of shape {codes.shape}", f"must be at least {MIN_CODES} rows of finite numbers")
    if method == "umap" and not has_umap():
        raise ConfigError("method", "umap", "needs an optional package: pip install umap-learn")
    if method == "tsne" and not np.ptp(codes, axis=0).any():
        raise ConfigError("codes", "all equal", "must differ, to have neighbours")
    if method != "pca" and not MIN_PERPLEXITY <= perplexity <= most_perplexity(len(codes)):
        allowed = f"must be a number from {MIN_PERPLEXITY:g} to {most_perplexity(len(codes)):.4g}"
        raise ConfigError("perplexity", perplexity, f"{allowed}, a third of the number of codes")
    key = _key(codes, method, dims, 0.0 if method == "pca" else perplexity)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return Finished(_kept[key])
    if method == "pca":
        return Finished(_keep(key, linear(codes, dims)))
    return Tsne(codes, dims, perplexity, key) if method == "tsne" else Umap(codes, dims, perplexity, key)


def linear(codes: np.ndarray, dims: int) -> np.ndarray:
    """The first principal components of codes (n, d), as (n, dims); zeros where the codes have fewer dimensions."""
    points = np.zeros((len(codes), dims), np.float32)
    found = pca(codes, min(dims, codes.shape[1])).encode(codes)
    points[:, : found.shape[1]] = found
    return points


class Finished:
    """A projection that needs no work."""

    done = 1.0

    def __init__(self, points: np.ndarray) -> None:
        self.points = points

    def advance(self, seconds: float) -> None:
        """Nothing is left to do."""

    def cancel(self) -> None:
        """Nothing is under way."""


class Tsne:
    """t-SNE with Barnes-Hut trees (van der Maaten 2014) by openTSNE, on one thread, from the principal components."""

    def __init__(self, codes: np.ndarray, dims: int, perplexity: float, key: str = "") -> None:
        self._codes, self._perplexity, self._key = codes, perplexity, key
        self._embedding: TSNEEmbedding | None = None
        self._iteration, self._cancelled, self._lock = 0, False, threading.Lock()
        self.points = linear(codes, dims)

    @property
    def done(self) -> float:
        """Share of the iterations that are done."""
        return self._iteration / sum(n for n, _ in PHASES)

    @property
    def divergence(self) -> float:
        """Kullback-Leibler divergence of the neighbourhoods here from those of the codes; NaN before the first slice.

        While attraction is exaggerated it is that of the exaggerated neighbourhoods.
        """
        return math.nan if self._embedding is None else float(self._embedding.kl_divergence)

    def advance(self, seconds: float) -> None:
        """Iterate for about so long. The first slice finds the neighbours."""
        until = time.perf_counter() + seconds
        with self._lock:  # two runs of one session's script may overlap
            while self.done < 1 and not self._cancelled:
                self._slice()
                if time.perf_counter() >= until:
                    break

    def cancel(self) -> None:
        """Stop where it is."""
        self._cancelled = True

    def _slice(self) -> None:
        if self._embedding is None:
            self._embedding = self._start()  # as long as two slices
            return
        exaggeration = PHASES[0][1] if self._iteration < PHASES[0][0] else PHASES[1][1]
        self._embedding.optimize(SLICE, exaggeration=exaggeration, momentum=MOMENTUM, inplace=True, n_jobs=1)
        self._iteration += SLICE
        self.points = np.array(self._embedding, np.float32)
        if self.done == 1:
            _keep(self._key, self.points)

    def _start(self) -> TSNEEmbedding:
        near = affinity.PerplexityBasedNN(
            self._codes,
            self._perplexity,  # type: ignore[arg-type]  a float is fine
            method="exact",
            n_jobs=1,
            random_state=0,
        )
        start = initialization.jitter(initialization.rescale(self.points.astype(np.float64)), random_state=0)
        theta = THETA[start.shape[1]]
        return TSNEEmbedding(start, near, negative_gradient_method="bh", theta=theta, n_jobs=1, random_state=0)


class Umap:
    """UMAP in a process of its own (umap_worker.py), which ends when this object goes. Its points come all at once."""

    def __init__(self, codes: np.ndarray, dims: int, neighbours: float, key: str = "") -> None:
        self.points, self.done, self._key = linear(codes, dims), 0.0, key
        self._cancelled, self._lock = False, threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="umap-", ignore_cleanup_errors=True)
        path = Path(self._folder.name)
        np.save(path / "codes.npy", codes)
        command = [sys.executable, "-P", str(WORKER), str(path), str(dims), str(round(neighbours))]
        with (path / "said").open("wb") as said, (path / "errors").open("wb") as errors:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=errors)
        self._end = weakref.finalize(self, _stop, self._process, self._folder)

    def advance(self, seconds: float) -> None:
        """Look how far the process is, and wait for it no longer than this; raises ConfigError if it failed."""
        with self._lock:  # two runs of one session's script may overlap
            if self.done == 1 or not self._end.alive:
                return
            try:
                code = self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.done = max(self.done, self._progress())
                return
            if not self._cancelled:
                self._take(code)

    def cancel(self) -> None:
        """End the process, and with it the wait of whoever advances."""
        self._cancelled = True
        self._process.kill()
        with self._lock:
            self._end()

    def _take(self, code: int) -> None:
        """The points, or the last line of what went wrong."""
        path = Path(self._folder.name)
        try:
            if code:
                said = (path / "errors").read_text(errors="replace").strip().splitlines()
                raise ConfigError("method", "umap", f"failed: {said[-1] if said else f'exit code {code}'}")
            self.points, self.done = _keep(self._key, np.load(path / "points.npy")), 1.0
        finally:
            self._end()

    def _progress(self) -> float:
        """Share of the epochs, from the last line that the worker printed; below 1 until the points are there."""
        said = (Path(self._folder.name) / "said").read_text().split("\n")
        at = said[-2].split() if len(said) > 1 else []
        return min(int(at[0]) / int(at[1]), 0.99) if len(at) == 2 else 0.0


def _stop(process: "subprocess.Popen[bytes]", folder: "tempfile.TemporaryDirectory[str]") -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    folder.cleanup()


def _key(codes: np.ndarray, method: str, dims: int, perplexity: float) -> str:
    digest = hashlib.blake2b(codes.tobytes(), digest_size=16).hexdigest()
    return f"{method}/{dims}/{perplexity:g}/{codes.shape}/{digest}"


def _keep(key: str, points: np.ndarray) -> np.ndarray:
    """The points, kept under this key; the oldest go when there are too many."""
    points.flags.writeable = False  # everybody who asks gets the same array
    if key:
        with _lock:
            _kept[key] = points
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return points
