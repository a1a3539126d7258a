"""The scratch app of the components' browser tests: a stage, a timeline and a counter in a fragment that can play."""

import numpy as np
import streamlit as st

from playground.components import Legend, Mark, Panel, Picked, copy_link, load, panels, timeline

END = 500
SIZE = 8
N = 16

st.set_page_config(layout="wide")
load()
state = st.session_state
for name, value in {"step": 100, "last": 100, "playing": False, "scrubs": [], "seeks": [], "picks": []}.items():
    state.setdefault(name, value)


def toggle() -> None:
    state.playing = not state.playing


def on_scrub(step: int) -> None:
    state.scrubs.append(step)
    state.step = step


def on_seek(step: int) -> None:
    state.seeks.append(step)
    state.step = step


def on_pick(picked: Picked) -> None:
    state.picks.append(list(picked))


def diagonals(step: int) -> np.ndarray:
    """Left diagonals (n, 1, SIZE, SIZE) whose offset moves with the step."""
    pictures = np.zeros((N, 1, SIZE, SIZE), dtype=np.float32)
    for i in range(N):
        pictures[i, 0] = np.eye(SIZE, k=(i + step) % SIZE)
    return pictures


def live() -> None:
    if state.playing and state.step < END:
        state.step += 1
        state.last = max(state.last, state.step)
    step = state.step
    marks = ["real" if (i + step) % 3 else "fake" for i in range(N)]
    captions = [f"{(i * 7 + step) % 100 / 100:.2f}" for i in range(N)]
    panels(
        [
            Panel(title="Real", role="real", pictures=diagonals(0), columns=4, alt="Sixteen real diagonals"),
            Panel(
                title="Fake",
                role="fake",
                pictures=diagonals(step) * 0.8,
                columns=4,
                alt="Sixteen fakes",
                captions=captions,
                marks=marks,
            ),
        ],
        key="stage",
        arrows=["z"],
        legend=[Legend("real", "judged real"), Legend("fake", "judged fake")],
        on_pick=on_pick,
    )
    timeline(step, state.last, END, [Mark(40, "edit")], key="timeline", on_scrub=on_scrub, on_seek=on_seek)
    st.text(f"step {step}")
    st.text(f"scrubs {state.scrubs}")
    st.text(f"seeks {state.seeks}")
    st.text(f"picks {state.picks}")


st.button("Pause" if state.playing else "Play", on_click=toggle, shortcut="Space")
st.fragment(live, run_every=0.1 if state.playing else None)()
copy_link(key="copy")
