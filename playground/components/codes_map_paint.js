// How the map of codes looks: its dots, the marks over them, the picture beside, the legend.

const MOVE_MS = 300; // dots glide to new places
const SHADES = 32; // of a quantity
const EDGE = 12; // px kept free around the dots
const MOST_RINGS = 40; // more would hide what they mark; the others are faint
const FAINT = 0.3; // dots that are not chosen, when others are

/** New places: dots glide there from where they are shown, if they are the same codes. */
function place(map, points) {
  const { n, dims } = points;
  const given = new Int16Array(points.body.buffer, 0, n * dims);
  const to = new Float32Array(3 * n);
  for (let i = 0; i < n; i += 1) for (let k = 0; k < dims; k += 1) to[3 * i + k] = given[dims * i + k] / 30000;
  const glides = map.to?.length === to.length && map.dims === dims && !calm();
  Object.assign(map, { points, dims, to, from: glides ? map.now.slice() : to, now: glides ? map.now : to.slice(), since: performance.now() });
  if (map.screen?.length !== 2 * n) Object.assign(map, { screen: new Float32Array(2 * n), depth: new Float32Array(n), order: Array.from({ length: n }, (_, i) => i) });
}

function schedule(map, dots = false) {
  map.stale ||= dots;
  soon(map, () => {
    if (!map.codes || !map.plane.clientWidth) return;
    if (map.stale) paintDots(map);
    paintOver(map);
  });
}

function paintDots(map) {
  map.stale = false;
  const ratio = fit(map, map.dots);
  const part = calm() ? 1 : Math.min(1, (performance.now() - map.since) / MOVE_MS);
  const ease = 1 - (1 - part) ** 3;
  for (let i = 0; i < map.to.length; i += 1) map.now[i] = map.from[i] + (map.to[i] - map.from[i]) * ease;
  project(map);
  map.sprites ??= drawSprites(map, ratio);
  const context = map.dots.getContext("2d");
  context.clearRect(0, 0, map.dots.width, map.dots.height);
  const some = map.chosen.size > 0;
  for (const i of map.order) {
    const sprite = map.sprites[map.codes.classes.length ? map.values[i] : (map.values[i] * SHADES) >> 8];
    const size = sprite.width * (map.dims === 3 ? 1 + 0.3 * map.depth[i] : 1); // nearer is larger
    context.globalAlpha = some && !map.chosen.has(i) ? FAINT : 1;
    context.drawImage(sprite, map.screen[2 * i] * ratio - size / 2, map.screen[2 * i + 1] * ratio - size / 2, size, size);
  }
  context.globalAlpha = 1;
  if (part < 1) schedule(map, true);
}

function fit(map, canvas) {
  const ratio = window.devicePixelRatio || 1;
  map.side = map.plane.clientWidth;
  const side = Math.round(map.side * ratio);
  if (canvas.width !== side) {
    canvas.width = canvas.height = side;
    map.sprites = null;
  }
  return ratio;
}

/** Places on the screen in px, and in space the depth, -1 far to 1 near, and the order from far to near. */
function project(map) {
  const { now, screen, depth, order, dims, side } = map;
  const [yaw, pitch] = dims === 3 ? [map.yaw, map.pitch] : [0, 0];
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const half = side / 2 - EDGE;
  for (let i = 0; i < depth.length; i += 1) {
    const [x, y, z] = [now[3 * i], now[3 * i + 1], now[3 * i + 2]];
    const [turned, inward] = [x * cy + z * sy, z * cy - x * sy];
    screen[2 * i] = side / 2 + half * turned;
    screen[2 * i + 1] = side / 2 - half * (y * cp - inward * sp);
    depth[i] = y * sp + inward * cp;
  }
  if (dims === 3) order.sort((a, b) => depth[a] - depth[b]);
  else order.sort((a, b) => a - b);
}

