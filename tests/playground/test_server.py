"""The server around the pages: what it tells the browser, and the very first visitor, who comes by a link."""

import http.client
import re
import threading
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit import config

from playground.components.code import FILE, SCRIPT
from playground.pages import PAGES
from playground.server import FOREVER, SCRIPTS, WANTED, index, pages, take_no_turns_for_options
from tests.conftest import ROOT, Server, serve

SEEN = """
globalThis.seen = false;
new MutationObserver(() => { seen ||= !!document.querySelector("[data-testid=stSidebarNav]"); })
  .observe(document, { childList: true, subtree: true });
"""
"""Whether Streamlit's own list of the files in pages/ was there at any time."""


def test_the_page_names_the_parts_of_the_first_picture():
    page = index()
    named = re.findall(r'"modulepreload" crossorigin href="\./static/js/([^"]+)"', page)
    assert len(named) == len(set(named))
    assert all((SCRIPTS / name).is_file() for name in named)
    assert all(any(name.startswith(part) for name in named) for part in WANTED)


def test_it_keeps_its_own_name_and_asks_for_no_unused_font():
    page = index()
    assert "<title>Generative Playground</title>" in page
    assert 'as="font"' not in page
    assert '<div id="root">' in page


def test_the_parts_of_the_page_are_served_to_be_kept(server: Server):
    name = next(SCRIPTS.glob("BidiComponent.*.js")).name
    with urllib.request.urlopen(f"{server.url}/static/js/{name}") as answer:
        assert answer.read() == (SCRIPTS / name).read_bytes()
        assert "javascript" in answer.headers["Content-Type"]
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_page_names_the_code_of_our_components(server: Server):
    assert f'<script type="module" src="./{FILE}"></script>' in index()
    with urllib.request.urlopen(f"{server.url}/{FILE}") as answer:
        assert answer.read().decode() == SCRIPT
        assert "javascript" in answer.headers["Content-Type"]
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/static/js/none.js", "/static/../config.py", "/static/%2e%2e/config.py"])
def test_nothing_else_is_served_as_a_part(server: Server, address: str):
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    connection.request("GET", address)
    answer = connection.getresponse()
    assert answer.headers["Cache-Control"] != FOREVER["Cache-Control"]
    assert "python" not in (answer.headers["Content-Type"] or "")
    connection.close()


def test_an_option_is_read_without_waiting_for_others(monkeypatch: pytest.MonkeyPatch):
    asked = threading.Thread(target=lambda: found.append(config.get_option("server.maxUploadSize")), daemon=True)
    found: list[int] = []
    with config._config_lock:
        monkeypatch.setattr(config, "_config_lock", config._config_lock)  # put back at the end
        take_no_turns_for_options()
        asked.start()
        asked.join(timeout=30)
    assert len(found) == 1


@pytest.mark.parametrize("address", ["/", "/gan"])
def test_a_page_connects_at_once_without_asking_where_the_server_is(page: Page, server: Server, address: str):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_websocket() as opened:
        page.goto(address)
    assert opened.value.url == f"{server.url}/_stcore/stream".replace("http", "ws")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not [url for url in asked if "/gan/" in url]


def test_every_page_has_its_address():
    assert [route.path for route in pages()] == ["/", *(f"/{page.address}" for page in PAGES), f"/{FILE}"]


def test_the_first_visitor_of_a_new_server_gets_the_page_of_the_link(browser: Browser, tmp_path):
    with serve(str(ROOT / "streamlit_app.py"), tmp_path) as new:
        page = browser.new_page()
        page.add_init_script(SEEN)
        page.goto(f"{new.url}/gan?steps=5")
        expect(page.get_by_role("heading", name="Can a forger learn to paint diagonals?")).to_be_visible(timeout=60_000)
        assert page.evaluate("seen") is False
        page.close()
