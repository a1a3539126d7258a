// A point on a plane of the latent space, a slider for each axis, and the picture that they decode to. The pad is its own
// master while a person moves something; a code goes to the server when it is let go, numbered, and what comes back counts
// once the server has heard of the last one. latent_pad_map.js paints what lies under the point.

const MOST_SLIDERS = 8; // the rest waits behind a button
const KEY_STEP = 0.02; // of the plane's reach
const KEY_LEAP = 5; // times that, with Shift
const SLIDER_STEPS = 400;
const KEYS_MS = 250; // keys that follow each other this fast are one move
const HEARD_MS = 5000; // after this the server is believed though it did not hear

export default function (component) {
  const pad = boardOf(component, build);
  const { data } = component;
  const samePlane = pad.data && ["right", "up", "reach", "middle"].every((name) => String(pad.data[name]) === String(data[name]));
  pad.number ??= data.heard;
  pad.data = data;
  pad.host.dataset.heard = data.heard; // whoever waits for a release to come back looks here
  pad.theme = themeOf(pad.host);
  furnish(pad);
  receive(pad, data);
  bringDots(pad);
  if (pad.decoderId !== data.decoder) [pad.decoderId, pad.decoder] = [data.decoder, null];
  decoderOf(data.decoder).then((decoder) => {
    if (pad.decoderId !== data.decoder) return;
    const isNew = pad.decoder !== decoder;
    if (isNew) unfold(pad, decoder);
    if (isNew || !samePlane) refreshMap(pad);
    follow(pad);
    say(pad);
  });
}

function build(root) {
  const html =
    '<div class="ground"><p class="upward"></p><div class="plane" tabindex="0" role="application"><canvas class="map"></canvas><canvas class="dots"></canvas>' +
    '<svg class="point" viewBox="-16 -16 32 32" aria-hidden="true"><path d="M-15 0H-4M4 0H15M0-15V-4M0 4V15"/><circle r="9"/><path d="M-15 0H-4M4 0H15M0-15V-4M0 4V15"/><circle r="9"/></svg></div>' +
    '<p class="rightward"></p><div class="key"></div></div>' +
    '<div class="shown"><canvas class="picture" role="img"></canvas><p class="where"></p><p class="code" aria-hidden="true"></p></div>' +
    '<div class="axes" role="group" aria-label="The axes of the code"><div class="sliders"></div><button type="button" class="more"></button></div>' +
    '<div class="said" aria-live="polite"></div>';
  const host = hostIn(root, CSS, "pad", html); // CSS is latent_pad.css, which code.py puts before this file
  const parts = partsOf(host, "plane", "map", "dots", "point", "upward", "rightward", "key", "shown", "picture", "where", "code", "more", "said");
  const pad = { host, ...parts, z: new Float64Array(0), known: [], sliders: [], base: [], settling: null, sliding: false, hidden: false };
  pad.rack = host.querySelector(".sliders");
  const { plane } = pad;
  plane.onpointerdown = (event) => grab(pad, event);
  plane.onpointermove = (event) => event.pointerId === pad.pointer && drag(pad, event);
  plane.onpointerup = plane.onpointercancel = (event) => event.pointerId === pad.pointer && letGo(pad);
  plane.onkeydown = (event) => key(pad, event);
  pad.more.onclick = () => {
    pad.host.toggleAttribute("data-all");
    furnish(pad);
    follow(pad);
  };
  pad.observer = new ResizeObserver(() => pad.data && fit(pad));
  pad.observer.observe(plane);
  pad.observer.observe(pad.shown);
  return pad;
}

/** The code that the server holds, unless a person is moving it, or the server has not heard of the last move yet. */
function receive(pad, data) {
  const same = pad.z.length === data.z.length;
  const busy = pad.pointer !== undefined || pad.sliding || pad.settling;
  if (same && (busy || (data.heard < pad.number && Date.now() < pad.until))) return;
  if (same && farthest(pad.z, data.z) < 1e-5) return;
  pad.z = Float64Array.from(data.z);
  pad.decoded = new Float32Array(data.z.length);
  pad.known = [...data.z];
}

function furnish(pad) {
  const { data } = pad;
  const [right, up] = data.titles;
  setText(pad.upward, up && `\u2191 ${up}`);
  setText(pad.rightward, `${right} \u2192`);
  setAttribute(pad.plane, "aria-label", `Plane of ${right}, to the right${up && `, and ${up}, upwards`}. Arrow keys move the point, with Shift further; Home takes it to the middle.`);
  const all = pad.host.hasAttribute("data-all");
  const shown = all ? data.axes : data.axes.slice(0, MOST_SLIDERS);
  const rest = data.axes.length - MOST_SLIDERS;
  pad.more.hidden = rest <= 0;
  setText(pad.more, all ? "Fewer axes" : `${rest} more axes`);
  setAttribute(pad.more, "aria-expanded", String(all));
  const wanted = JSON.stringify(shown);
  if (pad.racked === wanted) return;
  pad.racked = wanted;
  pad.sliders = shown.map((axis) => slider(pad, axis));
  pad.rack.replaceChildren(...pad.sliders.map((one) => one.label));
}

