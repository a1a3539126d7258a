// The drawing of the stage: pictures, frames, captions, numbers, the lens, and the colours of both themes.
// code.py puts this file and panels.js into one scope; sizes and places come from there.

const THEMES = {
  light: { real: "#0072B2", fake: "#D55E00", latent: "#009E73", zero: [255, 255, 255], below: [118, 42, 131], above: [76, 112, 8] },
  dark: { real: "#56B4E9", fake: "#E69F00", latent: "#2BC4A0", zero: [18, 20, 26], below: [214, 150, 240], above: [184, 214, 84] },
};

// Drawing, in device pixels.

function drawPanel(stage, view, panel) {
  if (view.sub) setText(view.sub, panel.subtitle);
  if (view.canvas.getAttribute("aria-label") !== panel.alt) view.canvas.setAttribute("aria-label", panel.alt);
  if (view.scale) drawScale(stage, view, panel);
  const { context, canvas } = view;
  const { ratio, theme } = stage;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  const [n, h, w] = panel.shape;
  if (panel.role !== "latent") paintStrip(stage, view.strip, panel);
  const letters = ratio * stage.type; // of what grows with the type
  context.font = `${13 * letters}px ${stage.font}`;
  context.textBaseline = "middle";
  for (let i = 0; i < n; i += 1) {
    const [x, y] = corner(view, i);
    const box = {
      x: Math.round((x + (view.cell - view.pictureWidth) / 2) * ratio),
      y: Math.round((y + view.pad) * ratio),
      w: Math.round(view.pictureWidth * ratio),
      h: Math.round(view.pictureHeight * ratio),
    };
    context.imageSmoothingEnabled = box.w < w; // else some of the pixels would be left out
    if (panel.role === "latent") drawBars(stage, context, panel, i, box);
    else context.drawImage(view.strip, 0, i * h, w, h, box.x, box.y, box.w, box.h);
    const mark = panel.marks?.[i] ?? null;
    drawFrame(stage, context, box, panel, mark);
    if (panel.numbers) drawNumbers(stage, context, panel, i, box, panel.numbers);
    const under = box.y + box.h + view.pad * ratio + (CAPTION / 2) * letters;
    if (view.captioned) drawCaption(stage, context, box.x + box.w / 2, under, panel.captions?.[i] ?? "", mark);
    if (stage.at && stage.at.panel === view.index && stage.at.picture === i) {
      context.strokeStyle = theme.text;
      context.lineWidth = 2 * ratio;
      const off = (view.pad - 1) * ratio;
      context.strokeRect(box.x - off, box.y - off, box.w + 2 * off, box.h + 2 * off);
    }
  }
}

/** All pictures of a panel below each other at one canvas pixel a pixel; drawImage then enlarges each. */
function paintStrip(stage, strip, panel) {
  const [n, h, w, channels] = panel.shape;
  if (strip.width !== w || strip.height !== n * h) Object.assign(strip, { width: w, height: n * h });
  const context = (strip.context ??= strip.getContext("2d"));
  const image = new ImageData(w, n * h);
  const words = new Uint32Array(image.data.buffer);
  const { pixels } = panel;
  if (channels === 1) {
    const table = panel.role === "weights" ? stage.theme.diverging : GREY;
    for (let i = 0; i < words.length; i += 1) words[i] = table[pixels[i]];
  } else {
    for (let i = 0, j = 0; i < words.length; i += 1, j += 3) words[i] = word(pixels[j], pixels[j + 1], pixels[j + 2]);
  }
  context.putImageData(image, 0, 0);
}

function drawBars(stage, context, panel, i, box) {
  const d = panel.shape[1] * panel.shape[2];
  const middle = box.y + Math.round(box.h / 2);
  context.fillStyle = stage.theme.line;
  context.fillRect(box.x, middle, box.w, Math.max(1, Math.round(stage.ratio)));
  context.fillStyle = stage.theme.latent;
  const slot = box.w / d;
  const bar = Math.max(1, Math.round(Math.min(slot * 0.7, 24 * stage.ratio)));
  for (let j = 0; j < d; j += 1) {
    const value = (panel.pixels[i * d + j] - 128) / 127;
    const length = Math.round(Math.abs(value) * (box.h / 2));
    context.fillRect(Math.round(box.x + (j + 0.5) * slot - bar / 2), value > 0 ? middle - length : middle, bar, length);
  }
}

