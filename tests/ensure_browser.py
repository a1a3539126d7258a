"""Find a Chromium that starts, and install one if there is none: `python -m tests.ensure_browser`.

Tried in this order: a browser on PATH, Debian's package (as root), Playwright's own download. Preferred is Debian's
package of Chromium without windows: it opens a page in half the time.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence

from playwright.sync_api import Error, sync_playwright

WITHOUT_WINDOWS = "chromium-headless-shell"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES = (WITHOUT_WINDOWS, *BROWSERS)
# No GPU, no sandbox (CI runs as root), and nothing that the browser fetches on its own account.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_BROWSER = (
    "The browser tests need Chromium, and neither PATH, Debian's package nor Playwright's download gave one "
    "that starts: install it (Debian: apt-get install chromium) and run `make test` again."
)


def find_browser(names: Sequence[str] = NAMES) -> str | None:
    """Path of the first Chromium of these names that starts and opens a page, or None."""
    with sync_playwright() as playwright:
        downloaded = playwright.chromium.executable_path
        for path in (*filter(None, map(shutil.which, names)), downloaded):
            if not os.path.exists(path):
                continue
            try:
                browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
                browser.new_page().close()
                browser.close()
            except Error:
                continue
            return path
    return None


def installations() -> Iterator[list[list[str]]]:
    """The ways to get a browser on this machine; each is a list of commands to run one after the other."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "fonts-liberation"]
        yield [["apt-get", "update"], [*install, WITHOUT_WINDOWS]]
        yield [[*install, "chromium"]]
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def ensure_browser() -> str | None:
    """Path of a Chromium that starts, installed just now if need be; None if no way worked."""
    path = find_browser()
    for commands in installations():
        if path:
            break
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in commands:
            print("no browser yet:", " ".join(command), flush=True)
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
        path = find_browser()
    return path


if __name__ == "__main__":
    found = ensure_browser()
    sys.exit(None if found else NO_BROWSER)
