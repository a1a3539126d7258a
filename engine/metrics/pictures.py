"""Measures of pictures as arrays (n, channels, height, width) with values in [0, 1]."""

import math

import numpy as np

SSIM_SIGMA, SSIM_REACH = 1.5, 5
"""Of the Gaussian window, which is 11 pixels wide, or as wide as fits into a smaller picture."""
SSIM_C1, SSIM_C2 = 0.01**2, 0.03**2


def nearest(pictures: np.ndarray, gallery: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each picture the index (n,) of the nearest in a gallery (m, ...), and the root mean square distance (n,)."""
    a, b = pictures.reshape(len(pictures), -1), gallery.reshape(len(gallery), -1)
    squared = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)  # (n, m)
    index = squared.argmin(1)
    return index, np.sqrt(np.maximum(squared[np.arange(len(a)), index], 0) / a.shape[1])


def psnr(pictures: np.ndarray, originals: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB: -10 log10 of the squared error, averaged over pixels and pictures together.

    (The mean of each picture's own ratio would be higher.) Infinite for equal pictures.
    """
    error = float(np.square(pictures - originals, dtype=np.float32).mean(dtype=np.float64))
    return math.inf if error == 0 else -10 * math.log10(error)


def ssim(pictures: np.ndarray, originals: np.ndarray) -> float:
    """Structural similarity (Wang et al. 2004, doi:10.1109/TIP.2003.819861), averaged over windows and pictures.

    1 for equal pictures. Only windows that lie wholly inside count.
    """
    from scipy.ndimage import correlate1d

    reach = min(SSIM_REACH, (min(pictures.shape[-2:]) - 1) // 2)
    at = np.arange(-reach, reach + 1)
    window = np.exp(-0.5 * (at / SSIM_SIGMA) ** 2).astype(np.float32)
    window /= window.sum()
    inside = slice(reach, -reach or None)

    def blur(x: np.ndarray) -> np.ndarray:
        return correlate1d(correlate1d(x, window, axis=-1), window, axis=-2)[..., inside, inside]

    x, y = pictures.astype(np.float32), originals.astype(np.float32)
    mx, my = blur(x), blur(y)
    vx, vy, vxy = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    values = ((2 * mx * my + SSIM_C1) * (2 * vxy + SSIM_C2)) / ((mx**2 + my**2 + SSIM_C1) * (vx + vy + SSIM_C2))
    return float(values.mean(dtype=np.float64))
