"""How this process computes: one thread an operation, no long garbage collections, little memory left lying about.

Nets this small do not gain from a second thread, and on a busy second core threaded numpy waits for it, up to a hundred
times as long.
Streamlit runs a full garbage collection after every script run, a third of a second with torch, plotly and matplotlib
imported; everything that is there after start-up is therefore frozen out of it, once.
"""

import contextlib
import ctypes
import gc
import mmap
import os

# Read when MKL is loaded, which comes with torch. Without it MKL keeps half a megabyte for each thread that it ran in,
# and a web server has a thread for each session.
os.environ.setdefault("MKL_DISABLE_FAST_MM", "1")

import numpy as np
import torch
from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """Compute on one thread: torch, the BLAS that is loaded by now, and, by their variables, what is loaded later."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")


def give_back() -> None:
    """Return memory that is free, but lies between what is not, to the system (glibc), which otherwise still counts it
    as this process's. Takes a few milliseconds: call it when megabytes were freed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def own_pages(n_bytes: int) -> np.ndarray:
    """So many bytes, uint8 (n_bytes,), on pages that no other array shares: all of it goes back to the system with it.

    An array that the allocator cut from between others leaves parts of pages behind, too small to be given back.
    """
    if n_bytes == 0 or not hasattr(mmap, "MAP_ANONYMOUS"):
        return np.empty(n_bytes, np.uint8)
    return np.frombuffer(mmap.mmap(-1, n_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS), np.uint8)


def freeze_garbage() -> None:
    """Collect once, then take all that is left out of every later collection. Call it after the heavy imports."""
    gc.collect()
    gc.freeze()
