"""The Language Models page in a real browser: a text of one's own as a file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_language import opened, words
from tests.conftest import NewPage


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\x89PNG\r\n\0\0", "zero bytes"), (b"caf\xe9 au lait", "UTF-8"), (b"\n\n", "is empty")],
)
def test_a_bad_file_is_one_sentence(page: Page, tmp_path: Path, content: bytes, sentence: str):
    opened(page)
    upload(page, tmp_path, content)
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.locator(".word").nth(3)).to_be_visible()


def upload(page: Page, folder: Path, content: bytes) -> None:
    path = folder / "mine.txt"
    path.write_bytes(content)
    page.locator(".st-key-language-kind").get_by_role("combobox").click()
    page.get_by_role("option", name="Your own text").click()
    page.locator(".st-key-language-upload input[type=file]").set_input_files(path)


def test_a_text_from_right_to_left_with_emoji_is_counted_and_a_link_opens_it_again(new_page: NewPage, tmp_path: Path):
    page = opened(new_page())
    upload(page, tmp_path, "הכלב ראה את הירח 🌙 בלילה\n".encode() * 40)
    expect(page).to_have_url(re.compile("text=own"))
    expect(page.locator(".word").nth(6)).to_be_visible()
    expect(page.locator(".page")).to_have_css("direction", "rtl")
    assert "הירח" in " ".join(words(page))
    expect(page).to_have_url(re.compile("at="))
    other = new_page()
    other.goto(page.url)
    expect(other.get_by_text("Your own text").first).to_be_visible()
    expect(other.locator(".word").nth(6)).to_be_visible()