/** Judged real: a full frame. Judged fake: a frame with a filled corner. No verdict: a hairline. */
function drawFrame(stage, context, box, panel, mark) {
  const { ratio, theme } = stage;
  if (!mark) {
    if (panel.role === "latent") return;
    const hair = Math.max(1, Math.round(ratio));
    context.strokeStyle = theme.line;
    context.lineWidth = hair;
    context.strokeRect(box.x - hair / 2, box.y - hair / 2, box.w + hair, box.h + hair);
    return;
  }
  const [frame, mat] = [Math.round(FRAME * ratio), Math.round(MAT * ratio)];
  const off = mat + frame / 2;
  context.strokeStyle = context.fillStyle = theme[mark];
  context.lineWidth = frame;
  context.strokeRect(box.x - off, box.y - off, box.w + 2 * off, box.h + 2 * off);
  if (mark !== "fake") return;
  const [right, top, cut] = [box.x + box.w + mat + frame, box.y - mat - frame, Math.round(13 * ratio)];
  context.beginPath();
  context.moveTo(right - cut, top);
  context.lineTo(right, top);
  context.lineTo(right, top + cut);
  context.fill();
}

function drawCaption(stage, context, x, y, text, mark) {
  const { theme } = stage;
  const letters = stage.ratio * stage.type;
  const signWidth = mark ? 14 * letters : 0;
  const width = signWidth + tabularWidth(stage, context, text);
  let left = x - width / 2;
  if (mark) {
    context.beginPath();
    if (mark === "real") {
      context.fillStyle = theme.real;
      context.arc(left + 4.5 * letters, y, 4.5 * letters, 0, 7);
      context.fill();
    } else {
      context.strokeStyle = theme.fake;
      context.lineWidth = 1.8 * letters;
      context.arc(left + 4.5 * letters, y, 3.7 * letters, 0, 7);
      context.stroke();
    }
    left += signWidth;
  }
  context.fillStyle = theme.text;
  drawTabular(stage, context, text, left, y);
}

function drawNumbers(stage, context, panel, i, box, numbers) {
  const [, h, w] = panel.shape;
  const [stepX, stepY] = [box.w / w, box.h / h];
  const away = 11 * stage.ratio * stage.type;
  for (let j = 0; j < h * w; j += 1) {
    const text = numbers[i * h * w + j];
    const [x, y] = [box.x + ((j % w) + 0.5) * stepX, box.y + (Math.floor(j / w) + 0.5) * stepY];
    const level = panel.pixels[i * h * w + j];
    if (panel.role === "latent") {
      context.fillStyle = stage.theme.text;
      drawTabular(stage, context, text, x - tabularWidth(stage, context, text) / 2, level > 128 ? y + away : y - away);
      continue;
    }
    const colour = panel.role === "weights" ? stage.theme.diverging[level] : GREY[level];
    context.fillStyle = luminance(colour & 255, (colour >> 8) & 255, (colour >> 16) & 255) > 0.18 ? "#000" : "#fff";
    drawTabular(stage, context, text, x - tabularWidth(stage, context, text) / 2, y);
  }
}

function drawScale(stage, view, panel) {
  const [low, bar, high] = view.scale.children;
  setText(low, `\u2212${panel.scale}`);
  setText(high, `+${panel.scale}`);
  if (view.scaleTheme !== stage.theme) {
    view.scaleTheme = stage.theme;
    const { below, zero, above } = stage.theme;
    bar.style.background = `linear-gradient(90deg, rgb(${below}), rgb(${zero}), rgb(${above}))`;
    bar.style.boxShadow = `0 0 0 1px ${stage.theme.line}`;
  }
}

/** Digits at equal distances: canvas text knows no tabular figures, and a number must not dance while it is live. */
function drawTabular(stage, context, text, x, y) {
  const widths = widthsIn(stage, context);
  for (const letter of text) {
    const own = widthOf(context, widths, letter);
    const width = isDigit(letter) ? widthOf(context, widths, "0") : own;
    context.fillText(letter, x + (width - own) / 2, y);
    x += width;
  }
}

function tabularWidth(stage, context, text) {
  const widths = widthsIn(stage, context);
  let width = 0;
  for (const letter of text) width += widthOf(context, widths, isDigit(letter) ? "0" : letter);
  return width;
}

function isDigit(letter) {
  return letter >= "0" && letter <= "9";
}

/** What is measured already in the canvas's font. To ask a canvas for its font takes longer than to paint a letter. */
function widthsIn(stage, context) {
  const { font } = context;
  let widths = stage.widths.get(font);
  if (!widths) stage.widths.set(font, (widths = new Map()));
  return widths;
}

function widthOf(context, widths, letter) {
  let width = widths.get(letter);
  if (width === undefined) widths.set(letter, (width = context.measureText(letter).width));
  return width;
}

// The lens: one picture enlarged, with its numbers if they fit.

