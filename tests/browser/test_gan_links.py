"""The GAN page in a real browser: what a link, a file, or a way back to the page brings."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from safetensors import safe_open

from tests.browser.stage import button, opened, pause, pixels, saved, stands_at, step, timeline
from tests.conftest import NewPage


def test_a_link_shows_the_same_pictures_in_another_browser(new_page: NewPage):
    mine, yours = new_page(), new_page()
    opened(mine, "/gan?seed=11&size=6&at=30", at=30)
    button(mine, "act-expert").click()
    stands_at(mine, 31)
    mine.locator(".st-key-speed").get_by_role("combobox").focus()
    button(mine, "step").click()
    stands_at(mine, 32)
    expect(mine).to_have_url(re.compile("at=32"))
    opened(yours, mine.url, at=32)
    assert pixels(yours) == pixels(mine)
    for page in (mine, yours):
        button(page, "step").click()
        stands_at(page, 33)
    assert pixels(yours) == pixels(mine)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("size=99", "size = 99: must be a whole number from 2 to 16"),
        (
            "seed=%3Cimg%20src%3Dx%20onerror%3D%22window.hit%3D1%22%3E%20%5Ba%5D(javascript:alert(1))",
            '<img src=x onerror="window.hit=1">',
        ),
        ("%3Cb%3Ex%3C/b%3E=1", "<b>x</b>"),
    ],
    ids=["range", "html", "html-name"],
)
def test_a_bad_link_gives_a_message_and_a_working_page(page: Page, query: str, sentence: str):
    page.goto(f"/gan?{query}")
    message = page.get_by_test_id("stAlert")
    expect(message).to_contain_text(sentence)
    assert message.locator("img, a, b").count() == 0
    assert page.evaluate("window.hit") is None
    expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    pause(page)


def test_every_file_is_what_it_says_and_a_saved_run_comes_back(page: Page, tmp_path: Path):
    opened(page)
    before = pixels(page)
    page.get_by_role("button", name="Save or load").click()
    for name, start in (
        ("Figure (PNG)", b"\x89PNG"),
        ("Figure (SVG)", b"<?xml"),
        ("Animation (GIF)", b"GIF89a"),
        ("Numbers (CSV)", b"step,"),
    ):
        assert saved(page, name, tmp_path).read_bytes().startswith(start)
    run = saved(page, "Run (safetensors)", tmp_path)
    with safe_open(run, "numpy") as content:
        assert '"seed": 7' in content.metadata()["generative-playground"]
    page.keyboard.press("Escape")
    page.locator(".st-key-gan-size").get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile("size=16"))
    page.get_by_role("button", name="Save or load").click()
    page.locator(".st-key-upload input[type=file]").set_input_files(run)
    stands_at(page, 40)
    expect(page).to_have_url(re.compile("seed=7"))
    assert pixels(page) == before


def test_a_foreign_file_is_one_sentence_and_the_run_goes_on(page: Page, tmp_path: Path):
    opened(page)
    before = pixels(page)
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(b"something else")
    page.get_by_role("button", name="Save or load").click()
    page.locator(".st-key-upload input[type=file]").set_input_files(foreign)
    expect(page.get_by_text("is no safetensors file").first).to_be_visible()
    stands_at(page, 40)
    assert pixels(page) == before


def test_home_leads_to_the_page_and_a_page_change_keeps_run_and_link(page: Page):
    page.goto("/")
    expect(page.get_by_role("heading", name="Can a machine dream up something new?")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Can a forger learn"))).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="GAN").click()
    expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    pause(page)
    at, before = step(page), pixels(page)
    page.get_by_role("link", name="Home").first.click()
    expect(page.get_by_role("heading", name="Can a machine dream up something new?")).to_be_visible()
    page.get_by_role("link", name="GAN").first.click()
    stands_at(page, at)
    expect(page).to_have_url(re.compile(rf"at={at}\b"))
    assert pixels(page) == before
