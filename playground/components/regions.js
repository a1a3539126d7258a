// Decision regions side by side. The browser colours them, says what each classifier holds of the place under the pointer,
// and pours samples; where a person clicks, drags or moves the cross by the arrow keys goes to the server.

const SEND_MS = 80; // at most 12 a second
const ECHO_MS = 1500; // so long may the answer to where the cross was moved be on its way
const REST_MS = 120; // a pointer that rests so long asks for the numbers of its place
const POUR_MS = 1200;
const ARROW_STEP = 0.1;
const SMALLEST_PLANE = 145; // all planes stand side by side if they are at least this wide, else two and two
const WORDS = 190; // in a plane of this width there is room to say of which place the number is

export default function (component) {
  const board = boardOf(component, build);
  board.frame = decode(component.data);
  board.theme = themeOf(board.host);
  board.shades = shadeTable(board.theme);
  if (String(board.frame.point) === board.awaited) board.awaited = null;
  const older = board.sending || (board.awaited && performance.now() - board.last < ECHO_MS); // than what was done here
  if (!board.holding && !older) board.point = board.frame.point;
  furnish(board);
  schedule(board);
}

function decode(bytes) {
  const [header, body] = openPart(bytes);
  let at = 0;
  const cells = header.grid * header.grid;
  for (const panel of header.panels) {
    panel.shade = body.subarray(at, at + cells);
    at += cells;
  }
  header.points = new Int16Array(body.slice(at, at + 6 * header.n).buffer); // x, y in thousandths, class
  return header;
}

function build(root) {
  const host = hostIn(root, CSS, "regions"); // CSS is regions.css, which code.py puts before this file
  const said = document.createElement("div");
  said.className = "said";
  said.setAttribute("aria-live", "polite");
  root.append(said);
  const board = { host, said, views: [], over: null };
  board.observer = new ResizeObserver(() => schedule(board));
  board.observer.observe(host);
  return board;
}

/** Byte of a cell to colour: 64 x class + certainty. Certain is strong, uncertain is the page's own background. */
function shadeTable(theme) {
  const ends = theme.colours.map(channelsOfHex);
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    const end = ends[Math.min(byte >> 6, 2)];
    const amount = 0.04 + 0.56 * ((byte & 63) / 63);
    return word(...theme.channels.map((from, i) => Math.round(from + (end[i] - from) * amount)));
  });
}

function furnish(board) {
  const { frame, host } = board;
  while (board.views.length > frame.panels.length) board.views.pop().figure.remove();
  frame.panels.forEach((panel, i) => {
    const view = (board.views[i] ??= panelView(board, i));
    setText(view.title, panel.title);
    setText(view.kind, panel.kind);
    setText(view.note, panel.note);
    view.note.toggleAttribute("data-said", panel.said);
    view.plane.setAttribute("aria-label", `${panel.alt}. Arrow keys move the chosen point.`);
    setText(view.button, panel.button);
    if (panel.pour.length && !view.poured) view.began = calm() ? -POUR_MS : performance.now();
    view.poured = panel.pour.length > 0;
  });
  host.setAttribute("role", "group");
}

function panelView(board, index) {
  const figure = document.createElement("figure");
  figure.innerHTML =
    '<div class="head"><b></b><span></span></div><div class="plane" tabindex="0" role="application"><canvas></canvas></div>' +
    '<div class="says"></div><button type="button"></button><p class="note" aria-live="polite"></p>';
  board.host.append(figure);
  const view = { figure, index, ...partsOf(figure, "plane", "says", "note"), strip: new OffscreenCanvas(1, 1), poured: false, began: 0 };
  [view.title, view.kind] = figure.querySelector(".head").children;
  view.button = figure.querySelector("button");
  view.canvas = figure.querySelector("canvas");
  view.button.onclick = () => board.send("pour", index);
  view.plane.onpointerdown = (event) => {
    if (event.button !== 0) return;
    board.holding = true;
    view.plane.setPointerCapture(event.pointerId);
    choose(board, placeOf(board, view, event), false);
  };
  view.plane.onpointermove = (event) => {
    if (board.holding) choose(board, placeOf(board, view, event), false);
    else if (event.pointerType === "mouse") look(board, placeOf(board, view, event));
  };
  view.plane.onpointerup = view.plane.onpointercancel = () => {
    if (!board.holding) return;
    board.holding = false;
    choose(board, board.point, true);
  };
  view.plane.onpointerleave = () => look(board, null);
  view.plane.onkeydown = (event) => move(board, event);
  return view;
}

