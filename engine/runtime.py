"""How this process computes: one thread an operation, and no long garbage collections.

Nets this small do not gain from a second thread, and a busy second core makes threaded numpy a hundred times slower.
Streamlit runs a full garbage collection after every script run, a third of a second with torch, plotly and matplotlib
imported; everything that is there after start-up is therefore frozen out of it, once.
"""

import gc
import os

import torch


def one_thread() -> None:
    """Compute on one thread: torch, and the BLAS of whatever is loaded after this."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    torch.set_num_threads(1)


def freeze_garbage() -> None:
    """Collect once, then take all that is left out of every later collection. Call it after the heavy imports."""
    gc.collect()
    gc.freeze()
