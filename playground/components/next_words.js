// The texts, the bars of the next word, and how both are played. The server draws words ahead; only what changes them is
// sent to it. All that a person typed or a text holds goes in by textContent.

const MORE_BELOW = 12; // words left in store at which more are asked for
const SEND_MS = 80;
const NARROW = 640;
const SPEEDS = [1, 3, 6, 20]; // words a second
const FIRST_WORDS = 40; // it plays so far by itself

export default function (component) {
  const writer = boardOf(component, build);
  receive(writer, component.data);
}

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

function build(root) {
  const html =
    '<div class="controls"><button class="back" title="One back">Back</button><button class="play">Play</button>' +
    '<button class="step" title="One further">Step</button><button class="anew">Draw anew</button>' +
    '<select class="speed" aria-label="Speed of writing"></select><output></output></div>' +
    '<div class="choice">' +
    '<label><span>Temperature</span><b></b><input class="t" type="range" min="0" max="2" step="0.05"></label>' +
    '<label><span>Top-k</span><b></b><input class="k" type="range" min="0" max="50" step="1"></label>' +
    '<label><span>Top-p</span><b></b><input class="p" type="range" min="0.05" max="1" step="0.05"></label></div>' +
    '<div class="texts"></div><div class="key"></div><div class="tip" role="tooltip" hidden></div>';
  const host = hostIn(root, CSS, "writer", html); // CSS is next_words.css, which code.py puts before this file
  const parts = partsOf(host, "back", "play", "step", "anew", "speed", "texts", "key", "tip", "t", "k", "p");
  const writer = { host, ...parts, cursor: 0, revision: null, playing: false, until: FIRST_WORDS, pace: 6, drawn: [], asked: -1, traceAsked: -1 };
  writer.output = host.querySelector("output");
  for (const speed of SPEEDS) {
    const option = make("option");
    option.value = speed;
    writer.speed.append(option);
  }
  writer.speed.value = writer.pace;
  writer.speed.onchange = () => {
    writer.pace = Number(writer.speed.value);
    if (writer.playing) play(writer);
  };
  writer.back.onclick = () => (pause(writer), move(writer, writer.cursor - 1));
  writer.step.onclick = () => (pause(writer), move(writer, writer.cursor + 1));
  writer.play.onclick = () => (writer.playing ? pause(writer) : ((writer.until = Infinity), play(writer)));
  writer.anew.onclick = () => writer.send("anew", []);
  for (const name of ["t", "k", "p"]) writer[name].oninput = () => chosen(writer);
  writer.observer = new ResizeObserver(() => arrange(writer));
  writer.observer.observe(host);
  return writer;
}

function receive(writer, data) {
  themeOf(writer.host);
  writer.data = data;
  writer.length = Math.min(...data.texts.map((text) => text.words.length));
  if (data.revision !== writer.revision) {
    writer.revision = data.revision;
    writer.cursor = data.cursor;
    writer.asked = -1;
    if (data.cursor === 0) writer.until = FIRST_WORDS;
    if (data.cursor === 0 && calm()) writer.cursor = Math.min(FIRST_WORDS, writer.length);
    else if (data.cursor === 0) play(writer);
    else if (writer.playing) play(writer);
    if (document.activeElement?.type !== "range" && writer.host.getRootNode().activeElement?.type !== "range") {
      [writer.t.value, writer.k.value, writer.p.value] = data.choice;
    }
  }
  const frame = JSON.stringify(data.texts.map((text) => [text.title, text.order, text.prompt]));
  if (frame !== writer.frame) lay(writer);
  writer.frame = frame;
  for (const option of writer.speed.options) option.textContent = `${option.value} ${data.unit}${option.value === "1" ? "" : "s"} a second`;
  arrange(writer);
  paint(writer);
  if (!data.traced && writer.traceAsked !== data.revision) {
    writer.traceAsked = data.revision;
    setTimeout(() => writer.send("trace", []), 0);
  }
}

