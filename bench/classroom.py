"""A class of thirty, each with a run that plays, as real WebSocket clients on one server.

`python -m bench.classroom` prints the numbers; `--sessions 10 --seconds 10` makes it shorter.
"""

import argparse
import asyncio
import math
import random
import statistics
from dataclasses import dataclass

import engine
from bench import Row
from bench.browser import at
from bench.serving import Server, serve
from bench.tab import Tab

SESSIONS = 30
SECONDS = 20.0
PAUSES = 60
SETTLE_SECONDS = 8.0
CLOSED_SECONDS = 3.0
IDLE_SECONDS = 5.0
LEAST_FRAMES, MOST_PAUSE_MS, MOST_MEMORY_MB, MOST_IDLE = 1.5, 150, 1.5, 0.03
LOST_SECONDS = 10.0
"""A click that has no effect for so long is an error."""
GAP = 0.1
"""Seconds between two sessions that open the page."""


@dataclass(frozen=True)
class Class:
    """What was measured: frames a second of each session, pauses in ms, memory a session in MB, CPU after all left."""

    sessions: int
    errors: int
    frames_least: float
    frames_median: float
    still: int
    steps_a_second: float
    pause_p50: float
    pause_p95: float
    memory_mb: float
    history_mb: float
    idle_share: float


def measure(sessions: int = SESSIONS, seconds: float = SECONDS, pauses: int = PAUSES) -> Class:
    """Open the GAN page in so many sessions, seeds 0, 1, ..., let all play, press Pause here and there, close all."""
    with serve() as server:
        return asyncio.run(_measure(server, sessions, seconds, pauses))


async def _measure(server: Server, sessions: int, seconds: float, pauses: int) -> Class:
    async with Tab(server.port, "gan") as first:
        await first.until(lambda: first.shown.step > 0, 60)
    await asyncio.sleep(CLOSED_SECONDS)
    before = server.rss_mb
    async with asyncio.TaskGroup() as group:
        tabs = [Tab(server.port, "gan", f"seed={seed}&steps=1000000") for seed in range(sessions)]
        for tab in tabs:
            group.create_task(tab.__aenter__())
            await asyncio.sleep(GAP)
    try:
        for tab in tabs:
            await tab.until(lambda tab=tab: tab.shown.step > 0, 60)
        await asyncio.sleep(SETTLE_SECONDS)
        frames, steps = await _watch(tabs, seconds)
        latencies = sorted([await _pause(random.choice(tabs)) for _ in range(pauses)])
        memory = (server.rss_mb - before) / sessions
        history = statistics.mean(_history_mb(tab.shown.step) for tab in random.sample(tabs, min(3, sessions)))
        errors = sum(len(tab.shown.errors) for tab in tabs)
    finally:
        for tab in tabs:
            await tab.__aexit__(None, None, None)
    await asyncio.sleep(CLOSED_SECONDS)
    used = server.cpu_s
    await asyncio.sleep(IDLE_SECONDS)
    idle = (server.cpu_s - used) / IDLE_SECONDS
    return Class(
        sessions=sessions,
        errors=errors,
        frames_least=min(frames),
        frames_median=statistics.median(frames),
        still=sum(gone == 0 for gone in steps),
        steps_a_second=sum(steps),
        pause_p50=statistics.median(latencies),
        pause_p95=at(latencies, 0.95),
        memory_mb=memory,
        history_mb=history,
        idle_share=idle,
    )


async def _watch(tabs: list[Tab], seconds: float) -> tuple[list[float], list[float]]:
    """Frames and rounds a second of each session; a frame counts when its step is new."""
    start = [tab.shown.step for tab in tabs]
    for tab in tabs:
        tab.shown.frames.clear()
    await asyncio.sleep(seconds)
    frames = [len({step for _, step in tab.shown.frames}) / seconds for tab in tabs]
    return frames, [(tab.shown.step - step) / seconds for tab, step in zip(tabs, start, strict=True)]


async def _pause(tab: Tab) -> float:
    """Milliseconds from a click on Pause until this session is shown to stand still; it plays again afterwards."""
    await asyncio.sleep(random.uniform(0.1, 0.4))
    clicked = await tab.click("toggle")
    try:
        stood = await tab.until(lambda: tab.label("toggle") == "Play", LOST_SECONDS)
    except TimeoutError:
        tab.shown.errors.append("a click on Pause had no effect")
        return math.inf
    await asyncio.sleep(0.6)
    last = max((when for when, step in tab.shown.frames if step != tab.shown.step), default=0.0)
    await tab.click("toggle")
    await tab.until(lambda: tab.label("toggle") == "Pause")
    return 1000 * (max(stood, last) - clicked)


def _history_mb(step: int) -> float:
    """Memory of the past of a run that stands at a step."""
    run = engine.start("gan", steps=1_000_000)
    run.advance(engine.Budget(steps=step, seconds=20))
    return run.n_bytes / 1e6


def rows(found: Class | None = None) -> list[Row]:
    """The numbers beside their bars."""
    f = found or measure()
    beside = f.memory_mb - f.history_mb
    return [
        Row(
            claim=f"sessions at once: {f.sessions}",
            ours=f"{f.errors} errors, {f.still} stand still",
            bar="none",
            met=f.errors == 0 and f.still == 0,
        ),
        Row(
            claim="frames a second of each session",
            ours=f"least {f.frames_least:.2f}, median {f.frames_median:.2f}",
            bar=">= 1.5 each",
            met=f.frames_least >= LEAST_FRAMES,
        ),
        Row(claim="rounds a second of the class", ours=f"{f.steps_a_second:.0f} /s"),
        Row(
            claim="from a click on Pause until the page stands still",
            ours=f"p50 {f.pause_p50:.0f} ms, p95 {f.pause_p95:.0f} ms",
            bar="p95 <= 150 ms",
            met=f.pause_p95 <= MOST_PAUSE_MS,
        ),
        Row(
            claim="memory a session, beside the past of its run",
            ours=f"{beside:.2f} MB",
            baseline=f"past of the run {f.history_mb:.2f} MB",
            bar="<= 1.5 MB",
            met=beside <= MOST_MEMORY_MB,
        ),
        Row(
            claim=f"computing {CLOSED_SECONDS:g} s after all tabs closed",
            ours=f"{f.idle_share:.1%} of a core",
            bar="nothing (< 3 %)",
            met=f.idle_share < MOST_IDLE,
        ),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--pauses", type=int, default=PAUSES)
    given = parser.parse_args()
    for row in rows(measure(given.sessions, given.seconds, given.pauses)):
        print(f"{row.claim:<44} {row.ours:<28} {row.baseline:<24} {row.ratio:<6} {row.bar}")
