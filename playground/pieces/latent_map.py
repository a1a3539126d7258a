"""The map of codes: every known picture as a point, by PCA, t-SNE or UMAP, live while it is being worked out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from engine import ConfigError
from engine.latent.projection import Projection, has_umap, project
from playground import chain, classroom
from playground.components import codes_map
from playground.pieces.latent_fields import field
from playground.pieces.latent_space import Space, most_near
from playground.pieces.latent_stage import dots_of
from playground.pieces.latent_vectors import BY_MAP
from playground.shell import enlarged

METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
EVERY, BUDGET = 0.25, 0.18
"""Seconds between two frames of a map that moves, and of computing in each."""
LEAST_PERPLEXITY = 5
SAYS = {
    "pca": "PCA: the directions in which the codes spread most. Distances are true, as far as so few can hold them.",
    "tsne": "t-SNE keeps neighbours together. Sizes of clusters and distances between them mean nothing.",
    "umap": "UMAP keeps neighbours together, and more of the whole. Sizes and distances mean little.",
}


def map_of_codes(space: Space, decoder_id: str) -> None:
    """The section: method, map, what was chosen."""
    st.markdown("Every picture the model knows, as a point. Are pictures that look alike near each other?")
    working = _is_working(space)

    @st.fragment(run_every=EVERY if working else None)
    def frame() -> None:
        projection = _wanted(space)
        if projection is not None:
            if projection.done < 1 and working and chain.is_fragment_run():
                _advance(space, projection)
            _draw(space, decoder_id, projection)
        space.finish()
        if _is_working(space) != working:
            st.rerun()  # the clock is set or stopped by a full run of the script only

    frame()


def _is_working(space: Space) -> bool:
    projection: Projection | None = space.kept.get("projection")
    return projection is not None and projection.done < 1 and not space.kept.get("stopped")


def _wanted(space: Space) -> Projection | None:
    """The projection that the controls ask for; a new one is begun when they change."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for name, label, offered in (("map", "Map", tuple(METHODS)), ("dims", "Dimensions", (2, 3))):
            field(space, st.segmented_control, label, f"map.{name}", name, options=offered, required=True,
                  format_func=lambda value: METHODS.get(value, str(value)))  # fmt: skip
        method, dims = space.place.map, space.place.dims
        perplexity = float(space.place.near if method == "pca" else _neighbours(space))
        if _is_working(space):
            st.button("Stop", icon=":material/stop:", key="map.stop", on_click=_stop, args=(space,))
    if method == "umap" and not has_umap():
        st.info("UMAP is an optional extra: `pip install umap-learn` in the app's environment, then start it again.")
        return None
    asked = (method, dims, perplexity)
    if space.kept.get("asked") != asked:
        if (old := space.kept.get("projection")) is not None:
            old.cancel()
        try:
            made = project(space.model.codes, method, dims=dims, perplexity=perplexity)
        except ConfigError as error:
            st.caption(str(error))
            return None
        space.kept |= {"asked": asked, "projection": made, "stopped": False}
    return space.kept["projection"]


def _neighbours(space: Space) -> int:
    most = most_near(space.model)
    near = min(space.place.near, most)
    if most > LEAST_PERPLEXITY:
        field(space, st.slider, "Neighbours that count", "map.near", "near", value=near, min_value=LEAST_PERPLEXITY,
              max_value=most, width=enlarged(200), help="The perplexity of t-SNE, n_neighbors of UMAP.")  # fmt: skip
    return near


def _advance(space: Space, projection: Projection) -> None:
    try:
        with classroom.turn(chain.is_wanted, chain.told()) as has_turn:
            if has_turn:
                projection.advance(BUDGET)
    except ConfigError as error:
        space.kept["stopped"] = True
        space.problems = [str(error)]


def _stop(space: Space) -> None:
    space.kept["projection"].cancel()
    space.kept["stopped"] = True


def _draw(space: Space, decoder_id: str, projection: Projection) -> None:
    method = space.kept["asked"][0]
    if projection.done < 1:
        compiling = method == "umap" and not projection.done  # no step can be told of before
        how = "stopped" if space.kept.get("stopped") else "compiling, up to a minute" if compiling else "moving"
        st.progress(projection.done, f"{METHODS[method]}: {projection.done:.0%}, {how}")
    else:
        st.caption(SAYS[method])
    dots = dots_of(space)
    chosen = space.kept.get("chosen", [])

    def choose(numbers: Sequence[int]) -> None:
        space.kept["chosen"] = list(numbers)

    codes_map(
        decoder_id, np.asarray(projection.points), space.model.codes, values=dots.values, classes=dots.classes,
        title=dots.title, chosen=chosen, key="map", on_choose=choose,
    )  # fmt: skip
    _use(space, chosen)


def _use(space: Space, chosen: Sequence[int]) -> None:
    """What the chosen pictures can be used for."""
    if not chosen:
        st.caption("Click a point, or draw a lasso around many, to use them above.")
        return
    sides: dict[str, Any] = space.keep("lassoed", lambda: {"with": [], "without": []})
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**{len(chosen)} chosen**")
        if len(chosen) == 1:
            for name in ("a", "b", "face"):
                label = f"Picture {name.upper()}" if name != "face" else "Add the vector to it"
                st.button(label, key=f"map.{name}", on_click=lambda name=name: space.set(**{name: chosen[0]}))
        for side in sides:
            st.button(f"'{side}'", key=f"map.{side}", help="For a feature vector from the map",
                      on_click=_lasso, args=(space, side, chosen))  # fmt: skip


def _lasso(space: Space, side: str, chosen: Sequence[int]) -> None:
    space.kept["lassoed"][side] = list(chosen)
    space.kept["how"] = BY_MAP
    space.stale = True  # the vector from the map, in a section above
