// How known codes of a latent space look on a map: of a class its shape and colour, of a quantity its size and colour.

const SHAPES = [
  "M0-1A1 1 0 1 1 0 1A1 1 0 1 1 0-1Z",
  "M-.9-.9H.9V.9H-.9Z",
  "M0-1.2L1.15 .85H-1.15Z",
  "M0-1.3L1.2 0L0 1.3L-1.2 0Z",
  "M-.4-1.2H.4V-.4H1.2V.4H.4V1.2H-.4V.4H-1.2V-.4H-.4Z",
];
const HUES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#999999"]; // Okabe & Ito
const VIRIDIS = ["#440154", "#414487", "#2A788E", "#22A884", "#7AD151", "#FDE725"].map(channelsOfHex);

/** Colour, number of the shape, size. */
function markOfClass(k) {
  return [HUES[k % HUES.length], k % SHAPES.length, 1];
}

function viridis(part) {
  const at = Math.min(part, 1) * (VIRIDIS.length - 1);
  const k = Math.min(Math.floor(at), VIRIDIS.length - 2);
  return `rgb(${VIRIDIS[k].map((from, i) => Math.round(from + (VIRIDIS[k + 1][i] - from) * (at - k)))})`;
}

/** The legend: a sign for each class, or the scale of a quantity, whose ends are written by `write`. */
function legendOf(classes, span, write) {
  return classes.length ? classes.map(legendSign) : [legendScale(...span.map(write))];
}

function legendSign(name, k) {
  const [colour, shape] = markOfClass(k);
  const sign = document.createElement("span");
  sign.innerHTML = `<svg viewBox="-1.5 -1.5 3 3" aria-hidden="true"><path d="${SHAPES[shape]}" fill="${colour}"/></svg><i></i>`;
  sign.lastChild.textContent = name;
  return sign;
}

function legendScale(low, high) {
  const scale = document.createElement("span");
  scale.innerHTML = "<i></i><em></em><i></i>";
  scale.firstChild.textContent = low;
  scale.lastChild.textContent = high;
  scale.children[1].style.background = `linear-gradient(to right, ${[0, 0.2, 0.4, 0.6, 0.8, 1].map(viridis)})`;
  return scale;
}
