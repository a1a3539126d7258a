"""How well a feature vector works, measured: a judge that learned from real faces names what it sees."""

from typing import Any

import numpy as np
import streamlit as st

from engine import ConfigError
from engine.families.autoencoder.face_judge import face_judge
from engine.families.autoencoder.posed_judge import judge_for
from engine.latent import attributes
from playground import classroom
from playground.charts import chart
from playground.figures.plane import Axis, Series, plane
from playground.pieces.latent_space import Space
from playground.theme import current

MOST_KEPT = 64
"""Measured vectors of a model that are remembered, for all sessions."""


def judged(space: Space, name: str, v: np.ndarray, made_of: str) -> None:
    """Of a vector `v` (latent_dim,) that is to add an attribute of faces: did it appear, did all else stay, against
    strength; the ceiling; side effects. `made_of`: what it was made of, in words."""
    if space.model.config.data != "faces" or not name:
        return
    box = st.expander("Does it work? A judge that learned from real faces says", icon=":material/gavel:", key="judged",
                      on_change="rerun")  # fmt: skip
    if box.open:
        with box:
            _judged(space, name, v, made_of)


def _judged(space: Space, name: str, v: np.ndarray, made_of: str) -> None:
    try:
        attribute = attributes.find(space.model.about, name)
        found = _measured(space, attribute, v)
    except ConfigError as error:
        st.caption(str(error))
        return
    curve, removed, ceiling = found["curve"], found["removed"], found["ceiling"]
    at = next(e for e in curve if e.strength == 1.0)
    st.markdown(f"Measured: the vector above, of {made_of}.")
    columns = st.columns(3, gap="medium")
    columns[0].metric("Appeared", f"{at.appeared:.1%}", help="The judge names it; half-transparent counts as absent.")
    columns[0].caption(f"at strength 1, on {at.n} held-out faces without it; real faces {ceiling:.1%}")
    columns[1].metric("Appeared, all else kept", f"{at.kept_all:.1%}", help="Every other attribute is as it was.")
    columns[1].caption("; ".join(attributes.side_effects(at)) or "nothing else changes")
    columns[2].metric("Taken off", f"{removed:.1%}", help="Strength −1 on faces that have it: no trace is left.")
    columns[2].caption("of held-out faces with it, without a trace")
    _curve(curve, ceiling)
    if attribute.opposed is None:
        own = space.derived(f"judged own {attribute.name}", lambda: _of_own_kind(space, attribute))
        st.caption(
            "The vector begins at the mean of all others, and a face is of one kind. One that begins at the face's own "
            f"kind: appeared {own.appeared:.1%}, all else kept {own.kept_all:.1%}, at strength 1."
        )
    if space.model.about[attribute.factor].name == "glasses":
        _strictness()


def _measured(space: Space, attribute: attributes.Attribute, v: np.ndarray) -> dict[str, Any]:
    """What was measured of this vector, by this or another session, or is now."""
    known: dict[tuple[str, bytes], dict[str, Any]] = space.derived("judged", dict)
    key = attribute.name, v.tobytes()
    found = known.get(key)
    if found is None:
        found = known[key] = _measure(space, attribute, v)
        for oldest in list(known)[:-MOST_KEPT]:
            known.pop(oldest, None)
    return found


def _measure(space: Space, attribute: attributes.Attribute, v: np.ndarray) -> dict[str, Any]:
    judge = judge_for(space.model)
    curve = []
    for strength in attributes.STRENGTHS:  # a turn for each, so that a class does not wait for all of them
        with classroom.turn():
            curve += attributes.effects(space.model, attribute, judge, [strength], v=v)
    with classroom.turn():
        removed = attributes.removed(space.model, attribute, judge, v=v)
    ceiling = judge.accuracy[space.model.about[attribute.factor].name]
    return {"curve": curve, "removed": removed, "ceiling": ceiling}


def _of_own_kind(space: Space, attribute: attributes.Attribute) -> attributes.Effect:
    judge = judge_for(space.model)
    with classroom.turn():
        return attributes.effects(space.model, attribute, judge, [1.0])[0]


def _curve(curve: list[attributes.Effect], ceiling: float) -> None:
    theme = current()
    x = np.array([effect.strength for effect in curve])
    series = [
        Series("judge on real faces", np.array([-2, 2]), np.array([ceiling, ceiling]), theme.floor),
        Series("appeared", x, np.array([e.appeared for e in curve]), theme.fake, symbol="circle", size=6),
        Series("all else kept too", x, np.array([e.kept_all for e in curve]), theme.latent, "dashed", "rect", 6),
    ]  # fmt: skip
    chart(
        plane(theme, series, Axis("strength s", -2, 2), Axis("share of faces", 0, 1), right=150), height=220,
        key="judged.curve", alt="Share of faces on which the attribute appeared, by strength",
    )  # fmt: skip


def _strictness() -> None:
    """What the judge says of real glasses that are made transparent, from its card."""
    theme, found = current(), face_judge().card["curve"]
    opacity = np.array(found["opacity"])
    series = [
        Series("called glasses", opacity, np.array(found["there"]), theme.real),
        Series("called none, no trace", opacity, np.array(found["no_trace"]), theme.baseline, "dashed"),
    ]
    st.markdown("**How strict is the judge?** Real faces, their glasses drawn half-transparent:")
    chart(
        plane(theme, series, Axis("opacity of real glasses", 0, 1), Axis("share of faces", 0, 1), right=170),
        height=220, key="judged.strictness",
        alt="Share of real faces whose glasses the judge calls there, and gone without a trace, by opacity",
    )  # fmt: skip
    st.caption("What is half there is called neither: glasses count from an opacity of 0.7 on, as gone below 0.1.")
