"""One browser alone on the server: frames, rounds a second against the engine's own, how fast Pause is, memory.

`python -m bench.browser` prints the numbers; `--minutes 3` shortens the watch over memory, and then says so.
"""

import argparse
import contextlib
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

from bench import Row
from bench.chromium import chromium, open_page
from bench.serving import ROOT, Server, serve

LONG = "steps=1000000"
ROUNDS, SECONDS = 5, 4.0
PAUSES = 48
MINUTES = 20
LEAST_SHARE, LEAST_FRAMES, MOST_PAUSE_MS, MOST_GROWTH_MB = 0.75, 10, 100, 30
WARM_MINUTES = 0.5
SAMPLE_SECONDS = 5
ENGINE_ALONE = """
import json, sys, time, engine
run = engine.start(sys.argv[1], **json.loads(sys.argv[2]))
run.advance(engine.Budget(steps=500))
for line in sys.stdin:
    start, step = time.perf_counter(), run.step
    run.advance(engine.Budget(seconds=float(line)))
    print((run.step - step) / (time.perf_counter() - start), flush=True)
"""
PAUSE = """
async () => {
  const start = performance.now();
  pressToggle();
  while (!toggleText().includes("Play")) await new Promise(requestAnimationFrame);
  const said = performance.now();
  await new Promise((done) => setTimeout(done, 600));
  return [said - start, Math.max(said, watched.last) - start];
}
"""


@dataclass(frozen=True)
class Alone:
    """What was measured with one tab: `share` of the engine's own rounds a second, pauses in ms, memory in MB."""

    frames_a_second: float
    steps_a_second: float
    engine_steps_a_second: float
    share: float
    pause_p50: float
    pause_p95: float
    growth_mb: float
    growth_minutes: float
    growth_in_20_minutes_mb: float


def measure(minutes: float = MINUTES, pauses: int = PAUSES, rounds: int = ROUNDS) -> Alone:
    """Play the default GAN in Chromium. Memory over less than 20 minutes is extrapolated from its second half."""
    with serve() as server, chromium() as browser:
        page = open_page(browser, f"http://127.0.0.1:{server.port}/gan?{LONG}")
        played, alone = in_turn(page, "gan", {"steps": 1_000_000}, rounds)
        page.wait_for_function("toggleText().includes('Pause')")
        latencies = []
        for _ in range(pauses):
            page.wait_for_timeout(1000 * random.uniform(0.4, 1.0))
            latencies.append(max(page.evaluate(PAUSE)))
            start(page)
        growth, per_minute = memory(page, server, minutes)
    frames, steps = (statistics.median(column) for column in zip(*played, strict=True))
    share = statistics.median(p[1] / e for p, e in zip(played, alone, strict=True))
    latencies.sort()
    in_twenty = growth if minutes >= MINUTES else per_minute * MINUTES
    return Alone(
        frames_a_second=frames,
        steps_a_second=steps,
        engine_steps_a_second=statistics.median(alone),
        share=share,
        pause_p50=statistics.median(latencies),
        pause_p95=at(latencies, 0.95),
        growth_mb=growth,
        growth_minutes=minutes,
        growth_in_20_minutes_mb=in_twenty,
    )


def in_turn(
    page: Page, family: str, values: dict[str, object], rounds: int = ROUNDS
) -> tuple[list[tuple[float, float]], list[float]]:
    """Frames and rounds a second of a page that plays, and the engine's own rounds a second, one after the other."""
    page.wait_for_function("stepNow() > 500")
    played, alone = [], []
    with engine_alone(family, values) as engine:
        for _ in range(rounds):
            pause(page)
            alone.append(one(engine, SECONDS))
            played.append(play(page, SECONDS))
    return played, alone


def at(values: list[float], share: float) -> float:
    """The value below which a share of the sorted values lies (the next one up)."""
    return values[min(len(values) - 1, int(share * len(values)))]


def start(page: Page) -> None:
    """Press Play and wait until it is said."""
    page.evaluate("pressToggle()")
    page.wait_for_function("toggleText().includes('Pause')")


