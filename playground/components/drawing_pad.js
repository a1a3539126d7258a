// Points in two or three classes, drawn with mouse, finger or keyboard. The pad is its own master while a person draws: what comes
// back from the server counts only once the server has caught up with what was sent.

const CODES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"; // as engine/data/points.py has them
const LEVELS = 4096;
const WIDTH = 5;
const SPACING = 14; // px along a stroke between two points
const RUBBER = 18; // px
const SPREAD = 5; // px by which a stroke's points leave its line, so that they look like data
const CATCH_UP_MS = 3000;
const AGAIN_MS = 1500; // of two messages in quick succession the server may lose one: it is told again
const AGAIN_MOST = 2;
const UNDO_MOST = 100;
const ERASER = -1;

export default function (component) {
  const pad = boardOf(component, build);
  pad.data = component.data;
  pad.theme = themeOf(pad.host);
  receive(pad, component.data.points);
  furnish(pad);
  paint(pad);
}

function build(root) {
  const html =
    '<div class="tools" role="toolbar" aria-label="Drawing tools"></div>' +
    '<div class="plane" tabindex="0" role="application" aria-label="Drawing pad. Arrow keys move the cross, Space puts a point or erases, 1 2 3 choose the class, E the eraser, U undoes."><canvas></canvas></div>' +
    '<p class="count"></p><div class="said" aria-live="polite"></div>';
  const host = hostIn(root, CSS, "pad", html); // CSS is drawing_pad.css, which code.py puts before this file
  const parts = partsOf(host, "tools", "plane", "count", "said");
  const pad = { host, ...parts, points: [], past: [], brush: 0, cursor: [0.5, 0.5], sent: null, until: 0, drawing: false };
  pad.canvas = host.querySelector("canvas");
  pad.plane.onpointerdown = (event) => begin(pad, event);
  pad.plane.onpointermove = (event) => pad.drawing && stroke(pad, event);
  pad.plane.onpointerup = pad.plane.onpointercancel = () => pad.drawing && end(pad);
  pad.plane.onkeydown = (event) => key(pad, event);
  pad.plane.onfocus = pad.plane.onblur = () => paint(pad);
  pad.observer = new ResizeObserver(() => pad.data && paint(pad));
  pad.observer.observe(pad.plane);
  return pad;
}

function receive(pad, text) {
  if (pad.drawing) return;
  if (pad.sent !== null && text !== pad.sent && Date.now() < pad.until) return;
  pad.sent = null;
  if (text !== encode(pad.points)) {
    pad.points = decode(text);
    pad.past = [];
  }
}

function furnish(pad) {
  const { tools, data } = pad;
  if (tools.dataset.classes !== String(data.classes.length)) {
    tools.dataset.classes = data.classes.length;
    tools.innerHTML =
      data.classes.map((_, k) => `<button type="button" data-brush="${k}">${classSign(k)}<span></span></button>`).join("") +
      `<button type="button" data-brush="${ERASER}">Eraser</button><span class="gap"></span>` +
      '<button type="button" data-do="undo">Undo</button><button type="button" data-do="clear">Clear</button>';
    for (const button of tools.querySelectorAll("button")) {
      button.onclick = () => (button.dataset.do ? (button.dataset.do === "undo" ? undo(pad) : clear(pad)) : choose(pad, Number(button.dataset.brush)));
    }
    data.classes.forEach((name, k) => (tools.querySelector(`[data-brush="${k}"] span`).textContent = name));
  }
  for (const button of tools.querySelectorAll("[data-brush]")) button.setAttribute("aria-pressed", String(Number(button.dataset.brush) === pad.brush));
  tools.querySelector("[data-do=undo]").disabled = !pad.past.length;
  tools.querySelector("[data-do=clear]").disabled = !pad.points.length;
  const full = pad.points.length >= data.most ? ": the pad is full" : "";
  pad.count.textContent = `${pad.points.length} of ${data.most} points${full}`;
}

function choose(pad, brush) {
  pad.brush = brush;
  pad.said.textContent = brush === ERASER ? "Eraser" : pad.data.classes[brush];
  furnish(pad);
  paint(pad);
}

// Drawing. Places are [0, 1] x [0, 1] from the upper left.

function begin(pad, event) {
  if (event.button !== 0) return;
  event.preventDefault();
  pad.plane.focus({ focusVisible: false });
  pad.plane.setPointerCapture(event.pointerId);
  pad.drawing = true;
  pad.before = encode(pad.points);
  pad.last = null;
  stroke(pad, event);
}

