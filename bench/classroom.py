"""A class of thirty, each with a run that plays, as real WebSocket clients on one server.

`python -m bench.classroom` prints the numbers; `--sessions 10 --seconds 10` makes it shorter.
"""

import argparse
import asyncio
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import engine
from bench.browser import at
from bench.serving import Server, serve
from bench.tab import Tab

SESSIONS = 30
SECONDS = 20.0
PAUSES = 60
SETTLE_SECONDS = 8.0
CLOSED_SECONDS = 3.0
IDLE_SECONDS = 5.0
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
    stood = await tab.until(lambda: tab.label("toggle") == "Play")
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


def lines(found: Class) -> Iterator[str]:
    """The numbers as a person reads them."""
    yield f"sessions               {found.sessions}, {found.errors} errors, {found.still} stand still"
    yield f"frames a second each   {found.frames_least:.2f} at least, median {found.frames_median:.2f}   (bar: 1.5)"
    yield f"rounds a second        {found.steps_a_second:.0f} in all"
    yield f"Pause p50, p95         {found.pause_p50:.0f}, {found.pause_p95:.0f} ms   (bar: at most 150 at p95)"
    beside = found.memory_mb - found.history_mb
    yield f"memory a session       {found.memory_mb:.2f} MB, {beside:.2f} beside its run's past   (bar: at most 1.5)"
    yield f"CPU {CLOSED_SECONDS:g} s after closing  {found.idle_share:.1%} of a core"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--pauses", type=int, default=PAUSES)
    given = parser.parse_args()
    for line in lines(measure(given.sessions, given.seconds, given.pauses)):
        print(line)
