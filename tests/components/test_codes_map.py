"""The map of codes: what is refused; pictures on hover, click, lasso, keyboard, touch, space; nothing is sent twice."""

import base64
import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from engine import starters
from engine.rng import generator
from playground.components import ComponentError
from playground.components.codes_map import pack_chosen, pack_codes, pack_points, read_choice
from playground.components.frames import KEPT_BYTES
from tests.components.conftest import unpacked
from tests.conftest import PHONE, NewPage

PIXELS = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""
PAINTED = """async (canvas) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((a, b) => (31 * a + b) % 1000003, 0);
}"""
CORNERS = [(0.03, 0.03), (0.97, 0.03), (0.03, 0.97), (0.97, 0.97), (0.5, 0.5)]
"""About where the five codes of the app stand, as shares of the map, from the upper left."""


# -- what the browser gets


def test_codes_travel_as_halves_and_bytes():
    codes = np.array([[0.5, -1], [2, 4]])
    name, data = pack_codes(codes, np.array([5.0, 9.0]), title="height")
    header, body = unpacked(data)
    assert (header["id"], header["n"], header["span"]) == (name, 2, [5, 9])
    assert np.frombuffer(body[:8], "<f2").tolist() == [0.5, -1, 2, 4]
    assert list(body[8:10]) == [0, 255]
    assert len(data) >= KEPT_BYTES  # or the browser would not keep it
    assert pack_codes(codes, np.array([5.0, 9.0]), title="width")[0] != name


def test_five_thousand_codes_are_small():
    codes = generator(0, "codes").standard_normal((5000, 32))
    assert len(pack_codes(codes, np.zeros(5000))[1]) < 340_000
    assert len(pack_points(codes[:, :3], 5000)[1]) < 31_000
    assert len(pack_chosen(range(5000), 5000)) < 1_000


@pytest.mark.parametrize("dims", [2, 3])
def test_places_fill_the_map(dims):
    points = generator(1, "points").standard_normal((50, dims)) * 1e-4 + 7
    _, body = unpacked(pack_points(points, 50)[1])
    places = np.frombuffer(body[: 100 * dims], "<i2").reshape(50, dims) / 30_000
    assert (np.abs(places).max() if dims == 2 else np.linalg.norm(places, axis=1).max()) == pytest.approx(1, abs=1e-3)
    gaps = [np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (points, places)]
    np.testing.assert_allclose(gaps[0] / gaps[0].max(), gaps[1] / gaps[1].max(), atol=1e-3)


def test_one_code_stands_in_the_middle():
    _, body = unpacked(pack_points(np.array([[3.0, 4.0]]), 1)[1])
    assert list(body[:4]) == [0, 0, 0, 0]


def test_a_choice_travels_as_bits():
    assert base64.b64decode(pack_chosen([0, 3, 9], 10)) == bytes([0b1001, 0b10])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"codes": np.zeros((0, 2)), "values": np.zeros(0)}, "n from 1 to 5,000"),
        ({"values": np.zeros(2)}, "must be 3, one for each code"),
        ({"notes": ["a"]}, "1 notes: must be 3"),
        ({"codes": np.full((3, 2), 1e6)}, "within the range of float16"),
        ({"values": np.array([0, 1, np.nan])}, "values: must be finite"),
        ({"classes": ["a", "b"]}, "values: must be indices of the classes"),
    ],
)
def test_codes_that_cannot_be_drawn_are_refused(changes, message):
    given = {"codes": np.zeros((3, 2)), "values": np.arange(3), **changes}
    with pytest.raises(ComponentError, match=re.escape(message)):
        pack_codes(given.pop("codes"), given.pop("values"), **given)


def test_places_and_choices_that_cannot_be_drawn_are_refused():
    for points in (np.zeros((3, 4)), np.zeros((2, 2)), np.full((3, 2), np.inf)):
        with pytest.raises(ComponentError, match="points of shape"):
            pack_points(points, 3)
    with pytest.raises(ComponentError, match="chosen holds 3"):
        pack_chosen([3], 3)


def test_only_numbers_of_codes_can_be_chosen():
    assert read_choice({"number": 4, "numbers": [2, 0, 2]}, 3) == (4, [0, 2])
    for sent in (None, {}, {"number": 1, "numbers": [3]}, {"number": 1, "numbers": ["x"]}, {"number": 1, "numbers": 5}):
        assert read_choice(sent, 3)[1] is None


# -- what a person does


def opened_map(page: Page, query: str = "") -> Locator:
    page.goto(f"/?app=codes_map{query}")
    plane = page.locator(".map .plane")
    expect(plane).to_have_attribute("aria-label", re.compile("^Map of"))
    expect(page.get_by_role("button", name="Turn")).to_be_visible()
    return plane


def at(plane: Locator, place: tuple[float, float]) -> tuple[float, float]:
    box = plane.bounding_box()
    return box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"]


def drag(page: Page, plane: Locator, *path: tuple[float, float]) -> None:
    page.mouse.move(*at(plane, path[0]))
    page.mouse.down()
    for place in path[1:]:
        page.mouse.move(*at(plane, place), steps=5)
    page.mouse.up()


