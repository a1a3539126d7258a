"""Choosing pictures: a gallery of those a model knows, narrowed by what is true of them, each chosen by a click."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from engine.data.picture_set import as_floats
from engine.rng import generator
from playground import session
from playground.components import Panel, Picked, panels
from playground.pieces.latent_labels import Option, having, options
from playground.pieces.latent_space import Space
from playground.shell import enlarged
from playground.written import digits

N_SHOWN, PICTURE_PX = 16, 64


def chooser(
    space: Space, targets: Mapping[str, str], *, key: str, chosen: Mapping[str, Sequence[int]],
    on_pick: Callable[[str, int], None],
) -> None:  # fmt: skip
    """The gallery. `targets`: what a click may decide, by name, each with its label; `chosen`: the numbers that each
    target has now, written under the pictures; `on_pick(target, number)` is called before the page runs again."""
    offered = options(space.model.about)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        mode = next(iter(targets))
        if len(targets) > 1:
            mode = st.segmented_control(
                "A click decides", list(targets), format_func=targets.__getitem__, default=mode, key=f"{key}.target",
                required=True,
            )  # fmt: skip
        wanted = st.multiselect("Show only", list(offered), key=f"{key}.wanted", width=enlarged(260)) if offered else []
        st.button("Other pictures", key=f"{key}.turn", icon=":material/casino:", on_click=session.count,
                  args=(f"{key}.page",))  # fmt: skip
    numbers = _matching(space, [offered[name] for name in wanted], session.get(f"{key}.page", 0))
    if not numbers:
        st.caption("No picture is all of this. Ask for less.")
        return
    marks = {n: label for label, ns in chosen.items() for n in ns}
    shown = Panel(
        title="Pictures the model knows", role="real", pictures=as_floats(space.model.real(numbers)), columns=8,
        captions=[f"{marks[n]} {n}" if n in marks else str(n) for n in numbers],
        subtitle="numbers below 500 were held out" if space.model.n_held_out == 500 else " ",
        alt=f"{len(numbers)} pictures to choose from",
    )  # fmt: skip

    def picked(at: Picked) -> None:
        on_pick(session.get(f"{key}.target") or mode, numbers[at.picture])

    panels([shown], key=f"{key}.gallery", picture_px=PICTURE_PX, arrows=[], on_pick=picked)


def _matching(space: Space, wanted: Sequence[Option], page: int) -> list[int]:
    """Numbers of pictures that are all of this: the first ones, or at random on later pages."""
    good = np.ones(len(space.model.codes), bool)
    for option in wanted:
        good &= having(space.model.about, space.model.factors, option)
    numbers = np.flatnonzero(good)
    if page:
        numbers = generator(page, "other pictures").permutation(numbers)
    return [int(n) for n in numbers[:N_SHOWN]]


def written(z: np.ndarray, most: int = 6) -> str:
    """A code as a vector of at most so many numbers, three significant digits each."""
    shown = ", ".join(digits(float(value)) for value in z[:most])
    return f"({shown}{', …' if len(z) > most else ''})"
