"""The picture of the README: the GAN page at a fixed step. `python -m bench.picture` writes docs/gan.png."""

from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from bench.serving import ROOT, serve
from tests.ensure_browser import FLAGS, find_browser

PAGE = "gan?at=400"
VIEW = {"width": 1280, "height": 900}
TARGET = ROOT / "docs" / "gan.png"


def main(target: Path = TARGET) -> None:
    """Start the app, open the page, wait until it stands at its step, take the picture."""
    chromium = find_browser()
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_context(viewport=VIEW, color_scheme="light").new_page()
        page.goto(f"http://127.0.0.1:{server.port}/{PAGE}")
        expect(page.get_by_role("slider", name="Timeline")).to_have_attribute("aria-valuenow", "400", timeout=60_000)
        expect(page.get_by_text("Paused")).to_be_visible()
        target.parent.mkdir(exist_ok=True)
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
