"""How this process computes: one thread an operation, and no long garbage collections.

Nets this small do not gain from a second thread, and on a busy second core threaded numpy waits for it, up to a hundred
times as long.
Streamlit runs a full garbage collection after every script run, a third of a second with torch, plotly and matplotlib
imported; everything that is there after start-up is therefore frozen out of it, once.
"""

import gc
import os

import torch
from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """Compute on one thread: torch, the BLAS that is loaded by now, and, by their variables, what is loaded later."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")


def freeze_garbage() -> None:
    """Collect once, then take all that is left out of every later collection. Call it after the heavy imports."""
    gc.collect()
    gc.freeze()
