"""The scratch app of the drawing pad and the decision regions: what a person does is written below them."""

import numpy as np
import streamlit as st

from engine.data import points
from playground.components import Region, drawing_pad, load, regions

NAMES = ("blue", "orange", "green")
GRID = 20

st.set_page_config(layout="wide")
load()
state = st.session_state
for name, value in {"drawn": "", "draws": 0, "point": (0.0, 0.0), "pours": []}.items():
    state.setdefault(name, value)


def on_draw(text: str) -> None:
    if state.pop("losing", False):
        return
    state.drawn = text
    state.draws += 1


st.button("Lose the next drawing", on_click=lambda: state.update(losing=True))
drawing_pad(state.drawn, classes=NAMES, key="pad", on_draw=on_draw, most=60)
x, y = points.decode(state.drawn)
st.text(f"classes {np.bincount(y, minlength=3).tolist()} draws {state.draws}")
st.text(f"top {round(float(x[:, 1].max()), 1) if len(x) else None}")

shade = np.zeros((GRID, GRID), np.uint8)
shade[:, : GRID // 2] = 63  # the left half surely blue, the right half orange with 0.75
shade[:, GRID // 2 :] = 64 + 32
poured = np.array([[1.0, 1.0, 1]]) if state.pours else np.zeros((0, 3))
sets = [
    Region(title=title, kind="", shade=shade, button="Generate", note=f"note {i}", alt=title, pour=poured)
    for i, title in enumerate(("First", "Second"))
]
regions(
    sets, x, y, classes=NAMES[:2], reach=3.0, point=state.point, key="regions",
    on_point=lambda at: state.update(point=at), on_pour=state.pours.append,
)  # fmt: skip
st.text(f"point {state.point[0]:.1f} {state.point[1]:.1f}")
st.text(f"pours {state.pours}")
