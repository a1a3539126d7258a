"""What one sees and does on a page whose stage plays: its pictures, its play bar, its files, where it stands."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PAUSED_AT_40 = "/gan?seed=7&at=40"


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button:visible").first  # with a tooltip there is one more, for phones


def timeline(page: Page) -> Locator:
    return page.get_by_role("slider", name="Timeline of the run")


def fakes(page: Page) -> Locator:
    return page.locator(".panel.fake canvas").first


def pixels(page: Page) -> list[str]:
    """Every picture on the stage, as drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".panel canvas").evaluate_all("(all) => all.map((canvas) => canvas.toDataURL())")


def step(page: Page) -> int:
    return int(timeline(page).get_attribute("aria-valuenow"))


def settled(page: Page) -> None:
    """Until the script has run and the pictures are there."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    expect(fakes(page)).to_be_visible()


def stands_at(page: Page, wanted: int) -> None:
    """Until the server has answered: the timeline shows a step as soon as it is asked for, the link what is there."""
    expect(page).to_have_url(re.compile(rf"[?&]at={wanted}\b" if wanted else r"^(?!.*[?&]at=)"))
    expect(timeline(page)).to_have_attribute("aria-valuenow", str(wanted))
    expect(button(page, "toggle")).to_contain_text("Play")
    settled(page)


def opened(page: Page, address: str = PAUSED_AT_40, at: int = 40) -> Page:
    page.goto(address)
    stands_at(page, at)
    return page


def play(page: Page) -> None:
    button(page, "toggle").click()
    expect(button(page, "toggle")).to_contain_text("Pause")


def pause(page: Page) -> None:
    button(page, "toggle").click()
    expect(button(page, "toggle")).to_contain_text("Play")
    settled(page)


def saved(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
