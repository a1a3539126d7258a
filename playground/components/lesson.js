// The parts of a page are its headings. What has the focus and uses arrow keys itself (a slider, a timeline, the latent
// pad, a choice) keeps them.

const PARTS = "[data-testid=stMainBlockContainer] :is(h1, h2, h3)";
const OWN_ARROWS =
  "input, textarea, select, [contenteditable=true], [role=slider], [role=application], [role=radiogroup], [role=tablist], " +
  "[role=listbox], [role=combobox], [role=grid], [role=menu], [role=img][tabindex]";
const BELOW_BAR = 4.5; // rem that the top bar covers
const HERE = 60; // a part so near to its place is the one that is shown

const PRESSABLE = "button, summary"; // what Space presses

let tabbed = false; // whether what has the focus was reached with the keyboard

export default function ({ parentElement, data }) {
  parentElement.host.closest("[data-testid=stElementContainer]").style.display = "none";
  const page = (globalThis.playground ??= {});
  removeEventListener("keydown", page.lesson);
  page.lesson = onKey;
  if (data.on) addEventListener("keydown", onKey);
  for (const kind of ["keydown", "pointerdown"]) {
    removeEventListener(kind, page.space, true);
    addEventListener(kind, onSpace, true);
  }
  page.space = onSpace;
}

/** Space belongs to the button that a person reached with the keyboard, and only else to a shortcut of the page. */
function onSpace(event) {
  if (event.type === "pointerdown") tabbed = false;
  else if (event.key === "Tab") tabbed = true;
  else if (event.key === " " && tabbed && event.composedPath()[0].matches?.(PRESSABLE)) event.stopImmediatePropagation();
}

function onKey(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.composedPath().some((node) => node.matches?.(OWN_ARROWS))) return;
  const parts = [...document.querySelectorAll(PARTS)].filter((part) => part.offsetParent);
  const bar = BELOW_BAR * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const away = (part) => part.getBoundingClientRect().top - bar;
  const next = step > 0 ? parts.find((part) => away(part) > HERE) : parts.findLast((part) => away(part) < -HERE);
  if (!next) return;
  event.preventDefault();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  next.style.scrollMarginTop = `${BELOW_BAR}rem`;
  next.tabIndex = -1;
  next.focus({ preventScroll: true }); // a screen reader reads where the lesson is
  next.style.outline = "none";
  next.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}
