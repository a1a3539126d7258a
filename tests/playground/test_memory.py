"""Where the process takes its memory from: two places for all threads, whenever they began."""

import subprocess
import sys

import pytest

ARENAS = """
import ctypes, sys, threading
if sys.argv[1] == "few":
    import playground
together = threading.Barrier(8)
def work():
    held = [bytearray(300) for _ in range(2000)]
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads], [t.join() for t in threads]
ctypes.CDLL("libc.so.6").malloc_stats()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have another allocator")
def test_threads_take_memory_from_two_places():
    def count(how: str) -> int:
        done = subprocess.run([sys.executable, "-c", ARENAS, how], capture_output=True, text=True, check=True)
        return done.stderr.count("Arena ")

    assert count("few") <= 2 < count("as it is")
