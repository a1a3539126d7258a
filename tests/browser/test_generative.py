"""The page 'Generative or Discriminative' in a real browser: play, pour, draw, point, measure."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import PHONE, NewPage

DONE = re.compile("steps are done")


def opened(page: Page, query: str = "steps=40") -> Page:
    page.goto(f"/generative?{query}")
    expect(page.get_by_text(DONE).first).to_be_visible()
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    return page


def picture(page: Page, index: int) -> str:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".regions canvas").nth(index).evaluate("(canvas) => canvas.toDataURL()")


def generate(page: Page, index: int) -> Locator:
    return page.locator(".regions button").nth(index)


def test_it_plays_and_the_nets_move_on_while_naive_bayes_is_done(page: Page):
    page.goto("/generative?steps=100000&chunks=1&at=3")
    expect(page.get_by_text("Paused")).to_be_visible()
    expect(page.get_by_text("each example once: 200 of 200").first).to_be_visible()
    slider, button = (
        page.get_by_role("slider", name="Timeline of the run"),
        page.locator(".st-key-toggle button:visible"),
    )
    expect(slider).to_have_attribute("aria-valuenow", "3")
    first, logistic = picture(page, 0), picture(page, 1)
    button.first.click()
    expect(slider).to_have_attribute("aria-valuenow", re.compile(r"^\d{2,}"))
    button.first.click()
    expect(page.get_by_text("Paused")).to_be_visible()
    assert picture(page, 0) == first
    assert picture(page, 1) != logistic


def test_one_pours_and_the_others_say_why_not(page: Page):
    opened(page)
    before = picture(page, 0)
    generate(page, 0).click()
    expect(page.get_by_text("Hollow marks: poured from p(class)")).to_be_visible()
    expect(generate(page, 0)).to_have_text("Take away")
    assert picture(page, 0) != before
    assert page.locator(".regions .head b").all_inner_texts() == [
        "Naive Bayes", "Logistic regression", "SVM, linear", "SVM, rbf", "MLP",
    ]  # fmt: skip
    for k, why in (
        (1, "learned p(class | x), and nothing"),
        (2, "learned a straight border"),
        (3, "learned a bent border"),
        (4, "its net gives p(class | x)"),
    ):
        still = picture(page, k)
        generate(page, k).click()
        expect(page.get_by_text(why)).to_be_visible()
        assert picture(page, k) == still
    generate(page, 0).click()
    expect(generate(page, 0)).to_have_text("Generate")


def test_the_cross_moves_bayes_rule(page: Page):
    opened(page)
    rule = page.get_by_text(re.compile(r"p\(x₁ = "))
    expect(rule).to_contain_text("0.40")
    page.locator(".regions .plane").first.focus()
    page.keyboard.press("ArrowRight")
    expect(rule).to_contain_text("0.50")
    box = page.locator(".regions .plane").nth(2).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    expect(rule).to_contain_text("-1.5")
    page.mouse.move(box["x"] + 3 * box["width"] / 4, box["y"] + box["height"] / 2)
    expect(page.get_by_text("under the pointer", exact=True)).to_be_visible()
    expect(rule).to_contain_text("= 1.5")
    page.mouse.move(box["x"], box["y"] - 100)
    expect(page.get_by_text("at the cross", exact=True)).to_be_visible()
    expect(rule).to_contain_text("-1.5")


def test_a_drawing_is_learned_and_the_link_brings_it_back(page: Page, new_page: NewPage):
    opened(page, "data=drawn&steps=40")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("0 of 600 points")).to_be_visible()
    expect(page).to_have_url(re.compile(r"points=\."))
    page.get_by_role("button", name="green").click()
    box = page.locator(".pad .plane").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=20)
    page.mouse.up()
    expect(page).to_have_url(re.compile("points=2"))
    expect(page.get_by_text(DONE).first).to_be_visible()
    expect(page.locator(".regions .says").first).to_contain_text("green")
    count = page.locator(".pad .count").inner_text()
    other = new_page()
    other.goto(page.url)
    expect(other.locator(".pad .count")).to_have_text(count)


def test_learning_curves_are_measured_when_asked(page: Page):
    opened(page, "data=blobs&steps=20&width=4")
    page.get_by_role("button", name="Measure over 10 seeds").click()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of 10 seeds"))).to_be_visible(timeout=40_000)


def test_a_changed_setting_is_seen_at_the_same_step(page: Page):
    opened(page)
    before = [picture(page, k) for k in range(5)]
    for slider, key in (("Noise", "ArrowRight"), ("Classes", "ArrowRight")):
        page.get_by_role("slider", name=slider).focus()
        page.keyboard.press(key)
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
        expect(page.get_by_text(DONE).first).to_be_visible()
        expect(page.get_by_role("slider", name="Timeline of the run")).to_have_attribute("aria-valuenow", "40")
    expect(page.locator(".regions .plane").first).to_have_attribute("aria-label", re.compile("over 300 points"))
    assert not any(picture(page, k) == before[k] for k in range(5))


def test_five_planes_stand_in_one_row_at_1280(page: Page):
    page.set_viewport_size({"width": 1280, "height": 900})
    opened(page)
    boxes = page.locator(".regions figure").evaluate_all("(all) => all.map((f) => f.getBoundingClientRect().toJSON())")
    assert len({round(box["top"]) for box in boxes}) == 1
    titles = page.locator(".regions .head b").evaluate_all("(all) => all.map((b) => [b.scrollWidth, b.clientWidth])")
    assert all(needed <= there for needed, there in titles)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(new_page: NewPage, scheme: str):
    page = new_page(viewport=PHONE, color_scheme=scheme)
    opened(page)
    widths = page.locator(".regions figure").evaluate_all("(all) => all.map((f) => f.getBoundingClientRect().right)")
    assert len(widths) == 5
    assert max(widths) <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