function slider(pad, [index, name, does, low, high, idle]) {
  const label = document.createElement("label");
  label.innerHTML = '<span class="name"></span><input type="range"><output></output><span class="does"></span>';
  label.toggleAttribute("data-idle", Boolean(idle));
  const [title, input, output, what] = label.children;
  title.textContent = name;
  what.textContent = idle ? "does nothing" : does;
  Object.assign(input, { min: low, max: high, step: (high - low) / SLIDER_STEPS });
  input.setAttribute("aria-label", [name, what.textContent].filter(Boolean).join(", "));
  const done = (wait) => {
    pad.sliding = false;
    settle(pad, wait);
  };
  let keyed = false;
  input.onkeydown = (event) => {
    keyed = true;
    event.stopPropagation(); // the page's own shortcuts must not also fire
  };
  input.onpointerdown = () => {
    keyed = false; // in braces: a handler that returns false would keep the slider from moving
  };
  input.onpointerup = input.onpointercancel = () => pad.sliding && done(0);
  input.onchange = () => done(keyed ? KEYS_MS : 0);
  input.oninput = () => {
    pad.sliding = true;
    pad.z[index] = Number(input.value);
    follow(pad, index);
  };
  return { index, label, input, output };
}

// The plane. Coordinates are those of the code along the plane's two directions.

function coordinates(pad) {
  const { right, up } = pad.data;
  let a = 0;
  let b = 0;
  for (let i = 0; i < pad.z.length; i += 1) {
    a += pad.z[i] * right[i];
    b += pad.z[i] * up[i];
  }
  return [a, b];
}

/** Move the code within the plane, to these coordinates or the nearest ones on it. */
function move(pad, to) {
  const { right, up, middle, reach } = pad.data;
  const [a, b] = coordinates(pad).map((at, k) => Math.min(Math.max(to[k], middle[k] - reach), middle[k] + reach) - at);
  for (let i = 0; i < pad.z.length; i += 1) pad.z[i] += a * right[i] + b * up[i];
  follow(pad);
}

function grab(pad, event) {
  if (event.button !== 0 || pad.pointer !== undefined) return;
  event.preventDefault();
  pad.plane.focus({ focusVisible: false, preventScroll: true });
  pad.plane.setPointerCapture(event.pointerId);
  pad.pointer = event.pointerId;
  pad.box = pad.plane.getBoundingClientRect(); // once, not with every move: it would lay the page out anew
  drag(pad, event);
}

function drag(pad, event) {
  const { box } = pad;
  const { middle, reach } = pad.data;
  const across = ((event.clientX - box.left) / box.width) * 2 - 1;
  const upward = 1 - ((event.clientY - box.top) / box.height) * 2;
  move(pad, [middle[0] + across * reach, middle[1] + upward * reach]);
}

function letGo(pad) {
  pad.pointer = undefined;
  settle(pad, 0);
}

function key(pad, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || pad.pointer !== undefined) return;
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!by && event.key !== "Home") return;
  event.preventDefault();
  event.stopPropagation(); // the page's own shortcuts must not also fire
  const step = pad.data.reach * KEY_STEP * (event.shiftKey ? KEY_LEAP : 1);
  move(pad, by ? coordinates(pad).map((at, k) => at + step * by[k]) : pad.data.middle);
  settle(pad, KEYS_MS);
}

/** Tell the server of the code, after `wait` ms without another move, if it does not know it. */
function settle(pad, wait) {
  clearTimeout(pad.settling);
  const tell = () => {
    pad.settling = null;
    if (pad.pointer !== undefined || pad.sliding) return; // moved on: another release will come
    say(pad);
    const z = [...pad.z].map((part) => Math.round(part * 1e5) / 1e5);
    if (farthest(z, pad.known) < 1e-5) return;
    pad.known = z;
    pad.number += 1;
    pad.until = Date.now() + HEARD_MS;
    pad.send("released", { z, number: pad.number });
  };
  if (wait) pad.settling = setTimeout(tell, wait);
  else tell();
}

/** What a person who cannot see it should know, told when it stands still. */
function say(pad) {
  const at = coordinates(pad).map(number);
  const text = pad.data.titles.map((title, k) => title && `${title} ${at[k]}`).filter(Boolean).join(", ");
  setText(pad.said, text);
  setAttribute(pad.picture, "aria-label", `Picture decoded at ${text}`);
}

/** At most three significant digits, as many decimals for numbers of one size. */
function number(value) {
  const size = Math.abs(value);
  const text = size.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
  return value < 0 && Number(text) ? `\u2212${text}` : text;
}

function farthest(a, b) {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i += 1) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
