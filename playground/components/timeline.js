// The bar follows the server, except while a person holds it and until the server has caught up with where they let go.

const SEND_MS = 80; // at most 12 a second
const CATCH_UP_MS = 1500;

export default function (component) {
  const bar = boardOf(component, build);
  receive(bar, component.data);
}

function build(root) {
  const html =
    '<div class="bar" role="slider" aria-label="Timeline of the run" aria-valuemin="0">' +
    '<div class="rail"></div><div class="done"></div><div class="ticks"></div><div class="now"></div><div class="thumb"></div></div>' +
    '<div class="steps" aria-hidden="true"><b></b><span></span></div>';
  const host = hostIn(root, CSS, "timeline", html); // CSS is timeline.css, which code.py puts before this file
  const parts = partsOf(host, "bar", "done", "ticks", "now", "thumb", "steps");
  const bar = { host, ...parts, shown: 0, dragging: false, held: null, marks: "" };
  bar.bar.onpointerdown = (event) => grab(bar, event);
  bar.bar.onpointermove = (event) => bar.dragging && drag(bar, event);
  bar.bar.onpointerup = (event) => bar.dragging && release(bar, event);
  bar.bar.onpointercancel = () => bar.dragging && abandon(bar);
  bar.bar.onkeydown = (event) => key(bar, event);
  bar.observer = new ResizeObserver(() => bar.data && paint(bar));
  bar.observer.observe(bar.bar);
  return bar;
}

function receive(bar, data) {
  bar.data = data;
  bar.host.toggleAttribute("data-disabled", data.disabled);
  bar.bar.tabIndex = data.disabled ? -1 : 0;
  bar.bar.setAttribute("aria-disabled", String(data.disabled));
  if (data.disabled && bar.dragging) abandon(bar);
  if (bar.held && caughtUp(bar.held, data.step)) bar.held = null;
  if (!bar.dragging && !bar.held) bar.shown = data.step;
  paint(bar);
}

/** Frames that were on their way when the bar was let go still carry the old position: they are nearer to it than to the new one. */
function caughtUp(held, step) {
  return Date.now() > held.until || Math.abs(step - held.step) < Math.abs(step - held.from) || step === held.step;
}

function paint(bar) {
  const { data, shown } = bar;
  const whole = Math.max(data.end ?? 0, data.last, 1);
  bar.done.style.transform = `scaleX(${data.last / whole})`;
  bar.now.style.transform = `scaleX(${shown / whole})`;
  bar.thumb.style.left = `${(100 * shown) / whole}%`;
  const end = data.end === null ? "" : ` / ${group(whole)}`;
  const [step, rest] = bar.steps.children;
  setText(step, group(shown));
  setText(rest, end);
  const room = `${roomFor(group(whole), end)}ch`;
  if (bar.steps.style.minWidth !== room) bar.steps.style.minWidth = room;
  const slider = bar.bar;
  slider.setAttribute("aria-valuemax", data.last);
  slider.setAttribute("aria-valuenow", shown);
  slider.setAttribute("aria-valuetext", `step ${group(shown)}` + (data.end === null ? "" : ` of ${group(whole)}`));
  paintMarks(bar, whole);
}

function paintMarks(bar, whole) {
  const width = bar.bar.clientWidth;
  const marks = JSON.stringify([bar.data.marks, whole, width]);
  if (marks === bar.marks || !width) return;
  bar.marks = marks;
  bar.ticks.replaceChildren(
    ...bar.data.marks.filter(([step]) => step <= whole).map(([step, label]) => {
      const tick = document.createElement("div");
      tick.className = "tick";
      tick.style.left = `${(100 * step) / whole}%`;
      const text = tick.appendChild(document.createElement("span"));
      text.textContent = label;
      return tick;
    }),
  );
  let free = -8;
  for (const tick of bar.ticks.children) {
    const text = tick.firstChild;
    const [at, half] = [(parseFloat(tick.style.left) / 100) * width, text.offsetWidth / 2];
    const centre = Math.min(Math.max(at, half - 8), width + 8 - half); // a label at the end moves in instead of overflowing
    text.style.left = `${centre - at}px`;
    text.hidden = centre - half < free;
    if (!text.hidden) free = centre + half + 8;
  }
}

function stepAt(bar, event) {
  const box = bar.bar.getBoundingClientRect();
  const whole = Math.max(bar.data.end ?? 0, bar.data.last, 1);
  const step = Math.round(((event.clientX - box.left) / box.width) * whole);
  return Math.min(Math.max(step, 0), bar.data.last);
}

function grab(bar, event) {
  if (bar.data.disabled || event.button !== 0) return;
  bar.dragging = true;
  bar.from = bar.data.step;
  bar.held = null;
  bar.host.toggleAttribute("data-dragging", true);
  bar.bar.setPointerCapture(event.pointerId);
  drag(bar, event);
}

function drag(bar, event) {
  const step = stepAt(bar, event);
  if (step === bar.shown && bar.sent === step) return;
  bar.shown = step;
  paint(bar);
  throttle(bar, "scrub", step);
}

function release(bar, event) {
  const step = stepAt(bar, event);
  stopDragging(bar);
  bar.shown = step;
  seek(bar, step, 0);
}

function abandon(bar) {
  // The browser took the pointer away (a scroll, a call): the last step shown counts.
  stopDragging(bar);
  seek(bar, bar.shown, 0);
}

function stopDragging(bar) {
  bar.dragging = false;
  bar.sent = undefined;
  bar.host.removeAttribute("data-dragging");
}

function seek(bar, step, wait) {
  bar.held = { step, from: bar.from ?? bar.data.step, until: Date.now() + CATCH_UP_MS };
  clearTimeout(bar.letGo);
  bar.letGo = setTimeout(() => {
    bar.held = null;
    if (!bar.dragging) bar.shown = bar.data.step;
    paint(bar);
  }, CATCH_UP_MS);
  paint(bar);
  if (wait) throttle(bar, "seek", step);
  else {
    clearTimeout(bar.sending);
    bar.sending = null;
    bar.last = Date.now();
    bar.send("seek", step);
  }
}

/** At once if the last message is long enough ago, else when it is; always with the latest step. */
function throttle(bar, event, step) {
  bar.next = [event, step];
  if (bar.sending) return;
  const wait = Math.max(0, (bar.last ?? 0) + SEND_MS - Date.now());
  const go = () => {
    bar.sending = null;
    bar.last = Date.now();
    bar.sent = bar.next[1];
    bar.send(...bar.next);
  };
  if (wait) bar.sending = setTimeout(go, wait);
  else go();
}

function key(bar, event) {
  const { data } = bar;
  if (data.disabled || event.ctrlKey || event.metaKey || event.altKey) return;
  const page = Math.max(1, Math.round(Math.max(data.end ?? 0, data.last) / 10));
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page }[event.key];
  const to = event.key === "Home" ? 0 : event.key === "End" ? data.last : by === undefined ? null : bar.shown + by;
  if (to === null) return;
  event.preventDefault();
  event.stopPropagation(); // the page's own shortcuts (step, back) must not also fire
  bar.from = data.step;
  bar.shown = Math.min(Math.max(to, 0), data.last);
  seek(bar, bar.shown, 1);
}

/** Width of the longest text the counter will hold, in widths of a digit: a comma or a space takes less than half. */
function roomFor(whole, end) {
  const one = (text) => [...text].reduce((sum, letter) => sum + (letter === "," ? 0.5 : 1), 0);
  return one(whole) * (end ? 2 : 1) + (end ? 1.8 : 0);
}

function group(number) {
  return number.toLocaleString("en-US");
}
