"""The button that copies the address of the page, with the clipboard and without one."""

from playwright.sync_api import Page, expect

from tests.conftest import NewPage


def copied(page: Page) -> None:
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)


def test_the_link_is_the_whole_address(new_page: NewPage):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/?seed=7&size=8")
    copied(page)
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert page.url.endswith("/?seed=7&size=8")
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(0)  # after two seconds


def test_without_a_clipboard_it_copies_the_old_way(new_page: NewPage):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script("navigator.clipboard.writeText = undefined")  # as on http:// addresses of other machines
    page.goto("/?seed=8")
    copied(page)
    assert page.evaluate("navigator.clipboard.readText()") == page.url
