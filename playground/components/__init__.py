"""Streamlit v2 components: the stage of pictures, decision regions, a drawing pad, a pad over a latent space with the
decoder that it draws with, the timeline of a run, the button that copies the link.

The entry script calls `load()` once, outside every fragment; the others then work anywhere.
"""

from playground.components.code import load
from playground.components.codes_map import CodesMapError, codes_map
from playground.components.copy_link import copy_link
from playground.components.decoder import DecoderError, decoder
from playground.components.drawing_pad import DrawingPadError, drawing_pad
from playground.components.latent_pad import Axis, Dots, LatentPadError, Plane, latent_pad
from playground.components.lesson import lesson_keys
from playground.components.motion import prefers_stillness
from playground.components.panels import Legend, Panel, PanelError, Picked, pack, panels
from playground.components.regions import Region, RegionsError, regions
from playground.components.timeline import Mark, TimelineError, timeline
from playground.components.walk import WalkError, Way, walk

__all__ = [
    "Axis",
    "CodesMapError",
    "DecoderError",
    "Dots",
    "DrawingPadError",
    "LatentPadError",
    "Legend",
    "Mark",
    "Panel",
    "PanelError",
    "Picked",
    "Plane",
    "Region",
    "RegionsError",
    "TimelineError",
    "WalkError",
    "Way",
    "codes_map",
    "copy_link",
    "decoder",
    "drawing_pad",
    "latent_pad",
    "lesson_keys",
    "load",
    "pack",
    "panels",
    "prefers_stillness",
    "regions",
    "timeline",
    "walk",
]