def pause(page: Page) -> None:
    """Press Pause and wait until it is said."""
    page.evaluate("pressToggle()")
    page.wait_for_function("toggleText().includes('Play')")
    page.wait_for_timeout(500)


def play(page: Page, seconds: float) -> tuple[float, float]:
    """Frames and rounds a second while it plays, after its first second."""
    start(page)
    page.wait_for_timeout(1500)
    ask = "[performance.now(), stepNow(), watched.changes]"
    before = page.evaluate(ask)
    page.wait_for_timeout(1000 * seconds)
    after = page.evaluate(ask)
    gone = (after[0] - before[0]) / 1000
    return (after[2] - before[2]) / gone, (after[1] - before[1]) / gone


def memory(page: Page, server: Server, minutes: float) -> tuple[float, float]:
    """Growth of the server's memory in MB while it plays, and in its second half a minute.

    A run that ends is begun again: the memory of its past fills and empties as it would for a person.
    """
    for _ in range(int(WARM_MINUTES * 60 / SAMPLE_SECONDS)):
        page.wait_for_timeout(1000 * SAMPLE_SECONDS)
    samples = []
    for _ in range(max(4, int(minutes * 60 / SAMPLE_SECONDS))):
        page.wait_for_timeout(1000 * SAMPLE_SECONDS)
        samples.append(server.rss_mb)
        if "Play" in page.evaluate("toggleText()"):
            page.evaluate("document.querySelector('.st-key-reset button').click()")
            page.wait_for_function("stepNow() === 0")
            start(page)
    half = samples[len(samples) // 2 :]
    slope = statistics.linear_regression(range(len(half)), half).slope * 60 / SAMPLE_SECONDS
    return statistics.mean(samples[-3:]) - samples[0], slope


@contextlib.contextmanager
def engine_alone(family: str, values: dict[str, object]) -> Iterator[subprocess.Popen[str]]:
    """A process that trains the same for as many seconds as it is told."""
    command = [sys.executable, "-c", ENGINE_ALONE, family, json.dumps(values)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def one(engine: subprocess.Popen[str], seconds: float) -> float:
    """The engine's own rounds a second, by itself."""
    print(seconds, file=engine.stdin, flush=True)
    return float(engine.stdout.readline())  # type: ignore[union-attr]


def rows(found: Alone | None = None) -> list[Row]:
    """The numbers beside their bars."""
    f = found or measure()
    watched = f"{f.growth_mb:+.1f} MB in {f.growth_minutes:g} minutes"
    whole = f.growth_minutes >= MINUTES
    grown = watched if whole else f"{f.growth_in_20_minutes_mb:+.1f} MB extrapolated, {watched}"
    return [
        Row(
            claim="rounds a second in the browser, alone",
            ours=f"{f.steps_a_second:.0f} /s",
            baseline=f"engine alone {f.engine_steps_a_second:.0f} /s",
            ratio=f"{f.share:.2f}",
            bar=">= 0.75",
            met=f.share >= LEAST_SHARE,
        ),
        Row(
            claim="frames a second, alone",
            ours=f"{f.frames_a_second:.1f} /s",
            bar=">= 10 /s",
            met=f.frames_a_second >= LEAST_FRAMES,
        ),
        Row(
            claim="from a click on Pause until the page stands still",
            ours=f"p50 {f.pause_p50:.0f} ms, p95 {f.pause_p95:.0f} ms",
            bar="p95 <= 100 ms",
            met=f.pause_p95 <= MOST_PAUSE_MS,
        ),
        Row(
            claim="growth of the server in 20 minutes of play",
            ours=grown,
            bar="< 30 MB",
            met=f.growth_mb < MOST_GROWTH_MB if whole else None,
        ),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--pauses", type=int, default=PAUSES)
    given = parser.parse_args()
    for row in rows(measure(given.minutes, given.pauses)):
        print(f"{row.claim:<44} {row.ours:<28} {row.baseline:<24} {row.ratio:<6} {row.bar}")
