"""Where the process takes its memory from."""

import contextlib
import ctypes

M_ARENA_MAX = -8
"""The number of this option in malloc.h."""
ARENAS = 2


def few_arenas() -> None:
    """Let all threads take their memory from the same two places, where the system's allocator can be told (glibc).

    By default it makes a place for nearly every thread, and a web server runs each script in a thread of its own: what
    thirty sessions have freed here and there adds up to a megabyte each. It settles how many when the first thread
    asks, so call it before anything has threads that do.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, ARENAS)
