"""The server around the pages: what it tells the browser, and the very first visitor, who comes by a link."""

import re

from playwright.sync_api import Browser, expect

from playground import server
from playground.pages import PAGES
from tests.conftest import ROOT, serve

SEEN = """
globalThis.seen = false;
new MutationObserver(() => { seen ||= !!document.querySelector("[data-testid=stSidebarNav]"); })
  .observe(document, { childList: true, subtree: true });
"""
"""Whether Streamlit's own list of the files in pages/ was there at any time."""


def test_the_page_names_the_parts_of_the_first_picture():
    page = server.index()
    named = re.findall(r'"modulepreload" crossorigin href="\./static/js/([^"]+)"', page)
    assert len(named) == len(set(named))
    assert all((server.SCRIPTS / name).is_file() for name in named)
    assert all(any(name.startswith(part) for name in named) for part in server.WANTED)


def test_it_keeps_its_own_name_and_asks_for_no_unused_font():
    page = server.index()
    assert "<title>Generative Playground</title>" in page
    assert 'as="font"' not in page
    assert '<div id="root">' in page


def test_every_page_has_its_address():
    assert [route.path for route in server.pages()] == ["/", *(f"/{page.address}" for page in PAGES)]


def test_the_first_visitor_of_a_new_server_gets_the_page_of_the_link(browser: Browser, tmp_path):
    with serve(str(ROOT / "streamlit_app.py"), tmp_path) as new:
        page = browser.new_page()
        page.add_init_script(SEEN)
        page.goto(f"{new.url}/gan?steps=5")
        expect(page.get_by_role("heading", name="Can a forger learn to paint diagonals?")).to_be_visible(timeout=60_000)
        assert page.evaluate("seen") is False
        page.close()
