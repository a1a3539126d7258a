// One frame arrives as bytes (panels.py has the layout). Streamlit calls the default function again on the same element for
// each frame, so all that lives on is kept in one object per element, and handlers are assigned, never added.

const FRAME = 3; // CSS px: the coloured frame
const MAT = 2; // between frame and picture, so that frame and pixels never touch
const PAD = FRAME + MAT;
const HAIRLINE_PAD = 2; // where no picture carries a verdict
const GAP = 8;
const CAPTION = 22; // this and the next four are for type as large as usual; on a projector it is larger
const BETWEEN = 56; // between two panels; an arrow stands in it
const SMALLEST_BESIDE = 40; // panels go below each other, or lose columns, before their pictures get smaller than this
const SMALLEST_IN_ROW = 16; // of a panel that is to stay one row
const FINE = 2; // device pixels: smaller squares may be unequal in a panel that is to stay one row
const CAPTIONED = 48; // room for a caption and its mark
const NUMBER_SQUARE = 40; // side of a square that holds "0.93" at 13 px
const SIGNED_SQUARE = 48; // and "−1.25"
const LENS_SIDE = 288;
const LENS_DELAY_MS = 200;

const SIGNS = {
  real: '<circle cx="6" cy="6" r="5" fill="currentColor"/>',
  fake: '<circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="1.8"/>',
  latent: '<rect x="1.5" y="1.5" width="9" height="9" fill="currentColor"/>',
  weights: "",
  plain: "",
};
const LEGEND_SIGNS = {
  real:
    '<rect x="1.5" y="1.5" width="17" height="17" fill="none" stroke="currentColor" stroke-width="3"/>' +
    '<circle cx="10" cy="10" r="3.5" fill="currentColor"/>',
  fake:
    '<rect x="1.5" y="1.5" width="17" height="17" fill="none" stroke="currentColor" stroke-width="3"/>' +
    '<path d="M12 0H20V8Z" fill="currentColor"/><circle cx="9" cy="11" r="3.2" fill="none" stroke="currentColor" stroke-width="1.6"/>',
};

export default function (component) {
  const stage = boardOf(component, build);
  stage.frame = decode(component.data);
  readTheme(stage); // also called when the theme changes
  schedule(stage);
}

function decode(bytes) {
  const [header, body] = openPart(bytes);
  let at = 0;
  for (const panel of header.panels) {
    const length = panel.shape.reduce((a, b) => a * b, 1);
    panel.pixels = body.subarray(at, at + length);
    at += length;
  }
  return header;
}

function build(root) {
  const html =
    '<div class="wall"></div><div class="legend"></div>' +
    '<div class="lens" hidden><canvas></canvas><p></p></div><div class="said" aria-live="polite"></div>';
  const host = hostIn(root, CSS, "stage", html); // CSS is panels.css, which code.py puts before this file
  const [wall, legend, lens, said] = host.children;
  const stage = { host, wall, legend, lens, said, panels: [], shape: "", width: 0, at: null };
  stage.observer = new ResizeObserver(() => schedule(stage));
  stage.observer.observe(host);
  return stage;
}

function schedule(stage) {
  soon(stage, () => stage.frame && stage.host.clientWidth && draw(stage));
}

function draw(stage) {
  const { frame, host } = stage;
  const ratio = window.devicePixelRatio || 1;
  const shape = JSON.stringify([frame.px, frame.arrows, frame.legend, frame.pickable, frame.panels.map(shapeOf)]);
  if (shape !== stage.shape) furnish(stage);
  const type = typeScale();
  if (shape !== stage.shape || host.clientWidth !== stage.width || ratio !== stage.ratio || type !== stage.type) {
    Object.assign(stage, { shape, width: host.clientWidth, ratio, type });
    arrange(stage);
  }
  frame.panels.forEach((panel, i) => drawPanel(stage, stage.panels[i], panel));
  drawLens(stage);
}

/** What decides about places and sizes: all that may change without moving anything stays out. */
function shapeOf(panel) {
  return [panel.role, panel.title, panel.shape, panel.columns, panel.least, panel.row, !!panel.captions, !!panel.marks, !!panel.numbers, !!panel.subtitle];
}

// Furniture: the elements, built again only when the set of panels changes.

