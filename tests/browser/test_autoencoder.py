"""The Autoencoder page in a real browser: what moves, what stands still, what a click, a link or a file brings."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.stage import button, pixels, saved, stands_at, step, timeline
from tests.conftest import PHONE, NewPage

SMALL = "data=digits&width=16&depth=1&batch=8&n_train=100"
AT_40 = f"/autoencoder?{SMALL}&at=40"
COURSE = f"/autoencoder?{SMALL}&optimiser=sgd&batch=1&noise=0.0&at=40"


def opened(page: Page, address: str = AT_40, at: int = 40) -> Page:
    page.goto(address)
    stands_at(page, at)
    return page


def written_out(page: Page) -> str:
    return page.get_by_text(re.compile(r"w \(number")).first.inner_text()


def test_it_plays_by_itself_and_pause_stops_the_pictures(page: Page):
    page.goto("/autoencoder")
    expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    before = pixels(page)
    start = step(page)
    expect(timeline(page)).not_to_have_attribute("aria-valuenow", str(start))
    assert pixels(page) != before
    button(page, "toggle").click()
    expect(button(page, "toggle")).to_contain_text("Play")
    expect(page).to_have_url(re.compile(r"[?&]at=\d+"))


def test_back_the_timeline_and_a_link_bring_the_same_pictures(page: Page, new_page: NewPage):
    opened(page)
    at_40 = pixels(page)
    timeline(page).focus()
    page.keyboard.press("Home")
    stands_at(page, 0)
    assert pixels(page) != at_40
    page.keyboard.press("End")
    stands_at(page, 40)
    assert pixels(page) == at_40
    other = opened(new_page(), page.url)
    assert pixels(other) == at_40


def test_a_click_sends_another_picture_through_the_net(page: Page):
    opened(page)
    stage = page.locator(".st-key-stage canvas").first
    before = stage.evaluate("(canvas) => canvas.toDataURL()")
    gallery = page.locator(".st-key-gallery canvas").first
    gallery.scroll_into_view_if_needed()
    box = gallery.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 20)
    expect(stage).to_have_attribute("aria-label", re.compile("picture 2 "))
    assert stage.evaluate("(canvas) => canvas.toDataURL()") != before


def test_the_weight_that_is_clicked_is_written_out(page: Page):
    opened(page, COURSE)
    button(page, "step").click()
    stands_at(page, 41)
    first = written_out(page)
    numbers = re.search(r"= ([-\d.]+) − ([-\d.e]+) · \(([-\d.e]+)\) = ([-\d.]+)", first)
    before, alpha, gradient, after = (float(n) for n in numbers.groups())
    assert after == pytest.approx(before - alpha * gradient, abs=2e-6)
    box = page.locator(".st-key-weights canvas").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 10)
    expect(page.get_by_text(first.splitlines()[0], exact=True)).to_have_count(0)
    assert "w − α · dE/dw" in written_out(page)


def test_the_numbers_of_a_step_are_gone_when_it_plays_on(page: Page):
    opened(page, f"{AT_40}&steps=100000")
    button(page, "step").click()
    expect(page.locator(".st-key-examples")).to_be_visible()
    button(page, "toggle").click()
    expect(timeline(page)).not_to_have_attribute("aria-valuenow", "41")
    expect(page.locator(".st-key-examples")).to_have_count(0)
    expect(button(page, "toggle")).to_contain_text("Pause")


def test_slow_motion_marks_each_line_of_the_algorithm(page: Page):
    opened(page, COURSE)
    page.locator(".st-key-speed").get_by_role("combobox").click()
    page.get_by_role("option", name="Stages").click()
    for line in ("For each example", "predict", "compute", "update", "Until"):
        button(page, "step").click()
        expect(page.locator(".stMarkdownColoredBackground").filter(has_text=line)).to_be_visible()


def test_a_step_size_too_large_is_caught_and_cured(page: Page):
    opened(page)
    page.locator(".st-key-break-too-fast button").click()
    expect(page.get_by_text("Diverged")).to_be_visible()
    expect(page.get_by_text("Why.").first).to_be_visible()
    page.locator(".st-key-cure-too-fast button").click()
    expect(page.get_by_text("It is on the stage now.")).to_be_visible()
    expect(page.get_by_text("Diverged")).to_have_count(0)


def test_a_pinned_run_stands_beside_the_next(page: Page):
    opened(page)
    button(page, "pin").click()
    expect(page.get_by_text("Pinned: Autoencoder, 2 numbers, step 40")).to_be_visible()
    page.locator(".st-key-autoencoder-latent_dim").get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("latent_dim=3"))
    expect(page.get_by_text("Pinned run", exact=True)).to_be_visible()


def test_measures_open_on_demand(page: Page):
    opened(page)
    page.get_by_text("How good with how many numbers?").click()
    expect(page.locator(".st-key-size_chart canvas").first).to_be_visible()
    page.get_by_text("Is it a better JPEG?").click()
    expect(page.locator(".st-key-rates canvas").first).to_be_visible()
    expect(page.get_by_text(re.compile("The decoder takes [0-9,]+ bytes once"))).to_be_visible()
    at_40 = page.get_by_text(re.compile(r"bytes a picture, [\d.]+ dB")).inner_text()
    button(page, "reset").click()
    stands_at(page, 0)
    expect(page.get_by_text(at_40, exact=True)).to_have_count(0)
    expect(page.get_by_text(re.compile(r"bytes a picture, [\d.]+ dB"))).to_be_visible()


def test_own_pictures_are_learned_and_a_bad_file_is_one_sentence(page: Page, tmp_path: Path):
    opened(page)
    page.get_by_text("Your own pictures").click()
    chooser = page.locator(".st-key-autoencoder-files input[type=file]")
    bad = tmp_path / "text.png"
    bad.write_bytes(b"not a picture")
    chooser.set_input_files(bad)
    expect(page.get_by_test_id("stAlert")).to_contain_text("is not a picture")
    good = tmp_path / "mine.zip"
    with zipfile.ZipFile(good, "w") as archive:
        for k in range(12):
            out = io.BytesIO()
            pixels_of = np.random.default_rng(k).integers(0, 255, (20, 20, 3), np.uint8)
            Image.fromarray(pixels_of).save(out, "PNG")
            archive.writestr(f"{k}.png", out.getvalue())
    page.get_by_role("button", name=re.compile("Remove text.png")).click()
    chooser.set_input_files(good)
    expect(page).to_have_url(re.compile("data=own"))
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_on_a_phone_nothing_scrolls_sideways_and_every_picture_has_words(new_page: NewPage):
    page = opened(new_page(viewport=PHONE))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollWidth - main.clientWidth")
    assert wide <= 0
    for canvas in page.locator(".panel canvas").all():
        assert len(canvas.get_attribute("aria-label") or "") > 10
    for key in ("errors", "quality", "codes", "spread"):
        expect(page.locator(f".st-key-{key} [aria-label], .st-key-{key} [alt]").first).to_be_attached()


def test_a_saved_run_comes_back(page: Page, tmp_path: Path):
    opened(page)
    before = pixels(page)
    page.get_by_role("button", name="Save or load").click()
    assert saved(page, "Figure (PNG)", tmp_path).read_bytes().startswith(b"\x89PNG")
    run = saved(page, "Run (safetensors)", tmp_path)
    page.keyboard.press("Escape")
    button(page, "reset").click()
    stands_at(page, 0)
    page.get_by_role("button", name="Save or load").click()
    page.locator(".st-key-upload input[type=file]").set_input_files(run)
    stands_at(page, 40)
    assert pixels(page) == before
