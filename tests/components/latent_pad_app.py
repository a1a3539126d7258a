"""The scratch app of the latent pad: one model, chosen in the address, its pad, and what came back from it."""

import numpy as np
import streamlit as st

from engine import runtime, start, starters
from engine.families.autoencoder.model import LatentModel, of_learner
from engine.latent.pca import pca
from playground.components import Axis, Dots, Plane, decoder, latent_pad, load

UNTRAINED = {"data": "digits", "latent_dim": 12, "n_train": 200, "width": 16, "depth": 1}
AXES = 12

st.set_page_config(layout="wide")
load()
state = st.session_state


@st.cache_resource
def freeze() -> None:
    runtime.freeze_garbage()  # as the app does


@st.cache_resource
def model_called(name: str) -> LatentModel:
    if name in starters.STARTERS:
        return starters.load(name)
    learner = start("vae", **UNTRAINED).learner
    learner.coder.flat *= 1.5  # so that the codes differ
    return of_learner(learner, "vae")


def plane_of(model: LatentModel) -> Plane:
    if state.get("principal"):
        found = pca(model.codes, 2)
        middle = found.basis @ found.mean
        return Plane(
            right=found.basis[0], up=found.basis[1], titles=("first component", "second component"),
            reach=3 * float(found.spread[0]), middle=(float(middle[0]), float(middle[1])),
        )  # fmt: skip
    right, up = np.eye(model.latent_dim)[:2]
    return Plane(right=right, up=up, titles=("z1 width", "z2 tilt"), reach=3.0)


def on_release(code: np.ndarray) -> None:
    state.z = code
    state.releases += 1


freeze()
in_tab = st.query_params.get("tabs")
name = "letters" if state.get("letters") else st.query_params.get("model", "untrained")
model = model_called(name)
if state.setdefault("name", name) != name or "z" not in state:
    state.update(name=name, z=np.zeros(model.latent_dim))
state.setdefault("releases", 0)
state.setdefault("runs", 0)
state.runs += 1
identity = decoder(model)
about = model.about[0] if model.about else None
plane = plane_of(model)
dots = Dots(
    codes=model.codes, values=model.factors[:, 0], title=about.name if about else "class",
    classes=about.values if about else (),
)  # fmt: skip
axes = [
    Axis(index=i, name=f"z{i + 1}", does="height" if i == 2 else "", low=-3, high=3, idle=i == 4)
    for i in range(min(model.latent_dim, AXES))
][2:]


@st.fragment
def pad() -> None:
    latent_pad(identity, z=state.z, plane=plane, axes=axes, dots=dots, key="pad", on_release=on_release)
    written = " ".join(f"{part:.3f}" for part in state.z)
    st.text(f"z {written}")
    st.text(f"releases {state.releases}")  # last, so that the code above is there when this is


if in_tab:
    _, behind = st.tabs(["Front", "Behind"])
    with behind:
        pad()
else:
    pad()
st.text(f"runs {state.runs}")
st.button("Zero", on_click=lambda: state.update(z=np.zeros(model.latent_dim)))
st.toggle("Principal", key="principal")
st.toggle("Letters", key="letters")
