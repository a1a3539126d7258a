"""Colours that mean something (Okabe & Ito's, safe for colour-blind eyes), the same in every figure."""

import dataclasses

import streamlit as st


@dataclasses.dataclass(frozen=True, slots=True)
class Theme:
    """One meaning, one colour. Never colour alone: real is solid and filled, fake a ring, held-out dashed, baselines
    dotted."""

    name: str
    real: str
    fake: str
    latent: str
    baseline: str
    floor: str
    text: str
    muted: str
    line: str
    background: str


LIGHT = Theme(
    "light", real="#0072B2", fake="#D55E00", latent="#009E73", baseline="#808080", floor="#B3B3B3",
    text="#22252A", muted="#60646C", line="#E3E0D8", background="#FBFAF7",
)  # fmt: skip
DARK = Theme(
    "dark", real="#56B4E9", fake="#E69F00", latent="#2BC4A0", baseline="#A6A6A6", floor="#737373",
    text="#E8E6E1", muted="#A2A6AD", line="#33373D", background="#121417",
)  # fmt: skip


def current() -> Theme:
    """The theme that the browser shows now."""
    return DARK if st.context.theme.type == "dark" else LIGHT
