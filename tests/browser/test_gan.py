"""The GAN page in a real browser: what moves, what stands still, what a key or a click does."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.stage import button, opened, pause, pixels, play, stands_at, step, timeline
from tests.conftest import PHONE, NewPage

FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element?.getAttribute("aria-label") ?? element?.innerText ?? "";
}"""
SHORT = "width_g=16&width_d=16&batch=8"


def test_it_plays_by_itself_and_pause_stops_the_pictures(page: Page):
    page.goto("/gan")
    expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    expect(button(page, "toggle")).to_contain_text("Pause")
    before = pixels(page)
    start = step(page)
    expect(timeline(page)).not_to_have_attribute("aria-valuenow", str(start))
    assert pixels(page) != before
    pause(page)
    still, at = pixels(page), step(page)
    expect(page).to_have_url(re.compile(rf"[?&]at={at}\b"))
    page.wait_for_timeout(700)  # longer than the clock that starts frames
    assert (pixels(page), step(page)) == (still, at)


def test_back_and_timeline_show_the_earlier_pictures_and_the_way_comes_again(page: Page):
    opened(page)
    at_40 = pixels(page)
    button(page, "step").click()
    stands_at(page, 41)
    at_41 = pixels(page)
    assert at_41 != at_40
    button(page, "back").click()
    stands_at(page, 40)
    assert pixels(page) == at_40
    timeline(page).focus()
    page.keyboard.press("Home")
    stands_at(page, 0)
    at_0 = pixels(page)
    assert at_0 != at_40
    page.keyboard.press("End")
    stands_at(page, 41)
    assert pixels(page) == at_41
    page.keyboard.press("Home")
    stands_at(page, 0)
    play(page)
    expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9][0-9]{2,}$"))
    pause(page)
    button(page, "reset").click()
    stands_at(page, 0)
    assert pixels(page) == at_0


def test_dragging_shows_stored_pictures_at_once(page: Page):
    opened(page, "/gan?seed=7&steps=100&at=96&" + SHORT, at=96)
    at_96 = pixels(page)
    box = timeline(page).bounding_box()
    y = box["y"] + 14
    page.mouse.move(box["x"] + box["width"] * 0.96, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.33, y, steps=4)
    expect(page.get_by_text("from the stored pictures")).to_be_visible()
    assert pixels(page) != at_96
    page.mouse.move(box["x"] + box["width"] * 0.5, y, steps=4)
    page.mouse.up()
    expect(page.get_by_text("from the stored pictures")).to_have_count(0)
    expect(button(page, "toggle")).to_contain_text("Play")
    timeline(page).focus()
    page.keyboard.press("End")
    stands_at(page, 96)
    assert pixels(page) == at_96


def test_space_plays_and_pauses(page: Page):
    opened(page)
    page.keyboard.press("Space")
    expect(button(page, "toggle")).to_contain_text("Pause")
    expect(timeline(page)).not_to_have_attribute("aria-valuenow", "40")
    page.keyboard.press("Space")
    expect(button(page, "toggle")).to_contain_text("Play")


def test_the_page_is_worked_with_the_keyboard_alone(page: Page):
    opened(page)
    page.keyboard.press("s")
    stands_at(page, 41)
    page.keyboard.press("b")
    stands_at(page, 40)
    button(page, "step").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Expert only"
    page.keyboard.press("Space")  # of what has the focus, not the page's shortcut
    stands_at(page, 41)
    expect(page.get_by_text("Paused")).to_be_visible()
    seen = set()
    for _ in range(70):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(FOCUSED))
    reached = "\n".join(seen)
    for name in (
        "Timeline of the run",
        "Play",
        "Step",
        "Expert only",
        "Forger only",
        "Copy link",
        "Paintings by the artist",
        "Save or load",
    ):
        assert name in reached, f"Tab never reached {name}: {sorted(seen)}"


