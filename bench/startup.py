"""How long a person waits: for the GAN page on a server that is warm, and from `make run` to a served page.

`python -m bench.startup` prints the numbers.
"""

import statistics
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser

from bench.chromium import chromium, open_page
from bench.serving import Server, serve

VISITS = 7
STARTS = 3


@dataclass(frozen=True)
class Waits:
    """Seconds: to the first picture on a warm server (median, most), to something that moves, and after `make run` to
    the first answer of the server and to the first picture in the browser."""

    paint: float
    paint_most: float
    moves: float
    served: float
    first_page: float


def measure(visits: int = VISITS, starts: int = STARTS) -> Waits:
    """Each visit is a browser context of its own with an empty cache."""
    served, first, paints, moves = [], [], [], []
    with chromium() as browser:
        for n in range(starts):
            with serve("make", "--no-print-directory", "run", "PORT={port}") as server:
                begun = time.perf_counter()
                _get(server)
                served.append(server.started_s + time.perf_counter() - begun)
                first.append(served[-1] + _visit(browser, server)[0])
                if n == starts - 1:
                    for _ in range(visits):
                        paint, move = _visit(browser, server)
                        paints.append(paint)
                        moves.append(move)
    return Waits(
        paint=statistics.median(paints),
        paint_most=max(paints),
        moves=statistics.median(moves),
        served=statistics.median(served),
        first_page=statistics.median(first),
    )


def _get(server: Server) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=30) as answer:
        answer.read()


def _visit(browser: Browser, server: Server) -> tuple[float, float]:
    """Seconds from the address to the first picture, and to the first picture of a later step."""
    page = open_page(browser, f"http://127.0.0.1:{server.port}/gan")
    page.wait_for_function("watched.painted")
    painted = page.evaluate("watched.painted")
    page.wait_for_function("stepNow() > 0")
    moved = page.evaluate("watched.last")
    page.context.close()
    return painted / 1000, moved / 1000


def lines(found: Waits) -> Iterator[str]:
    """The numbers as a person reads them."""
    yield f"first paint, warm server    {found.paint:.2f} s, at most {found.paint_most:.2f}   (bar: 1.5)"
    yield f"something moves             {found.moves:.2f} s   (bar: 3)"
    yield f"make run to a served page   {found.served:.2f} s   (bar: 6)"
    yield f"make run to the first paint {found.first_page:.2f} s"


if __name__ == "__main__":
    for line in lines(measure()):
        print(line)
