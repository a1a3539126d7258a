"""The latent pad in the browser: the point, the sliders, the map, and what comes back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import PHONE, NewPage

LEAST_MOVE = 0.012  # of the plane: a pixel's width and what rounding adds
PICTURE = "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join()"
MAP = """
async (canvas, [codes, [column, row], k]) => {
  const { decoders } = globalThis.playground;
  const decoder = await decoders[Object.keys(decoders)[k]];
  const [, height, width] = decoder.shape;
  const want = decoder.decode(new Float32Array(codes)).join();
  return canvas.getContext("2d").getImageData(column * width, row * height, width, height).data.join() === want;
}
"""


@pytest.fixture
def pad(page: Page) -> Locator:
    return opened(page)


def opened(page: Page, query: str = "") -> Locator:
    page.goto(f"/?app=latent_pad{query}")
    found = page.locator(".pad .plane")
    expect(found).to_be_visible()
    expect(page.locator(".pad .where b").first).to_be_visible()  # the decoder is there
    return found


def to(page: Page, on: Locator, x: float, y: float, steps: int = 1) -> None:
    """Move the mouse to a place, (0, 0) upper left to (1, 1)."""
    box = on.bounding_box()
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=steps)


def where(page: Page) -> list[float]:
    """The coordinates that are written beside the picture."""
    return [float(text.replace("\u2212", "-")) for text in page.locator(".pad .where b").all_inner_texts()]


def code(page: Page) -> list[float]:
    """The code that Python holds."""
    return [float(part) for part in page.get_by_text(re.compile("^z -?[0-9]")).inner_text().split()[1:]]


def test_a_drag_moves_the_picture_without_the_server_and_its_end_is_told_once(page: Page):
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(len(data))))
    plane = opened(page)
    expect(page.get_by_text("releases 0")).to_be_visible()
    before, n_sent = page.locator(".pad .picture").evaluate(PICTURE), len(sent)
    to(page, plane, 0.5, 0.5)
    page.mouse.down()
    seen = set()
    for step in range(1, 9):
        to(page, plane, 0.5 + 0.05 * step, 0.5 - 0.03 * step)
        seen.add(page.locator(".pad .picture").evaluate(PICTURE))
    assert len(seen - {before}) == 8
    assert where(page) == pytest.approx([0.8 * 3, 0.48 * 3], abs=LEAST_MOVE * 3)
    assert len(sent) == n_sent
    page.mouse.up()
    expect(page.get_by_text("releases 1")).to_be_visible()
    assert code(page)[:2] == pytest.approx(where(page), abs=0.006)
    assert code(page)[2:] == [0] * 10
    assert page.locator(".pad .picture").evaluate(PICTURE) != before
    expect(page.get_by_text("runs 1")).to_be_visible()  # only the fragment ran
    page.get_by_text("Principal").click()
    expect(page.get_by_text("runs 2")).to_be_visible()
    expect(page.get_by_text("releases 1")).to_be_visible()


def test_keys_move_the_point(page: Page, pad: Locator):
    pad.focus()
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowUp", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert where(page) == pytest.approx([0.06, 0.36])
    expect(page.get_by_text("z 0.060 0.360")).to_be_visible()
    expect(page.locator(".pad .said")).to_have_text("z1 width 0.06, z2 tilt 0.36")
    page.keyboard.press("Home")
    expect(page.get_by_text("z 0.000 0.000")).to_be_visible()


def test_a_slider_moves_picture_and_map(page: Page, pad: Locator):
    slider = page.get_by_role("slider", name="z3, height")
    picture, map_ = page.locator(".pad .picture"), page.locator(".pad .map")
    code_there = [-3 * 11 / 12, 3 * 11 / 12, *[0.0] * 10]
    expect_painted(page, map_, code_there, (0, 0))
    before = picture.evaluate(PICTURE)
    to(page, slider, 0.5, 0.5)
    page.mouse.down()
    to(page, slider, 0.5, 0.1, steps=5)
    assert picture.evaluate(PICTURE) != before
    expect(page.get_by_text("releases 0")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_text("releases 1")).to_be_visible()
    moved = code(page)[2]
    assert moved > 1.5
    expect_painted(page, map_, [*code_there[:2], moved, *[0.0] * 9], (0, 0))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("releases 2")).to_be_visible()
    assert 0 < moved - code(page)[2] < 0.1
    assert code(page)[:2] == [0, 0]


def expect_painted(page: Page, map_: Locator, code_there: list[float], tile: tuple[int, int], decoder: int = 0) -> None:
    """Wait until a tile of the map is the picture of a code, as the page's first or second decoder makes it."""
    page.wait_for_function(
        f"async ([canvas, given]) => ({MAP})(canvas, given)",
        arg=[map_.element_handle(), [code_there, list(tile), decoder]],
    )


