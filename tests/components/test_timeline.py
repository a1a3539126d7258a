"""The timeline: what it refuses, and dragging, letting go and the keyboard in the browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from playground.components import ComponentError, Mark
from playground.components.timeline import pack_timeline


def test_marks_are_sorted_by_step():
    data = pack_timeline(3, 9, None, [Mark(7, "b"), Mark(2, "a")])
    assert data == {"step": 3, "last": 9, "end": None, "marks": [[2, "a"], [7, "b"]], "disabled": False}


@pytest.mark.parametrize(
    ("step", "last", "end", "message"),
    [
        (5, 4, 10, "step = 5: must be from 0 to last = 4"),
        (-1, 4, 10, "step = -1: must be from 0 to last = 4"),
        (0, -1, 10, "last = -1: must be 0 or more"),
        (0, 4, -2, "end = -2: must be 0 or more, or None"),
    ],
)
def test_a_timeline_that_cannot_be_drawn_says_why(step: int, last: int, end: int, message: str):
    with pytest.raises(ComponentError, match=re.escape(message)):
        pack_timeline(step, last, end)


@pytest.fixture
def bar(page: Page):
    page.goto("/")
    slider = page.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", "step 100 of 500")
    return slider


def test_dragging_shows_steps_at_once_and_seeks_on_release(page: Page, bar):
    box = bar.bounding_box()
    y = box["y"] + 14
    page.mouse.move(box["x"] + box["width"] * 0.2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.1, y, steps=5)
    expect(bar).to_have_attribute("aria-valuenow", "50")
    expect(page.get_by_text("step 50", exact=True)).to_be_visible()
    expect(page.get_by_text("seeks []")).to_be_visible()
    page.mouse.move(box["x"] + box["width"] * 0.9, y, steps=5)
    expect(bar).to_have_attribute("aria-valuenow", "100")  # not further than the run has been
    page.mouse.move(box["x"] + box["width"] * 0.02, y, steps=5)
    page.mouse.up()
    expect(page.get_by_text("seeks [10]")).to_be_visible()
    expect(page.get_by_text("step 10", exact=True)).to_be_visible()


def test_the_pointer_is_not_fought_over_while_the_run_plays(page: Page, bar):
    page.get_by_role("button", name="Play").click()
    expect(bar).to_have_attribute("aria-valuenow", re.compile("^10[2-9]|^1[1-9]"))
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 14)
    page.mouse.down()
    seen = bar.evaluate(
        """async (slider) => {
          const seen = new Set();
          for (let i = 0; i < 60; i += 1) {
            seen.add(slider.getAttribute('aria-valuenow'));
            await new Promise(requestAnimationFrame);
          }
          return [...seen];
        }"""
    )
    assert seen == ["50"]
    page.mouse.up()
    expect(page.get_by_text("seeks [50]")).to_be_visible()


def test_keyboard(page: Page, bar):
    bar.focus()
    for key, step in (("ArrowLeft", 99), ("PageDown", 49), ("Home", 0), ("ArrowRight", 1), ("End", 100)):
        page.keyboard.press(key)
        expect(page.get_by_text(f"step {step}", exact=True)).to_be_visible()
    expect(page.get_by_text("seeks [99, 49, 0, 1, 100]")).to_be_visible()
    expect(bar).to_be_focused()
