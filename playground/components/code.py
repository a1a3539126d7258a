"""How the JavaScript of the live components reaches the browser once, and not again with every frame.

Streamlit sends a component's html, css and js inside each message that mounts it: 37 kB a frame for a stage and a
timeline, of which 9 kB are pixels; and the browser keeps messages over 10 kB for a while. So the code travels by
itself, and the component that carries the frame has only a few lines, which wait for it. It is a file that the page
names (server.py), so that the browser has it before it connects; `find()` fetches it where a page does not. Without
that server `load()` brings the code in a component of its own.
"""

from __future__ import annotations

import hashlib
import json
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from playground import session

_HERE = Path(__file__).parent
SHARED = ("board.js", "marks.js", "latent_marks.js", "decoder_of.js")
"""What components share: it stands before them all, once."""
LIVE = {
    "panels": ("panels.js", "panels_paint.js"),
    "timeline": ("timeline.js",),
    "next_words": ("next_words.js",),
    "regions": ("regions.js",),
    "drawing_pad": ("drawing_pad.js",),
    "latent_pad": ("latent_pad.js", "latent_pad_map.js"),
    "codes_map": ("codes_map.js", "codes_map_paint.js"),
    "walk": ("walk.js",),
}
"""The files of each component."""

# `playground` maps the name of a component to a promise of the function that draws it. Two frames that arrive while the
# browser still loads a component start in any order, so each says when it was sent, and an older one is not drawn.
_LOADER = """
export default (component) => {
  const waiting = ((globalThis.playground ??= {})[NAME] ??= Promise.withResolvers());
  const [newest, { data, parentElement }] = [(waiting.newest ??= new WeakMap()), component];
  const sentAt = data.sentAt ?? new DataView(data.buffer, data.byteOffset + data.byteLength - 8).getFloat64(0, true);
  const late = (newest.get(parentElement)?.sentAt ?? 0) - sentAt;
  if (late > 0 && late < 60) return;
  newest.set(parentElement, { component, sentAt });
  if (waiting.draw) return waiting.draw(component);
  waiting.promise.then((draw) => newest.get(parentElement).component === component && draw(component));
  setTimeout(() => waiting.draw || component.parentElement.append("components.load() is missing on this page"), 5000);
};
"""

_FIND = """
if (!globalThis.playground?.panels?.draw) import(new URL(FILE, location));
"""

# It takes no place on the page, not even the gap between two elements.
_HIDE = """
export default ({ parentElement }) => {
  parentElement.host.closest("[data-testid=stElementContainer]").style.display = "none";
};
"""


def _joined(files: tuple[str, ...]) -> str:
    return "\n".join((_HERE / file).read_text(encoding="utf-8") for file in files)


def _block(name: str) -> str:
    """One component as a block: its files in one scope, their default export handed out, its style sheet as CSS."""
    script = _joined(LIVE[name]).replace("export default function", "const render = function", 1)
    css = (_HERE / f"{name}.css").read_text(encoding="utf-8")
    return f"""{{
  const waiting = ((globalThis.playground ??= {{}})[{json.dumps(name)}] ??= Promise.withResolvers());
  waiting.draw ??= (() => {{
    const CSS = {json.dumps(css)};
{script}
    return render;
  }})();
  waiting.resolve(waiting.draw);
}}
"""


SCRIPT = "\n".join([_joined(SHARED), *map(_block, LIVE)])
"""The code of all components in LIVE, as a module; a second one in the same page changes nothing."""
FILE = f"components-{hashlib.sha256(SCRIPT.encode()).hexdigest()[:16]}.js"
"""The name of the file that SCRIPT is served as, beside the pages; it changes with the code."""
_code = st.components.v2.component("playground_code", js=SCRIPT + _HIDE)
_finder = st.components.v2.component("playground_finder", js=_FIND.replace("FILE", json.dumps(FILE)) + _HIDE)


def load() -> None:
    """Bring the code of all components in LIVE into the page. Call it once a script run, outside every fragment."""
    _code(key="playground-code")


def find() -> None:
    """Fetch the file with that code if the page did not name it. Call it once a script run, outside every fragment."""
    _finder(key="playground-code")


def live(name: str) -> Callable[..., Any]:
    """The component `name`, whose code comes by itself, as the function that mounts it."""
    mount = st.components.v2.component(f"playground_{name}", js=_LOADER.replace("NAME", json.dumps(name)))

    def mount_frame(*, key: str, data: bytes | dict[str, Any], **more: Any) -> Any:
        heard = {name: _while_there(key, call) if name.startswith("on_") else call for name, call in more.items()}
        return mount(key=key, data=_dated(data), **heard)

    return mount_frame


def _while_there(key: str, call: Callable[[], None]) -> Callable[[], None]:
    """What a component said is left aside if it went away while the message was on its way."""
    return lambda: None if session.get(key) is None else call()


def _dated(data: bytes | dict[str, Any]) -> bytes | dict[str, Any]:
    """The data of a frame with the seconds of a clock that is never set back: the last eight bytes, or `sentAt`."""
    now = time.monotonic()
    return data + struct.pack("<d", now) if isinstance(data, bytes) else {**data, "sentAt": now}
