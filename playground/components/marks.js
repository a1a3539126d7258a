// Marks of classes of points, never colour alone: circle, square, triangle; the page's theme, and colours as numbers.

const CLASS_COLOURS = { light: ["#0072B2", "#D55E00", "#009E73"], dark: ["#56B4E9", "#E69F00", "#2BC4A0"] };
const CLASS_SIGNS = [
  '<circle cx="7" cy="7" r="5" fill="currentColor"/>',
  '<rect x="2" y="2" width="10" height="10" fill="currentColor"/>',
  '<path d="M7 1.5L13 12H1Z" fill="currentColor"/>',
];

function classSign(k) {
  return `<svg class="c${k}" viewBox="0 0 14 14" aria-hidden="true">${CLASS_SIGNS[k]}</svg>`;
}

/** The mark of class k around (x, y), as a path; `r` is the circle's radius. */
function markPath(context, k, x, y, r) {
  context.beginPath();
  if (k === 0) context.arc(x, y, r, 0, 2 * Math.PI);
  else if (k === 1) context.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  else {
    context.moveTo(x, y - 1.2 * r);
    context.lineTo(x + 1.15 * r, y + 0.85 * r);
    context.lineTo(x - 1.15 * r, y + 0.85 * r);
    context.closePath();
  }
}

function themeOf(host) {
  const background = getComputedStyle(host).getPropertyValue("--st-background-color").trim() || "#fff";
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = background;
  context.fillRect(0, 0, 1, 1);
  const channels = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  const name = channels[0] + channels[1] + channels[2] < 300 ? "dark" : "light";
  host.dataset.theme = name;
  return { name, background, channels, colours: CLASS_COLOURS[name], text: name === "dark" ? "#E8E6E1" : "#22252A" };
}

/** A colour, channels 0..255, as one number of ImageData, which is RGBA in memory; every current machine is little endian. */
function word(r, g, b) {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

function channelsOfHex(colour) {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}