function placeOf(board, view, event) {
  const box = view.plane.getBoundingClientRect();
  const { reach } = board.frame;
  const part = (at, size) => Math.min(Math.max(at / size, 0), 1) * 2 * reach - reach;
  return [part(event.clientX - box.left, box.width), -part(event.clientY - box.top, box.height)];
}

function look(board, place) {
  board.over = place;
  schedule(board);
  clearTimeout(board.resting);
  board.resting = setTimeout(() => tell(board), REST_MS);
}

/** Tell the server over which place the pointer rests: none when it has left. */
function tell(board) {
  const place = (board.over ?? []).map((at) => Math.round(at * 1000) / 1000);
  if (String(place) === String(board.told ?? [])) return;
  board.told = place;
  board.send("over", place);
}

function move(board, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation(); // the page's own shortcuts must not also fire
  const { reach } = board.frame;
  const step = event.shiftKey ? 5 * ARROW_STEP : ARROW_STEP;
  choose(board, board.point.map((at, i) => Math.min(Math.max(at + step * by[i], -reach), reach)), false);
  board.said.textContent = board.frame.panels.map((p) => `${p.title}: ${sentence(judged(board, p, board.point))}`).join(", ");
}

/** Show the cross there, and tell the server at once or when it may be told again; always the latest place. */
function choose(board, place, now) {
  board.point = place;
  board.over = board.told = null; // the server forgets it too: the cross counts
  clearTimeout(board.resting);
  schedule(board);
  const go = () => {
    clearTimeout(board.sending);
    board.sending = null;
    board.last = performance.now();
    const place = board.point.map((at) => Math.round(at * 1000) / 1000);
    board.awaited = String(place);
    board.send("point", place);
  };
  if (now) return go();
  board.sending ??= setTimeout(go, Math.max(0, (board.last ?? -SEND_MS) + SEND_MS - performance.now()));
}

function schedule(board) {
  soon(board, () => board.frame && board.host.clientWidth && draw(board));
}

function draw(board) {
  const { frame, host } = board;
  const n = frame.panels.length;
  const room = Math.max(1, Math.floor((host.parentElement?.clientWidth || host.getRootNode().host.clientWidth) / SMALLEST_PLANE));
  const across = room >= n ? n : n === 1 ? 1 : 2;
  host.style.setProperty("--across", across);
  host.toggleAttribute("data-first", across === 2 && n % 2 === 1); // the first one has a row of its own
  frame.panels.forEach((panel, i) => drawPanel(board, board.views[i], panel));
}

function drawPanel(board, view, panel) {
  const { frame, theme } = board;
  const ratio = window.devicePixelRatio || 1;
  const side = Math.round(view.plane.clientWidth * ratio);
  if (!side) return;
  if (view.canvas.width !== side) view.canvas.width = view.canvas.height = side;
  const context = view.canvas.getContext("2d");
  const scale = side / (2 * frame.reach);
  const at = (x, y) => [(x + frame.reach) * scale, (frame.reach - y) * scale];
  paintShade(board, view, panel);
  context.imageSmoothingEnabled = true;
  context.drawImage(view.strip, 0, 0, side, side);
  const radius = Math.max(2.4, Math.min(4.5, 55 / Math.sqrt(frame.points.length / 3), view.plane.clientWidth / 60)) * ratio;
  context.drawImage(examples(board, side, radius, at), 0, 0);
  context.lineWidth = 1.5 * ratio;
  for (const [k, line] of panel.contours) {
    context.beginPath();
    line.forEach(([x, y], i) => (i ? context.lineTo(...at(x, y)) : context.moveTo(...at(x, y))));
    context.closePath();
    context.strokeStyle = theme.colours[k];
    context.stroke();
  }
  pour(board, view, panel, context, at, radius, ratio);
  drawCross(board, context, at, ratio);
  says(board, view, panel);
}

