"""How soon the decision regions are new after a change of a setting, in headless Chromium: 1,000 points, five planes.

From the browser's event (a key on a slider, a click) until the frame that shows all planes of the new run, all its
points learned from, has left the page. Each change is made when the page has come to rest; afterwards the run goes on
to its end. Beside the clock stands how much of a processor the server and the page took meanwhile, a little more than
for the planes alone: on a machine that does other things as well the two differ. `python -m bench.regions`.
"""

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Locator, Page

from bench import Row
from bench.browser import at
from bench.chromium import WAIT_MS, chromium
from bench.serving import Server, serve

MOST_MS = 300
PLANES = 5
QUERIES = {2: "classes=2&per_class=500", 3: "classes=3&per_class=334"}
"""Two and three classes, 1,000 points together and two more."""
KINDS = ("Blobs", "Rings", "Spiral", "Moons")
SLIDERS = ("Noise", "Least variance", "SVM's C", "SVM's gamma", "MLP's width")
KEYS = ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft")
WATCH = """
globalThis.regions = { began: 0, painted: 0, drawn: 0, wanted: "" };
for (const kind of ["keydown", "click"]) {
  addEventListener(kind, () => Object.assign(regions, { began: performance.now(), painted: 0, drawn: 0 }), true);
}
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => {
  if (regions.drawn >= PLANES && !regions.painted && complete()) regions.painted = performance.now();
};
const complete = () => {
  const boxes = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
  const planes = boxes.flatMap((box) => [...(box.shadowRoot?.querySelectorAll(".regions .plane") ?? [])]);
  return planes.length === PLANES && planes.every((plane) => plane.getAttribute("aria-label").includes(regions.wanted));
};
const put = OffscreenCanvasRenderingContext2D.prototype.putImageData;
OffscreenCanvasRenderingContext2D.prototype.putImageData = function (...given) {
  regions.drawn += 1;
  if (regions.drawn % PLANES === 0) port2.postMessage(null); // drawn as the frame is made, so the frame is out by then
  return put.apply(this, given);
};
""".replace("PLANES", str(PLANES))


@dataclass(frozen=True)
class Redrawn:
    """Milliseconds of each change by the clock, and of computing by server and page, both sorted."""

    ms: list[float]
    computing_ms: list[float]


def measure(browser: Browser, server: Server, *, sister: bool) -> Redrawn:
    """Change settings one by one on pages of two and three classes; with `sister` she stands in the first plane."""
    found, computing = [], []
    for classes, query in QUERIES.items():
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.add_init_script(WATCH)
        devtools = context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(f"http://127.0.0.1:{server.port}/generative?{query}")
        rest(page)
        page.evaluate("(text) => (regions.wanted = text)", f"over {1000 if classes == 2 else 1002} points")
        page.get_by_text("More settings").click()
        if sister:
            page.get_by_role("radio", name="Richer sister").click()
        for change in changes(page):
            rest(page)
            before = computed_ms(server, devtools)
            change()
            page.wait_for_function("regions.painted > 0")
            computing.append(computed_ms(server, devtools) - before)
            found.append(page.evaluate("regions.painted - regions.began"))
        context.close()
    return Redrawn(sorted(found), sorted(computing))


def computed_ms(server: Server, devtools: CDPSession) -> float:
    """Milliseconds of a processor that the server and the page's own thread have taken until now."""
    metrics = {metric["name"]: metric["value"] for metric in devtools.send("Performance.getMetrics")["metrics"]}
    return 1000 * (server.cpu_s + metrics["TaskDuration"])


def rest(page: Page) -> None:
    """Wait until the run is done and everything is drawn."""
    page.get_by_text("steps are done").first.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1000)  # the page draws once more when its clock stops


def changes(page: Page) -> Iterator[Callable[[], None]]:
    """Each change as a person makes it: keys on the sliders, clicks on the rest."""
    for name in SLIDERS:
        for key in KEYS:
            yield lambda name=name, key=key: slider(page, name).press(key)
    for name in ("Bernoulli", "Gaussian"):
        yield lambda name=name: page.get_by_role("radio", name=name).click()
    for name in KINDS:
        yield lambda name=name: choose(page, name)
    for _ in range(2):
        yield page.get_by_role("button", name="Increment").first.click


def slider(page: Page, name: str) -> Locator:
    """The slider of a setting."""
    return page.get_by_role("group", name=name).get_by_role("slider")


def choose(page: Page, name: str) -> None:
    """Another kind of data, from the list, which a late redrawing of the page may close again."""
    box, option = page.get_by_role("combobox", name="Data"), page.get_by_role("option", name=name)
    while not option.is_visible():
        box.click()
        page.wait_for_timeout(1000)
    option.click()


def rows() -> list[Row]:
    """The numbers beside their bar, for each of the two that can dream."""
    found = []
    with serve() as server, chromium() as browser:
        for sister, label in ((False, ""), (True, ", the richer sister among them")):
            redrawn = measure(browser, server, sister=sister)
            p95, computing = at(redrawn.ms, 0.95), redrawn.computing_ms
            found.append(
                Row(
                    claim=f"from a changed setting to all five regions painted{label}",
                    ours=f"p50 {statistics.median(redrawn.ms):.0f} ms, p95 {p95:.0f} ms ({len(redrawn.ms)} changes)",
                    baseline=f"computing p50 {at(computing, 0.5):.0f} ms, p95 {at(computing, 0.95):.0f} ms",
                    bar=f"p95 <= {MOST_MS} ms",
                    met=p95 <= MOST_MS,
                )
            )
    return found


if __name__ == "__main__":
    for row in rows():
        print(f"{row.claim:<80} {row.ours:<44} {row.baseline} {row.bar}")
