"""Bring the top of the page before the eye: a click below it changed what is on the stage."""

from __future__ import annotations

import streamlit as st

_mount = st.components.v2.component(
    "playground_look_up",
    js="""
export default ({ parentElement, data }) => {
  const place = parentElement.host.closest("[data-testid=stElementContainer]");
  place.style.display = "none";
  const before = place.times ?? data.times;
  place.times = data.times;
  if (data.times === before) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector("[data-testid=stMain]").scrollTo({ top: 0, behavior: calm ? "auto" : "smooth" });
};
""",
)


def look_up(*, key: str, times: int) -> None:
    """Scroll to the top of the page whenever `times` has grown."""
    _mount(key=key, data={"times": times})
