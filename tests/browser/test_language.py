"""The Language Models page in a real browser: writing, choosing a word, copies, the mix, links, phone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.conftest import PHONE, NewPage

SMALL = "/language?text=stories&at=41"
PARROT = "/language?text=stories&order=5&smoothing=mle&at=41"
CLICKS = 15
NASTY = "<img src=x onerror=alert(1)> **b** $x$"


def writer(page: Page) -> Locator:
    return page.locator(".writer")


def words(page: Page) -> list[str]:
    return page.locator(".word > i").all_inner_texts()


def control(page: Page, name: str) -> Locator:
    return writer(page).locator(".controls").get_by_role("button", name=name, exact=True)


def opened(page: Page, address: str = SMALL) -> Page:
    """The page, its text counted, the writing paused after a few words."""
    page.goto(address)
    expect(page.locator(".word").nth(3)).to_be_visible(timeout=60_000)
    if control(page, "Pause").count():
        control(page, "Pause").click()
    return page


def shown(page: Page) -> int:
    return int(writer(page).locator("output").inner_text().split()[0])


def slide(page: Page, name: str, value: float) -> None:
    page.locator(f".choice .{name}").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
    )


def test_it_counts_and_writes_by_itself(page: Page):
    page.goto("/language?text=stories")
    expect(page.get_by_text("the text is used up")).to_be_visible(timeout=60_000)
    expect(page.locator(".word").nth(12)).to_be_visible()
    expect(writer(page).locator(".head")).to_contain_text("trigrams")


def test_play_pause_step_and_back(page: Page):
    opened(page)
    at, before = shown(page), words(page)
    page.wait_for_timeout(600)
    assert shown(page) == at
    control(page, "Step").click()
    assert shown(page) == at + 1
    drawn = writer(page).locator(".bars .drawn .label")
    control(page, "Back").click()
    assert words(page) == before
    assert drawn.count() <= 1
    writer(page).locator(".page").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert shown(page) == max(0, at - 10) + 1
    page.locator(".word").first.click()
    assert shown(page) == 0
    control(page, "Play").click()
    expect(page.locator(".word").nth(45)).to_be_visible()


def test_a_click_on_a_bar_chooses_that_word_and_the_text_goes_on(page: Page):
    opened(page)
    at, before = shown(page), words(page)
    bar = page.locator(".bars button").nth(1)
    label = bar.locator(".label").inner_text()
    bar.click()
    expect(page.locator(".word.chosen")).to_have_count(1)
    assert words(page)[:at] == before
    assert shown(page) == at + 1
    assert words(page)[at].strip("\n") in (label, "¶")
    page.locator(".bars button").nth(0).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".word.chosen")).to_have_count(2)
    control(page, "Step").click()
    assert shown(page) == at + 3


def test_quick_clicks_all_count(page: Page):
    opened(page)
    expect(writer(page).locator(".head span")).to_contain_text("copied")
    for n in range(1, CLICKS + 1):
        page.locator(".bars button").nth(1).click()
        expect(page.locator(".word.chosen")).to_have_count(n)


def test_temperature_top_k_and_top_p_change_the_bars(page: Page):
    opened(page)
    bars = page.locator(".bars button")
    first = bars.first.locator(".p")
    before, written = first.inner_text(), words(page)
    slide(page, "k", 3)
    expect(bars).to_have_count(3)
    slide(page, "k", 0)
    expect(bars).not_to_have_count(3)
    slide(page, "t", 0)
    expect(first).to_have_text("100 %")
    expect(bars).to_have_count(1)
    slide(page, "t", 1)
    expect(first).to_have_text(before)
    slide(page, "p", 0.05)
    expect(bars).to_have_count(1)
    assert words(page) == written


def test_orders_side_by_side_each_with_its_bars(page: Page):
    opened(page)
    page.get_by_text("side by side").click()
    expect(page.locator("section.text")).to_have_count(4)
    expect(page.locator("section.text").nth(3).locator(".head b")).to_have_text("5-grams (order 5)")
    expect(page.locator("section.text").nth(3).locator(".word").nth(8)).to_be_visible()
    for text in page.locator("section.text").all():
        expect(text.locator(".prompt")).to_have_text("the cat")
        expect(text.locator(".bars button").first).to_be_visible()
    orders = page.locator("section.text").nth(0).locator(".word sup").all_inner_texts()
    assert {order for order in orders if order} <= {"0", "1"}


def test_what_is_copied_is_underlined_and_tells_where_it_comes_from(page: Page):
    opened(page, PARROT)
    control(page, "Play").click()
    copied = page.locator(".word.copied")
    expect(copied.nth(5)).to_be_visible()
    control(page, "Pause").click()
    expect(writer(page).locator(".head span")).to_contain_text(re.compile("[1-9][0-9]* % copied"))
    copied.first.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("in a row copied")
    assert copied.first.locator("i").inner_text().strip("\n¶") in tip.locator("mark").inner_text()
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()
    copied.first.focus()
    expect(tip).to_be_visible()


def test_what_a_person_types_is_shown_as_it_stands(page: Page):
    opened(page)
    box = page.get_by_label("Begin with")
    box.fill(NASTY)
    box.press("Enter")
    expect(page.locator(".prompt")).to_have_text(NASTY)
    expect(page.get_by_text("not in the text")).to_be_visible()
    assert page.locator("img").count() == 0


def test_the_sections_open_and_measure(page: Page):
    opened(page)
    for tab, wanted in (
        ("Copying", "Longest copy"),
        ("Held-out text", "Best on held-out"),
        ("Counts", "index is the order"),
    ):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_text(wanted)).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Measuring")).to_have_count(0)


def test_a_network_learns_the_same_text_live_and_a_link_opens_it_again(new_page: NewPage):
    page = opened(new_page())
    page.get_by_role("tab", name="One neural contrast").click()
    page.get_by_role("button", name="Train a network on this text").click()
    bar = page.locator(".st-key-neural_bar")
    at = bar.locator(".steps b")
    expect(at).to_have_text(re.compile(r"^[1-9]"), timeout=60_000)
    expect(page.get_by_text("What the network writes")).to_be_visible()
    bar.get_by_role("button", name="Pause").click()
    expect(bar.get_by_text("Paused")).to_be_visible()
    expect(page).to_have_url(re.compile(r"neural=.*at%3D\d+$"))  # written last: the whole frame is there
    stood = int(at.inner_text().replace(",", ""))
    bar.get_by_role("button", name="Step").click()
    expect(at).to_have_text(f"{stood + 1:,}")
    bar.get_by_role("button", name="Back").click()
    expect(at).to_have_text(f"{stood:,}")
    expect(page).to_have_url(re.compile(f"neural=.*at%3D{stood}$"))
    writes = page.locator(".st-key-neural_writes")
    text = writes.inner_text()
    other = new_page()
    other.goto(page.url)
    expect(other.locator(".st-key-neural_bar .steps b")).to_have_text(f"{stood:,}", timeout=60_000)
    expect(other.locator(".st-key-neural_bar").get_by_text("Paused")).to_be_visible()
    expect(other.locator(".st-key-neural_writes")).to_have_text(text, use_inner_text=True)
    page.get_by_role("tab", name="Held-out text").click()
    expect(page.get_by_text("Best on held-out")).to_be_visible()


def test_two_styles_are_mixed_by_a_slider_which_is_in_the_link(new_page: NewPage):
    page = opened(new_page())
    page.get_by_role("tab", name="Style").click()
    mixed = page.locator(".stMarkdown", has=page.locator(".stMarkdownColoredBackground")).first
    expect(mixed).to_be_visible(timeout=90_000)
    before = mixed.inner_text()
    page.locator(".st-key-language-asked-share").get_by_role("slider").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(mixed).not_to_have_text(before)
    page.get_by_label("A sentence").fill("In the beginning God created the heaven and the earth.")
    page.get_by_label("A sentence").press("Enter")
    expect(page.get_by_text("King James Bible: ")).to_be_visible()
    expect(page).to_have_url(re.compile("asked=sentence.*share%3D1"))
    mix, other = mixed.inner_text(), opened(new_page(), page.url)
    sentence = other.get_by_label("A sentence")
    expect(sentence).to_have_value("In the beginning God created the heaven and the earth.", timeout=90_000)
    theirs = other.locator(".stMarkdown", has=other.locator(".stMarkdownColoredBackground")).first
    expect(theirs).to_have_text(mix, use_inner_text=True, timeout=90_000)


def test_a_link_shows_the_same_words_in_another_browser(new_page: NewPage):
    mine, yours = opened(new_page(), "/language?text=stories&seed=5&at=41"), new_page()
    opened(yours, mine.url)
    n = min(shown(mine), shown(yours))
    assert words(mine)[:n] == words(yours)[:n]
    mine.locator(".bars button").nth(2).click()
    expect(mine.locator(".word.chosen")).to_have_count(1)
    expect(mine).to_have_url(re.compile("write=did"))
    opened(yours, mine.url)
    expect(yours.locator(".word.chosen")).to_have_count(1)
    assert words(yours) == words(mine)


def test_it_fits_a_phone(new_page: NewPage):
    opened(new_page())
    page = new_page(viewport=PHONE, color_scheme="dark")
    page.goto("/language")
    expect(page.get_by_role("heading", name="Can counting words write a speech?")).to_be_visible()
    expect(page.locator(".word").nth(3)).to_be_visible(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_wish_for_less_motion_is_respected(new_page: NewPage):
    page = new_page(reduced_motion="reduce")
    page.goto(SMALL)
    standing = page.get_by_text("Paused").or_(page.get_by_text("the text is used up"))
    expect(standing).to_be_visible(timeout=60_000)
    if page.get_by_text("Paused").count():
        page.locator(".st-key-toggle button").click()
    expect(page.locator(".word").nth(10)).to_be_visible(timeout=60_000)
    expect(control(page, "Play")).to_be_visible()
