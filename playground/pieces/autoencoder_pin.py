"""A run kept beside the next one: its reconstructions and its curves; and what every run so far has reached."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from engine.families.autoencoder.lens import data_key
from playground import session
from playground.lab import Lab
from playground.player import Moment

PINNED, REACHED = "autoencoder.pinned", "autoencoder.reached"
MOST_REACHED = 40


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What is kept of a run: held-out pictures, their reconstructions, and its scored steps."""

    name: str
    x: np.ndarray
    x_hat: np.ndarray
    steps: np.ndarray
    error: np.ndarray
    psnr: np.ndarray


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What a run has reached: its family, its pictures, the size of its code, PSNR on held-out pictures."""

    family: str
    data: tuple[Any, ...]
    latent_dim: int
    psnr: float


def pinned() -> Pinned | None:
    """The run that was pinned in this session."""
    return session.get(PINNED)


def pin_bar(make: Callable[[], Pinned]) -> None:
    """A button that pins what is on the stage, and one that lets it go."""
    other = pinned()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Pin this run", icon=":material/keep:", key="pin", on_click=lambda: session.put(PINNED, make()),
                  help="Keep its curves and pictures beside those of the next run")  # fmt: skip
        if other is not None:
            st.button("Unpin", icon=":material/keep_off:", key="unpin", on_click=lambda: session.put(PINNED, None))
            st.caption(f"Pinned: {other.name}")


def note(lab: Lab, moment: Moment) -> None:
    """Remember what the run on the stage has reached."""
    found: dict[int, Reached] = session.keep(REACHED, dict)
    if moment.step and "psnr" in moment.snapshot.scores:
        config = lab.run.start_config
        found[hash((lab.family.name, config))] = Reached(
            family=lab.family.title,
            data=data_key(config),
            latent_dim=config.latent_dim,
            psnr=moment.snapshot.scores["psnr"],
        )
        while len(found) > MOST_REACHED:
            found.pop(next(iter(found)))


def reached(config: Any) -> list[Reached]:
    """What runs on the same pictures have reached in this session."""
    found: dict[int, Reached] = session.get(REACHED, {})
    return [run for run in found.values() if run.data == data_key(config)]
