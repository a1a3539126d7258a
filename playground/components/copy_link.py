"""A button that copies the address of the page, the whole experiment in it, to the clipboard."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "playground_copy_link",
    css=(_HERE / "copy_link.css").read_text(encoding="utf-8"),
    js=(_HERE / "copy_link.js").read_text(encoding="utf-8"),
)


def copy_link(label: str = "Copy link", *, key: str) -> None:
    """Draw the button; it works in the browser alone and never runs the script again.

    A v2 component lives in the page itself, so the address is that of the page at the moment of the click, with
    everything `st.query_params` has put there.
    """
    _mount(key=key, data={"label": label}, width="content")