function furnish(stage) {
  const { wall, legend, frame } = stage;
  wall.replaceChildren();
  stage.at = null;
  const anySubtitle = frame.panels.some((panel) => panel.subtitle);
  stage.arrows = [];
  stage.panels = frame.panels.map((panel, i) => {
    if (i && frame.arrows.length && frame.arrows[i - 1] !== null) {
      const arrow = element("div", "arrow");
      arrow.append(frame.arrows[i - 1]);
      arrow.insertAdjacentHTML("beforeend", '<svg viewBox="0 0 40 16" aria-hidden="true"><path d="M1 8H38M32 2l6 6-6 6"/></svg>');
      wall.append(arrow);
      stage.arrows.push(arrow);
    }
    const figure = element("figure", `panel ${panel.role}`);
    figure.innerHTML =
      `<div class="head"><svg class="sign" viewBox="0 0 12 12" aria-hidden="true">${SIGNS[panel.role]}</svg><span class="title"></span></div>` +
      (anySubtitle ? '<div class="sub"></div>' : "") +
      '<div class="pictures"><canvas role="img"></canvas></div>' +
      (panel.role === "weights" ? '<div class="scale"><b></b><i></i><b></b></div>' : "");
    wall.append(figure);
    figure.querySelector(".title").textContent = panel.title;
    const [n] = panel.shape;
    const view = { figure, index: i, n, ...partsOf(figure, "title", "sub", "pictures", "scale"), strip: new OffscreenCanvas(1, 1) };
    view.canvas = figure.querySelector("canvas");
    view.context = view.canvas.getContext("2d");
    listen(stage, view);
    return view;
  });
  legend.innerHTML = frame.legend.map(([mark]) => `<span><svg class="${mark}" viewBox="0 0 20 20" aria-hidden="true">${LEGEND_SIGNS[mark] ?? ""}</svg><em></em></span>`).join("");
  frame.legend.forEach(([, text], i) => (legend.children[i].querySelector("em").textContent = text));
}

// Places: side by side if every panel fits, else two in a row if there are more than two, else below each other.

function arrange(stage) {
  const { frame, wall, width, ratio, type } = stage;
  const count = frame.panels.length;
  const tries = count > 2 ? [count, 2, 1] : [count, 1];
  frame.type = type;
  frame.pad = frame.panels.some((panel) => panel.marks) ? PAD : HAIRLINE_PAD;
  const { context } = stage.panels[0] ?? {};
  for (const panel of frame.panels) {
    context.font = `600 ${16 * type}px ${stage.font}`;
    panel.titleWidth = Math.ceil(context.measureText(panel.title).width) + PAD + (SIGNS[panel.role] ? 8 + 12 * type : 0);
  }
  let plans, inRow;
  for (inRow of tries) {
    plans = plan(frame, inRow, width, ratio);
    if (plans) break;
  }
  const arrows = inRow === count || inRow === 1;
  wall.toggleAttribute("data-stacked", inRow === 1);
  for (const arrow of stage.arrows) arrow.hidden = !arrows;
  wall.style.gridTemplateColumns = inRow === 1 ? "auto" : `repeat(${arrows ? inRow + stage.arrows.length : inRow}, auto)`;
  wall.style.columnGap = arrows && stage.arrows.length ? "0" : `${inRow === 1 ? 0 : BETWEEN - 16}px`;
  plans.forEach((place, i) => {
    const view = stage.panels[i];
    Object.assign(view, place);
    view.figure.style.width = `${Math.min(place.room ?? place.width, width)}px`;
    for (const line of [view.title.parentElement, view.sub, view.scale]) line?.style.setProperty("padding-left", `${place.inset}px`);
    view.canvas.width = Math.round(place.width * ratio);
    view.canvas.height = Math.round(place.height * ratio);
    view.canvas.style.width = `${view.canvas.width / ratio}px`;
    view.canvas.style.height = `${view.canvas.height / ratio}px`;
    view.pictures.style.containIntrinsicSize = `${view.canvas.style.width} ${view.canvas.style.height}`;
  });
}

/** The largest pictures with which `inRow` panels stand side by side in all their columns, or null if even small ones do not. */
function plan(frame, inRow, width, ratio) {
  const between = inRow > 1 ? BETWEEN : 0;
  for (let side = frame.px; side >= Math.min(SMALLEST_BESIDE, frame.px); side -= 1) {
    const plans = frame.panels.map((panel) => place(panel, side, Infinity, ratio, frame));
    plans.forEach((p, i) => (p.room = Math.max(p.width, frame.panels[i].titleWidth)));
    let needed = between * (inRow - 1);
    for (let column = 0; column < inRow; column += 1) {
      needed += Math.max(...plans.filter((_, i) => i % inRow === column).map((p) => p.room));
    }
    if (needed <= width) return plans;
  }
  return inRow === 1 ? frame.panels.map((panel) => widest(panel, frame, width, ratio)) : null;
}

/** A panel that has the width to itself and still not room for all its columns: it shows fewer, or, if it is one row, smaller ones. */
function widest(panel, frame, width, ratio) {
  const columns = Math.min(panel.columns, panel.shape[0]);
  if (panel.row) {
    const side = Math.floor(((width + GAP) / columns - GAP) * ratio) / ratio - 2 * frame.pad;
    return place(panel, Math.max(side, SMALLEST_IN_ROW), Infinity, ratio, frame);
  }
  for (let side = frame.px; side >= SMALLEST_BESIDE; side -= 1) {
    const whole = place(panel, side, width, ratio, frame);
    if (whole.columns === columns) return whole;
  }
  return place(panel, SMALLEST_BESIDE, width, ratio, frame);
}