def test_a_code_from_python_moves_the_point_unless_it_is_dragged(page: Page, pad: Locator):
    to(page, pad, 0.75, 0.25)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("releases 1")).to_be_visible()
    page.get_by_role("button", name="Zero").click()
    expect(page.get_by_text("z 0.000 0.000")).to_be_visible()
    expect(page.locator(".pad .where b").first).to_have_text("0.00")
    to(page, pad, 0.25, 0.25)
    page.mouse.down()
    held = where(page)
    page.get_by_role("button", name="Zero").evaluate("(button) => button.click()")
    expect(page.get_by_text("runs 3")).to_be_visible()
    to(page, pad, 0.25, 0.24)
    assert where(page)[0] == held[0]
    page.mouse.up()
    expect(page.get_by_text("releases 2")).to_be_visible()
    assert where(page)[0] == pytest.approx(-1.5, abs=3 * LEAST_MOVE)
    assert code(page)[:2] == pytest.approx(where(page), abs=0.006)


def test_a_plane_of_principal_components_moves_every_axis(page: Page, pad: Locator):
    page.get_by_text("Principal").click()
    expect(page.locator(".pad .rightward")).to_have_text("first component \u2192")
    to(page, pad, 0.9, 0.5)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("releases 1")).to_be_visible()
    assert all(code(page))
    outputs = [float(text.replace("\u2212", "-")) for text in page.locator(".pad output").all_inner_texts()]
    assert outputs == pytest.approx(code(page)[2:10], abs=0.006)


def test_another_model_takes_the_pad_over(page: Page, pad: Locator):
    picture = page.locator(".pad .picture")
    expect(picture).to_have_js_property("width", 8)
    to(page, pad, 0.75, 0.5)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("releases 1")).to_be_visible()
    page.get_by_text("Letters").click()
    expect(picture).to_have_js_property("width", 32)
    expect(page.locator(".pad .where b").first).to_have_text("0.00")
    expect_painted(page, page.locator(".pad .map"), [3 / 12, -3 / 12, *[0.0] * 6], (6, 6), decoder=1)
    to(page, pad, 0.75, 0.5)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("releases 2")).to_be_visible()
    assert len(code(page)) == 8
    page.get_by_text("Letters").click()
    expect(picture).to_have_js_property("width", 8)
    expect(page.locator(".pad .where b").first).to_have_text("0.00")


def test_a_pad_in_a_tab_is_drawn_when_the_tab_is_opened(page: Page):
    page.goto("/?app=latent_pad&tabs=1")
    expect(page.get_by_text("runs 1")).to_be_visible()
    page.get_by_role("tab", name="Behind").click()
    expect_painted(page, page.locator(".pad .map"), [3 / 12, -3 / 12, *[0.0] * 10], (6, 6))
    assert page.locator(".pad .picture").bounding_box()["width"] > 160
    point, plane = (page.locator(f".pad .{name}").bounding_box() for name in ("point", "plane"))
    assert point["x"] + point["width"] / 2 == pytest.approx(plane["x"] + plane["width"] / 2, abs=1)


def test_a_finger_drags_the_point_on_a_phone(new_page: NewPage):
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark", reduced_motion="reduce")
    plane = opened(page)
    expect_painted(page, page.locator(".pad .map"), [3 / 12, -3 / 12, *[0.0] * 10], (6, 6))  # all at once, but it comes
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = plane.bounding_box()
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 6):
        there = {"x": x + 0.05 * k * box["width"], "y": y + 0.05 * k * box["height"]}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [there]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_text("releases 1")).to_be_visible()
    assert code(page)[:2] == pytest.approx([1.5, -1.5], abs=3 * LEAST_MOVE)
    slider = page.locator(".pad input").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 0.1 * box["height"])
    expect(page.get_by_text("releases 2")).to_be_visible()
    assert code(page)[2] > 1.5


def test_axes_that_do_nothing_say_so_and_many_wait_behind_a_button(page: Page, pad: Locator):
    expect(page.get_by_role("slider", name="z5, does nothing")).to_be_visible()
    expect(page.locator(".pad input")).to_have_count(8)
    page.get_by_role("button", name="2 more axes").click()
    expect(page.locator(".pad input")).to_have_count(10)
    page.get_by_role("button", name="Fewer axes").click()
    expect(page.locator(".pad input")).to_have_count(8)


def test_dots_are_explained_and_can_be_put_away(page: Page, pad: Locator):
    for digit in "0123456789":
        expect(page.locator(".pad .key").get_by_text(digit, exact=True)).to_be_visible()
    dots = page.locator(".pad .dots")
    painted = "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)"
    page.wait_for_function(painted, arg=dots.element_handle())
    page.get_by_role("button", name="Codes").click()
    assert not dots.evaluate(painted)


def test_weights_and_dots_are_sent_once(page: Page):
    got: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: got.append(len(data))))
    plane = opened(page, "&model=shapes")
    assert max(got) > 900_000
    for k in range(4):
        to(page, plane, 0.3 + 0.1 * k, 0.3)
        got.clear()
        page.mouse.down()
        page.mouse.up()
        expect(page.get_by_text(f"releases {k + 1}")).to_be_visible()
        assert sum(got) < 10_000  # the whole fragment with its texts
        assert max(got) < 5_000
    got.clear()
    page.get_by_role("button", name="Zero").click()
    expect(page.get_by_text("runs 2")).to_be_visible()
    assert sum(got) < 10_000  # the whole script
