"""Taking the run away and bringing it back: figure, animation, numbers, weights; nothing is made before the click."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from matplotlib.figure import Figure

from engine import ConfigError, files, pictures
from playground import session
from playground.figures import export
from playground.lab import Lab

MAX_UPLOAD_MB = 50
UPLOAD = "upload"
REFUSED = "upload refused"
"""What was wrong with the file that was uploaded last."""
BINARY = "application/octet-stream"


File = tuple[str, str, str, str, Callable[[], bytes]]
"""Label, icon, name and type of a file, and what makes it."""


def save_and_load(lab: Lab, figure: Callable[[], Figure], more: Sequence[File] = ()) -> None:
    """Buttons for each file, and a place to bring a saved run back. `figure` makes the picture of what is on the
    stage; `more`: files that only this page has."""
    with st.popover("Save or load", icon=":material/save:"):
        for label, icon, file_name, mime, make in (*more, *_files(lab, figure)):
            st.download_button(
                label,
                make,
                file_name,
                mime,
                key=f"save {file_name}",
                icon=f":material/{icon}:",
                on_click="ignore",
                width="stretch",
            )
        st.file_uploader(
            "Load a saved run",
            type=["safetensors"],
            key=UPLOAD,
            max_upload_size=MAX_UPLOAD_MB,
            on_change=lambda: _load(lab),
        )
        if problem := session.get(REFUSED):
            st.warning(session.plain(problem), icon=":material/info:")
        if lab.previous is not None:
            st.button(
                "Bring back the run before",
                key="bring_back",
                icon=":material/undo:",
                on_click=lab.bring_back,
                width="stretch",
            )


def _files(lab: Lab, figure: Callable[[], Figure]) -> list[File]:
    name, run = lab.family.name, lab.run
    found: list[File] = [
        ("Figure (PNG)", "image", f"{name}.png", "image/png", lambda: export.image(figure(), "png")),
        ("Figure (SVG)", "shapes", f"{name}.svg", "image/svg+xml", lambda: export.image(figure(), "svg")),
    ]
    if lab.family.pictures is not None:
        found.append(
            ("Animation (GIF)", "animated_images", f"{name}.gif", "image/gif", lambda: pictures.frames_gif(run))
        )
    return [
        *found,
        ("Numbers (CSV)", "table", f"{name}.csv", "text/csv", lambda: export.table_csv(numbers(lab))),
        ("Run (safetensors)", "database", f"{name}.safetensors", BINARY, lambda: files.to_bytes(run)),
    ]


def numbers(lab: Lab) -> dict[str, np.ndarray]:
    """The metrics of every kept step with the scores of the scored ones, as columns; NaN where a step was not
    scored."""
    metrics, scores = lab.run.tables()
    if len(metrics) == 1:
        return metrics
    at = {int(step): row for row, step in enumerate(scores["step"])}
    rows = np.array([at.get(int(step), -1) for step in metrics["step"]])
    found = {
        name: np.where(rows >= 0, column[rows], np.nan)
        for name, column in scores.items()
        if name != "step" and len(column)
    }
    return {**metrics, **found}


def _load(lab: Lab) -> None:
    upload = session.get(UPLOAD)
    session.put(REFUSED, "")
    if upload is None:
        return
    try:
        family, values = files.described(upload.getvalue())
        if family != lab.family.name:
            raise ConfigError("file", upload.name, f"holds a run of '{family}', not of '{lab.family.name}'")
        lab.check(values)
        lab.load(files.load(upload.getvalue()))
    except ConfigError as error:
        session.put(REFUSED, f"{error} The run on the stage goes on.")
        st.toast(session.plain(session.get(REFUSED)), icon=":material/info:", duration="long")  # seen if it is closed
