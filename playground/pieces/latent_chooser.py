"""Choosing pictures: a gallery of those a model knows, narrowed by what is true of them, each chosen by a click."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from engine.data.picture_set import Factor, as_floats
from engine.rng import generator
from playground import session
from playground.components import Panel, Picked, panels
from playground.pieces.latent_space import Space

N_SHOWN, PICTURE_PX = 16, 64
THIRDS = ("low", "middle", "high")
MAX_OPTIONS = 40
"""A factor of more values than this (fonts) is not offered."""

Option = tuple[int, int]
"""A factor's number, and the number of its value or third."""


def options(about: Sequence[Factor]) -> dict[str, Option]:
    """What a picture can be asked for, by name: each value of a factor, or the thirds of its range."""
    found: dict[str, Option] = {}
    for k, factor in enumerate(about):
        values = factor.values or THIRDS
        if len(values) <= MAX_OPTIONS:
            found |= {f"{factor.name}: {plainly(value)}": (k, v) for v, value in enumerate(values)}
    return found


def plainly(value: str) -> str:
    """A value as words: 'prescription02' of the art's own names is 'prescription', 'shortFlat' is 'short flat'."""
    if not re.fullmatch("[a-z]{2}[a-zA-Z0-9]*", value):
        return value
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", value.rstrip("0123456789")).lower()


def opposite(about: Sequence[Factor], option: Option) -> Option | None:
    """The other end of a factor's range; None for the middle, and for values with names."""
    k, v = option
    last = len(THIRDS) - 1
    return None if about[k].values or v not in (0, last) else (k, last - v)


def having(about: Sequence[Factor], factors: np.ndarray, option: Option) -> np.ndarray:
    """Which pictures, (n,) bool, have a value or lie in a third."""
    k, v = option
    if about[k].values:
        return np.rint(factors[:, k]) == v
    share = (factors[:, k] - about[k].low) / (about[k].high - about[k].low)
    return np.clip((share * len(THIRDS)).astype(int), 0, len(THIRDS) - 1) == v


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
                "A click decides", list(targets), format_func=targets.__getitem__, default=mode, key=f"{key}.target"
            ) or mode  # fmt: skip
        wanted = st.multiselect("Show only", list(offered), key=f"{key}.wanted", width=260) if offered else []
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
    shown = ", ".join(f"{float(value):.3g}" for value in z[:most]).replace("-", "−")
    return f"({shown}{', …' if len(z) > most else ''})"
