"""How long a map of codes takes: t-SNE of 2,000 codes of the starters, beside scikit-learn's with the same settings.

CPU seconds on one thread; the longest slice is what a page waits for at most between two frames.
`python -m bench maps`.
"""

import time

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from bench import Row, spread
from engine import starters
from engine.latent.projection import Tsne

NAMES = ("shapes", "faces", "letters")
"""Codes of digits lie in a plane already."""
N_CODES, PERPLEXITY = 2_000, 30.0
MAX_SECONDS, MAX_SLICE = 8.0, 0.1


def rows() -> list[Row]:
    """In the plane and in space."""
    codes = [starters.load(name).codes[:N_CODES] for name in NAMES]
    with threadpool_limits(1):
        return [row for dims in (2, 3) for row in of_dims(codes, dims)]


def of_dims(codes: list[np.ndarray], dims: int) -> list[Row]:
    """Time, longest slice and divergence, over the starters."""
    ours = [project(x, dims) for x in codes]
    theirs = [reference(x, dims) for x in codes]
    seconds, slices, divergences = ([run[k] for run in ours] for k in range(3))
    where = f"t-SNE of up to {N_CODES:,} codes, {dims}-D, {len(NAMES)} starters"
    return [
        Row(
            claim=f"{where}: time", ours=f"{spread(seconds, '.1f')} CPU s",
            baseline=f"scikit-learn {spread([run[0] for run in theirs], '.1f')}", bar=f"<= {MAX_SECONDS:g}",
            met=max(seconds) <= MAX_SECONDS,
        ),
        Row(
            claim=f"{where}: longest slice", ours=f"{spread([1000 * s for s in slices], '.0f')} CPU ms",
            baseline="scikit-learn: all at once", bar=f"<= {1000 * MAX_SLICE:g}", met=max(slices) <= MAX_SLICE,
        ),
        Row(
            claim=f"{where}: divergence (lower is better)", ours=spread(divergences),
            baseline=f"scikit-learn {spread([run[1] for run in theirs])}",
        ),
    ]  # fmt: skip


def project(codes: np.ndarray, dims: int) -> tuple[float, float, float]:
    """CPU seconds in all and of the longest slice, and the divergence."""
    made, slices = Tsne(codes, dims, PERPLEXITY), []
    while made.done < 1:
        start = time.process_time()
        made.advance(0)
        slices.append(time.process_time() - start)
    return sum(slices), max(slices), made.divergence


def reference(codes: np.ndarray, dims: int) -> tuple[float, float]:
    """The same by scikit-learn: as many iterations, the same start."""
    start = time.process_time()
    made = TSNE(dims, perplexity=PERPLEXITY, max_iter=750, init="pca", random_state=0, n_jobs=1).fit(codes)
    return time.process_time() - start, float(made.kl_divergence_)
