"""What tests in a real browser share: one server, one browser, and pages that report every error they saw.

    def test_play(page):            # a tab of 1280 x 900 whose base URL is the server
        page.goto("/gan")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()

A tab fails its test at teardown on an exception of the app, a JavaScript error, a console error, or a request
to another host. `page` is a new tab, without memory of the last test's, in one browser context for all tests.
`new_page(color_scheme="dark", viewport=PHONE)` opens more tabs, each in a context of its own, which is what another
person's browser is.
"""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)
from streamlit.components.v2 import manifest_scanner

from tests.ensure_browser import FLAGS, NO_BROWSER, find_browser

ROOT = Path(__file__).resolve().parent.parent
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
START_SECONDS = 60  # a cold disk reads torch slowly
WAIT_MS = 15_000  # two busy cores; what is there already is not waited for

NewPage = Callable[..., Page]

# Each AppTest looks for components in all that is installed, half a second each time; what it finds stays the same.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
settings.load_profile("ci")  # the same examples everywhere, and no deadline that a busy machine could miss


@dataclass(frozen=True)
class Server:
    """A running app: its base URL, the process id of the server, and the file that it logs to."""

    url: str
    pid: int
    log: Path


@dataclass
class Watched:
    """A tab and what went wrong in it."""

    page: Page
    errors: list[str] = field(default_factory=list)


LONGEST_ID = 60


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A long text or file is named by its length: pytest would write all of it into the test's name."""
    is_long = isinstance(val, str | bytes) and len(val) > LONGEST_ID
    return f"{argname} of {len(val)}" if is_long else None  # type: ignore[arg-type]


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever uses the browser, so that `-m "not browser"` is the quick half of the tests.

    Of the processes of `pytest -n 2 --dist loadgroup` one runs all that share a server or a browser, which would only
    slow one another down; the other takes the rest file by file.
    """
    for item in items:
        uses = set(getattr(item, "fixturenames", ()))
        if "browser" in uses:
            item.add_marker("browser")
        shared = "served" if uses & {"browser", "server"} else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, with an empty home folder."""
    with serve("streamlit_app.py", tmp_path_factory.mktemp("home")) as running:
        yield running


@contextmanager
def serve(app: str, home: Path, **environment: str) -> Iterator[Server]:
    """`streamlit run app` on a free port of 127.0.0.1, with `home` as its home folder; it answers when this yields."""
    log = home / "server.log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port)]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "STREAMLIT_"))}
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=inherited | environment | {"HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(url, process, log)
            yield Server(url, process.pid, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    pause = 0.05
    for _ in range(int(START_SECONDS / pause)):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            pass
        try:
            process.wait(timeout=pause)  # the pause between two looks; returns early only if the server ended
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the server did not start; it said:\n{log.read_text(errors='replace')}")


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Path of a Chromium that starts."""
    return find_browser() or pytest.fail(NO_BROWSER)


@pytest.fixture(scope="session")
def playwright(browser_path: str) -> Iterator[Playwright]:
    """Playwright's own process, once for all tests."""
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, browser_path: str) -> Iterator[Browser]:
    """One headless Chromium for all tests; each tab gets a context of its own."""
    chromium = playwright.chromium.launch(executable_path=browser_path, args=list(FLAGS))
    yield chromium
    chromium.close()


@pytest.fixture
def new_page(browser: Browser, server: Server) -> Iterator[NewPage]:
    """Opens tabs: `new_page(color_scheme=, viewport=, ...)`; the rest is what `browser.new_context` takes."""
    tabs: list[Watched] = []

    def open_tab(*, color_scheme: str = "light", viewport: dict[str, int] = DESKTOP, **more: object) -> Page:
        made = browser.new_context(base_url=server.url, color_scheme=color_scheme, viewport=viewport, **more)
        made.set_default_timeout(WAIT_MS)
        tab = Watched(made.new_page())
        _watch(tab)
        tabs.append(tab)
        return tab.page

    yield open_tab

    errors = [error for tab in tabs for error in _errors_of(tab)]
    for tab in tabs:
        tab.page.context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture(scope="session")
def desks(browser: Browser) -> dict[str, BrowserContext]:
    """By server: the context of all tabs that `page` opens, in which the parts of the page are fetched once."""
    return {}


@pytest.fixture
def page(browser: Browser, server: Server, desks: dict[str, BrowserContext]) -> Iterator[Page]:
    """A tab of 1280 x 900 in the light theme."""
    if server.url not in desks:
        desks[server.url] = browser.new_context(base_url=server.url, color_scheme="light", viewport=DESKTOP)
        desks[server.url].set_default_timeout(WAIT_MS)
    tab = Watched(desks[server.url].new_page())
    _watch(tab)

    yield tab.page

    errors = _errors_of(tab)
    if not tab.page.is_closed():
        tab.page.evaluate("location.protocol.startsWith('http') && localStorage.clear()")
        tab.page.close()
    assert not errors, "\n".join(errors)


def _watch(tab: Watched) -> None:
    def on_console(said: ConsoleMessage) -> None:
        if said.type == "error":
            tab.errors.append(f"console error: {said.text} ({said.location['url']})")

    def on_request(asked: Request) -> None:
        if _is_elsewhere(asked.url):
            tab.errors.append(f"request to another host: {asked.url}")

    tab.page.on("pageerror", lambda error: tab.errors.append(f"JavaScript error: {error}"))
    tab.page.on("console", on_console)
    tab.page.on("request", on_request)


def _is_elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"


def _errors_of(tab: Watched) -> list[str]:
    if tab.page.is_closed():
        return tab.errors
    boxes = tab.page.locator("[data-testid=stException]").all_inner_texts()
    return tab.errors + [f"exception on the page: {text}" for text in boxes]