function stroke(pad, event) {
  const box = pad.plane.getBoundingClientRect();
  const moves = event.getCoalescedEvents?.() ?? [];
  for (const move of moves.length ? moves : [event]) {
    const at = [(move.clientX - box.left) / box.width, (move.clientY - box.top) / box.height];
    const far = pad.last && Math.hypot(at[0] - pad.last[0], at[1] - pad.last[1]) * box.width;
    if (pad.brush === ERASER) erase(pad, at, RUBBER / box.width);
    else if (far === null || far >= SPACING) {
      const off = () => (far === null ? 0 : ((Math.random() - 0.5) * 2 * SPREAD) / box.width);
      put(pad, [at[0] + off(), at[1] + off()]);
      pad.last = at;
    }
  }
  furnish(pad);
  paint(pad);
}

function end(pad) {
  pad.drawing = false;
  commit(pad, pad.before);
}

function put(pad, at) {
  const inside = at.every((v) => v >= 0 && v <= 1);
  if (inside && pad.points.length < pad.data.most) pad.points.push([...at, pad.brush]);
}

function erase(pad, at, radius) {
  pad.points = pad.points.filter(([x, y]) => Math.hypot(x - at[0], y - at[1]) > radius);
}

function undo(pad) {
  if (!pad.past.length) return;
  pad.points = decode(pad.past.pop());
  pad.said.textContent = "Undone";
  tell(pad);
}

function clear(pad) {
  const before = encode(pad.points);
  pad.points = [];
  pad.said.textContent = "Cleared";
  commit(pad, before);
}

function commit(pad, before) {
  if (before === encode(pad.points)) return;
  pad.past.push(before);
  if (pad.past.length > UNDO_MOST) pad.past.shift();
  tell(pad);
}

function tell(pad) {
  pad.sent = encode(pad.points);
  furnish(pad);
  paint(pad);
  send(pad, AGAIN_MOST);
}

function send(pad, again) {
  pad.until = Date.now() + CATCH_UP_MS;
  pad.send("drawn", pad.sent);
  clearTimeout(pad.asking);
  if (again) pad.asking = setTimeout(() => pad.sent !== null && send(pad, again - 1), AGAIN_MS);
}

function key(pad, event) {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const step = event.shiftKey ? 0.1 : 0.025;
  const undoing = event.key.toLowerCase() === "u" || (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey));
  if (undoing) undo(pad);
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (by) pad.cursor = pad.cursor.map((at, i) => Math.min(Math.max(at + step * by[i], 0), 1));
  else if (event.key >= "1" && event.key <= String(pad.data.classes.length)) choose(pad, Number(event.key) - 1);
  else if (event.key.toLowerCase() === "e") choose(pad, ERASER);
  else if (event.key === " " || event.key === "Enter") {
    const before = encode(pad.points);
    if (pad.brush === ERASER) erase(pad, pad.cursor, RUBBER / pad.plane.clientWidth);
    else put(pad, pad.cursor);
    commit(pad, before);
    pad.said.textContent = `${pad.points.length} points`;
  } else return;
  event.preventDefault();
  event.stopPropagation(); // the page's own shortcuts must not also fire
  paint(pad);
}

function paint(pad) {
  const ratio = window.devicePixelRatio || 1;
  const side = Math.round(pad.plane.clientWidth * ratio);
  if (!side) return;
  if (pad.canvas.width !== side) pad.canvas.width = pad.canvas.height = side;
  const context = pad.canvas.getContext("2d");
  context.clearRect(0, 0, side, side);
  context.lineWidth = ratio;
  for (const [x, y, k] of pad.points) {
    markPath(context, k, x * side, y * side, 4.5 * ratio);
    context.fillStyle = pad.theme.colours[k];
    context.fill();
    context.strokeStyle = pad.theme.background;
    context.stroke();
  }
  if (!pad.plane.matches(":focus-visible")) return;
  const [x, y] = pad.cursor.map((at) => at * side);
  context.strokeStyle = pad.brush === ERASER ? pad.theme.text : pad.theme.colours[pad.brush];
  context.lineWidth = 2 * ratio;
  context.beginPath();
  for (const [a, b] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(x + 4 * a * ratio, y + 4 * b * ratio);
    context.lineTo(x + 12 * a * ratio, y + 12 * b * ratio);
  }
  context.stroke();
}

// The text that engine/data/points.py reads and writes: class, x, y; y upwards.

function encode(points) {
  const two = (part) => {
    const level = Math.round(Math.min(Math.max(part, 0), 1) * (LEVELS - 1));
    return CODES[level >> 6] + CODES[level & 63];
  };
  return points.map(([x, y, k]) => k + two(x) + two(1 - y)).join("");
}

function decode(text) {
  const level = (at) => (CODES.indexOf(text[at]) * 64 + CODES.indexOf(text[at + 1])) / (LEVELS - 1);
  const points = [];
  for (let at = 0; at + WIDTH <= text.length; at += WIDTH) points.push([level(at + 1), 1 - level(at + 3), Number(text[at])]);
  return points;
}
