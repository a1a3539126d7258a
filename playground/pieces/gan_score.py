"""The honest score of the GAN page: validity, coverage and total variation, each beside what chance and a perfect
forger would get."""

import math

import numpy as np
import streamlit as st

from engine.families.gan import GanConfig
from engine.families.gan.learner import N_SCORED
from engine.metrics.diagonals import bins, control
from engine.run import Status
from playground.figures import live as charts
from playground.lab import Lab
from playground.player import Moment
from playground.steady import steady_chart
from playground.theme import current

CHANCE = 2.0
"""The band in the histogram is so many standard deviations of chance wide."""
TELLS_LITTLE = 0.02
"""The share of noise or of right diagonals that passes, from which the page says so."""


def score(lab: Lab, moment: Moment) -> None:
    """Validity, coverage and total variation, each beside what a perfect forger and noise would get."""
    numbers = moment.snapshot.scores
    if moment.snapshot.status is Status.DIVERGED:
        st.caption(f"Measured at step {moment.snapshot.scored_at:,}, before it diverged.")
    shares = np.array([value for name, value in numbers.items() if name.startswith("offset_share")])
    valid, covered, variation = st.columns(3, gap="medium")
    valid.metric("Valid fakes", f"{numbers['validity']:.1%}", help="Share of 2,000 fakes that fit a left diagonal.")
    config = moment.snapshot.config
    passed = control(config.size, whole=config.offsets == "whole", dim=config.dim, noise=config.noise)
    valid.caption(
        f"real paintings {passed.real:.0%}, uniform noise {passed.noise:.0%}, right diagonals {passed.right:.0%}, "
        f"forger not averaged {numbers['validity_raw']:.1%}"
    )
    if max(passed.noise, passed.right) >= TELLS_LITTLE:
        valid.caption("**With so much noise in the data, wrong pictures pass too: here validity tells little.**")
    found = round(numbers["offsets_covered"] * len(shares))
    covered.metric(
        "Offsets covered", f"{found} of {len(shares)}", help="An offset counts from a tenth of its true share."
    )
    covered.caption("a forger who paints one picture for ever: 1")
    variation.metric("Total variation", f"{numbers['offset_tv']:.3f}", help="Distance of the histogram from the truth.")
    chance, for_ever = numbers["offset_tv_floor"], 1 - 1 / len(shares)
    variation.caption(f"a perfect forger gets {chance:.3f} by chance, one picture for ever {for_ever:.2f}")
    left, right = st.columns(2, gap="large")
    with left:
        steady_chart(
            moment, lambda: _histogram(shares, moment.snapshot.config),
            key="histogram", height=charts.HEIGHT, alt="Histogram of the fakes' offsets against the truth",
        )  # fmt: skip
    with right:
        steady_chart(
            moment, lambda: _score_curves(lab, moment),
            key="scores", height=charts.HEIGHT, alt="Validity and total variation at each scored step",
        )  # fmt: skip


def _histogram(shares: np.ndarray, config: GanConfig) -> charts.Spec:
    theme, n = current(), len(shares)
    truth = 1 / n
    chance = CHANCE * math.sqrt(truth * (1 - truth) / N_SCORED)
    middles, _ = bins(config.size, whole=config.offsets == "whole")
    names = [f"{m:+.0f}" if config.offsets == "whole" else f"{m:+.1f}" for m in middles]
    return charts.bars(
        theme, names, shares, truth=truth, floor=chance, color=theme.fake, x_name="offset of the fake's line"
    )


def _score_curves(lab: Lab, moment: Moment) -> charts.Spec:
    theme, table = current(), lab.run.tables()[1]
    lines = (
        ("its floor", "offset_tv_floor", theme.baseline, "dashed"),
        ("variation", "offset_tv", theme.text, "solid"),
        ("not averaged", "validity_raw", theme.fake, "dotted"),
        ("valid", "validity", theme.fake, "solid"),
    )
    series = [charts.Line(label, table[name], color, dash) for label, name, color, dash in lines if name in table]
    return charts.lines(theme, table["step"], series, end=moment.snapshot.config.steps, y=(0.0, 1.0), y_name="Score")
