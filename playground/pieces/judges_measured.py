"""What the page measures when asked: learning curves over seeds, and who knows a stranger."""

from typing import Any

import numpy as np
import streamlit as st

from engine.config import as_dict
from engine.families.classifiers import DREAMERS, N_SEEDS, NAMES, SIZES, JudgesConfig, accuracies
from playground import chain, classroom, session
from playground.charts import chart
from playground.figures import judged
from playground.lab import Lab
from playground.pieces.judges import TITLES, learner_of
from playground.theme import Theme, current

MEASURING = "judges.measuring"
UNMEASURED = {"seed", "per_class", "steps", "chunks", "grid", "points"}
"""Fields that the learning curves set themselves, or that do not touch them."""
CLOCK = 0.2


def learning_curves(lab: Lab) -> None:
    """Accuracy of all by training set size, mean and spread over ten seeds; measured piece by piece when asked."""
    config = lab.run.config
    if config.data == "drawn":
        st.markdown("Drawn points are one data set: there are no more of them to draw. Choose another kind of data.")
        return
    values = tuple((name, value) for name, value in as_dict(config).items() if name not in UNMEASURED)
    measuring = session.get(MEASURING) == values

    @st.fragment(run_every=CLOCK if measuring else None)
    def frame() -> None:
        if (session.get(MEASURING) == values) != measuring:
            st.rerun()  # the clock is set or stopped by a full run of the script only
        found = session.keep(f"judges.curves {hash(values)}", dict)
        cells = [(seed, size) for seed in range(N_SEEDS) for size in SIZES]
        left = [cell for cell in cells if cell not in found]
        if measuring and left and chain.is_fragment_run():
            seed, size = left[0]
            with classroom.turn():
                found[left[0]] = _accuracies(values, size, seed)
            left = left[1:]
        if found:
            _draw(found, config.per_class)
        else:
            st.markdown(
                "With few examples a density of each class is of use where a free border is not; with many it is "
                "the other way round (Ng & Jordan 2002). Is it so here? Sixty trainings of each tell, in half a minute."
            )
        n = len({seed for seed, _ in found} - {seed for seed, _ in left})
        with st.container(horizontal=True, vertical_alignment="center"):
            if left:
                label = "Stop" if measuring else ("Go on" if found else f"Measure over {N_SEEDS} seeds")
                st.button(
                    label,
                    key="measure",
                    on_click=_measure,
                    args=(None if measuring else values,),
                    icon=":material/science:",
                )
            st.markdown(f":gray[{n} of {N_SEEDS} seeds. Band: one standard deviation over the seeds.]")
        if measuring and not left:
            _measure(None)
            st.rerun()

    frame()


def _measure(values: tuple[Any, ...] | None) -> None:
    session.put(MEASURING, values)


@st.cache_data(show_spinner=False, max_entries=2000)
def _accuracies(values: tuple[tuple[str, Any], ...], size: int, seed: int) -> dict[str, float]:
    return accuracies(JudgesConfig(**dict(values)), size, seed)


def _draw(found: dict[tuple[int, int], dict[str, float]], per_class: int) -> None:
    theme = current()
    curves = []
    for name in NAMES:
        sizes = [size for size in SIZES if any(s == size for _, s in found)]
        values = [np.array([a[name] for (_, s), a in found.items() if s == size]) for size in sizes]
        mean, spread = np.array([v.mean() for v in values]), np.array([v.std() for v in values])
        curves.append(judged.Curve(TITLES[name], np.array(sizes, float), mean, *_style(theme, name), spread))
    least = min((float(c.y.min()) for c in curves if len(c.y)), default=0.5)
    spec = judged.learning_curves(theme, curves, low=max(0.0, np.floor(least * 5) / 5), now=per_class)
    chart(spec, height=424, key="learning curves", alt=_sentence(curves))


def _style(theme: Theme, name: str) -> tuple[str, str, str]:
    """Colour, dash, symbol: those who dream solid, those who judge dashed."""
    return {
        "naive_bayes": (theme.fake, "solid", "circle"),
        "gaussian": (theme.latent, "solid", "rect"),
        "logistic": (theme.muted, "dashed", "triangle"),
        "svm_linear": (theme.text, "dotted", "emptyDiamond"),
        "svm_rbf": (theme.text, "dashed", "diamond"),
        "mlp": (theme.real, "dashed", "emptyCircle"),
    }[name]


def _sentence(curves: list[judged.Curve]) -> str:
    ends = ", ".join(f"{c.name} {c.y[0]:.0%} to {c.y[-1]:.0%}" for c in curves if len(c.y))
    return f"Held-out accuracy from {SIZES[0]} to {SIZES[-1]} examples a class: {ends or 'not measured yet'}"


def strangers(lab: Lab) -> None:
    """ROC of each as a detector of inputs unlike anything seen; for pictures, how neighbouring pixels go together."""
    learner, theme = learner_of(lab), current()
    if not len(learner.task.x_test):
        st.markdown("Too few points to hold any out: draw at least eight of a class.")
        return
    curves, areas = [], []
    for name in NAMES:
        false_alarms, found, area = learner.detector(name)
        color, dash, _ = _style(theme, name)
        curves.append(judged.Curve(f"{TITLES[name]} {area:.2f}", false_alarms, found, color, dash, "none"))
        areas.append(f"{TITLES[name]} {area:.2f}")
    chart(judged.roc_curves(theme, curves), height=424, key="strangers",
                     alt="ROC of strangers against held-out inputs, area under it: " + ", ".join(areas))  # fmt: skip
    who = {"digits": "diagonals among digits", "diagonals": "digits among diagonals"}
    dreamers = " and ".join(TITLES[name] for name in DREAMERS)
    st.markdown(
        f":gray[Strangers are {who.get(lab.run.config.data, 'points from anywhere in the plane')}. {dreamers} go by "
        "p(x): have I ever seen such a thing? The others go by how sure they are, and far from all data a border can "
        "be surest. Measured when the page was drawn; the table above is live.]"
    )
