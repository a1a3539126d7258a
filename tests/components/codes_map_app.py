"""The scratch app of the map of codes: five codes whose places are known, or all of a starter's, and what came back."""

import numpy as np
import streamlit as st

from engine import starters
from engine.latent.projection import project
from playground.components import codes_map, decoder, load

PLACES = np.array([[-1, 1], [1, 1], [-1, -1], [1, -1], [0, 0]], np.float32)

st.set_page_config(layout="wide")
load()
state = st.session_state
state.setdefault("chosen", [])
state.setdefault("choices", 0)
many = st.query_params.get("show") == "many"
in_space = st.query_params.get("dims") == "3"
model = starters.load(st.query_params.get("model", "digits"))
identity = decoder(model)
about = model.about[0]


def on_choose(numbers: list[int]) -> None:
    state.chosen = numbers
    state.choices += 1


@st.fragment
def shown() -> None:
    if many:
        points = project(model.codes, "pca", dims=3 if in_space else 2).points
        codes_map(
            identity, points, model.codes, values=model.factors[:, 0], classes=about.values, title=about.name,
            chosen=state.chosen, key="map", on_choose=on_choose,
        )  # fmt: skip
    else:
        places = np.column_stack([PLACES, [1, -1, -1, 1, 0]]) if in_space else PLACES * state.get("turned", 1)
        codes_map(
            identity, places, model.codes[: len(PLACES)], values=np.array([0, 1, 2, 3, 10]), title="size",
            notes=[f"note {i}" for i in range(5)], chosen=state.chosen, key="map", on_choose=on_choose,
        )  # fmt: skip
    st.text(f"chosen {state.chosen if len(state.chosen) < 20 else len(state.chosen)}")
    st.text(f"choices {state.choices}")


shown()
st.button("Choose 2 and 3", on_click=lambda: state.update(chosen=[2, 3]))
st.button("Turn", on_click=lambda: state.update(turned=-1))
