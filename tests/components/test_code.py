"""How frames reach a component whose code is still on its way: the newest is drawn, in whatever order they start."""

import json
import re
import struct

import pytest
from playwright.sync_api import Page

from playground import session
from playground.components import code

TRY = """
async ([source, frames, when]) => {
  const loader = (await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })))).default;
  const waiting = ((globalThis.playground = {}).tried = Promise.withResolvers());
  const drawn = [];
  const parentElement = document.createElement("div");
  const data = (at) => (when.bytes ? new Uint8Array([...when.bytes[at]]) : { sentAt: at });
  const arrive = () => {
    waiting.draw = (component) => drawn.push(component.at);
    waiting.resolve(waiting.draw);
  };
  for (let k = 0; k < frames.length; k += 1) {
    if (k === when.code) arrive();
    loader({ data: data(frames[k]), at: frames[k], parentElement });
  }
  if (when.code >= frames.length) arrive();
  await new Promise(requestAnimationFrame);
  return drawn;
}
"""
SOURCE = code._LOADER.replace("NAME", json.dumps("tried"))
FRAMES = {at: list(b"anything" + struct.pack("<d", at)) for at in (1000, 1001, 1002)}


@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize(
    ("frames", "code_comes", "drawn"),
    [
        ([1000, 1001, 1002], 0, [1000, 1001, 1002]),
        ([1001, 1000, 1002], 0, [1001, 1002]),  # the older one started later
        ([1000, 1002, 1001], 3, [1002]),  # all waited for the code
        ([1000, 1002, 1001], 1, [1002]),  # the first had waited
        ([1001, 1001], 0, [1001, 1001]),  # the same again: another theme
    ],
)
def test_the_newest_frame_is_what_stays(
    page: Page, as_bytes: bool, frames: list[int], code_comes: int, drawn: list[int]
):
    when = {"code": code_comes, "bytes": FRAMES if as_bytes else None}
    assert page.evaluate(TRY, [SOURCE, frames, when]) == drawn


def test_a_frame_says_when_it_was_sent():
    first, second = code._dated(b"x"), code._dated({"step": 1})
    assert first[:1] == b"x"
    assert struct.unpack("<d", first[1:])[0] <= second["sentAt"]
    assert second["step"] == 1


def test_no_component_declares_again_what_all_share():
    declared = re.compile(r"^(?:async )?(?:function|const|let) (\w+)", re.MULTILINE)
    shared = declared.findall(code._joined(code.SHARED))
    assert len(shared) == len(set(shared)) > 0
    for name, files in code.LIVE.items():
        own = declared.findall(code._joined(files))
        assert len(own) == len(set(own)), name
        assert set(own).isdisjoint(shared), name


def test_what_a_component_says_after_it_went_away_is_left_aside(monkeypatch: pytest.MonkeyPatch):
    mounted, told = {}, []
    monkeypatch.setattr(code.st.components.v2, "component", lambda *_, **__: lambda **given: mounted.update(given))
    monkeypatch.setattr(session.st, "session_state", {})
    code.live("tried")(key="tried", data={}, on_said_change=lambda: told.append(session.trigger("tried", "said")))
    mounted["on_said_change"]()
    assert not told
    session.put("tried", {"said": 2})
    mounted["on_said_change"]()
    assert told == [2]