/** The frame of each text, empty. */
function lay(writer) {
  writer.drawn = [];
  writer.texts.dataset.n = writer.data.texts.length;
  writer.texts.replaceChildren(...writer.data.texts.map((text, at) => {
    const box = make("section", "text");
    const head = make("div", "head");
    head.append(make("b", "", text.title), make("span"));
    const page = make("div", "page");
    page.dir = "auto";
    page.tabIndex = 0;
    page.setAttribute("role", "log");
    page.setAttribute("aria-live", "off");
    page.setAttribute("aria-label", `Text written by ${text.title}; arrow keys step through it`);
    page.onkeydown = (event) => key(writer, event);
    const prompt = make("span", "prompt", text.prompt);
    page.append(prompt, make("span", "caret"));
    const side = make("div", "side");
    side.append(make("ol", "bars"), make("div", "rest"));
    box.append(head, page, side);
    writer.drawn.push({ box, page, count: head.lastChild, bars: side.firstChild, rest: side.lastChild, words: [], at });
    return box;
  }));
  const most = Math.max(...writer.data.texts.map((text) => text.order));
  const shades = [];
  for (let order = 0; order <= most; order++) {
    const entry = make("span");
    const shade = make("i", "", String(order));
    shade.style.setProperty("--shade", shadeOf(order, most));
    entry.append(shade, ` ${order === 0 ? "any word" : order === 1 ? "no context" : `${order - 1} before`}`);
    shades.push(entry);
  }
  const copied = make("span");
  copied.append(make("u", "", "underlined"), ` stands word for word in the source`);
  writer.key.replaceChildren(make("span", "", `Order used for each ${writer.data.unit}:`), ...shades, copied);
  writer.most = most;
}

function shadeOf(order, most) {
  return `${Math.round(4 + (56 * order) / Math.max(most, 1))}%`;
}

function arrange(writer) {
  if (!writer.data) return;
  const width = writer.host.clientWidth;
  const n = writer.data.texts.length;
  writer.host.toggleAttribute("data-narrow", width < NARROW);
  const columns = n === 1 ? 1 : width >= 1200 ? n : width >= NARROW ? 2 : 1;
  writer.texts.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
}

function paint(writer) {
  const { data, cursor } = writer;
  writer.drawn.forEach((view, at) => paintText(writer, view, data.texts[at]));
  writer.back.disabled = cursor === 0;
  writer.step.disabled = cursor >= data.end;
  writer.play.disabled = cursor >= data.end && !writer.playing;
  writer.play.textContent = writer.playing ? "Pause" : "Play";
  writer.output.textContent = `${cursor} ${data.unit}${cursor === 1 ? "" : "s"}`;
  const [t, k, p] = [Number(writer.t.value), Number(writer.k.value), Number(writer.p.value)];
  const names = [t === 0 ? "0: the likeliest" : t.toFixed(2), k === 0 ? "all" : `${k} likeliest`, p >= 1 ? "all" : p.toFixed(2)];
  for (const [input, name] of [[writer.t, names[0]], [writer.k, names[1]], [writer.p, names[2]]]) {
    input.previousElementSibling.textContent = name;
    input.setAttribute("aria-valuetext", name);
  }
}

function paintText(writer, view, text) {
  const { cursor } = writer;
  const covered = new Map();
  for (const span of text.copied) {
    if (span.start >= cursor) continue;
    for (let i = span.start; i < Math.min(span.start + span.length, cursor); i++) covered.set(i, span);
  }
  const most = writer.most;
  while (view.words.length > cursor) view.words.pop().remove();
  for (let i = 0; i < cursor; i++) {
    const [shown, p, order, chosen] = text.words[i];
    let word = view.words[i];
    if (!word) {
      word = make("span", "word");
      word.append(make("span", "gap"), make("i"), make("sup"));
      view.words[i] = word;
      view.page.insertBefore(word, view.page.lastChild);
    }
    const gap = /^ *(?=\S)/.exec(shown)?.[0] ?? "";
    const end = shown === "\n";
    const written = end ? "\u00b6\n" : shown.slice(gap.length);
    if (word.children[0].textContent !== gap) word.children[0].textContent = gap;
    if (word.children[1].textContent !== written) word.children[1].textContent = written;
    const sup = end ? "" : String(order);
    if (word.children[2].textContent !== sup) word.children[2].textContent = sup;
    word.children[1].style.setProperty("--shade", shadeOf(order, most));
    const span = covered.get(i);
    word.className = `word${span ? " copied" : ""}${chosen ? " chosen" : ""}${end ? " end" : ""}`;
    word.title = span ? "" : `order ${order}, probability ${percent(p)}${chosen ? ", chosen by you" : ""}; click to go back to here`;
    word.onclick = () => (pause(writer), move(writer, i));
    if (span) {
      word.onpointerenter = word.onfocus = () => tell(writer, word, span);
      word.onpointerleave = word.onblur = () => (writer.tip.hidden = true);
      if (span.start === i) word.tabIndex = 0;
    } else {
      word.onpointerenter = word.onpointerleave = word.onfocus = word.onblur = null;
      word.removeAttribute("tabindex");
    }
  }
  view.page.scrollTop = view.page.scrollHeight;
  const share = cursor ? covered.size / cursor : 0;
  view.count.textContent = writer.data.traced ? (cursor ? `${Math.round(100 * share)} % copied` : "") : "looking for copies";
  paintBars(writer, view, text);
}

