"""The drawing pad and the decision regions: what is refused, and mouse, touch and keyboard in the browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from engine.data import points
from playground.components import ComponentError, Region
from playground.components.drawing_pad import pack_pad
from playground.components.regions import pack_regions
from tests.components.conftest import unpacked
from tests.conftest import PHONE, NewPage

NAMES = ("blue", "orange", "green")


# -- what the browser gets


def test_a_pad_gets_its_points_and_brushes():
    text = points.encode(np.array([[0.0, 1.0]]), np.array([1]))
    assert pack_pad(text, classes=NAMES, most=10) == {"points": text, "classes": list(NAMES), "most": 10}


@pytest.mark.parametrize(
    ("text", "classes", "most", "message"),
    [("", ("one",), 10, "classes has 1"), ("", NAMES, 0, "most = 0"), ("zz", NAMES, 10, "text: points = zz")],
)
def test_a_pad_that_cannot_be_drawn_says_why(text, classes, most, message):
    with pytest.raises(ComponentError, match=message):
        pack_pad(text, classes=classes, most=most)


def region(side: int = 2) -> Region:
    shade = np.arange(side * side, dtype=np.uint8).reshape(side, side)
    return Region(title="A", kind="", shade=shade, button="Generate", note="", alt="A")


def test_a_frame_of_regions_is_shades_and_points():
    frame = pack_regions([region()], np.array([[0.5, -1.0]]), np.array([1]), classes=NAMES[:2], reach=3.0, point=(0, 0))
    header, numbers = unpacked(frame)
    assert (header["grid"], header["n"], header["classes"]) == (2, 1, ["blue", "orange"])
    assert list(numbers[:4]) == [0, 1, 2, 3]
    assert np.frombuffer(numbers[4:], "<i2").tolist() == [500, -1000, 1]


def test_regions_of_unlike_shades_are_refused():
    with pytest.raises(ComponentError, match="shade of shape"):
        pack_regions([region(2), region(3)], np.zeros((0, 2)), np.zeros(0), classes=NAMES, reach=3.0, point=(0, 0))


# -- what a person does


@pytest.fixture
def pad(page: Page) -> Locator:
    page.goto("/?app=pad")
    plane = page.locator(".pad .plane")
    expect(plane).to_be_visible()
    return plane


def drag(page: Page, plane: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    box = plane.bounding_box()
    page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=20)
    page.mouse.up()


def counts(page: Page) -> list[int]:
    text = page.get_by_text(re.compile("^classes")).inner_text()
    return [int(n) for n in re.findall(r"\d+", text)][:3]


def test_the_mouse_draws_erases_and_undoes(page: Page, pad: Locator):
    drag(page, pad, (0.1, 0.1), (0.6, 0.1))
    expect(page.get_by_text("draws 1")).to_be_visible()
    blue, *others = counts(page)
    assert blue > 5
    assert others == [0, 0]
    expect(page.get_by_text("top 2.")).to_be_visible()  # up on the pad is up in the plane
    page.get_by_role("button", name="orange").click()
    drag(page, pad, (0.1, 0.8), (0.6, 0.8))
    expect(page.get_by_text("draws 2")).to_be_visible()
    assert counts(page)[0] == blue
    assert counts(page)[1] > 5
    page.get_by_role("button", name="Eraser").click()
    drag(page, pad, (0.05, 0.1), (0.65, 0.1))
    expect(page.get_by_text("draws 3")).to_be_visible()
    assert counts(page)[0] == 0
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("draws 4")).to_be_visible()
    assert counts(page)[0] == blue
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("classes [0, 0, 0] draws 5")).to_be_visible()
    page.get_by_role("button", name="Undo").click()  # what is cleared comes back too
    expect(page.get_by_text("draws 6")).to_be_visible()
    assert counts(page)[0] == blue


def test_a_drawing_that_the_server_lost_is_told_again(page: Page, pad: Locator):
    page.get_by_role("button", name="Lose the next drawing").click()
    drag(page, pad, (0.1, 0.1), (0.6, 0.1))
    expect(page.get_by_text("draws 1")).to_be_visible()
    assert counts(page)[0] > 5


def test_a_full_pad_takes_no_more(page: Page, pad: Locator):
    for k in range(6):
        drag(page, pad, (0.05, 0.1 + 0.12 * k), (0.95, 0.15 + 0.12 * k))
    expect(page.get_by_text("60 of 60 points: the pad is full")).to_be_visible()
    expect(page.get_by_text(re.compile(r"classes \[60, 0, 0\]"))).to_be_visible()


def test_the_keyboard_draws(page: Page, pad: Locator):
    pad.focus()
    for key in ("2", "Space", "ArrowRight", "ArrowRight", "Space", "3", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("classes [0, 2, 1]")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("classes [0, 2, 0]")).to_be_visible()
    for key in ("e", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("classes [0, 1, 0]")).to_be_visible()


def test_a_finger_draws(new_page: NewPage):
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/?app=pad")
    plane = page.locator(".pad .plane")
    expect(plane).to_be_visible()
    box = plane.bounding_box()
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 11):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 15 * k, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_text("draws 1")).to_be_visible()
    assert counts(page)[0] >= 8


def test_regions_say_what_is_under_the_pointer_and_where_the_cross_is(page: Page, pad: Locator):
    plane = page.locator(".regions .plane").first
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    for says in page.locator(".regions .says").all():
        expect(says).to_have_text("1.00blue, under the pointer")
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    expect(page.get_by_text("point 1.5 1.5")).to_be_visible()
    page.mouse.move(0, 0)
    expect(page.locator(".regions .says").first).to_have_text("0.75orange, at the cross")
    plane.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("point 1.4 1.4")).to_be_visible()


def test_every_press_of_an_arrow_key_counts_however_quick(page: Page, pad: Locator):
    plane = page.locator(".regions .plane").first
    plane.click()
    expect(page.get_by_text("point 0.0 0.0")).to_be_visible()
    for key in ["ArrowRight", "ArrowUp"] * 12:
        page.keyboard.press(key, delay=40)  # so that answers to the first ones come between the others
    expect(page.get_by_text("point 1.2 1.2")).to_be_visible()


def test_the_button_under_a_region_says_which(page: Page, pad: Locator):
    page.locator(".regions button").nth(1).click()
    expect(page.get_by_text("pours [1]")).to_be_visible()
