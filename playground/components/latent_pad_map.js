// What the pad paints: the picture, the point, the numbers at once; the map of decoded pictures a few at a time, after
// the frame is out, so that it never delays the picture; dots once.

const TILES = 12; // along each side of the map
const TILE_STRIDE = 89; // has no factor in common with 144: the map is renewed everywhere at once
const MAP_MS = 4; // of decoding for the map after a frame
const WRITTEN = 8; // numbers of the code that are written out
const CRISP = 16; // pixels a side up to which a picture on the map is drawn in squares
const DOT = 2.6; // px

/** Show the code: picture, point and numbers now; the map later, if it is of another plane. `own`: the axis whose slider is moved. */
function follow(pad, own = -1) {
  if (!pad.decoder || pad.decoder.latentDim !== pad.z.length) return;
  pad.decoded.set(pad.z);
  pad.decoder.decode(pad.decoded);
  pad.picture.getContext("2d").putImageData(pad.decoder.image, 0, 0);
  const { middle, reach, titles, right, up } = pad.data;
  const at = coordinates(pad);
  const [x, y] = at.map((value, k) => Math.min(Math.max((value - middle[k]) / reach, -1), 1));
  pad.point.style.transform = `translate(${((1 + x) / 2) * pad.side}px, ${((1 - y) / 2) * pad.side}px)`;
  write(pad, at, titles);
  for (const { index, input, output } of pad.sliders) {
    const text = number(pad.z[index]);
    if (output.textContent === text) continue;
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
    if (index !== own) input.value = pad.z[index];
  }
  if (pad.pointer !== undefined) return;
  let moved = pad.base.length !== pad.z.length;
  const base = Float64Array.from(pad.z, (part, i) => part - at[0] * right[i] - at[1] * up[i]);
  moved ||= farthest(base, pad.base) > 1e-6;
  if (moved) refreshMap(pad);
}

function write(pad, at, titles) {
  if (pad.where.childElementCount !== 4) pad.where.innerHTML = "<span></span><b></b><span></span><b></b>";
  const parts = pad.where.children;
  titles.forEach((title, k) => {
    setText(parts[2 * k], title);
    setText(parts[2 * k + 1], title && number(at[k]));
  });
  const rest = pad.z.length - WRITTEN;
  const written = Array.from(pad.z.subarray(0, WRITTEN), number).join(", ");
  setText(pad.code, `z = (${written}${rest > 0 ? `, ${rest} more` : ""})`);
}

/** Canvases for the pictures of a decoder. */
function unfold(pad, decoder) {
  pad.decoder = decoder;
  const [, height, width] = decoder.shape;
  [pad.picture.width, pad.picture.height] = [width, height];
  [pad.map.width, pad.map.height] = [TILES * width, TILES * height];
  pad.map.toggleAttribute("data-crisp", width <= CRISP);
  pad.spare = new OffscreenCanvas(TILES * width, TILES * height);
  fit(pad);
}

/** Sizes that depend on the room there is. A pixel of the picture is a whole number of pixels on the screen. */
function fit(pad) {
  const ratio = window.devicePixelRatio || 1;
  pad.side = pad.plane.clientWidth;
  if (!pad.side) return;
  const side = Math.round(pad.side * ratio);
  if (pad.dots.width !== side) pad.dots.width = pad.dots.height = side;
  paintDots(pad);
  if (!pad.decoder) return;
  const width = pad.picture.width;
  const room = Math.min(pad.shown.clientWidth, 320) * ratio;
  pad.picture.style.width = `${(Math.max(1, Math.floor(room / width)) * width) / ratio}px`;
  follow(pad);
}

/** Decode the map anew, beginning where it stands: while a slider moves every part of it follows. */
function refreshMap(pad) {
  const { right, up } = pad.data;
  const [a, b] = coordinates(pad);
  pad.base = Float64Array.from(pad.z, (part, i) => part - a * right[i] - b * up[i]);
  pad.tilesLeft = TILES * TILES;
  if (pad.mapping) return;
  pad.mapping = true;
  afterFrame(() => mapSome(pad));
}

function afterFrame(work) {
  requestAnimationFrame(() => setTimeout(work, 0));
}

function mapSome(pad) {
  const still = calm();
  const context = (still ? pad.spare : pad.map).getContext("2d");
  const end = performance.now() + MAP_MS;
  while (pad.tilesLeft > 0 && pad.decoder && performance.now() < end) {
    pad.tile = ((pad.tile ?? 0) + TILE_STRIDE) % (TILES * TILES);
    paintTile(pad, context, pad.tile % TILES, Math.floor(pad.tile / TILES));
    pad.tilesLeft -= 1;
  }
  if (pad.tilesLeft > 0 && pad.decoder && pad.host.isConnected) return afterFrame(() => mapSome(pad));
  pad.mapping = false;
  if (still) pad.map.getContext("2d").drawImage(pad.spare, 0, 0);
}

function paintTile(pad, context, column, row) {
  const { right, up, middle, reach } = pad.data;
  const a = middle[0] + reach * ((2 * column + 1) / TILES - 1);
  const b = middle[1] - reach * ((2 * row + 1) / TILES - 1);
  for (let i = 0; i < pad.base.length; i += 1) pad.decoded[i] = pad.base[i] + a * right[i] + b * up[i];
  pad.decoder.decode(pad.decoded);
  context.putImageData(pad.decoder.image, column * pad.decoder.shape[2], row * pad.decoder.shape[1]);
}

// Dots: the known codes, by class (shape and colour) or by quantity (size and colour).

function bringDots(pad) {
  const { dots } = pad.data;
  if (pad.dotsId !== dots) [pad.dotsId, pad.cloud] = [dots, null];
  if (!dots) {
    pad.key.replaceChildren();
    return paintDots(pad);
  }
  partOf("dots", dots).then((found) => {
    if (pad.dotsId !== dots) return;
    if (pad.cloud !== found) {
      pad.cloud = found;
      explainDots(pad, found);
    }
    paintDots(pad);
  });
}

function paintDots(pad) {
  const context = pad.dots.getContext("2d");
  const side = pad.dots.width;
  context.clearRect(0, 0, side, side);
  const found = pad.cloud;
  if (!found || pad.hidden) return;
  const ratio = window.devicePixelRatio || 1;
  const shapes = SHAPES.map((path) => new Path2D(path));
  context.strokeStyle = "#FFFFFF";
  for (let i = 0; i < found.n; i += 1) {
    const [x, y] = [found.places[2 * i] / 30000, -found.places[2 * i + 1] / 30000];
    if (Math.abs(x) > 1 || Math.abs(y) > 1) continue;
    const value = found.values[i];
    const [colour, shape, size] = found.classes.length ? markOfClass(value) : [viridis(value / 255), 0, 0.7 + (0.7 * value) / 255];
    const radius = DOT * size * ratio;
    context.setTransform(radius, 0, 0, radius, ((1 + x) / 2) * side, ((1 + y) / 2) * side);
    context.lineWidth = ratio / radius;
    context.fillStyle = colour;
    context.fill(shapes[shape]);
    context.stroke(shapes[shape]);
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
}

function explainDots(pad, found) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Codes";
  button.setAttribute("aria-pressed", String(!pad.hidden));
  button.onclick = () => {
    pad.hidden = !pad.hidden;
    button.setAttribute("aria-pressed", String(!pad.hidden));
    paintDots(pad);
  };
  const title = document.createElement("span");
  title.textContent = found.title;
  pad.key.replaceChildren(button, title, ...legendOf(found.classes, found.span, number));
}