def test_the_picture_of_the_code_under_the_pointer_stands_beside(page: Page):
    plane = opened_map(page)
    model = starters.load("digits")
    for i, place in enumerate(CORNERS):
        page.mouse.move(*at(plane, place))
        picture = page.get_by_role("img", name=f"Decoded picture of code {i}, note {i}")
        expect(picture).to_be_visible()
        expect(page.get_by_text(f"Picture {i}", exact=True)).to_be_visible()
        found = np.array(picture.evaluate(PIXELS)).reshape(8, 8, 4)[:, :, 0]
        expected = model.decode(model.codes[i : i + 1].astype(np.float16).astype(np.float32))[0, 0]
        assert np.abs(found - 255 * expected).max() <= 1


def test_a_click_chooses_one_and_shift_more(page: Page):
    plane = opened_map(page)
    page.mouse.click(*at(plane, CORNERS[1]))
    expect(page.get_by_text("chosen [1]")).to_be_visible()
    page.keyboard.down("Shift")
    page.mouse.click(*at(plane, CORNERS[4]))
    page.keyboard.up("Shift")
    expect(page.get_by_text("chosen [1, 4]")).to_be_visible()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_role("button", name="Choose 2 and 3").click()  # from Python
    expect(page.get_by_text("chosen [2, 3]")).to_be_visible()
    page.mouse.click(*at(plane, (0.3, 0.6)))  # beside every dot
    expect(page.get_by_text("chosen []")).to_be_visible()
    expect(page.get_by_text("choices 3")).to_be_visible()


def test_the_lasso_chooses_what_lies_inside(page: Page):
    plane = opened_map(page)
    around = [(0.4, 0.4), (0.4, 0.6), (0.99, 0.99), (0.99, 0.01), (0.6, 0.01)]
    drag(page, plane, *around)
    page.get_by_role("button", name="Lasso").click()
    drag(page, plane, *around)
    expect(page.get_by_text("chosen [1, 3, 4]")).to_be_visible()
    expect(page.get_by_text("choices 1")).to_be_visible()  # the drag without it chose nothing
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("chosen []")).to_be_visible()


def test_dots_glide_to_new_places(page: Page):
    plane = opened_map(page)
    page.mouse.move(*at(plane, CORNERS[0]))
    expect(page.get_by_text("Picture 0", exact=True)).to_be_visible()
    page.get_by_role("button", name="Turn").click()  # upside down
    for _ in range(500):  # until the lower right dot is the first code
        page.mouse.move(*at(plane, CORNERS[4]))
        page.mouse.move(*at(plane, CORNERS[3]))
        if page.get_by_text("Picture 0", exact=True).is_visible():
            break
    expect(page.get_by_text("Picture 0", exact=True)).to_be_visible()


def test_the_keyboard_goes_from_code_to_code(page: Page):
    plane = opened_map(page)
    plane.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Picture 4", exact=True)).to_be_visible()  # begins in the middle
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"chosen \[[01]\]"))).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    expect(page.get_by_text(re.compile(r"chosen \[[01], [23]\]|chosen \[[01], 4\]"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("chosen []")).to_be_visible()


def test_in_space_the_map_is_turned_by_drag_and_keys(page: Page):
    plane = opened_map(page, "&dims=3")
    dots = page.locator(".map canvas.dots")
    drawn = {dots.evaluate(PAINTED)}
    drag(page, plane, (0.3, 0.5), (0.7, 0.4))
    drawn.add(dots.evaluate(PAINTED))
    plane.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    drawn.add(dots.evaluate(PAINTED))
    assert len(drawn) == 3
    expect(page.get_by_text("choices 0")).to_be_visible()
    page.mouse.click(*at(plane, (0.5, 0.5)))  # what stands in the middle stays there
    expect(page.get_by_text("chosen [4]")).to_be_visible()


def test_two_thousand_codes_are_explained_and_sent_once(page: Page):
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    opened_map(page, "&show=many")
    expect(page.locator(".map .key")).to_have_text("digit0123456789")
    before = sum(received)
    assert before > 10_000
    page.get_by_role("button", name="Choose 2 and 3").click()
    expect(page.get_by_text("chosen [2, 3]")).to_be_visible()
    assert sum(received) - before < 10_000


def test_a_finger_draws_the_lasso_on_a_phone_in_the_dark(new_page: NewPage):
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    plane = opened_map(page)
    host = page.locator(".map")
    expect(host).to_have_attribute("data-theme", "dark")
    assert host.evaluate("(host) => host.scrollWidth <= host.clientWidth")
    page.touchscreen.tap(*at(plane, CORNERS[4]))
    expect(page.get_by_text("chosen [4]")).to_be_visible()
    page.get_by_role("button", name="Lasso").tap()
    touch = page.context.new_cdp_session(page)
    path = [at(plane, place) for place in ((0.01, 0.01), (0.01, 0.5), (0.4, 0.99), (0.3, 0.3), (0.3, 0.01))]
    for k, (x, y) in enumerate(path):
        kind = "touchMove" if k else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_text("chosen [0]")).to_be_visible()