/** Size of one panel whose pictures are about `side` wide, with fewer columns where the width demands it. */
function place(panel, side, width, ratio, { pad, type }) {
  const [n, h, w] = panel.shape;
  const captioned = panel.captions || panel.marks;
  const square = (panel.role === "weights" ? SIGNED_SQUARE : NUMBER_SQUARE) * type;
  const wanted = panel.numbers ? Math.max(side, square * Math.max(w, h)) : Math.max(side, panel.least);
  let pictureWidth, pictureHeight;
  if (panel.role === "latent") {
    pictureWidth = panel.numbers ? Math.max(side, SIGNED_SQUARE * type * w) : side;
    pictureHeight = 40 * type;
  } else {
    const fine = (wanted * ratio) / Math.max(w, h); // device pixels; whole ones, so that every square is equally large
    const pixel = (panel.row && fine < FINE ? fine : Math.max(Math.floor(fine), 1)) / ratio;
    pictureWidth = pixel * w;
    pictureHeight = pixel * h;
  }
  const cell = Math.max(pictureWidth + 2 * pad, captioned ? CAPTIONED * type : 0);
  let columns = Math.min(panel.columns, n);
  const fitting = Math.floor((width + GAP) / (cell + GAP));
  if (columns > fitting) {
    columns = Math.max(fitting, 1);
    while (columns > 1 && panel.columns % columns) columns -= 1; // 8 columns become 4, not 5
  }
  const rows = Math.ceil(n / columns);
  const cellHeight = pictureHeight + 2 * pad + (captioned ? CAPTION * type : 0);
  return {
    pictureWidth, pictureHeight, cell, cellHeight, columns, captioned, pad,
    inset: panel.marks ? 0 : pad - 1, // the heading stands over the picture's edge, or over its frame
    width: columns * cell + (columns - 1) * GAP,
    height: rows * cellHeight + (rows - 1) * GAP,
  };
}

function corner(view, i) {
  return [(i % view.columns) * (view.cell + GAP), Math.floor(i / view.columns) * (view.cellHeight + GAP)];
}

// Pointer and keyboard.

function listen(stage, view) {
  const { pictures, canvas } = view;
  const { pickable } = stage.frame;
  pictures.tabIndex = 0;
  pictures.setAttribute("role", "group");
  const title = stage.frame.panels[view.index].title;
  pictures.setAttribute("aria-label", `${title}: arrow keys move from picture to picture${pickable ? ", Enter picks one" : ""}`);
  pictures.toggleAttribute("data-pickable", pickable);
  canvas.onpointermove = (event) => {
    if (event.pointerType === "mouse") look(stage, view, hit(view, event), LENS_DELAY_MS);
  };
  canvas.onpointerleave = () => look(stage, view, null);
  canvas.onclick = (event) => pick(stage, view, hit(view, event));
  pictures.onfocus = () => pictures.matches(":focus-visible") && look(stage, view, view.last ?? 0, 0);
  pictures.onblur = () => look(stage, view, null);
  pictures.onkeydown = (event) => {
    const here = stage.at?.panel === view.index ? stage.at.picture : view.last ?? 0;
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, ArrowUp: here - view.columns, ArrowDown: here + view.columns, Home: 0, End: view.n - 1 }[event.key];
    if (event.key === "Enter") pick(stage, view, here);
    else if (event.key === "Escape") look(stage, view, null);
    else if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (to >= 0 && to < view.n) {
      look(stage, view, to, 0);
      stage.said.textContent = describe(stage.frame.panels[view.index], to);
    }
    event.preventDefault();
    event.stopPropagation(); // the page's own shortcuts (step, back) must not also fire
  };
}

function hit(view, event) {
  const box = view.canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const [column, row] = [Math.floor(x / (view.cell + GAP)), Math.floor(y / (view.cellHeight + GAP))];
  const inside = x - column * (view.cell + GAP) < view.cell && y - row * (view.cellHeight + GAP) < view.cellHeight;
  const i = row * view.columns + column;
  return inside && column >= 0 && column < view.columns && i >= 0 && i < view.n ? i : null;
}

function look(stage, view, picture, delay) {
  if (picture === null) {
    clearTimeout(stage.opening);
    if (stage.at?.panel !== view.index) return;
    stage.at = null;
    return schedule(stage);
  }
  if (stage.at?.panel === view.index && stage.at.picture === picture) return;
  const open = delay === 0 || !!stage.at?.open;
  const at = (stage.at = { panel: view.index, picture, open });
  view.last = picture;
  clearTimeout(stage.opening);
  if (!open) {
    stage.opening = setTimeout(() => {
      at.open = true;
      schedule(stage);
    }, delay);
  }
  schedule(stage);
}

function pick(stage, view, picture) {
  if (stage.frame.pickable && picture !== null) stage.send("picked", [view.index, picture]);
}

function element(tag, name) {
  const node = document.createElement(tag);
  node.className = name;
  return node;
}
