// Decoding in the browser: the layers of a decoder as plain loops over typed arrays, which are made once and used for
// every picture. decoder.py has the layout of what comes; decoder_of.js stands before this file.

const LEAK = 0.2; // as engine/families/autoencoder/coder.py has it
const KERNEL = 4;
const BENDS = {
  silu: (x) => x / (1 + Math.exp(-x)),
  relu: (x) => (x > 0 ? x : 0),
  leaky_relu: (x) => (x > 0 ? x : LEAK * x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

export default function ({ data, parentElement }) {
  hidePart(parentElement);
  const [header, body] = openPart(data);
  bringPart("decoders", header.id, () => makeDecoder(header, numbersOf(body, header.half)));
}

/**
 * decode(z)  the picture of the code z as RGBA bytes, row by row. They lie in `image`, for putImageData, and the next
 *            call writes over them
 * values     what the same call left there: (channels, height, width) in [0, 1], float32
 */
function makeDecoder({ shape, squashes, steps }, numbers) {
  let at = 0;
  const take = (n) => numbers.subarray(at, (at += n));
  const layers = steps.map((step) => {
    const weight = take(step.n_weights);
    const bias = take(step.n_biases);
    const run = step.kind === "full" ? fullLayer(weight, bias) : upLayer(weight, bias, step.unfold);
    return { ...run, bend: BENDS[step.bend] };
  });
  const values = layers.at(-1).out;
  const image = new ImageData(shape[2], shape[1]);
  const decode = (z) => {
    let x = z;
    for (const { apply, out, bend } of layers) {
      apply(x);
      if (bend) for (let i = 0; i < out.length; i += 1) out[i] = bend(out[i]);
      x = out;
    }
    finish(values, squashes);
    return paint(values, shape[0], image.data);
  };
  return { decode, values, image, shape, latentDim: steps[0].n_weights / steps[0].n_biases };
}

function fullLayer(weight, bias) {
  const out = new Float32Array(bias.length);
  const n = weight.length / bias.length;
  const apply = (x) => {
    let o = 0;
    for (; o + 3 < out.length; o += 4) fourSums(weight, o * n, x, n, bias, o, out);
    for (; o < out.length; o += 1) out[o] = bias[o] + dot(weight, o * n, x, 0, n);
  };
  return { out, apply };
}

/** Four units at once: each input is read once for all, which takes two thirds of the time. */
function fourSums(weight, at, x, n, bias, o, out) {
  const [b, c, d] = [at + n, at + 2 * n, at + 3 * n];
  let s = bias[o];
  let t = bias[o + 1];
  let u = bias[o + 2];
  let v = bias[o + 3];
  for (let i = 0; i < n; i += 1) {
    s += weight[at + i] * x[i];
    t += weight[b + i] * x[i];
    u += weight[c + i] * x[i];
    v += weight[d + i] * x[i];
  }
  out[o] = s;
  out[o + 1] = t;
  out[o + 2] = u;
  out[o + 3] = v;
}

/** A sum of products, as four sums that do not wait for each other. */
function dot(a, i, b, j, n) {
  let s = 0;
  let t = 0;
  let u = 0;
  let v = 0;
  const end = i + n;
  for (; i + 3 < end; i += 4, j += 4) {
    s += a[i] * b[j];
    t += a[i + 1] * b[j + 1];
    u += a[i + 2] * b[j + 2];
    v += a[i + 3] * b[j + 3];
  }
  for (; i < end; i += 1, j += 1) s += a[i] * b[j];
  return s + t + (u + v);
}

/**
 * A transposed convolution, kernel 4, stride 2, padding 1. Every second row and column of the result takes two of the
 * four taps each way. With the channels innermost and a border of zeros, those two taps of all channels lie in a row.
 */
function upLayer(weight, bias, [nIn, height, width]) {
  const nOut = bias.length;
  const out = new Float32Array(nOut * 4 * height * width);
  const padded = new Float32Array((height + 2) * (width + 2) * nIn);
  const taps = upTaps(weight, nIn, nOut);
  const row = 2 * nIn;
  const apply = (x) => {
    for (let c = 0, from = 0; c < nIn; c += 1) {
      for (let i = 1; i <= height; i += 1) {
        for (let j = 1; j <= width; j += 1, from += 1) padded[(i * (width + 2) + j) * nIn + c] = x[from];
      }
    }
    for (let o = 0, to = 0; o < nOut; o += 1) {
      for (let i = 0; i < 2 * height; i += 1) {
        for (let j = 0; j < 2 * width; j += 1, to += 1) {
          const tap = (((i & 1) * 2 + (j & 1)) * nOut + o) * 2 * row;
          const from = (((i + 1) >> 1) * (width + 2) + ((j + 1) >> 1)) * nIn;
          out[to] = bias[o] + dot(taps, tap, padded, from, row) + dot(taps, tap + row, padded, from + (width + 2) * nIn, row);
        }
      }
    }
  };
  return { out, apply };
}

/** The weights (in, out, 4, 4) as (row parity, column parity, out, 2 rows, 2 columns, in). */
function upTaps(weight, nIn, nOut) {
  const taps = new Float32Array(weight.length);
  let to = 0;
  for (let parity = 0; parity < 4; parity += 1) {
    for (let o = 0; o < nOut; o += 1) {
      for (let tap = 0; tap < 4; tap += 1) {
        const ky = 3 - (parity >> 1) - 2 * (tap >> 1);
        const kx = 3 - (parity & 1) - 2 * (tap & 1);
        for (let c = 0; c < nIn; c += 1, to += 1) taps[to] = weight[((c * nOut + o) * KERNEL + ky) * KERNEL + kx];
      }
    }
  }
  return taps;
}

function finish(values, squashes) {
  for (let i = 0; i < values.length; i += 1) {
    values[i] = squashes ? BENDS.sigmoid(values[i]) : Math.min(Math.max(values[i], 0), 1);
  }
}

function paint(values, channels, pixels) {
  const n = pixels.length / 4;
  const [green, blue] = channels === 3 ? [n, 2 * n] : [0, 0];
  for (let i = 0; i < n; i += 1) {
    pixels[4 * i] = 255 * values[i];
    pixels[4 * i + 1] = 255 * values[i + green];
    pixels[4 * i + 2] = 255 * values[i + blue];
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

function numbersOf(bytes, half) {
  if (!half) return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return Float32Array.from(halves, halfToNumber);
}
