"""On the projector the arrow keys lead through the page: right to its next part, left to the one before."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "playground_lesson", js=(Path(__file__).parent / "lesson.js").read_text(encoding="utf-8")
)


def lesson_keys(*, key: str, on: bool) -> None:
    """Let the arrow keys lead through the page, or no longer."""
    _mount(key=key, data={"on": on})