function paintBars(writer, view, text) {
  const at = Math.min(writer.cursor, text.bars.length - 1);
  const bars = text.bars[at];
  const [others, mass] = text.rest[at];
  const drawn = text.words[at]?.[0].trim();
  const largest = Math.max(...bars.map((bar) => bar[1]), 1e-12);
  while (view.bars.children.length > bars.length) view.bars.lastChild.remove();
  bars.forEach(([label, p, order, id], k) => {
    let row = view.bars.children[k];
    if (!row) {
      row = make("li");
      const button = make("button");
      button.type = "button";
      const name = make("span", "label");
      name.dir = "auto";
      button.append(name, make("span", "bar"), make("span", "p"), make("span", "order"));
      row.append(button);
      view.bars.append(row);
    }
    const button = row.firstChild;
    const [name, bar, number, from] = button.children;
    name.textContent = label;
    bar.style.transform = `scaleX(${p / largest})`;
    bar.style.setProperty("--shade", shadeOf(order, writer.most));
    number.textContent = percent(p);
    from.textContent = order;
    button.classList.toggle("drawn", Boolean(drawn) && drawn === label.trim() && writer.cursor < writer.length);
    button.setAttribute("aria-label", `${label}, ${percent(p)}, order ${order}: choose it and go on`);
    button.onclick = () => {
      pause(writer);
      writer.send("pick", [view.at, writer.cursor, id]);
    };
  });
  view.rest.textContent = others ? `${others.toLocaleString("en-US")} other ${writer.data.unit}s share ${percent(mass)}` : "no others";
}

function percent(p) {
  const hundred = 100 * p;
  return hundred >= 10 ? `${hundred.toFixed(0)} %` : hundred >= 0.1 ? `${hundred.toFixed(1)} %` : hundred > 0 ? "< .1 %" : "0 %";
}

function tell(writer, word, span) {
  const { tip, host } = writer;
  const text = make("span");
  text.dir = "auto";
  text.append(span.before, make("mark", "", span.text), span.after);
  tip.replaceChildren(make("small", "", `${span.length} in a row copied, ${span.where}`), text);
  tip.hidden = false;
  const [box, all] = [word.getBoundingClientRect(), host.getBoundingClientRect()];
  tip.style.left = `${Math.max(0, Math.min(box.left - all.left, all.width - tip.offsetWidth))}px`;
  tip.style.top = `${box.bottom - all.top + 8}px`;
}

function move(writer, to) {
  const before = writer.cursor;
  writer.cursor = Math.max(0, Math.min(to, writer.length));
  writer.tip.hidden = true;
  if (writer.cursor !== before) paint(writer);
  if (writer.length - writer.cursor < MORE_BELOW && writer.length < writer.data.end && writer.asked < writer.length) {
    writer.asked = writer.length;
    writer.send("more", [writer.cursor]);
  }
}

function play(writer) {
  clearInterval(writer.timer);
  writer.playing = true;
  writer.timer = setInterval(() => {
    if (!writer.host.isConnected) return clearInterval(writer.timer);
    if (writer.cursor >= Math.min(writer.until, writer.data.end)) return pause(writer);
    move(writer, writer.cursor + 1);
  }, 1000 / writer.pace);
  if (writer.drawn.length === writer.data.texts.length) paint(writer);
}

function pause(writer) {
  clearInterval(writer.timer);
  if (writer.playing) {
    writer.playing = false;
    paint(writer);
  }
}

/** A slider moves: its number at once, the bars as soon as the server answers, always with the latest values. */
function chosen(writer) {
  pause(writer);
  paint(writer);
  if (writer.sending) return;
  const wait = Math.max(0, (writer.last ?? 0) + SEND_MS - Date.now());
  writer.sending = setTimeout(() => {
    writer.sending = null;
    writer.last = Date.now();
    writer.send("choose", [writer.cursor, Number(writer.t.value), Number(writer.k.value), Number(writer.p.value)]);
  }, wait);
}

function key(writer, event) {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10 }[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey || by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  pause(writer);
  move(writer, writer.cursor + by);
}
