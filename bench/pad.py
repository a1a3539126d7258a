"""The latent pad in headless Chromium: frames while it is dragged, how late the picture is, the way to Python and back.

Each model that comes with the app is dragged on the Latent Space page. A frame counts if the picture was
painted anew in it; pointer-to-paint is from the moment that the page gets the pointer's event until the frame with the
new picture has left the page. The browser aligns the pointer's events with its frames, so the time that an event waits
for its frame (up to 17 ms, whatever the page does) is not in it; `event.timeStamp` would add it.
"""

import math
import statistics
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Browser, Page

from bench import Row
from bench.browser import at
from bench.chromium import WAIT_MS, chromium
from bench.serving import serve
from engine import starters

PLANE = ".pad .ground .plane"
ROUNDS, MOVES = 4, 240
"""Circles that the point is dragged in, and moves of the pointer in each."""
RELEASES = 40
CODES = 64
LEAST_FRAMES, MOST_PAINT_MS, MOST_RELEASE_MS, MOST_DIFFERENCE = 55, 12, 150, 1e-4
WATCH = """
globalThis.pad = { frames: new Set(), frame: 0, waits: [], releases: [] };
const tick = () => {
  pad.frame += 1;
  requestAnimationFrame(tick);
};
requestAnimationFrame(tick);
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...given) {
  if (this.canvas.className === "picture") pad.frames.add(pad.frame);
  return put.apply(this, given);
};
const { port1, port2 } = new MessageChannel();
const left = [];
port1.onmessage = () => {
  for (const start of left.splice(0)) pad.waits.push(performance.now() - start);
};
addEventListener("pointermove", (event) => {
  if (!event.buttons) return;
  const start = performance.now();
  requestAnimationFrame(() => {
    left.push(start);
    port2.postMessage(null); // a task of its own: the frame is out by then
  });
}, true);
let heard;
addEventListener("pointerup", () => {
  const start = performance.now();
  heard?.disconnect(); // let go where it was: nothing was sent
  const boxes = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
  const host = boxes.map((box) => box.shadowRoot?.querySelector(".pad .ground")).find(Boolean).parentElement;
  heard = new MutationObserver(() => {
    heard.disconnect();
    requestAnimationFrame(() => pad.releases.push(performance.now() - start));
  });
  heard.observe(host, { attributeFilter: ["data-heard"] });
}, true);
"""
DECODE = """
async (codes) => {
  const { decoders } = globalThis.playground;
  const decoder = await decoders[Object.keys(decoders)[0]];
  return codes.map((z) => {
    decoder.decode(new Float32Array(z));
    return [...decoder.values];
  });
}
"""


@dataclass(frozen=True)
class Dragged:
    """What was measured with one model: the median and the worst of the circles' frames a second; times in ms."""

    frames_a_second: float
    frames_worst: float
    paint_p50: float
    paint_p95: float
    release_p50: float
    release_p95: float
    difference: float


def measure(browser: Browser, address: str, name: str) -> Dragged:
    """Drag the point, let it go often, and decode random codes."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{address}/latent?model={name}")
    page.locator(".pad .where b").first.wait_for()
    page.locator(PLANE).scroll_into_view_if_needed()
    page.wait_for_timeout(5000)  # the map is painted, and the page has come to rest
    drag(page)  # the browser compiles what it runs often
    page.evaluate("pad.waits.length = 0")
    frames = [drag(page) for _ in range(ROUNDS)]
    waits = sorted(page.evaluate("pad.waits"))
    back = sorted(release(page))
    found = difference(page, name)
    context.close()
    return Dragged(
        frames_a_second=statistics.median(frames),
        frames_worst=min(frames),
        paint_p50=at(waits, 0.5),
        paint_p95=at(waits, 0.95),
        release_p50=at(back, 0.5),
        release_p95=at(back, 0.95),
        difference=found,
    )


def place(page: Page, turn: float) -> tuple[float, float]:
    """A place on a circle around the middle of the plane, in pixels of the page."""
    box = page.locator(PLANE).bounding_box()
    if box is None:
        raise RuntimeError("the pad is not on the page")
    x, y = 0.5 + 0.35 * math.cos(2 * math.pi * turn), 0.5 + 0.35 * math.sin(2 * math.pi * turn)
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page) -> float:
    """Drag the point once around; returns the frames a second in which the picture changed."""
    corners = [place(page, k / 8) for k in range(1, 9)]
    page.mouse.move(*place(page, 0))
    page.mouse.down()
    start = page.evaluate("(pad.frames.clear(), performance.now())")
    for corner in corners:
        page.mouse.move(*corner, steps=MOVES // len(corners))
    painted, end = page.evaluate("[pad.frames.size, performance.now()]")
    page.mouse.up()
    page.wait_for_timeout(500)
    return painted / (end - start) * 1000


def release(page: Page) -> list[float]:
    """Milliseconds from letting the point go until the page shows that Python knows, for each of some releases."""
    page.evaluate("pad.releases.length = 0")
    for k in range(RELEASES):
        page.mouse.move(*place(page, 0.1 + 0.37 * k))
        page.mouse.down()
        page.mouse.up()
        page.wait_for_function(f"pad.releases.length > {k}")
    return page.evaluate("pad.releases")


def difference(page: Page, name: str) -> float:
    """The largest difference between a pixel of the browser and of torch, over random codes; pixels from 0 to 1."""
    model = starters.load(name)
    codes = model.codes.mean(0) + 2 * np.random.default_rng(0).normal(size=(CODES, model.latent_dim)) * model.scale
    codes = codes.astype(np.float32)
    want = model.decode(codes).reshape(CODES, -1)
    return float(np.abs(np.array(page.evaluate(DECODE, codes.tolist())) - want).max())


def rows() -> list[Row]:
    """The numbers beside their bars, model by model."""
    found = []
    with serve() as server, chromium() as browser:
        for name in starters.STARTERS:
            found += rows_of(name, measure(browser, f"http://127.0.0.1:{server.port}", name))
    return found


def rows_of(name: str, d: Dragged) -> list[Row]:
    """The rows of one model."""
    return [
        Row(
            claim=f"{name}: frames a second while the pad is dragged",
            ours=f"{d.frames_a_second:.1f} /s (worst circle {d.frames_worst:.1f})",
            bar=">= 55 /s",
            met=d.frames_a_second >= LEAST_FRAMES,
        ),
        Row(
            claim=f"{name}: from the pointer's event to the painted picture",
            ours=f"p50 {d.paint_p50:.1f} ms, p95 {d.paint_p95:.1f} ms",
            bar="p95 <= 12 ms",
            met=d.paint_p95 <= MOST_PAINT_MS,
        ),
        Row(
            claim=f"{name}: from letting go to Python and back",
            ours=f"p50 {d.release_p50:.0f} ms, p95 {d.release_p95:.0f} ms",
            bar="p95 <= 150 ms",
            met=d.release_p95 <= MOST_RELEASE_MS,
        ),
        Row(
            claim=f"{name}: pixels of the browser against torch's, from 0 to 1",
            ours=f"{d.difference:.1e}",
            bar="<= 1e-4",
            met=d.difference <= MOST_DIFFERENCE,
        ),
    ]
