"""Feature vectors: the difference of two mean codes, added to another picture."""

import dataclasses

import numpy as np
import streamlit as st

from engine.latent import attributes
from engine.rng import generator
from playground import session
from playground.components import Panel, Way, panels, walk
from playground.pieces import latent_judged, latent_sums
from playground.pieces.latent_chooser import chooser, written
from playground.pieces.latent_fields import field, placed
from playground.pieces.latent_labels import alike_in, having, opposite, options
from playground.pieces.latent_space import N_TURNS, Space
from playground.pieces.latent_sums import Vector
from playground.shell import enlarged
from playground.written import digits

COUNTS = {"1": "1 of each", "5": "5 of each", "50": "50 of each", "all": "all"}
N_OTHERS, PICTURE_PX = 8, 72
BY_LABEL, BY_CLICK, BY_MAP = "By label", "By clicking", "From the map"
FIRST, NOT_FIRST = ("glasses", "digit", "letter", "colour"), ("none", "middle")
"""Factors that the page begins with, and the values that it does not begin with."""


def vectors(space: Space, decoder_id: str) -> None:
    """The whole section."""
    st.markdown(
        "Take the mean code of pictures **with** something, less the mean code of pictures **without** it: a vector. "
        "Add it to any other picture's code."
    )
    made = _make(space)
    if made is None:
        st.caption("Choose at least one picture of each kind.")
    else:
        _added(space, decoder_id, made)
    _choose_face(space, has_others=made is not None)
    if made is not None:
        latent_judged.judged(space, made.attribute, made.v, f"{made.n_with:,} with and {made.n_without:,} without")
    latent_sums.kept(space, made)
    with st.expander("A is to B as C is to …", icon=":material/compare_arrows:"):
        latent_sums.analogy(space)


def _added(space: Space, decoder_id: str, made: Vector) -> None:
    """The vector, what it does to one picture at any strength, and to others."""
    face, strength = space.number("face"), space.place.strength
    z = space.model.codes[face]
    st.markdown(
        f"v = {_mean_of(made.n_with)} with − {_mean_of(made.n_without)} without = **{written(made.v)}**, "
        f"length {float(np.linalg.norm(made.v)):.3g}"
    )
    if made.whole is not None and not np.array_equal(made.v, made.whole):
        st.caption(
            f"Cosine of the angle to the vector of all pictures: **{digits(made.agreement, '.2f')}**. Two pictures "
            "differ in more than what was asked for; the more of each, the more of the rest cancels."
        )
    walk(
        decoder_id,
        [Way(f"Picture {face} + s · ({made.name})", "add", z, made.v, "z' = z + s v")],
        t=strength, low=-2.0, high=2.0, key="strength", on_release=lambda s: space.set(strength=round(s, 3)),
    )  # fmt: skip
    st.markdown(
        f"z' = z + s v = {written(z)} + {digits(strength)} · {written(made.v)} = **{written(z + strength * made.v)}**"
    )
    _others(space, made)


def _mean_of(n: int) -> str:
    return "the code" if n == 1 else f"mean of {n:,} codes"


def _make(space: Space) -> Vector | None:
    """The vector that the controls describe; None while a side has no picture."""
    offered = options(space.model.about)
    ways = [*([BY_LABEL] if offered else []), BY_CLICK, BY_MAP]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        how = space.kept.get("how", ways[0])
        placed(space, st.segmented_control, "Choose with and without", "vector.how", how,
               lambda new: space.kept.update(how=new), options=ways, required=True)  # fmt: skip
        if how == BY_LABEL:
            return _by_label(space, offered)
    if how == BY_MAP:
        return _by_map(space)
    return _by_click(space)


def _by_label(space: Space, offered: dict[str, tuple[int, int]]) -> Vector | None:
    names = list(offered)
    first = space.keep("vector.first", lambda: _first(space, offered))
    name = field(space, st.selectbox, "With", "vector.label", "vector", value=space.place.vector or first,
                 options=names, width=enlarged(240))  # fmt: skip
    each = field(space, st.segmented_control, "Pictures", "vector.count", "each", options=tuple(COUNTS),
                 format_func=COUNTS.__getitem__, required=True)  # fmt: skip
    k, value = offered[name]
    has, lacks = _sides(space, (k, value))
    alike = _alike(space, k)
    with_it, without_it = np.flatnonzero(has & alike), np.flatnonzero(lacks & alike)
    about = _attribute(space, (k, value))
    whole = _vector(space, name, with_it, without_it, about)
    if each != "all":
        turn = space.place.turn
        st.button("Other ones", icon=":material/casino:", key="vector.turn",
                  on_click=lambda: space.set(turn=(turn + 1) % N_TURNS))  # fmt: skip
        with_it, without_it = (
            generator(turn, f"vector {side}").permutation(n)[: int(each)]
            for side, n in (("with", with_it), ("without", without_it))
        )
    made = _vector(space, name, with_it, without_it, about)
    return dataclasses.replace(made, whole=whole.v) if made and whole else made


