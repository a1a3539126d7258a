"""The live loop over a real WebSocket: whole frames, one click one pause, and no clock left when a run stands still."""

import asyncio
import collections
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.tab import Tab
from playground.classroom import CLOCK_ALONE
from tests.conftest import Server

T = TypeVar("T")
FRAMES = 60
LONG = "seed=3&steps=1000000&width_g=16&width_d=16&batch=8"


class Counting(Tab):
    """A tab that counts the elements it is sent, by kind."""

    def __init__(self, server: Server) -> None:
        super().__init__(urlsplit(server.url).port or 0, "gan", LONG)
        self.sent: collections.Counter[str] = collections.Counter()
        self.interval = 0.0

    def _take(self, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.sent[message.delta.new_element.WhichOneof("type")] += 1
        elif message.WhichOneof("type") == "new_session":
            self.sent["runs"] += 1
        elif message.WhichOneof("type") == "auto_rerun":
            self.interval = message.auto_rerun.interval
        super()._take(message)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: Playwright's loop runs in this one once a test has used the browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_a_frame_arrives_whole_before_the_next_one_begins(server: Server):
    async def play() -> collections.Counter[str]:
        async with Counting(server) as tab:
            await tab.until(lambda: tab.shown.step > 0, 60)
            tab.sent.clear()
            tab.shown.frames.clear()
            await tab.until(lambda: len(tab.shown.frames) >= FRAMES, 120)
            return tab.sent

    sent = run(play())
    assert sent["metric"] > 0.6 * 3 * FRAMES  # the three numbers at the end of a frame: not cleared by the next run
    assert sent["echarts_chart"] > 0.6 * 4 * FRAMES


def test_one_run_of_the_script_draws_frame_after_frame(server: Server):
    async def play() -> collections.Counter[str]:
        async with Counting(server) as tab:
            await tab.until(lambda: tab.interval == CLOCK_ALONE, 60)  # the tabs of other tests are forgotten
            tab.sent.clear()
            await tab.until(lambda: tab.sent["runs"] > 0, 60)
            tab.stop_clocks()
            tab.sent.clear()
            tab.shown.frames.clear()
            await tab.until(lambda: len(tab.shown.frames) >= FRAMES, 120)
            return tab.sent

    assert run(play())["runs"] <= 2  # the clock may just have struck


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
