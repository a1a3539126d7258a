"""Streamlit v2 components: the stage of pictures, decision regions, a drawing pad; a pad over a latent space, walks
through it and the map of its codes, with the decoder that they draw with; the timeline of a run, the button that copies
the link.

The entry script calls `find()` once, outside every fragment; the others then work anywhere.
"""

from playground.components.code import find, load
from playground.components.codes_map import codes_map
from playground.components.copy_link import copy_link
from playground.components.decoder import decoder
from playground.components.drawing_pad import drawing_pad
from playground.components.frames import ComponentError
from playground.components.latent_pad import Axis, Dots, Plane, latent_pad
from playground.components.lesson import lesson_keys
from playground.components.look_up import look_up
from playground.components.motion import prefers_stillness
from playground.components.panels import Legend, Panel, Picked, pack, panels
from playground.components.regions import Region, regions
from playground.components.timeline import Mark, timeline
from playground.components.walk import Way, walk

__all__ = [
    "Axis",
    "ComponentError",
    "Dots",
    "Legend",
    "Mark",
    "Panel",
    "Picked",
    "Plane",
    "Region",
    "Way",
    "codes_map",
    "copy_link",
    "decoder",
    "drawing_pad",
    "find",
    "latent_pad",
    "lesson_keys",
    "load",
    "look_up",
    "pack",
    "panels",
    "prefers_stillness",
    "regions",
    "timeline",
    "walk",
]
