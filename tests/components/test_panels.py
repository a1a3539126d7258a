"""The stage: the bytes of a frame, what is refused, and what a person sees and does in the browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.components import ComponentError, Legend, Panel, pack
from playground.components.panels import number
from tests.components.conftest import unpacked
from tests.conftest import PHONE, NewPage


def panel(**changes: object) -> Panel:
    fields = {
        "title": "Real",
        "role": "real",
        "pictures": np.linspace(0, 1, 2 * 3 * 2, dtype=np.float32).reshape(2, 1, 3, 2),
        "columns": 2,
        "alt": "Two pictures",
    }
    return Panel(**(fields | changes))


def test_pixels_follow_panel_by_panel_row_by_row():
    weights = np.array([[-2, -1], [0, 1]], dtype=np.float32).reshape(1, 1, 2, 2)
    header, pixels = unpacked(pack([panel(), panel(role="weights", pictures=weights, columns=1)]))
    assert [p["shape"] for p in header["panels"]] == [[2, 3, 2, 1], [1, 2, 2, 1]]
    # 0..1 in elevenths: 255 k / 11 rounded; weights over the scale 2: 128.5 + 127 w / 2, cut off
    assert list(pixels[:12]) == [0, 23, 46, 70, 93, 116, 139, 162, 185, 209, 232, 255]
    assert list(pixels[12:]) == [1, 65, 128, 192]
    assert header["panels"][1]["scale"] == "2.00"


def test_colour_pictures_are_interleaved():
    pictures = np.zeros((1, 3, 1, 2), dtype=np.float32)
    pictures[0, 0, 0, 0] = pictures[0, 2, 0, 1] = 1
    header, pixels = unpacked(pack([panel(pictures=pictures)]))
    assert list(pixels) == [255, 0, 0, 0, 0, 255]
    assert header["panels"][0]["shape"] == [1, 1, 2, 3]


def test_a_frame_carries_what_is_written_beside_the_pictures():
    one = panel(captions=["0.93", "0.12"], marks=["real", None], show_numbers=True)
    header, _ = unpacked(pack([one, panel()], arrows=["z"], legend=[Legend("real", "judged real")]))
    assert header["panels"][0]["captions"] == ["0.93", "0.12"]
    assert header["panels"][0]["marks"] == ["real", None]
    assert header["panels"][0]["numbers"][:3] == ["0.00", "0.09", "0.18"]
    assert header["arrows"] == ["z"]
    assert header["legend"] == [["real", "judged real"]]


def test_a_diverged_run_still_has_a_picture():
    broken = np.full((1, 1, 1, 2), np.nan, dtype=np.float32)
    assert list(unpacked(pack([panel(pictures=broken)]))[1]) == [0, 0]
    assert list(unpacked(pack([panel(pictures=broken, role="weights")]))[1]) == [128, 128]


def test_the_pictures_given_are_not_written_to():
    pictures = np.full((1, 1, 2, 2), 2.0, dtype=np.float32)
    pictures.flags.writeable = False
    pack([panel(pictures=pictures), panel(pictures=pictures, role="latent")])


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [
        (0.126, False, "0.13"),
        (-1.5, True, "\u22121.50"),
        (0.5, True, "+0.50"),
        (-0.001, True, "0.00"),
        (12.34, True, "+12.3"),
        (-963605.0, True, "\u22121e6"),
    ],
)
def test_numbers_have_at_most_three_digits(value: float, signed: bool, text: str):
    assert number(value, signed=signed) == text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"role": "fakes"}, r"role = 'fakes': must be one of real, fake"),
        ({"pictures": np.zeros((2, 3, 2))}, r"pictures of shape \(2, 3, 2\): must be \(n, channels, h, w\)"),
        ({"pictures": np.zeros((0, 1, 2, 2))}, r"none empty"),
        ({"columns": 0}, r"columns = 0: must be a whole number from 1 to 64"),
        ({"captions": ["a"]}, r"captions has 1 entries: must have 2"),
        ({"marks": ["real", "yes"]}, r"marks holds 'yes': must be 'real', 'fake' or None"),
        ({"alt": ""}, r"alt = '': must"),
        ({"scale": 0.0}, r"scale = 0.0: must be a finite number above 0"),
        ({"pictures": np.zeros((2, 1, 9, 9)), "show_numbers": True}, r"show_numbers .* sides up to 8"),
        ({"pictures": np.zeros((2, 3, 2, 2)), "role": "weights"}, r"role 'weights' must have one channel"),
    ],
)
def test_a_panel_that_cannot_be_drawn_says_why(changes: dict, message: str):
    with pytest.raises(ComponentError, match=message):
        panel(**changes)


def test_arrows_stand_between_panels():
    with pytest.raises(ComponentError, match="arrows has 2 entries: must have 1"):
        pack([panel(), panel()], arrows=["", ""])


def pixel(page: Page, title: str, x: float, y: float) -> list[int]:
    """The colour of one point, in CSS pixels, of the canvas under a title."""
    return (
        page.locator(".panel", has_text=title)
        .locator("canvas")
        .evaluate(
            """(canvas, [x, y]) => {
          const ratio = canvas.width / canvas.clientWidth;
          return [...canvas.getContext('2d').getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
        }""",
            [x, y],
        )
    )


def drawn(page: Page) -> None:
    expect(page.get_by_role("img", name="Sixteen fakes")).to_be_visible()
    page.wait_for_function("() => window.playground?.panels?.draw")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_pictures_verdicts_and_theme(new_page: NewPage):
    light, dark = new_page(), new_page(color_scheme="dark")
    for page in (light, dark):
        page.goto("/")
        drawn(page)
    # Picture 0 of 'Real' is the main diagonal, 5 px inside its cell, squares of 10 px.
    assert pixel(light, "Real", 10, 10) == [255, 255, 255]
    assert pixel(light, "Real", 20, 10) == [0, 0, 0]
    # Step 100: (0 + 100) % 3 = 1, judged real; (2 + 100) % 3 = 0, judged fake, its frame 196 px further.
    assert pixel(light, "Fake", 1, 40) == [0x00, 0x72, 0xB2]
    assert pixel(light, "Fake", 197, 40) == [0xD5, 0x5E, 0x00]
    assert pixel(dark, "Fake", 1, 40) == [0x56, 0xB4, 0xE9]
    assert pixel(dark, "Fake", 197, 40) == [0xE6, 0x9F, 0x00]


def test_panels_stand_side_by_side_and_stack_on_a_phone(new_page: NewPage):
    for viewport, beside in ((None, True), (PHONE, False)):
        page = new_page(viewport=viewport) if viewport else new_page()
        page.goto("/")
        drawn(page)
        real, fake = (page.get_by_role("img", name=f"Sixteen {name}").bounding_box() for name in ("real", "fakes"))
        assert (fake["x"] > real["x"] + real["width"]) is beside
        assert (fake["y"] > real["y"] + real["height"]) is not beside
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert fake["x"] + fake["width"] <= page.viewport_size["width"]


def test_a_picture_is_picked_by_click_and_by_keyboard(page: Page):
    page.goto("/")
    drawn(page)
    page.get_by_role("img", name="Sixteen fakes").click(position={"x": 150, "y": 40})
    expect(page.get_by_text("picks [[1, 1]]")).to_be_visible()
    page.get_by_role("group", name=re.compile("^Real:.*Enter picks one$")).focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("picks [[1, 1], [0, 5]]")).to_be_visible()
    expect(page.get_by_text("step 100")).to_be_visible()


def test_nothing_jumps_while_it_plays(page: Page):
    page.goto("/")
    drawn(page)
    fakes = page.get_by_role("img", name="Sixteen fakes")
    before = fakes.bounding_box(), page.get_by_role("slider").bounding_box()
    page.keyboard.press("Space")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", re.compile("^1[1-9][0-9]$"))
    assert (fakes.bounding_box(), page.get_by_role("slider").bounding_box()) == before
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
