"""Five seeds on request: the same method trained again and again, in front of the learner, with the spread of its
purity."""

import dataclasses
import statistics
from typing import Any

import streamlit as st

from engine import FAMILIES
from engine.families.autoencoder.model import of_learner
from engine.families.autoencoder.scores import latent_scores
from engine.run import Budget, Run, Status
from engine.starters.comparing import METHODS
from playground import chain, classroom, session
from playground.shell import enlarged

N_SEEDS = 5
EVERY, BUDGET = 0.5, 0.3
"""Seconds between two looks, and of training in each."""


@dataclasses.dataclass(slots=True)
class Trial:
    """A method being trained with one seed after another."""

    method: str
    run: Run
    seed: int = 0
    found: list[dict[str, float]] = dataclasses.field(default_factory=list)
    stopped: bool = False

    @property
    def is_done(self) -> bool:
        """Whether every seed was trained and measured, or somebody stopped it."""
        return self.stopped or len(self.found) == N_SEEDS

    def stop(self) -> None:
        """Train no more; what was measured stays."""
        self.stopped = True


def begun(method: str, seed: int) -> Run:
    """A run of a method."""
    _, family, values = METHODS[method]
    return Run(FAMILIES[family], FAMILIES[family].build({**values, "seed": seed}))


def five_seeds() -> None:
    """A button for each method, and how far the trial is."""
    trial: Trial | None = session.get("latent trial")
    working = trial is not None and not trial.is_done

    @st.fragment(run_every=EVERY if working else None)
    def frame() -> None:
        _choice(trial if working else None)
        now: Trial | None = session.get("latent trial")
        if now is not None:
            if working and chain.is_fragment_run():
                _work(now)
            _show(now)
        if (now is not None and not now.is_done) != working:
            st.rerun()

    frame()


def _choice(working: Trial | None) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        method = st.selectbox("Train it here, five seeds", list(METHODS), format_func=lambda name: METHODS[name][0],
                              key="seeds.method", width=enlarged(260), disabled=working is not None)  # fmt: skip
        if working:
            st.button("Stop", icon=":material/stop:", key="seeds.stop", on_click=working.stop)
        else:
            st.button("Train", icon=":material/play_arrow:", key="seeds.start",
                      on_click=lambda: session.put("latent trial", Trial(method, begun(method, 0))))  # fmt: skip


def _work(trial: Trial) -> None:
    """A slice of training; a run that has ended is measured, and the next seed begins."""
    with classroom.turn(chain.is_wanted, chain.told()) as has_turn:
        if not has_turn:
            return
        trial.run.advance(Budget(seconds=BUDGET))
        if trial.run.status is Status.READY:
            return
        scores: dict[str, Any] = latent_scores(of_learner(trial.run.learner, trial.run.family.name), beside=())
    trial.found.append(scores["purity"])
    trial.seed += 1
    if not trial.is_done:
        trial.run = begun(trial.method, trial.seed)


def _show(trial: Trial) -> None:
    if not trial.is_done:
        step, steps = trial.run.step, trial.run.config.steps
        st.progress(
            (trial.seed + min(step / steps, 1.0)) / N_SEEDS,
            f"seed {trial.seed}, number {trial.seed + 1} of {N_SEEDS}: step {step:,} of {steps:,}",
        )
    if trial.stopped:
        st.caption(f"Stopped: {len(trial.found)} of {N_SEEDS} seeds were trained and measured.")
    if trial.found:
        st.table(purities(METHODS[trial.method][0], trial.found))


def purities(title: str, found: list[dict[str, float]]) -> dict[str, list[str]]:
    """Purity of each factor as columns, a row for each seed, and the median with its spread."""
    rows: dict[str, list[str]] = {title: [f"seed {k}" for k in range(len(found))] + ["median (least–greatest)"]}
    for factor in found[0]:
        numbers = [purity[factor] for purity in found]
        middle = f"{statistics.median(numbers):.2f} ({min(numbers):.2f}–{max(numbers):.2f})"
        rows[f"purity, {factor}"] = [*(f"{value:.2f}" for value in numbers), middle]
    return rows
