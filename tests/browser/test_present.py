"""Present: on the projector the arrow keys lead through the parts of a page."""

import pytest
from playwright.sync_api import Page, expect

from playground.pages import PAGES

TOP = "(part) => Math.round(part.getBoundingClientRect().top)"
PLACE = 101
"""Pixels below the top: the bar's 4.5 rem."""
LISTENS = "Boolean(globalThis.playground?.lesson)"


def at_the_top(page: Page, name: str) -> None:
    """Wait until a part of the page stands where the eye is."""
    heading = page.get_by_role("heading", name=name, exact=True)
    page.wait_for_function(f"(part) => Math.abs(({TOP})(part) - {PLACE}) < 12", arg=heading.element_handle())


def test_arrow_keys_lead_through_the_lesson(page: Page):
    page.goto("/gan?present=true&at=20")
    expect(page.get_by_text("Paused")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    page.wait_for_function(LISTENS)
    for name in ("What is happening", "The honest score"):
        page.keyboard.press("ArrowRight")
        at_the_top(page, name)
    page.keyboard.press("ArrowLeft")
    at_the_top(page, "What is happening")
    slider = page.get_by_role("slider", name="Timeline of the run")
    slider.focus()
    page.keyboard.press("ArrowLeft")  # the timeline's own: one step back
    expect(slider).to_have_attribute("aria-valuenow", "19")


@pytest.mark.parametrize("address", [entry.address for entry in PAGES])
def test_every_page_can_be_presented(page: Page, address: str):
    page.goto(f"/{address}?present=true")
    title = page.get_by_role("heading", level=1)
    expect(title).to_be_visible()
    page.wait_for_function("document.querySelectorAll('[data-testid=stMainBlockContainer] h3').length > 1")
    page.wait_for_function(LISTENS)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.tagName === 'H3'")


def test_elsewhere_the_arrow_keys_do_what_they_always_do(page: Page):
    page.goto("/gan?at=20")
    expect(page.get_by_text("Paused")).to_be_visible()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
