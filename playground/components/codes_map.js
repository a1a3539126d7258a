// A map of codes: a dot each, its picture where one points, and a choice by click, lasso or key. The choice is the map's own
// until the server has heard of it. codes_map_paint.js paints.

const CLICK_PX = 5; // a press that moves less is a click
const REACH_PX = { mouse: 14, pen: 18, touch: 26 }; // a dot is meant this far from it
const TURN = 0.01; // radians a pixel
const KEY_TURN = Math.PI / 24;
const HEARD_MS = 5000; // after this the server is believed though it did not hear

export default function (component) {
  const map = boardOf(component, build);
  const { data } = component;
  map.number ??= data.heard;
  map.data = data;
  map.theme = themeOf(map.host);
  map.sprites = null;
  if (map.decoderId !== data.decoder) [map.decoderId, map.decoder] = [data.decoder, null];
  decoderOf(data.decoder).then((decoder) => {
    if (map.decoderId === data.decoder) map.decoder = decoder;
    show(map);
  });
  Promise.all([partOf("codes", data.codes), partOf("points", data.points)]).then(([codes, points]) => {
    if (map.data === data && codes.n === points.n) receive(map, data, codes, points);
  });
}

function build(root) {
  const html =
    '<div class="ground"><div class="tools"><button type="button" aria-pressed="false">Lasso</button><button type="button">Clear</button><span class="count" aria-live="polite"></span></div>' +
    '<div class="plane" tabindex="0" role="application"><canvas class="dots"></canvas><canvas class="over"></canvas></div><div class="key"></div></div>' +
    '<div class="shown"><canvas class="picture" role="img" hidden></canvas><p class="name"></p><p class="note"></p></div><div class="said" aria-live="polite"></div>';
  const host = hostIn(root, CSS, "map", html); // CSS is codes_map.css, which code.py puts before this file
  const parts = partsOf(host, "plane", "dots", "over", "key", "shown", "picture", "name", "note", "count", "said");
  const map = { host, ...parts, chosen: new Set(), at: null, press: null, lasso: false, yaw: 0.6, pitch: 0.3, marks: "" };
  [map.lassoButton, map.clearButton] = host.querySelectorAll("button");
  map.lassoButton.onclick = () => {
    map.lasso = !map.lasso;
    furnish(map);
  };
  map.clearButton.onclick = () => choose(map, []);
  const { plane } = map;
  plane.onpointerdown = (event) => down(map, event);
  plane.onpointermove = (event) => move(map, event);
  plane.onpointerup = (event) => up(map, event);
  plane.onpointercancel = () => {
    map.press = null;
    schedule(map);
  };
  plane.onkeydown = (event) => key(map, event);
  plane.onfocus = plane.onblur = () => schedule(map);
  map.observer = new ResizeObserver(() => schedule(map, true));
  map.observer.observe(plane);
  return map;
}

function receive(map, data, codes, points) {
  if (map.codes !== codes) {
    map.codes = codes;
    const { n, latent_dim: d } = codes;
    map.halves = new Uint16Array(codes.body.buffer, 0, n * d);
    map.values = new Uint8Array(codes.body.buffer, 2 * n * d, n);
    map.code = new Float32Array(d);
    if (map.at >= n) map.at = null;
    explain(map);
  }
  if (map.points !== points) place(map, points);
  if (!(data.heard < map.number && Date.now() < map.until)) map.chosen = new Set(numbersIn(data.chosen, codes.n));
  furnish(map);
  if (map.at === null && map.chosen.size) map.at = map.chosen.values().next().value;
  show(map);
  schedule(map, true);
}

function numbersIn(text, n) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Array.from({ length: n }, (_, i) => i).filter((i) => bytes[i >> 3] & (1 << (i & 7)));
}

function furnish(map) {
  const { codes, plane, lassoButton } = map;
  lassoButton.setAttribute("aria-pressed", String(map.lasso));
  map.clearButton.disabled = !map.chosen.size;
  setText(map.count, map.chosen.size ? `${map.chosen.size.toLocaleString("en-US")} chosen` : "");
  plane.toggleAttribute("data-lasso", map.lasso);
  plane.toggleAttribute("data-space", map.dims === 3);
  if (!codes) return;
  const keys = map.dims === 3 ? "Arrow keys turn it, with Shift they go from code to code" : "Arrow keys go from code to code";
  const about = codes.title ? `, by ${codes.title}` : "";
  plane.setAttribute("aria-label", `Map of ${codes.n} codes${about}. ${keys}; Enter chooses one, with Shift more; Escape clears the choice.`);
}

