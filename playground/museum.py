"""Failures and experiments as cards: a question, one click, afterwards the answer and its cure."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.families.gan.failures import Failure
from playground import session
from playground.components import look_up
from playground.lab import Lab

SHOWN = "exhibits shown"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """What a card shows: settings that fail in a known way, what to look at, why, and settings that cure it."""

    name: str
    title: str
    values: Mapping[str, Any]
    cure: Mapping[str, Any]
    watch: str
    why: str


def museum(lab: Lab, exhibits: Mapping[str, Exhibit | Failure]) -> None:
    """One card for each exhibit; the one on the stage is open."""
    look_up(key=f"look_up {next(iter(exhibits))}", times=session.get(SHOWN, 0))
    for column, exhibit in zip(st.columns(len(exhibits), gap="large"), exhibits.values(), strict=True):
        with column:
            _card(lab, exhibit)


def _card(lab: Lab, exhibit: Exhibit | Failure) -> None:
    broken, cured = lab.lesson == exhibit.name, lab.lesson == f"{exhibit.name} cured"
    st.markdown(f"**{exhibit.title}**")
    st.markdown(exhibit.watch)
    with st.container(horizontal=True):
        st.button("Break it", key=f"break {exhibit.name}", icon=":material/broken_image:", on_click=_show,
                  args=(lab, exhibit.values, exhibit.name))  # fmt: skip
        if broken or cured:
            st.button("Cure it", key=f"cure {exhibit.name}", icon=":material/healing:", on_click=_show,
                      args=(lab, exhibit.cure, f"{exhibit.name} cured"))  # fmt: skip
    if broken or cured:
        st.markdown(f"**Why.** {exhibit.why}")
        changed = [
            name for name in {**exhibit.values, **exhibit.cure} if exhibit.values.get(name) != exhibit.cure.get(name)
        ]
        st.caption("The cure changes " + ", ".join(changed) + "." + (" It is on the stage now." if cured else ""))


def _show(lab: Lab, values: Mapping[str, Any], lesson: str) -> None:
    """Put an exhibit on the stage, with the seed that was there, and the stage before the eye."""
    lab.start({"seed": lab.run.config.seed, **values}, play=True, lesson=lesson)
    session.count(SHOWN)
