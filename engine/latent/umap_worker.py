"""UMAP (McInnes, Healy & Melville 2018, arXiv:1802.03426) in a process of its own: importing it compiles for seconds.

`python -P umap_worker.py FOLDER DIMS NEIGHBOURS` reads FOLDER/codes.npy (n, d), prints "epoch epochs" lines,
and writes FOLDER/points.npy (n, DIMS), float32. Needs the optional package umap-learn.
"""

import importlib
import os
import sys
from pathlib import Path

import numpy as np

MIN_DIST = 0.1
"""How close points may come to each other; the paper's choice."""


def main(folder: Path, dims: int, neighbours: int) -> None:
    """Project the folder's codes; the same codes give the same points."""
    umap = importlib.import_module("umap")  # optional: it is not among the requirements
    codes = np.load(folder / "codes.npy")
    told = {"disable": False, "file": sys.stdout, "bar_format": "{n_fmt} {total_fmt}\n"}
    learner = umap.UMAP(
        n_components=dims, n_neighbors=neighbours, min_dist=MIN_DIST, init="pca", random_state=0, n_jobs=1,
        tqdm_kwds=told,
    )  # fmt: skip
    points = learner.fit_transform(codes)
    with (folder / "points.tmp").open("wb") as file:
        np.save(file, np.asarray(points, np.float32))
    os.replace(folder / "points.tmp", folder / "points.npy")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