/** The marks of all examples on nothing, drawn once for all planes of a size. */
function examples(board, side, radius, at) {
  const { frame, theme } = board;
  if (board.marksOf !== frame.points || board.marksTheme !== theme) {
    Object.assign(board, { marksOf: frame.points, marksTheme: theme, marks: new Map() });
  }
  let marks = board.marks.get(side);
  if (marks) return marks;
  board.marks.set(side, (marks = new OffscreenCanvas(side, side)));
  const context = marks.getContext("2d");
  context.lineWidth = window.devicePixelRatio || 1;
  context.strokeStyle = theme.background;
  for (let i = 0; i < frame.points.length; i += 3) {
    const k = frame.points[i + 2];
    markPath(context, k, ...at(frame.points[i] / 1000, frame.points[i + 1] / 1000), radius);
    context.fillStyle = theme.colours[k];
    context.fill();
    context.stroke();
  }
  return marks;
}

/** Samples appear one by one, each falling into its place: hollow, where examples are filled. */
function pour(board, view, panel, context, at, radius, ratio) {
  if (!panel.pour.length) return;
  const since = performance.now() - view.began;
  panel.pour.forEach(([x, y, k], i) => {
    const age = Math.min(1, (since - (i / panel.pour.length) * POUR_MS * 0.7) / (POUR_MS * 0.3));
    if (age <= 0) return;
    const [px, py] = at(x, y);
    markPath(context, k, px, py - (1 - age) ** 2 * 60 * ratio, radius + 0.5 * ratio);
    context.globalAlpha = age;
    context.strokeStyle = board.theme.background;
    context.lineWidth = 3.5 * ratio;
    context.stroke();
    context.strokeStyle = board.theme.colours[k];
    context.lineWidth = 1.6 * ratio;
    context.stroke();
    context.globalAlpha = 1;
  });
  if (since < POUR_MS) schedule(board);
}

function paintShade(board, view, panel) {
  const { grid } = board.frame;
  if (view.shade === panel.shade && view.table === board.shades) return;
  Object.assign(view, { shade: panel.shade, table: board.shades });
  if (view.strip.width !== grid) view.strip.width = view.strip.height = grid;
  const image = new ImageData(grid, grid);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i += 1) words[i] = board.shades[panel.shade[i]];
  view.strip.getContext("2d").putImageData(image, 0, 0);
}

function drawCross(board, context, at, ratio) {
  const [x, y] = at(...board.point);
  const [short, long] = [4 * ratio, 11 * ratio];
  for (const [colour, width] of [[board.theme.background, 5], [board.theme.text, 2]]) {
    context.beginPath();
    for (const [a, b] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + a * short, y + b * short);
      context.lineTo(x + a * long, y + b * long);
    }
    context.strokeStyle = colour;
    context.lineWidth = width * ratio;
    context.stroke();
  }
}

/** What a classifier holds of a place: its most probable class and that probability, read off the shade. */
function judged(board, panel, [x, y]) {
  const { grid, reach, classes } = board.frame;
  const within = (cell) => Math.min(grid - 1, Math.max(0, cell));
  const place = (at) => within(((at + reach) / (2 * reach)) * grid - 0.5); // a cell's value is that of its middle
  const [column, row] = [place(x), place(-y)];
  const best = panel.shade[Math.round(row) * grid + Math.round(column)] >> 6;
  let [sum, weights] = [0, 0];
  for (const i of [Math.floor(row), within(Math.floor(row) + 1)]) {
    for (const j of [Math.floor(column), within(Math.floor(column) + 1)]) {
      const byte = panel.shade[i * grid + j];
      const weight = Math.max(1e-9, (1 - Math.abs(row - i)) * (1 - Math.abs(column - j)));
      if (byte >> 6 !== best) continue; // across a border the shade says nothing of this class
      sum += weight * (byte & 63);
      weights += weight;
    }
  }
  return [best, 1 / classes.length + (sum / weights / 63) * (1 - 1 / classes.length), classes[best]];
}

function sentence([, p, name]) {
  return `${name} ${p.toFixed(2)}`;
}

function says(board, view, panel) {
  const found = judged(board, panel, board.over ?? board.point);
  const text = `${classSign(found[0])}<b>${found[1].toFixed(2)}</b><em></em>`;
  if (view.text !== text) view.says.innerHTML = view.text = text;
  const where = view.plane.clientWidth < WORDS * typeScale() ? "" : board.over ? ", under the pointer" : ", at the cross";
  setText(view.says.querySelector("em"), found[2] + where);
}
