// Where parts that are sent once are found when they are there: who brings one resolves its promise, who needs it waits.

/** The promise of a part ('decoders', 'dots') with this id; it has a `resolve`. */
function partOf(kind, id) {
  const all = ((globalThis.playground ??= {})[kind] ??= {});
  if (!all[id]) {
    const { promise, resolve } = Promise.withResolvers();
    all[id] = Object.assign(promise, { resolve });
  }
  return all[id];
}

/** The promise of the decoder with this id, which decoder.js makes. */
function decoderOf(id) {
  return partOf("decoders", id);
}

/** Resolve the promise of a part, made by `make`, if it is not there already; of each kind the last eight are kept. */
function bringPart(kind, id, make) {
  const promise = partOf(kind, id);
  if (promise.isThere) return; // a rerun of the page comes with the same bytes
  promise.isThere = true;
  promise.resolve(make());
  const all = globalThis.playground[kind];
  for (const old of Object.keys(all).filter((one) => all[one].isThere).slice(0, -8)) delete all[old];
}

/** The header and what follows it, of `uint32 length of the header (little endian) | header, JSON in UTF-8 | rest`. */
function openPart(data) {
  const size = new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true);
  return [JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + size))), data.slice(4 + size)];
}

/** A component that only brings something takes no place on the page, not even the gap between two elements. */
function hidePart(parentElement) {
  const place = parentElement.host?.closest("[data-testid=stElementContainer]");
  if (place) place.style.display = "none";
}

/** The number of a float16, which is never infinite here. Float16Array is too new for some browsers. */
function halfToNumber(bits) {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
  return bits & 0x8000 ? -size : size;
}
