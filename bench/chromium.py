"""The real browser of the benches: Debian's Chromium, headless, and what the GAN page shows as plain JavaScript."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

from tests.ensure_browser import BROWSERS, FLAGS, NO_BROWSER, find_browser

WAIT_MS = 60_000
WATCH = """
globalThis.watched = { changes: 0, last: 0, painted: 0 };
globalThis.inside = (key, selector) =>
  document.querySelector(`.st-key-${key} [data-testid=stBidiComponentIsolated]`)?.shadowRoot?.querySelector(selector);
globalThis.stepNow = () => Number(inside("timeline", "[role=slider]")?.getAttribute("aria-valuenow") ?? -1);
const isThere = (selector) => Boolean(document.querySelector(selector));
globalThis.toggleText = () =>
  isThere(".st-key-pause button:enabled") ? "Pause" : isThere(".st-key-play button") ? "Play" : "";
globalThis.pressToggle = () => document.querySelector(`.st-key-${toggleText().toLowerCase()} button`).click();
let shown = -1;
const look = () => {
  const step = stepNow();
  if (step !== shown) {
    shown = step;
    watched.changes += 1;
    watched.last = performance.now();
  }
  if (!watched.painted && inside("stage", ".panel canvas")) watched.painted = performance.now();
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """One headless Chromium, ended after."""
    path = find_browser(BROWSERS)  # what a person has, windows and all
    if path is None:
        raise RuntimeError(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, address: str) -> Page:
    """A tab of its own context that watches the stage and the timeline: `watched`, `stepNow()`, `toggleText()`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    return page
