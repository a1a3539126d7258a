"""One's own points: drawn on the pad, or from a CSV file."""

import streamlit as st

from engine.config import ConfigError
from engine.data import points
from engine.families.classifiers import PLANE
from engine.rng import generator
from playground import session
from playground.components import drawing_pad
from playground.lab import Lab
from playground.pieces.judges import COLOR_NAMES

UPLOAD = "judges.csv"
UPLOAD_MB = 10


def fields_of(data: str) -> list[str]:
    """The settings that mean something for a kind of data."""
    if data == "drawn":
        return []
    return ["per_class", *(["classes"] if data in PLANE else []), *(["noise"] if data != "digits" else [])]


def own_points(lab: Lab) -> None:
    """The pad and the upload, when the data are drawn ones."""
    if lab.run.config.data != "drawn":
        return
    text = lab.run.config.points
    with st.expander("Your points", icon=":material/draw:", expanded=True):
        pad, upload = st.columns(2, gap="large")
        with pad:
            drawing_pad("" if text == points.EMPTY else text, classes=COLOR_NAMES, key="pad",
                        on_draw=lambda new: _drawn(lab, new or points.EMPTY))  # fmt: skip
        with upload:
            st.markdown("Draw with mouse, finger or keyboard. The link carries the points.")
            st.file_uploader(
                "Or a CSV file: x, y, class", type=["csv", "txt", "tsv"], key=UPLOAD, max_upload_size=UPLOAD_MB,
                on_change=lambda: _read(lab),
                help=f"Two or three classes; of more than {points.MAX_DRAWN} rows as many are kept at random; "
                "columns are scaled to mean 0 and standard deviation 1.",
            )  # fmt: skip


def _drawn(lab: Lab, text: str) -> None:
    if text != lab.run.config.points:  # the pad tells of the same ones again if it waited for long
        _change(lab, text)


def _change(lab: Lab, text: str) -> None:
    """New points start a new run, which plays at once."""
    try:
        lab.start({**lab.values, "data": "drawn", "points": text}, play=True)
    except ConfigError as error:
        lab.problems = [str(error)]


def _read(lab: Lab) -> None:
    upload = session.get(UPLOAD)
    if upload is None:
        return
    try:
        x, y, names = points.read_csv(upload.getvalue(), generator(lab.run.config.seed, "csv"))
    except ConfigError as error:
        lab.problems = [f"{error} The points on the stage stay."]
        return
    before = lab.run
    _change(lab, points.encode(x, y))
    if lab.run is before:
        return
    named = ", ".join(f"{color} is {name[:40]}" for color, name in zip(COLOR_NAMES, names, strict=False))
    lab.problems = [f"{len(x):,} points read: {named}."]
