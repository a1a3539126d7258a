// What every live component begins with. code.py puts the files that components share once before all of them.

const boards = new WeakMap(); // what lives on from frame to frame, by the element in which Streamlit draws a component

/** What `build(root)` made with the first frame of this component; its `send(name, value)` triggers an event in Python. */
function boardOf(component, build) {
  const root = component.parentElement;
  let board = boards.get(root);
  if (!board) boards.set(root, (board = build(root)));
  board.send = component.setTriggerValue;
  return board;
}

/** A new element of this class that holds `html`, behind the component's style sheet. */
function hostIn(root, css, name, html = "") {
  const style = document.createElement("style");
  style.textContent = css;
  const host = document.createElement("div");
  host.className = name;
  host.innerHTML = html;
  root.append(style, host);
  return host;
}

/** The elements of these classes within `host`, by class. */
function partsOf(host, ...names) {
  return Object.fromEntries(names.map((name) => [name, host.querySelector(`.${name}`)]));
}

/** Draw with the next animation frame: several changes are drawn once, and a hidden page draws nothing. */
function soon(board, draw) {
  board.waiting ??= requestAnimationFrame(() => {
    board.waiting = null;
    draw();
  });
}

/** How large type is beside usual: larger on a projector, or where a person asks the browser for it. */
function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