function drawLens(stage) {
  const { at, lens, frame, host, ratio, type } = stage;
  if (!at?.open) {
    if (!lens.hidden) lens.hidden = true;
    return;
  }
  const [panel, view] = [frame.panels[at.panel], stage.panels[at.panel]];
  const [, h, w, channels] = panel.shape;
  const [canvas, text] = lens.children;
  const context = (lens.context ??= canvas.getContext("2d"));
  const side = LENS_SIDE * type;
  const square = panel.role === "latent" ? 0 : Math.floor(side / Math.max(w, h));
  const [width, height] = square ? [square * w, square * h] : [Math.min(side, host.clientWidth - 32), 128];
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    Object.assign(canvas, { width: deviceWidth, height: deviceHeight });
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const box = { x: 0, y: 0, w: deviceWidth, h: deviceHeight };
  context.imageSmoothingEnabled = false;
  context.textBaseline = "middle";
  context.clearRect(0, 0, deviceWidth, deviceHeight);
  if (panel.role === "latent") drawBars(stage, context, panel, at.picture, box);
  else context.drawImage(view.strip, 0, at.picture * h, w, h, 0, 0, deviceWidth, deviceHeight);
  if (channels === 1 && square >= 30 * type && panel.role !== "latent") {
    const scale = Number(panel.scale);
    const own = panel.numbers ?? Array.from(panel.pixels, (level) => (panel.role === "weights" ? (((level - 128) / 127) * scale).toFixed(2).replace("-", "\u2212") : (level / 255).toFixed(2)));
    context.font = `${13 * ratio * type}px ${stage.font}`;
    drawNumbers(stage, context, panel, at.picture, box, own);
  }
  setText(text, describe(panel, at.picture));
  lens.hidden = false;
  const [x, y] = corner(view, at.picture);
  const [wall, self] = [host.getBoundingClientRect(), view.canvas.getBoundingClientRect()];
  const [left, top] = [self.left - wall.left + x, self.top - wall.top + y];
  const [lensWidth, lensHeight] = [width + 16, height + 20 + 16 * type];
  const beside = left + view.cell + 8 + lensWidth <= host.clientWidth ? left + view.cell + 8 : left - lensWidth - 8;
  lens.style.left = `${Math.max(0, Math.min(beside, host.clientWidth - lensWidth))}px`;
  const fitsBeside = beside >= 0;
  const wantedTop = fitsBeside ? top : top + view.cellHeight + 4;
  lens.style.top = `${Math.max(0, fitsBeside ? Math.min(wantedTop, Math.max(0, host.clientHeight - lensHeight)) : wantedTop)}px`;
}

function describe(panel, picture) {
  const parts = [`${picture + 1} of ${panel.shape[0]}`];
  if (panel.captions?.[picture]) parts.push(panel.captions[picture]);
  if (panel.marks?.[picture]) parts.push(`judged ${panel.marks[picture]}`);
  if (panel.role === "latent") return codeOf(panel, picture);
  return parts.join(" \u00b7 ");
}

/** The numbers of one row of a code, each by its place in the code. */
function codeOf(panel, picture) {
  const w = panel.shape[2];
  const levels = Array.from(panel.pixels.subarray(picture * w, (picture + 1) * w));
  const value = (level) => (((level - 128) / 127) * Number(panel.scale)).toFixed(2).replace("-", "\u2212");
  return levels.map((level, k) => `z${picture * w + k + 1} ${value(level)}`).join(", ");
}

// Theme: Streamlit puts --st-* on the element and calls the default function again when they change.

function readTheme(stage) {
  const style = getComputedStyle(stage.host);
  const background = style.getPropertyValue("--st-background-color").trim();
  const text = style.getPropertyValue("--st-text-color").trim();
  const font = style.fontFamily;
  const key = `${background} ${text} ${font}`;
  if (key === stage.themeKey) return;
  const name = luminance(...channelsOf(background)) < 0.18 ? "dark" : "light";
  stage.themeKey = key;
  stage.font = font;
  stage.widths = new Map();
  stage.host.dataset.theme = name;
  stage.theme = { ...THEMES[name], text, line: style.getPropertyValue("--st-border-color").trim() || text };
  stage.theme.diverging = divergingTable(THEMES[name]);
  document.fonts?.ready.then(() => {
    stage.widths.clear();
    schedule(stage);
  });
}

function divergingTable({ below, zero, above }) {
  return Uint32Array.from({ length: 256 }, (_, level) => {
    const value = Math.max(-1, (level - 128) / 127);
    const end = value < 0 ? below : above;
    const [r, g, b] = zero.map((from, i) => Math.round(from + (end[i] - from) * Math.abs(value) ** 0.85));
    return word(r, g, b);
  });
}

const GREY = Uint32Array.from({ length: 256 }, (_, level) => word(level, level, level));

function channelsOf(colour) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = colour || "#fff";
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

/** Relative luminance as in WCAG, of channels 0..255. */
function luminance(r, g, b) {
  const [x, y, z] = [r, g, b].map((v) => (v <= 10.31 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
