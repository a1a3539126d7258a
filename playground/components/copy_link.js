const LINK = "M8 12l4-4M9.2 5.7l1.5-1.5a3.6 3.6 0 0 1 5.1 5.1l-1.5 1.5M10.8 14.3l-1.5 1.5a3.6 3.6 0 0 1-5.1-5.1l1.5-1.5";
const TICK = "M4.5 10.5l3.8 3.8 7.4-8.2";
const SAY_MS = 2000;

export default function (component) {
  const { parentElement: root, data } = component;
  let button = root.querySelector("button");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.innerHTML =
      `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${LINK}"/></svg>` +
      `<span class="texts"><span class="label"></span><span class="done" aria-hidden="true" data-off></span></span>`;
    const said = document.createElement("span");
    said.className = "said";
    said.setAttribute("role", "status");
    said.setAttribute("aria-live", "polite");
    root.append(button, said);
  }
  const label = button.querySelector(".label");
  if (label.textContent !== data.label) label.textContent = data.label;

  button.onclick = async () => {
    const copied = await copy(window.top === window ? window.location.href : addressOfTop());
    show(root, button, copied ? "Copied" : "Press Ctrl+C");
    if (!copied) window.prompt("Copy this link:", window.location.href);
  };
}

/** The page may itself be embedded: the outer address is the one to share, if the browser lets us read it. */
function addressOfTop() {
  try {
    return window.top.location.href;
  } catch {
    return window.location.href;
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text); // undefined on http:// addresses other than localhost
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

function copyTheOldWay(text) {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.style.cssText = "position:fixed;top:0;left:0;opacity:0";
  document.body.append(area);
  area.select();
  let copied = false;
  try {
    copied = document.execCommand("copy");
  } catch {
    copied = false;
  }
  area.remove();
  before?.shadowRoot?.querySelector("button")?.focus();
  return copied;
}

function show(root, button, text) {
  const [label, done] = [button.querySelector(".label"), button.querySelector(".done")];
  const [path, said] = [button.querySelector("path"), root.querySelector(".said")];
  done.textContent = text;
  said.textContent = text;
  path.setAttribute("d", TICK);
  label.setAttribute("data-off", "");
  done.removeAttribute("data-off");
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    path.setAttribute("d", LINK);
    done.setAttribute("data-off", "");
    label.removeAttribute("data-off");
    said.textContent = "";
  }, SAY_MS);
}
