"""The scratch app of the walk: three ways between two shapes, a direction to add, and what came back."""

import numpy as np
import streamlit as st

from engine import starters
from playground.components import Way, decoder, load, walk

st.set_page_config(layout="wide")
load()
state = st.session_state
for name, value in {"t": 0.25, "s": 1.0, "releases": []}.items():
    state.setdefault(name, value)
model = starters.load("shapes")
identity = decoder(model)
a, b = model.codes[3], model.codes[17]


def on_release(t: float) -> None:
    state.t = t
    state.releases.append(round(t, 3))


@st.fragment
def walks() -> None:
    real = model.real([3, 17]).astype(np.float32) / 255
    walk(
        identity,
        [
            Way("Straight", "lerp", a, b, "a + t (b − a)"),
            Way("Great circle", "slerp", a, b),
            Way("Cross-fade", "fade", a, b),
            Way("Cross-fade of true pictures", "fade", a, b, pictures=real),
        ],
        t=state.t, key="between", on_release=on_release,
    )  # fmt: skip
    walk(
        identity, [Way("Wider", "add", a, b - a)], t=state.s, low=-2, high=2, key="strength",
        on_release=lambda s: state.update(s=s),
    )  # fmt: skip
    st.text(f"t {state.t:.3f} s {state.s:.3f}")
    st.text(f"releases {state.releases}")


walks()
st.button("To 0.75", on_click=lambda: state.update(t=0.75))
