"""How this process computes: one thread an operation, no long garbage collections, little memory left lying about.

Nets this small do not gain from a second thread, and on a busy second core threaded numpy waits for it, up to a hundred
times as long.
Streamlit runs a full garbage collection after every script run, a third of a second with torch, plotly and matplotlib
imported; everything that is there after start-up is therefore frozen out of it, once.
"""

import contextlib
import ctypes
import gc
import os

# Read when MKL is loaded, which comes with torch. Without it MKL keeps half a megabyte for each thread that it ran in,
# and a web server has a thread for each session.
os.environ.setdefault("MKL_DISABLE_FAST_MM", "1")

import torch
from threadpoolctl import threadpool_limits

M_ARENA_MAX = -8
"""The number of this option in malloc.h."""
ARENAS = 2


def one_thread() -> None:
    """Compute on one thread: torch, the BLAS that is loaded by now, and, by their variables, what is loaded later."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")


def few_arenas() -> None:
    """Let all threads take their memory from the same two places, where the system's allocator can be told (glibc).

    By default it makes a place for nearly every thread, and a web server runs each script in a thread of its own: what
    thirty sessions have freed here and there adds up to a megabyte each.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return memory that is free, but lies between what is not, to the system (glibc), which otherwise still counts it
    as this process's. Takes a few milliseconds: call it when megabytes were freed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def freeze_garbage() -> None:
    """Collect once, then take all that is left out of every later collection. Call it after the heavy imports."""
    gc.collect()
    gc.freeze()
