"""The walk: what is refused; its ways in the browser against the engine's; slider, strip, button, keyboard."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from engine import starters
from engine.latent.paths import lerp, slerp
from engine.rng import generator
from playground.components import ComponentError, Way, code
from playground.components.walk import pack_walk, read_release
from tests.components.conftest import unpacked
from tests.conftest import PHONE, NewPage

CODES_AT = """
async ([source, rows, times]) => {
  const { codeAt } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const out = new Float32Array(rows[0].a.length);
  return rows.map((row) => times.map((t) => (codeAt(row, t, out), [...out])));
}
"""
PIXELS = """(shown) => {
  const [width, height] = [shown.naturalWidth ?? shown.width, shown.naturalHeight ?? shown.height];
  const copy = new OffscreenCanvas(width, height).getContext("2d");
  copy.drawImage(shown, 0, 0);
  return [...copy.getImageData(0, 0, width, height).data];
}"""


# -- what the browser gets


def way(**changes) -> Way:
    return Way(**{"title": "Straight", "kind": "lerp", "a": np.zeros(3), "b": np.ones(3), **changes})


def test_a_walk_gets_its_ways_and_true_pictures():
    pictures = np.stack([np.zeros((3, 2, 2)), np.full((3, 2, 2), 0.5)])
    frame = pack_walk("abc", [way(), way(kind="fade", pictures=pictures)], t=0.5, low=0, high=1)
    header, pixels = unpacked(frame)
    assert header["rows"][0] == ["Straight", "lerp", [0, 0, 0], [1, 1, 1], "", ""]
    assert list(pixels) == [0] * 12 + [128] * 12
    other = pack_walk("abc", [way(kind="fade", pictures=pictures / 2)], t=0.5, low=0, high=1)
    assert header["rows"][1][5] not in ("", unpacked(other)[0]["rows"][0][5])


def test_a_frame_is_small():
    rows = [way(a=generator(k, "a").standard_normal(32), b=generator(k, "b").standard_normal(32)) for k in range(4)]
    assert len(pack_walk("0" * 16, rows, t=0.5, low=0, high=1)) < 5000


@pytest.mark.parametrize(
    ("rows", "t", "low", "high", "message"),
    [
        ([], 0.5, 0, 1, "rows has 0 entries"),
        ([way()], 1.5, 0, 1, "t = 1.5: must be a number from 0 to 1"),
        ([way()], float("nan"), 0, 1, "t = nan"),
        ([way()], 0.5, 1, 0, "low, high = 1, 0: must rise"),
        ([way(kind="jump")], 0.5, 0, 1, "kind = 'jump': must be one of lerp, slerp, fade, add"),
        ([way(b=np.ones(2))], 0.5, 0, 1, "b = "),
        ([way(b=np.array([0, np.nan, 0]))], 0.5, 0, 1, "b = "),
        ([way(), way(a=np.ones(2), b=np.ones(2))], 0.5, 0, 1, "a = "),
        ([way(pictures=np.zeros((2, 1, 4, 4)))], 0.5, 0, 1, "of kind 'fade'"),
    ],
)
def test_a_walk_that_cannot_be_drawn_says_why(rows, t, low, high, message):
    with pytest.raises(ComponentError, match=re.escape(message)):
        pack_walk("abc", rows, t=t, low=low, high=high)


@pytest.mark.parametrize("sent", [None, {}, {"number": 1, "t": "x"}, {"number": 1, "t": float("inf")}])
def test_a_release_that_no_walk_sends_is_not_heard(sent):
    assert read_release(sent)[1] is None


# -- what a person sees


def test_the_browser_walks_as_the_engine_does(page: Page):
    source = (Path(code.__file__).parent / "walk.js").read_text(encoding="utf-8")
    source = source.replace("export default function", "export { codeAt };\nconst render = function", 1)
    a, b = generator(5, "ends").standard_normal((2, 6))
    times = np.linspace(-0.5, 1.5, 9)
    ends = {"apart": (a, b), "opposite": (a, -a), "parallel": (a, 2 * a), "from the origin": (0 * a, b)}
    cases = [(kind, *pair) for kind in ("lerp", "slerp") for pair in ends.values()] + [("add", a, b)]
    rows = [{"kind": kind, "a": start.tolist(), "b": end.tolist()} for kind, start, end in cases]
    found = np.array(page.evaluate(CODES_AT, [source, rows, times.tolist()]))
    for (kind, start, end), ours in zip(cases, found, strict=True):
        if kind == "add":
            expected = start + times[:, None] * end
        else:
            expected = {"lerp": lerp, "slerp": slerp}[kind](start, end, times)
        np.testing.assert_allclose(ours, expected, atol=2e-6, err_msg=kind)


@pytest.fixture
def between(page: Page) -> Locator:
    page.goto("/?app=walk")
    found = page.locator(".walk").first
    expect(found.locator("canvas.large").first).to_have_attribute("aria-label", "Straight: the picture at t = 0.25")
    return found


def shown(picture: Locator) -> np.ndarray:
    """What a canvas or an image shows, (3, height, width)."""
    pixels = np.array(picture.evaluate(PIXELS), np.float64)
    side = int(np.sqrt(len(pixels) / 4))
    return pixels.reshape(side, side, 4)[:, :, :3].transpose(2, 0, 1)


def expected_at(t: float) -> list[np.ndarray]:
    """The four pictures of the app at t, 0 to 255."""
    model = starters.load("shapes")
    a, b, at = model.codes[3], model.codes[17], np.array([t])
    ends, real = model.decode(np.stack((a, b))), model.real([3, 17]) / 255
    found = [model.decode(path(a, b, at))[0] for path in (lerp, slerp)]
    return [255 * x for x in (*found, (1 - t) * ends[0] + t * ends[1], (1 - t) * real[0] + t * real[1])]


def test_the_pictures_at_t_are_those_of_the_engine(page: Page, between: Locator):
    between.get_by_role("button", name="Halfway").click()
    expect(page.get_by_text("t 0.500")).to_be_visible()
    for t in (0.5, 0.75):
        large = between.locator("canvas.large")
        expect(large.first).to_have_attribute("aria-label", f"Straight: the picture at t = {t}")
        for canvas, expected in zip(large.all(), expected_at(t), strict=True):
            assert np.abs(shown(canvas) - expected).max() <= 1
        page.get_by_role("button", name="To 0.75").click()  # from Python, no release
    expect(page.get_by_text("releases [0.5]")).to_be_visible()
    strip = between.locator(".strip").nth(1).locator("img")
    for i in (0, 8):  # the ends of the great circle
        expect(strip.nth(i)).to_have_js_property("complete", True)
        assert np.abs(shown(strip.nth(i)) - expected_at(i / 8)[1]).max() <= 1


def test_dragging_shows_pictures_and_tells_t_once(page: Page, between: Locator):
    slider = between.get_by_role("slider")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2, steps=8)
    large = between.locator("canvas.large").first
    expect(large).to_have_attribute("aria-label", re.compile("t = 0.(59|6)"))
    expect(page.get_by_text("releases []")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"releases \[0\.(59|6)\d*\]"))).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("0.(59|6)"))


def test_a_picture_of_the_strip_and_the_keyboard_set_t(page: Page, between: Locator):
    between.get_by_role("button", name="Great circle: go to t = 0.875").click()
    expect(page.get_by_text("releases [0.875]")).to_be_visible()
    slider = between.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("releases [0.875, 0.015]")).to_be_visible()  # keys in a row are one move
    strength = page.locator(".walk").nth(1)
    expect(strength.get_by_role("button", name="Halfway")).to_be_hidden()
    strength.get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(page.get_by_text("t 0.015 s 2.000")).to_be_visible()


def test_it_fits_a_phone_in_the_dark(new_page: NewPage):
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    page.goto("/?app=walk")
    first = page.locator(".walk").first
    expect(first).to_have_attribute("data-theme", "dark")
    expect(first.locator("canvas.large").first).to_have_attribute("aria-label", re.compile("0.25"))
    assert first.evaluate("(host) => host.scrollWidth <= host.clientWidth")
    first.get_by_role("button", name="Straight: go to t = 1", exact=True).tap()
    expect(page.get_by_text("releases [1.0]")).to_be_visible()