// Pointer.

function placeOf(map, event) {
  const box = map.plane.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function down(map, event) {
  if (event.button !== 0 || map.press || !map.codes) return;
  map.plane.setPointerCapture(event.pointerId);
  const at = placeOf(map, event);
  map.press = { id: event.pointerId, at, last: at, moved: false, path: [at] };
}

function move(map, event) {
  const at = placeOf(map, event);
  const { press } = map;
  if (!press) {
    if (event.pointerType === "mouse") look(map, hit(map, at, "mouse"));
    return;
  }
  if (event.pointerId !== press.id) return;
  press.moved ||= Math.hypot(at[0] - press.at[0], at[1] - press.at[1]) > CLICK_PX;
  if (!press.moved) return;
  if (map.lasso) press.path.push(at);
  else if (map.dims === 3) turn(map, (at[0] - press.last[0]) * TURN, (at[1] - press.last[1]) * TURN);
  press.last = at;
  schedule(map);
}

function up(map, event) {
  const { press } = map;
  if (!press || event.pointerId !== press.id) return;
  map.press = null;
  schedule(map);
  const more = event.shiftKey || event.ctrlKey || event.metaKey;
  if (!press.moved) {
    const found = hit(map, press.at, event.pointerType);
    look(map, found);
    if (found !== null) pick(map, found, more);
    else if (!more) choose(map, []);
  } else if (map.lasso) {
    const inside = within(map, press.path);
    choose(map, more ? [...new Set([...map.chosen, ...inside])] : inside);
  }
}

function hit(map, [x, y], kind) {
  let [found, nearest] = [null, REACH_PX[kind] ?? REACH_PX.mouse];
  for (let i = 0; i < map.codes?.n; i += 1) {
    const far = Math.hypot(map.screen[2 * i] - x, map.screen[2 * i + 1] - y);
    if (far < nearest) [found, nearest] = [i, far];
  }
  return found;
}

/** The codes whose dots lie inside a closed path. */
function within(map, path) {
  const inside = [];
  for (let i = 0; i < map.codes.n; i += 1) {
    const [x, y] = [map.screen[2 * i], map.screen[2 * i + 1]];
    let odd = false;
    for (let k = 0, j = path.length - 1; k < path.length; j = k, k += 1) {
      const [[ax, ay], [bx, by]] = [path[k], path[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
    }
    if (odd) inside.push(i);
  }
  return inside;
}

function turn(map, yaw, pitch) {
  map.yaw += yaw;
  map.pitch = Math.min(Math.max(map.pitch + pitch, -Math.PI / 2), Math.PI / 2);
  schedule(map, true);
}

// Choice.

function look(map, i) {
  if (i === null || map.at === i) return;
  map.at = i;
  show(map);
  schedule(map);
}

function pick(map, i, more) {
  if (!more) return choose(map, [i]);
  const chosen = new Set(map.chosen);
  if (!chosen.delete(i)) chosen.add(i);
  choose(map, [...chosen]);
}

function choose(map, numbers) {
  if (!numbers.length && !map.chosen.size) return;
  map.chosen = new Set(numbers);
  map.number += 1;
  map.until = Date.now() + HEARD_MS;
  furnish(map);
  schedule(map, true);
  map.send("chosen", { number: map.number, numbers: [...map.chosen].sort((a, b) => a - b) });
}

// Keyboard.

function key(map, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !map.codes) return;
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (by && map.dims === 3 && !event.shiftKey) turn(map, by[0] * KEY_TURN, by[1] * KEY_TURN);
  else if (by) step(map, by);
  else if ((event.key === "Enter" || event.key === " ") && map.at !== null) pick(map, map.at, event.shiftKey);
  else if (event.key === "Escape") choose(map, []);
  else return;
  event.preventDefault();
  event.stopPropagation(); // the page's own shortcuts must not also fire
}

/** To the nearest code in this direction, those straight ahead first. */
function step(map, [dx, dy]) {
  let to = map.at === null ? hit(map, [map.side / 2, map.side / 2], "touch") ?? 0 : null;
  let least = Infinity;
  for (let i = 0; map.at !== null && i < map.codes.n; i += 1) {
    const [x, y] = [map.screen[2 * i] - map.screen[2 * map.at], map.screen[2 * i + 1] - map.screen[2 * map.at + 1]];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead > 0.5 && aside <= ahead && ahead + 2 * aside < least) [to, least] = [i, ahead + 2 * aside];
  }
  if (to === null) return;
  look(map, to);
  setText(map.said, `${map.name.textContent}: ${map.note.textContent}`);
}