def _first(space: Space, offered: dict[str, tuple[int, int]]) -> str:
    """What the page begins with: something that the picture to be changed has not got already."""
    face = space.model.factors[[space.number("face")]]
    return next(
        (name for name, option in offered.items()
         if name.startswith(FIRST) and not name.endswith(NOT_FIRST) and not having(space.model.about, face, option)[0]),
        next(iter(offered)),
    )  # fmt: skip


def _sides(space: Space, option: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which pictures have a value, and which are without: those with none of it, or at the other end of its range."""
    about, factors = space.model.about, space.model.factors
    has = having(about, factors, option)
    if name := _attribute(space, option):
        return has, attributes.find(about, name).lacks(factors)
    other = opposite(about, option)
    return has, ~has if other is None else having(about, factors, other)


def _attribute(space: Space, option: tuple[int, int]) -> str:
    """The name of a value as the judge knows it; '' for 'none' and for thirds of a range."""
    factor = space.model.about[option[0]]
    named = factor.values and factor.values[option[1]] != attributes.NONE
    return f"{factor.name}={factor.values[option[1]]}" if named else ""


def _alike(space: Space, k: int) -> np.ndarray:
    """Which pictures may be used: all, or those that are like the picture to be changed in another factor."""
    others = [name for name in alike_in(space.model.about) if name != space.model.about[k].name]
    if not others:
        return np.ones(len(space.model.codes), bool)
    choice = space.place.alike if space.place.alike in others else ""
    field(space, st.selectbox, "From pictures alike in", "vector.alike", "alike", value=choice, options=("", *others),
          format_func=lambda name: name or "anything", width=enlarged(180),
          help="A beard has the hair's colour: the mean of all beards has a mean colour.")  # fmt: skip
    if not choice:
        return np.ones(len(space.model.codes), bool)
    column = space.model.factors[:, [f.name for f in space.model.about].index(choice)]
    return column == column[space.number("face")]


def _by_click(space: Space) -> Vector | None:
    chosen = space.keep("clicked", lambda: {"with": [], "without": []})

    def pick(target: str, number: int) -> None:
        side = chosen[target]
        other = chosen["without" if target == "with" else "with"]
        if number in side:
            side.remove(number)
        else:
            side.append(number)
            if number in other:
                other.remove(number)

    chooser(space, {"with": "With", "without": "Without"}, key="clicked", chosen=chosen, on_pick=pick)
    return _vector(space, "what you chose", np.array(chosen["with"], int), np.array(chosen["without"], int))


def _by_map(space: Space) -> Vector | None:
    """Two lassos on the map below: one chosen as 'with', one as 'without'."""
    sides = space.keep("lassoed", lambda: {"with": [], "without": []})
    st.caption(
        f"with: {len(sides['with'])} pictures, without: {len(sides['without'])}. "
        "Draw a lasso on the map below, and press 'with' or 'without' under it."
    )
    return _vector(space, "what you lassoed", np.array(sides["with"], int), np.array(sides["without"], int))


def _vector(space: Space, name: str, with_it: np.ndarray, without: np.ndarray, about: str = "") -> Vector | None:
    if not len(with_it) or not len(without):
        return None
    v = attributes.of_rows(space.model.codes, with_it, without)
    return Vector(name=name, v=v, n_with=len(with_it), n_without=len(without), attribute=about)


def _others(space: Space, made: Vector) -> None:
    """The same vector on other pictures: before, and after."""
    numbers = _sample(space)
    z = space.model.codes[numbers]
    before, after = space.model.decode(z), space.model.decode(z + space.place.strength * made.v)
    panels(
        [
            Panel(title="Other pictures", role="plain", pictures=before, columns=4, alt=f"{len(z)} pictures, decoded",
                  captions=[str(n) for n in numbers]),
            Panel(title=f"The same, {digits(space.place.strength, '+.3g')} × {made.name}", role="fake", pictures=after,
                  columns=4, alt=f"The same pictures with the vector added: {made.name}"),
        ],
        key="vector.others", picture_px=PICTURE_PX, arrows=[""],
        on_pick=lambda picked: space.set(face=numbers[picked.picture]),
    )  # fmt: skip


def _sample(space: Space) -> list[int]:
    turn, n = session.get("vector.others_turn", 0), space.model.n_held_out
    return [int(k) for k in generator(turn, "others").choice(n, min(n, N_OTHERS), replace=False)]


def _choose_face(space: Space, *, has_others: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        field(space, st.number_input, "Add it to picture", "vector.face", "face", value=space.number("face"),
              min_value=0, max_value=len(space.model.codes) - 1, width=enlarged(140))  # fmt: skip
        if has_others:
            st.button("Other pictures", icon=":material/casino:", key="vector.others.turn", on_click=session.count,
                      args=("vector.others_turn",))  # fmt: skip
    if has_others:
        st.caption(
            "Or click one of the pictures above. One that has it already may be pushed past all known codes, and tear."
        )
