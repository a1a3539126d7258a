"""The live loop over a real WebSocket: frames in one run, one click one pause, no clock once a run stands still."""

import asyncio
import collections
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.tab import Tab
from playground.live import CLOCK
from tests.conftest import Server

T = TypeVar("T")
FRAMES = 60
LONG = "seed=3&steps=1000000&width_g=16&width_d=16&batch=8"


class Counting(Tab):
    """A tab that counts the elements it is sent, by kind."""

    def __init__(self, server: Server, page: str = "gan", query: str = LONG) -> None:
        super().__init__(urlsplit(server.url).port or 0, page, query)
        self.sent: collections.Counter[str] = collections.Counter()

    def _take(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.sent[message.delta.new_element.WhichOneof("type")] += 1
        elif message.WhichOneof("type") == "new_session":
            self.sent["runs"] += 1
        super()._take(message)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: Playwright's loop runs in this one once a test has used the browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_one_run_of_the_script_draws_frame_after_frame_and_sends_what_has_changed(server: Server):
    async def play() -> tuple[collections.Counter[str], float]:
        async with Counting(server) as tab:
            await tab.until(lambda: tab.sent["runs"] > 1 and tab.shown.step > 0, 60)  # the clock has struck
            await _frames(tab, 3)
            tab.sent.clear()
            took = await _frames(tab, FRAMES)
            return tab.sent, took

    sent, took = run(play())
    assert sent["runs"] == 0  # though the clock goes on striking
    assert took > 2 * CLOCK
    assert sent["button"] == 0  # nothing new about them
    assert sent["metric"] < 2 * FRAMES  # of three, those whose number is another
    assert sent["echarts_chart"] > 0.4 * FRAMES  # what stands last in a frame arrives too
    assert 0 < sent["markdown"] < FRAMES  # text that is read is not sent with each frame


def test_a_click_is_answered_within_the_run(server: Server):
    async def pause() -> collections.Counter[str]:
        async with Counting(server) as tab:
            await tab.until(lambda: tab.sent["runs"] > 1 and tab.shown.step > 0, 60)
            await _frames(tab, 3)
            tab.sent.clear()
            await tab.click("toggle")
            await tab.until(lambda: tab.label("toggle") == "Play", 60)
            return tab.sent

    sent = run(pause())
    assert sent["runs"] == 0
    assert sent["button"] == 2  # Play, Pause, and nothing about the others


def test_play_is_answered_within_one_run_and_goes_on(server: Server):
    async def play() -> tuple[collections.Counter[str], int]:
        async with Counting(server) as tab:
            await tab.until(lambda: tab.shown.step > 0, 60)
            await tab.click("toggle")
            await tab.until(lambda: tab.label("toggle") == "Play" and tab.n_clocks == 0, 60)
            tab.sent.clear()
            await tab.click("toggle")
            await tab.until(lambda: tab.label("toggle") == "Pause", 60)
            await _frames(tab, 5)
            return tab.sent, tab.n_clocks

    sent, n_clocks = run(play())
    assert sent["runs"] == 1
    assert n_clocks == 0


def test_another_part_of_the_page_does_not_end_the_playing(server: Server):
    async def strike() -> list[str]:
        async with Counting(server, "generative", "steps=100000&chunks=1") as tab:
            await tab.until(lambda: tab.shown.step > 0, 60)
            await tab.click("toggle")
            await tab.until(lambda: tab.label("toggle") == "Play" and tab.n_clocks == 0, 60)
            await tab.click("toggle")
            await tab.until(lambda: tab.label("toggle") == "Pause", 60)
            await _frames(tab, 3)
            for _ in range(3):
                await tab.strike("measure")
                await _frames(tab, 3)
            return tab.shown.errors

    assert run(strike()) == []


async def _frames(tab: Tab, n: int) -> float:
    """Wait for so many frames; returns how many seconds they took."""
    tab.shown.frames.clear()
    start = time.perf_counter()
    return await tab.until(lambda: len(tab.shown.frames) >= n, 120) - start


def test_every_click_counts_once(server: Server):
    async def click() -> list[str]:
        async with Counting(server) as tab:
            await tab.until(lambda: tab.shown.step > 0, 60)
            for wanted in ("Play", "Pause") * 6:
                await tab.click("toggle")
                await tab.until(lambda wanted=wanted: tab.label("toggle") == wanted, 60)
                seen = tab.shown.step
                if wanted == "Pause":
                    await tab.until(lambda seen=seen: tab.shown.step > seen, 60)
                else:
                    await tab.until(lambda: tab.n_clocks == 0, 60)
            return tab.shown.errors

    assert run(click()) == []


def test_the_clock_stops_with_the_run(server: Server):
    async def pause() -> int:
        async with Counting(server) as tab:
            await tab.until(lambda: tab.shown.step > 0, 60)
            await tab.click("toggle")
            await tab.until(lambda: tab.label("toggle") == "Play", 60)
            await tab.until(lambda: tab.n_clocks == 0, 60)
            return tab.shown.step

    assert run(pause()) > 0
