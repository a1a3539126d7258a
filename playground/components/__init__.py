"""Streamlit v2 components: the stage of pictures, the timeline of a run, the button that copies the link.

The entry script calls `load()` once, outside every fragment; `panels` and `timeline` then work anywhere.
"""

from playground.components.code import load
from playground.components.copy_link import copy_link
from playground.components.motion import prefers_stillness
from playground.components.panels import Legend, Panel, PanelError, Picked, pack, panels
from playground.components.timeline import Mark, TimelineError, timeline

__all__ = [
    "Legend",
    "Mark",
    "Panel",
    "PanelError",
    "Picked",
    "TimelineError",
    "copy_link",
    "load",
    "pack",
    "panels",
    "prefers_stillness",
    "timeline",
]
