// Ways through a latent space, one below the other, under one slider. The pictures at t follow while it is dragged; the strips
// are painted a few pictures at a time. Where it is let go goes to the server, numbered, and a t from there counts once
// the server has heard of the last one.

const TILES = 9; // pictures of a strip
const SLIDER_STEPS = 200;
const PAINT_MS = 8; // of decoding for the strips at a time
const KEYS_MS = 250; // keys that follow each other this fast are one move
const HEARD_MS = 5000; // after this the server is believed though it did not hear
const NEARLY_PARALLEL = 1e-4; // as engine/latent/paths.py has it

export default function (component) {
  const walk = boardOf(component, build);
  const data = readFrame(component.data);
  walk.number ??= data.heard;
  walk.data = data;
  themeOf(walk.host);
  receive(walk, data);
  furnish(walk);
  if (walk.decoderId !== data.decoder) [walk.decoderId, walk.decoder] = [data.decoder, null];
  decoderOf(data.decoder).then((decoder) => {
    if (walk.decoderId !== data.decoder || walk.data !== data || decoder.latentDim !== data.rows[0].a.length) return;
    const signature = JSON.stringify([data.decoder, data.low, data.high, data.rows.map(({ kind, a, b, digest }) => [kind, a, b, digest])]);
    const isNew = walk.signature !== signature || walk.decoder !== decoder;
    Object.assign(walk, { decoder, signature });
    if (isNew) begin(walk);
    follow(walk);
  });
}

function readFrame(bytes) {
  const [header, body] = openPart(bytes);
  const size = (body.length - 8) / 2 / header.rows.filter((row) => row[5]).length; // the last eight bytes are the time
  let at = 0;
  header.rows = header.rows.map(([title, kind, a, b, note, digest]) => {
    const take = () => Float32Array.from(body.subarray(at, (at += size)), (byte) => byte / 255);
    return { title, kind, a, b, note, digest, own: digest ? [take(), take()] : null };
  });
  return header;
}

function build(root) {
  const html =
    '<div class="bar"><span class="end"></span><input type="range"><span class="end"></span><output></output>' +
    '<button type="button">Halfway</button></div><div class="rows"></div><div class="said" aria-live="polite"></div>';
  const host = hostIn(root, CSS, "walk", html); // CSS is walk.css, which code.py puts before this file
  const walk = { host, ...partsOf(host, "rows", "said"), views: [], t: 0, sliding: false, small: document.createElement("canvas") };
  for (const name of ["input", "output", "button"]) walk[name] = host.querySelector(name);
  walk.ends = host.querySelectorAll(".end");
  const { input, button } = walk;
  let keyed = false;
  input.onpointerdown = () => {
    keyed = false;
  };
  input.onkeydown = (event) => {
    keyed = true;
    event.stopPropagation(); // the page's own shortcuts must not also fire
  };
  input.oninput = () => {
    walk.sliding = true;
    walk.t = Number(input.value);
    follow(walk);
  };
  input.onchange = () => release(walk, keyed ? KEYS_MS : 0);
  button.onclick = () => go(walk, 0.5);
  walk.observer = new ResizeObserver(() => walk.decoder && fit(walk));
  walk.observer.observe(host);
  return walk;
}

/** The t that the server holds, unless a person is moving it, or the server has not heard of the last move yet. */
function receive(walk, data) {
  const { low, high } = data;
  const same = walk.low === low && walk.high === high;
  if (!same) {
    Object.assign(walk, { low, high });
    Object.assign(walk.input, { min: low, max: high, step: (high - low) / SLIDER_STEPS });
  }
  if (same && (walk.sliding || walk.settling || (data.heard < walk.number && Date.now() < walk.until))) return;
  walk.t = data.t;
}

function release(walk, wait) {
  clearTimeout(walk.settling);
  walk.settling = setTimeout(() => {
    Object.assign(walk, { settling: null, sliding: false, until: Date.now() + HEARD_MS });
    walk.number += 1;
    setText(walk.said, `${symbol(walk)} = ${short(walk.t)}`);
    walk.send("released", { number: walk.number, t: walk.t });
  }, wait);
}

function go(walk, t) {
  walk.t = t;
  follow(walk);
  release(walk, 0);
}

// Furniture.

/** A share of the way from A to B is called t, an amount of a vector s. */
const isShare = (walk) => walk.data.low === 0 && walk.data.high === 1;
const symbol = (walk) => (isShare(walk) ? "t" : "s");

function furnish(walk) {
  const { data, views } = walk;
  const between = isShare(walk);
  walk.button.hidden = !between;
  const ends = between ? ["A", "B"] : [short(data.low), short(data.high)];
  ends.forEach((text, k) => setText(walk.ends[k], text));
  walk.input.setAttribute("aria-label", between ? "t, from A to B" : `Strength s, from ${ends[0]} to ${ends[1]}`);
  while (views.length > data.rows.length) views.pop().figure.remove();
  data.rows.forEach((row, k) => {
    const view = (views[k] ??= rowView(walk));
    setText(view.title, row.title);
    setText(view.note, row.note);
    view.tiles.forEach(({ button, label }, i) => {
      const t = tileT(data, i);
      setText(label, i === 0 ? ends[0] : i === TILES - 1 ? ends[1] : short(t));
      button.setAttribute("aria-label", `${row.title}: go to ${symbol(walk)} = ${short(t)}`);
    });
  });
}