/** Each mark once, as a small picture: drawing thousands of them is then fast enough to turn them. */
function drawSprites(map, ratio) {
  const { classes, n } = map.codes;
  const radius = Math.max(2.4, Math.min(5, 130 / Math.sqrt(n)));
  const side = Math.ceil(4 * radius * ratio);
  const looks = classes.length ? classes.map((_, k) => markOfClass(k)) : Array.from({ length: SHADES }, (_, k) => shade(k / (SHADES - 1)));
  return looks.map(([colour, shape, size]) => {
    const sprite = new OffscreenCanvas(side, side);
    const context = sprite.getContext("2d");
    const r = radius * size * ratio;
    context.setTransform(r, 0, 0, r, side / 2, side / 2);
    context.fillStyle = colour;
    context.strokeStyle = map.theme.name === "dark" ? "rgb(255 255 255 / .5)" : "rgb(0 0 0 / .5)";
    context.lineWidth = (0.75 * ratio) / r;
    const path = new Path2D(SHAPES[shape]);
    context.fill(path);
    context.stroke(path);
    return sprite;
  });
}

function paintOver(map) {
  const ratio = fit(map, map.over);
  const context = map.over.getContext("2d");
  context.clearRect(0, 0, map.over.width, map.over.height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const ring = (i, radius, width) => {
    for (const [colour, extra] of [[map.theme.background, 2], [map.theme.text, 0]]) {
      context.beginPath();
      context.arc(map.screen[2 * i], map.screen[2 * i + 1], radius, 0, 2 * Math.PI);
      context.strokeStyle = colour;
      context.lineWidth = width + extra;
      context.stroke();
    }
  };
  if (map.chosen.size <= MOST_RINGS) for (const i of map.chosen) ring(i, 6, 1.25);
  if (map.at !== null) ring(map.at, 9, 2);
  const path = map.press?.moved && map.lasso ? map.press.path : [];
  if (path.length > 1) {
    context.beginPath();
    path.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fillStyle = context.strokeStyle = map.theme.text;
    context.lineWidth = 1.5;
    context.globalAlpha = 0.08;
    context.fill();
    context.globalAlpha = 1;
    context.setLineDash([4, 3]);
    context.stroke();
    context.setLineDash([]);
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
}

/** The picture of the code that one points at, its number, and what is known of it. */
function show(map) {
  const { codes, decoder, at, picture } = map;
  const fits = codes && decoder && decoder.latentDim === codes.latent_dim && at !== null;
  picture.hidden = !fits;
  setText(map.name, codes && at !== null ? `Picture ${at}` : "");
  setText(map.note, codes && at !== null ? noteOf(map, at) : "Point at a dot, or tap one, to see its picture.");
  if (!fits) return;
  const d = codes.latent_dim;
  for (let k = 0; k < d; k += 1) map.code[k] = halfToNumber(map.halves[at * d + k]);
  decoder.decode(map.code);
  const [, height, width] = decoder.shape;
  if (picture.width !== width || picture.height !== height) [picture.width, picture.height] = [width, height];
  picture.getContext("2d").putImageData(decoder.image, 0, 0);
  picture.setAttribute("aria-label", `Decoded picture of code ${at}, ${noteOf(map, at)}`);
}

function noteOf(map, i) {
  const { notes, title, classes, span } = map.codes;
  if (notes.length) return notes[i];
  const value = classes.length ? classes[map.values[i]] : short(span[0] + ((span[1] - span[0]) * map.values[i]) / 255);
  return title ? `${title}: ${value}` : value;
}

// Marks and legend.

function shade(part) {
  return [viridis(part), 0, 0.8 + 0.5 * part];
}

function explain(map) {
  const { title, classes, span } = map.codes;
  map.sprites = null;
  const heading = document.createElement("b");
  heading.textContent = title;
  map.key.replaceChildren(heading, ...legendOf(classes, span, short));
}

function short(number) {
  return String(Number(number.toPrecision(3))).replace("-", "\u2212");
}
