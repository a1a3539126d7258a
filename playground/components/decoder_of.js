// Where a decoder is found once it is there: decoder.js resolves the promise, whoever draws with it waits for it.

/** The promise of the decoder with this id; it has a `resolve`, for decoder.js. */
function decoderOf(id) {
  const all = ((globalThis.playground ??= {}).decoders ??= {});
  if (!all[id]) {
    const { promise, resolve } = Promise.withResolvers();
    all[id] = Object.assign(promise, { resolve });
  }
  return all[id];
}
