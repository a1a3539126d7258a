"""How long a person waits: for the GAN and the Latent Space page on a warm server, from `make run` to a served page.

`python -m bench.startup` prints the numbers.
"""

import statistics
import time
import urllib.request
from dataclasses import dataclass

from playwright.sync_api import Browser

from bench import Row
from bench.chromium import chromium, open_page
from bench.serving import Server, serve

VISITS = 7
STARTS = 3
MOST_PAINT, MOST_MOVES, MOST_SERVED = 1.5, 3.0, 6.0
FIRST_TEXT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True)
class Waits:
    """Seconds: to the first text (the browser's first contentful paint) and to the first picture on a warm server
    (median, most), to something that moves, to the first text and to the picture under the point of the latent pad
    (median, most), and after `make run` to the first answer of the server and to the first picture in the browser."""

    text: float
    paint: float
    paint_most: float
    moves: float
    latent_text: float
    decoded: float
    decoded_most: float
    served: float
    first_page: float


def measure(visits: int = VISITS, starts: int = STARTS) -> Waits:
    """Each visit is a browser context of its own with an empty cache."""
    served, first, texts, paints, moves, latent = [], [], [], [], [], []
    with chromium() as browser:
        for n in range(starts):
            with serve("make", "--no-print-directory", "run", "PORT={port}") as server:
                begun = time.perf_counter()
                _get(server)
                served.append(server.started_s + time.perf_counter() - begun)
                first.append(served[-1] + _visit(browser, server)[1])
                if n == starts - 1:
                    for _ in range(visits):
                        text, paint, move = _visit(browser, server)
                        texts.append(text)
                        paints.append(paint)
                        moves.append(move)
                    latent = [_visit_latent(browser, server) for _ in range(visits + 1)][1:]
    return Waits(
        text=statistics.median(texts),
        paint=statistics.median(paints),
        paint_most=max(paints),
        moves=statistics.median(moves),
        latent_text=statistics.median(text for text, _ in latent),
        decoded=statistics.median(picture for _, picture in latent),
        decoded_most=max(picture for _, picture in latent),
        served=statistics.median(served),
        first_page=statistics.median(first),
    )


def _get(server: Server) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/", timeout=30) as answer:
        answer.read()


def _visit(browser: Browser, server: Server) -> tuple[float, float, float]:
    """Seconds from the address to the first text, to the first picture, and to the first picture of a later step."""
    page = open_page(browser, f"http://127.0.0.1:{server.port}/gan")
    page.wait_for_function("watched.painted")
    text = page.evaluate(FIRST_TEXT)
    painted = page.evaluate("watched.painted")
    page.wait_for_function("stepNow() > 0")
    moved = page.evaluate("watched.last")
    page.context.close()
    return text / 1000, painted / 1000, moved / 1000


def _visit_latent(browser: Browser, server: Server) -> tuple[float, float]:
    """Seconds from the address to the first text, and to the picture beside the latent pad (when it is looked for)."""
    page = open_page(browser, f"http://127.0.0.1:{server.port}/latent")
    page.locator(".pad .picture[aria-label*='decoded at']").wait_for()
    seconds = page.evaluate("performance.now()") / 1000
    text = page.evaluate(FIRST_TEXT) / 1000
    page.context.close()
    return text, seconds


def rows() -> list[Row]:
    """The numbers beside their bars."""
    f = measure()
    paint = f"{f.paint:.2f} s, at most {f.paint_most:.2f}"
    pad = f"{f.decoded:.2f} s, at most {f.decoded_most:.2f}"
    return [
        Row(
            claim="Latent Space: first contentful paint, warm server",
            ours=f"{f.latent_text:.2f} s",
            bar="<= 1.5 s",
            met=f.latent_text <= MOST_PAINT,
        ),
        Row(
            claim="Latent Space: a picture under the pointer, warm server",
            ours=pad,
            bar="<= 3 s",
            met=f.decoded_most <= MOST_MOVES,
        ),
        Row(claim="first contentful paint, warm server", ours=f"{f.text:.2f} s"),
        Row(claim="first picture, warm server", ours=paint, bar="<= 1.5 s", met=f.paint <= MOST_PAINT),
        Row(claim="something moves, warm server", ours=f"{f.moves:.2f} s", bar="<= 3 s", met=f.moves <= MOST_MOVES),
        Row(claim="make run to a served page", ours=f"{f.served:.2f} s", bar="<= 6 s", met=f.served <= MOST_SERVED),
        Row(claim="make run to the first picture", ours=f"{f.first_page:.2f} s"),
    ]


if __name__ == "__main__":
    for row in rows():
        print(f"{row.claim:<44} {row.ours:<28} {row.baseline:<24} {row.ratio:<6} {row.bar}")
