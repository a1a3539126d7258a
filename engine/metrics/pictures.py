"""Measures of pictures as arrays (n, channels, height, width)."""

import numpy as np


def nearest(pictures: np.ndarray, gallery: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each picture the index (n,) of the nearest in a gallery (m, ...), and the root mean square distance (n,)."""
    a, b = pictures.reshape(len(pictures), -1), gallery.reshape(len(gallery), -1)
    squared = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)  # (n, m)
    index = squared.argmin(1)
    return index, np.sqrt(np.maximum(squared[np.arange(len(a)), index], 0) / a.shape[1])