function rowView(walk) {
  const figure = document.createElement("figure");
  figure.innerHTML = '<figcaption><b></b><span></span></figcaption><canvas class="large" role="img"></canvas><div class="strip"></div>';
  const [caption, large, strip] = figure.children;
  const tiles = Array.from({ length: TILES }, (_, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1; // the slider goes everywhere by key
    button.innerHTML = '<img alt="" draggable="false"><span></span>'; // a canvas would be a layer: see unseen.css
    button.onclick = () => go(walk, tileT(walk.data, i));
    strip.append(button);
    return { button, image: button.firstChild, label: button.lastChild };
  });
  walk.rows.append(figure);
  return { figure, title: caption.firstChild, note: caption.lastChild, large, tiles };
}

function tileT({ low, high }, i) {
  return low + ((high - low) * i) / (TILES - 1);
}

// Pictures.

/** Sizes of the canvases, the two pictures of each cross-fade, then all strips anew. */
function begin(walk) {
  const { decoder, data, views } = walk;
  const [, height, width] = decoder.shape;
  walk.code = new Float32Array(decoder.latentDim);
  walk.image = new ImageData(width, height);
  data.rows.forEach((row, k) => {
    if (row.kind === "fade") row.own ??= [row.a, row.b].map((z) => (decoder.decode(Float32Array.from(z)), decoder.values.slice()));
    for (const canvas of [views[k].large, walk.small]) {
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    }
    views[k].row = row;
  });
  walk.todo = data.rows.flatMap((_, k) => Array.from({ length: TILES }, (_, i) => [k, i]));
  fit(walk);
  if (!walk.painting) paintSome(walk);
}

function paintSome(walk) {
  const end = performance.now() + PAINT_MS;
  while (walk.todo.length && performance.now() < end) {
    const [k, i] = walk.todo.shift();
    const view = walk.views[k];
    if (!view) continue;
    paintAt(walk, view.row, tileT(walk.data, i), walk.small);
    view.tiles[i].image.src = walk.small.toDataURL();
  }
  walk.painting = walk.todo.length > 0 && walk.host.isConnected;
  if (walk.painting) requestAnimationFrame(() => setTimeout(() => paintSome(walk), 0));
}

/** A pixel of the large picture is a whole number of pixels on the screen. */
function fit(walk) {
  const ratio = window.devicePixelRatio || 1;
  const [, height, width] = walk.decoder.shape;
  const room = Math.min(128, walk.host.clientWidth / 3) * ratio;
  const side = (Math.max(1, Math.floor(room / Math.max(width, height))) * width) / ratio;
  walk.host.style.setProperty("--large", `${side}px`);
}

/** Show t: slider, number and the large pictures, at once. */
function follow(walk) {
  const { t, data, input } = walk;
  if (Number(input.value) !== t) input.value = t;
  input.setAttribute("aria-valuetext", `${symbol(walk)} = ${short(t)}`);
  setText(walk.output, `${symbol(walk)} = ${short(t)}`);
  const nearest = Math.round(((t - data.low) / (data.high - data.low)) * (TILES - 1));
  walk.views.forEach((view) => {
    if (!view.row || !walk.decoder) return;
    paintAt(walk, view.row, t, view.large);
    view.large.setAttribute("aria-label", `${view.row.title}: the picture at ${symbol(walk)} = ${short(t)}`);
    view.tiles.forEach(({ button }, i) => button.toggleAttribute("data-here", i === nearest));
  });
}

function paintAt(walk, row, t, canvas) {
  const { decoder, code } = walk;
  const context = canvas.getContext("2d");
  if (row.kind !== "fade") {
    codeAt(row, t, code);
    decoder.decode(code);
    return context.putImageData(decoder.image, 0, 0);
  }
  paintFade(row.own, t, decoder.shape, walk.image.data);
  context.putImageData(walk.image, 0, 0);
}

/** The code of a way at t, into `out`, as engine/latent/paths.py. */
function codeAt({ kind, a, b }, t, out) {
  if (kind === "add") return void a.forEach((from, i) => (out[i] = from + t * b[i]));
  const [sizeA, sizeB] = [Math.hypot(...a), Math.hypot(...b)];
  const cosine = a.reduce((sum, part, i) => sum + part * b[i], 0) / (sizeA * sizeB);
  const angle = Math.acos(Math.min(Math.max(cosine, -1), 1)); // NaN where a code lies at the origin: no circle
  if (kind !== "slerp" || !(angle >= NEARLY_PARALLEL && Math.PI - angle >= NEARLY_PARALLEL)) {
    return void a.forEach((from, i) => (out[i] = from + t * (b[i] - from)));
  }
  const size = sizeA + t * (sizeB - sizeA);
  const fromA = ((Math.sin((1 - t) * angle) / Math.sin(angle)) * size) / sizeA;
  const fromB = ((Math.sin(t * angle) / Math.sin(angle)) * size) / sizeB;
  a.forEach((part, i) => (out[i] = fromA * part + fromB * b[i]));
}

/** The mixture of two pictures (channels, height, width) in [0, 1], as RGBA bytes, which clip by themselves. */
function paintFade([a, b], t, [channels], pixels) {
  const n = pixels.length / 4;
  for (let i = 0; i < n; i += 1) {
    for (let c = 0; c < 3; c += 1) {
      const at = channels === 3 ? i + c * n : i;
      pixels[4 * i + c] = 255 * (a[at] + t * (b[at] - a[at]));
    }
    pixels[4 * i + 3] = 255;
  }
}

function short(number) {
  return String(Number(number.toFixed(3))).replace("-", "\u2212");
}
