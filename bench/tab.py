"""A browser tab without a browser: Streamlit's own protocol over a real WebSocket, in the installed package's messages.

Like a browser it starts the script, keeps the clocks that fragments ask for, clicks buttons and reads what comes back;
it draws nothing, so thirty of them fit beside the server that they measure.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Button_pb2 import Button
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

TIMELINE = "playground_timeline"
MAX_MESSAGE = 64_000_000


@dataclass
class Shown:
    """What the tab shows now: the step on the timeline, texts of the buttons by key, and when each changed."""

    step: int = -1
    frames: list[tuple[float, int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    n_bytes: int = 0


class Tab:
    """One session. `async with Tab(port, "gan") as tab:` opens the page; the rest is reading `shown` and clicking."""

    def __init__(self, port: int, page: str, query: str = "") -> None:
        self.port, self.page, self.query = port, page, query
        self.shown = Shown()
        self.session_id = self._script = ""
        self._buttons: dict[str, tuple[Button, str]] = {}  # by key, with the fragment it is in
        self._clocks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        uri = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        self._socket = await websockets.connect(uri, max_size=MAX_MESSAGE, subprotocols=["streamlit"], compression=None)  # type: ignore[list-item]
        self._reader = asyncio.create_task(self._read())
        await self._rerun()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for clock in self._clocks.values():
            clock.cancel()
        await self._socket.close()
        await asyncio.gather(self._reader, *self._clocks.values(), return_exceptions=True)

    @property
    def n_clocks(self) -> int:
        """How many fragments this tab runs by its clock."""
        return len(self._clocks)

    def stop_clocks(self) -> None:
        """Let no fragment run by its clock any more, until another one is asked for."""
        self._stop(list(self._clocks))

    def label(self, key: str) -> str:
        """What the button with this key says; '' before it is there."""
        key = self._seen(key)
        return self._buttons[key][0].label if key in self._buttons else ""

    async def click(self, key: str) -> float:
        """Click a button; returns the moment of the click."""
        button, fragment = self._buttons[self._seen(key)]
        at = time.perf_counter()
        await self._rerun(fragment, states=WidgetStates(widgets=[WidgetState(id=button.id, trigger_value=True)]))
        return at

    async def strike(self, key: str) -> None:
        """Ask for the fragment that a button is in, as its clock would."""
        await self._rerun(self._buttons[key][1], clock=True)

    def _seen(self, key: str) -> str:
        """'toggle' is the one of Play and Pause that is to be seen."""
        if key != "toggle":
            return key
        return "pause" if "pause" in self._buttons and not self._buttons["pause"][0].disabled else "play"

    async def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> float:
        """Wait until something holds; returns that moment. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(holds)
        return time.perf_counter()

    async def _rerun(self, fragment: str = "", *, clock: bool = False, states: WidgetStates | None = None) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = self.query, self._script, fragment
        if not self._script:
            state.page_name = self.page
        state.is_auto_rerun = clock
        state.widget_states.CopyFrom(states or WidgetStates())
        state.context_info.timezone = "UTC"
        state.context_info.url = f"http://127.0.0.1:{self.port}/{self.page}"
        state.context_info.color_scheme = "light"
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
                async with self._changed:
                    self.shown.n_bytes += len(data)
                    self._take(message)
                    self._changed.notify_all()
        except Exception as error:
            self.shown.errors.append(f"the connection ended: {error!r}")
            raise

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            new = message.new_session
            self.session_id = new.initialize.session_id or self.session_id
            if not message.metadata.run.fragment_ids:
                self.stop_clocks()
        elif kind == "navigation":  # the page that the address stands for; a new session names the entry's first page
            self._script = message.navigation.page_script_hash
        elif kind == "delta":
            self._draw(message.delta)
        elif kind == "auto_rerun":
            fragment, seconds = message.auto_rerun.fragment_id, message.auto_rerun.interval
            self._stop([fragment])
            self._clocks[fragment] = asyncio.create_task(self._tick(fragment, seconds))
        elif kind == "stop_auto_rerun":
            self._stop(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
            self.shown.errors.append(message.session_event.script_compilation_exception.message)

    def _draw(self, delta: Delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.shown.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "button":
            key = element.button.id.rsplit("-", 1)[-1]
            self._buttons[key] = element.button, delta.fragment_id
        elif kind == "bidi_component" and element.bidi_component.component_name.endswith(TIMELINE):
            self.shown.step = json.loads(element.bidi_component.json)["step"]
            self.shown.frames.append((time.perf_counter(), self.shown.step))

    def _stop(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if clock := self._clocks.pop(fragment, None):
                clock.cancel()

    async def _tick(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._rerun(fragment, clock=True)
