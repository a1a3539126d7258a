"""The Latent Space page in a real browser: drag, walk, choose on the map, and links that stand where one stood."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from playground.pieces.latent_settings import MAX_UPLOAD_MB
from tests.conftest import PHONE, NewPage

NOT_RUNNING = ("data-test-script-state", "notRunning")


def opened(page: Page, query: str = "model=digits") -> Page:
    page.goto(f"/latent?{query}")
    expect(page.locator(".pad .picture")).to_have_attribute("aria-label", re.compile("decoded at"))
    settled(page)
    return page


def settled(page: Page) -> None:
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(*NOT_RUNNING)


def picture(page: Page) -> str:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".pad .picture").evaluate("(canvas) => canvas.toDataURL()")


def asked(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def drag(page: Page, plane: Locator, *, release: bool) -> None:
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 3, steps=4)
    if release:
        page.mouse.up()


def test_the_picture_follows_the_point_and_the_link_stands_where_it_was_let_go(page: Page, new_page: NewPage):
    opened(page)
    before, link = picture(page), page.url
    drag(page, page.locator(".pad .plane"), release=False)
    moved = picture(page)
    assert moved != before
    assert page.url == link  # nothing was asked of the server on the way
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"[?&]z="))
    settled(page)
    assert picture(page) == moved  # it does not jump back
    other = new_page()
    other.goto(page.url)
    expect(other.locator(".pad .picture")).to_have_attribute("aria-label", re.compile("decoded at"))
    settled(other)
    assert asked(other) == asked(page)
    assert other.locator(".pad .code").inner_text() == page.locator(".pad .code").inner_text()


def test_the_point_is_moved_by_keys(page: Page):
    opened(page)
    before = picture(page)
    page.locator(".pad .plane").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    expect(page).to_have_url(re.compile(r"[?&]z="))
    settled(page)
    assert picture(page) != before


def test_a_walk_is_part_of_the_link(page: Page):
    opened(page, "model=digits&a=3&b=17")
    slider = page.locator(".walk input[type=range]").first
    slider.focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile(r"[?&]t=0\.0"))
    settled(page)
    page.get_by_role("button", name="Halfway").first.click()
    expect(page).not_to_have_url(re.compile(r"[?&]t="))
    expect(page.get_by_text("halfway: z = A + (B − A) / 2")).to_be_visible()


def test_a_vector_is_added_and_another_picture_is_clicked(page: Page):
    opened(page, "model=faces")
    slider = page.locator(".walk input[type=range]").nth(1)
    slider.scroll_into_view_if_needed()
    slider.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"[?&]strength=2\.0"))
    settled(page)
    page.locator(".st-key-vector-others canvas").first.click(position={"x": 20, "y": 20})
    expect(page).to_have_url(re.compile(r"[?&]face=\d+"))


def test_the_map_by_t_sne_moves_until_it_is_done_and_a_point_is_chosen(page: Page):
    opened(page, "model=letters")
    page.get_by_role("radio", name="t-SNE").click()
    expect(page.get_by_text(re.compile("t-SNE: .*moving"))).to_be_visible()
    expect(page.get_by_text("t-SNE keeps neighbours together")).to_be_visible(timeout=90_000)
    settled(page)
    page.locator(".map .plane").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 chosen")).to_be_visible()


def test_what_is_chosen_on_the_map_is_used_by_the_sections_above(page: Page):
    opened(page)
    page.get_by_role("radio", name="From the map").click()
    expect(page.get_by_text("with: 0 pictures, without: 0.")).to_be_visible()
    for n, side in enumerate(("with", "without")):
        page.locator(".map .plane").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.get_by_role("button", name=f"'{side}'", exact=True).click()
        expect(page.get_by_text(f"with: 1 pictures, without: {n}.")).to_be_visible()
    page.get_by_role("button", name="Picture A").click()
    expect(page).to_have_url(re.compile(r"[?&]a=\d"))
    expect(page.get_by_role("spinbutton", name="Picture A")).to_have_value(asked(page)["a"])


def test_the_t_sne_is_stopped(page: Page):
    opened(page, "model=digits")
    page.get_by_role("radio", name="t-SNE").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile("t-SNE: .*stopped"))).to_be_visible()


def test_a_bad_link_gives_a_message_and_a_working_page(page: Page):
    opened(page, "z=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(page.get_by_test_id("stAlert")).to_be_visible()
    before = picture(page)
    drag(page, page.locator(".pad .plane"), release=True)
    assert picture(page) != before


def test_it_fits_a_phone(new_page: NewPage):
    page = opened(new_page(viewport=PHONE, color_scheme="dark"), "model=faces")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    width = page.locator(".pad .plane").bounding_box()["width"]
    assert width <= PHONE["width"]
    hint, ground = page.get_by_text("Point at a dot, or tap one").bounding_box(), page.locator("div.map").bounding_box()
    assert hint["x"] == pytest.approx(ground["x"], abs=1)  # no room at its left for a picture that is not there
    strips = page.locator(".st-key-strips canvas[role=img]")
    strips.first.scroll_into_view_if_needed()
    for box in (strip.bounding_box() for strip in strips.all()):
        assert box["width"] <= PHONE["width"]
        assert box["width"] > 8 * box["height"]  # what an axis does stays one row of nine


def test_the_autoencoder_page_brings_its_model(page: Page):
    page.goto("/autoencoder?data=digits&steps=40")
    expect(page.get_by_text("steps are done").first).to_be_visible()
    page.get_by_role("button", name="Explore this latent space").click()
    expect(page.get_by_text("What lies between two pictures?")).to_be_visible()
    expect(page.locator(".pad .picture")).to_have_attribute("aria-label", re.compile("decoded at"))
    expect(page).to_have_url(re.compile("model=run"))


def test_of_two_refused_files_the_newer_one_is_told_of(page: Page, tmp_path: Path):
    foreign, large = tmp_path / "foreign.safetensors", tmp_path / "large.safetensors"
    foreign.write_bytes(b"no model")
    with large.open("wb") as file:
        file.truncate((MAX_UPLOAD_MB + 1) * 2**20)
    opened(page)
    page.get_by_text("A model of your own").click()
    chosen, refusal = page.locator("input[type=file]"), page.get_by_text("The model that was there stays")
    chosen.set_input_files(foreign)
    expect(refusal).to_be_visible()
    settled(page)
    chosen.set_input_files(large)
    expect(page.get_by_text("File must be 50.0MB or smaller")).to_be_visible()
    expect(refusal).to_be_hidden()


def test_the_type_of_pad_map_and_walk_grows_on_the_projector(page: Page):
    opened(page)
    parts = [page.locator(css).first for css in (".pad .where", ".pad .key", ".map p", ".walk figcaption")]

    def sizes() -> list[float]:
        return [float(part.evaluate("(node) => parseFloat(getComputedStyle(node).fontSize)")) for part in parts]

    before = sizes()
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_role("button", name="Leave Present")).to_be_visible()
    settled(page)
    assert sizes() == pytest.approx([1.4 * size for size in before])
