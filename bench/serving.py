"""The app as a process of its own on 127.0.0.1, for the time of a `with`, and what the system says about it."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
PORTS = range(8700, 8800)


@dataclass(frozen=True)
class Server:
    """A running app: its port, the process id, and how long it took from the command to the first answer."""

    port: int
    pid: int
    started_s: float

    @property
    def rss_mb(self) -> float:
        """Memory that the server holds, in MB (Linux)."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE_BYTES / 1e6

    @property
    def cpu_s(self) -> float:
        """Seconds of computing so far (Linux)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextlib.contextmanager
def serve(*command: str) -> Iterator[Server]:
    """The app, started by `command` if one is given ('{port}' in it becomes the port), once it answers; ended after."""
    port = free_port()
    parts = command or (sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", "{port}")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "STREAMLIT_"))}
    with tempfile.TemporaryDirectory() as home, Path(home, "server.log").open("wb") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            [part.format(port=port) for part in parts], cwd=ROOT, env=environment | {"HOME": home},
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(process, port)
            yield Server(port, process.pid, time.perf_counter() - start)
        finally:
            _end(process)


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    for port in PORTS:
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no port from {PORTS[0]} to {PORTS[-1]} is free")


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.perf_counter() + START_SECONDS
    while time.perf_counter() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("the server did not start")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what was started, and what it started (make, then python), by its own process group."""
    for signal in (15, 9):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return
