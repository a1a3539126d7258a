"""What the process is set to: no memory that each thread keeps for itself, and none that lies about when it is free."""

import os
import subprocess
import sys

import pytest
from torch.backends import mkl

KEPT = """
import ctypes, os, sys, threading
if sys.argv[1] == "as it is":
    import torch  # before the engine could say how
import engine
class Info(ctypes.Structure):
    _fields_ = [(str(k), ctypes.c_size_t) for k in range(10)]
libc = ctypes.CDLL("libc.so.6")
libc.mallinfo2.restype = Info
libc.mallopt(-8, 2)
run, together = engine.start("gan"), threading.Barrier(9)
def work():
    run.advance(engine.Budget(steps=2))
    together.wait()
    together.wait()
work_alone = threading.Thread(target=run.advance, args=(engine.Budget(steps=2),))
work_alone.start(), work_alone.join()
before = getattr(libc.mallinfo2(), "7")
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads], together.wait()
print((getattr(libc.mallinfo2(), "7") - before) // 8)
together.wait(), [t.join() for t in threads]
"""
MOST_KEPT = 250_000
"""Bytes that a thread which has computed may hold as long as it lives."""


@pytest.mark.skipif(sys.platform != "linux" or not mkl.is_available(), reason="MKL's, and asked in the way of glibc")
def test_a_thread_that_has_computed_keeps_little():
    def kept(how: str) -> int:
        command, unset = [sys.executable, "-c", KEPT, how], {k: v for k, v in os.environ.items() if "MKL" not in k}
        done = subprocess.run(command, env=unset, capture_output=True, text=True, check=True, timeout=60)
        return int(done.stdout)

    assert kept("by the engine") < MOST_KEPT < kept("as it is")


FREED = """
import os
from pathlib import Path
import numpy as np
from engine import runtime
def held_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
def freed_mb(how):
    make = runtime.own_pages if how == "own pages" else lambda n_bytes: np.empty(n_bytes, np.uint8)
    pieces = [make(48_000) for _ in range(2_000)]  # 96 MB
    for piece in pieces:
        piece[:] = 1
    full = held_mb()
    del piece, pieces[::2]
    if how == "given back":
        runtime.give_back()
    return full - held_mb()
for how in ("as it is", "given back", "own pages"):
    if (child := os.fork()) == 0:
        print(freed_mb(how), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have another allocator")
def test_what_is_freed_between_what_is_not_goes_back_to_the_system():
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    as_it_is, given_back, own_pages = map(float, done.stdout.split())
    assert as_it_is < 10 < 35 < given_back < own_pages