def test_two_by_two_shows_its_numbers(page: Page):
    opened(page, "/gan?size=2&steps=100000&at=5", at=5)  # long enough not to end before it is paused
    before = pixels(page)
    button(page, "step").click()
    stands_at(page, 6)
    assert pixels(page) != before
    play(page)
    expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9][0-9]{2,}$"))
    pause(page)


def test_another_size_is_another_run_and_the_old_one_can_be_brought_back(page: Page):
    opened(page)
    before = pixels(page)
    size = page.locator(".st-key-gan-size").get_by_role("slider")
    size.focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("size=2"))
    stands_at(page, 0)
    page.get_by_role("button", name="Save or load").click()
    page.get_by_role("button", name="Bring back the run before").click()
    stands_at(page, 40)
    assert pixels(page) == before


def test_dark_theme(new_page: NewPage):
    dark = opened(new_page(color_scheme="dark"))
    light = opened(new_page())
    background = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    assert dark.evaluate(background) == "rgb(18, 20, 23)"
    assert light.evaluate(background) == "rgb(251, 250, 247)"
    assert pixels(dark) != pixels(light)


def test_on_a_phone_nothing_scrolls_sideways(new_page: NewPage):
    page = opened(new_page(viewport=PHONE))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollWidth - main.clientWidth")
    assert wide <= 0
    for key in ("toggle", "step", "back"):
        box = button(page, key).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    play(page)
    pause(page)


def sizes(page: Page) -> list[float]:
    """Of the type of a heading and of a caption on the stage, and the height of a chart, in pixels."""
    title = page.locator(".panel .title").first.evaluate("(title) => parseFloat(getComputedStyle(title).fontSize)")
    caption = page.locator(".panel canvas").first.evaluate("(canvas) => parseFloat(canvas.getContext('2d').font)")
    return [title, caption, page.locator(".st-key-losses [role=img]").bounding_box()["height"]]


def height(place: Locator) -> float:
    return place.bounding_box()["height"]


def test_present_hides_the_settings_enlarges_all_and_keeps_the_run(page: Page):
    opened(page)
    before, small = pixels(page), sizes(page)
    expect(page.locator(".st-key-gan-size")).to_be_visible()
    button(page, "present").click()
    expect(page.locator(".st-key-gan-size")).not_to_be_visible()
    expect(page).to_have_url(re.compile("present=true"))
    stands_at(page, 40)
    for usual, now in zip(small, sizes(page), strict=True):
        assert now / usual == pytest.approx(1.4, rel=0.02)
    assert height(button(page, "present")) == height(page.get_by_role("button", name="Copy link"))
    button(page, "step").click()
    stands_at(page, 41)
    button(page, "present").click()
    expect(page.locator(".st-key-gan-size")).to_be_visible()
    button(page, "back").click()
    stands_at(page, 40)
    assert pixels(page) == before


def test_each_failure_is_one_click_and_so_is_its_cure(page: Page):
    opened(page, "/gan?seed=3&at=2", at=2)
    classes = page.locator("[class*=st-key-break-]").evaluate_all("(all) => all.map((card) => card.className)")
    names = [re.search(r"st-key-break-(\S+)", one)[1] for one in classes]
    assert len(names) >= 3
    for name in names:
        before = page.url
        button(page, f"break-{name}").click()
        expect(button(page, f"cure-{name}")).to_be_attached()
        expect(page).not_to_have_url(before)
        expect(page).to_have_url(re.compile("seed=3"))
        page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")  # the stage is seen
        expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
        button(page, f"cure-{name}").click()
        expect(page.get_by_text("It is on the stage now.")).to_be_visible()
        expect(timeline(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))


def test_every_picture_and_chart_has_words(page: Page):
    opened(page)
    for canvas in page.locator(".panel canvas").all():
        assert len(canvas.get_attribute("aria-label") or "") > 10
    assert page.locator(".pictures[data-pickable]").count() == 0  # none of them does anything when it is clicked
    for key in ("losses", "verdicts", "histogram", "scores"):
        expect(page.locator(f".st-key-{key} [role=img]")).to_have_attribute("aria-label", re.compile(".{10}"))
