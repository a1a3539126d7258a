"""Does this person ask the system for less motion? Known in the browser only, so it comes a moment after the page."""

from __future__ import annotations

import streamlit as st

_mount = st.components.v2.component(
    "playground_motion",
    js="""
export default ({ parentElement, setStateValue }) => {
  parentElement.host.closest("[data-testid=stElementContainer]").style.display = "none";
  const media = matchMedia("(prefers-reduced-motion: reduce)");
  media.onchange = () => setStateValue("reduced", media.matches);
  if (media.matches) setStateValue("reduced", true);
};
""",
)


def prefers_stillness(*, key: str) -> bool:
    """Whether the browser reports `prefers-reduced-motion: reduce`; False until it has said so."""
    return bool(_mount(key=key, default={"reduced": False}, on_reduced_change=lambda: None).reduced)
