"""What the page 'Generative or Discriminative' shows live: the stage, what happens, Bayes' rule at the chosen input,
the hidden part, the score."""

import numpy as np
import streamlit as st
from matplotlib.figure import Figure

from engine.data.points import REACH
from engine.families.classifiers import DREAMERS, NAMES, SIDE, ClassifierLearner, JudgesView
from playground import session
from playground.components import Panel, Region, panels, regions
from playground.figures import export
from playground.figures.regions import ellipses, regions_figure
from playground.lab import Lab
from playground.player import Moment
from playground.theme import LIGHT

TITLES = {
    "naive_bayes": "Naive Bayes",
    "logistic": "Logistic regression",
    "svm_linear": "SVM, linear",
    "svm_rbf": "SVM, rbf",
    "mlp": "MLP",
    "gaussian": "Richer sister",
}
NOTHING_TO_POUR = {
    "logistic": "Nothing to pour: it learned p(class | x), and nothing of where x lies.",
    "svm_linear": "Nothing to pour: it learned a straight border, and nothing of where x lies.",
    "svm_rbf": "Nothing to pour: it learned a bent border, and nothing of where x lies.",
    "mlp": "Nothing to pour: its net gives p(class | x), and nothing of where x lies.",
}
COLOR_NAMES = ("blue", "orange", "green")
POINT, OVER = "judges.point", "judges.over"
POURED, DREAMER, POUR_CLASS = "judges.poured", "judges.dreamer", "judges.pour_class"
HIDE, PICKED = "judges.hide", "judges.picked"
FROM_PRIOR = "as often as in the data"
SHARES = ("nothing", "25 %", "50 %", "75 %", "90 %")
COORDINATES = ("nothing", "x₁", "x₂")
START_POINT = (0.4, 0.3)
PICTURE_PX, EVIDENCE_PX, EVIDENCE_SCALE = 36, 128, 8.0
MANY_COLUMNS, FEW_COLUMNS = 5, 4
MAX_VARIANCE = 0.25
"""Of a pixel in [0, 1]."""


def learner_of(lab: Lab) -> ClassifierLearner:
    """The learner on the stage."""
    return lab.run.learner  # type: ignore[return-value]


def class_names(lab: Lab) -> tuple[str, ...]:
    """Names of the classes: colours in the plane, digits, or the two directions."""
    t = learner_of(lab).task
    if t.is_plane:
        return COLOR_NAMES[: t.n_classes]
    return tuple("0123456789") if t.n_classes == 10 else ("left", "right")


def stage(lab: Lab, moment: Moment) -> None:
    """Points: five decision regions side by side. Pictures: examples beside what can be dreamed up."""
    if learner_of(lab).task.is_plane:
        _planes(lab, moment.view)
    else:
        _pictures(lab, moment.view)


def _planes(lab: Lab, view: JudgesView) -> None:
    learner = learner_of(lab)
    shown = set(session.get(POURED, ()))
    names, shades = list(learner.regions), list(view.shades)
    dreamer = "gaussian" if session.get(DREAMER) == TITLES["gaussian"] else "naive_bayes"
    if dreamer == "gaussian":
        names[0], shades[0] = "gaussian", learner.region("gaussian")
    seen = np.flatnonzero(view.prior > 0)
    contours = [c for c in ellipses(view.means, view.variances) if c[0] in seen]
    contours = contours if dreamer == "naive_bayes" and lab.run.config.likelihood == "gaussian" else []
    sets = [
        Region(
            title=TITLES[name],
            kind="can dream" if name in DREAMERS else "only judges",
            shade=shade,
            button="Generate" if name not in shown else "Take away",
            note=_note(name, name in shown),
            said=name in shown,
            alt=f"{TITLES[name]}: decision regions over {len(view.y)} points",
            contours=contours if name == "naive_bayes" else (),
            pour=_poured(view, dreamer, seen) if name in DREAMERS and name in shown else np.zeros((0, 3)),
        )
        for name, shade in zip(names, shades, strict=True)
    ]
    regions(
        sets, view.x, view.y, classes=class_names(lab), reach=REACH, point=session.get(POINT, START_POINT),
        key="regions", on_point=_point, on_over=lambda at: session.put(OVER, at),
        on_pour=lambda i: session.put(POURED, shown ^ {names[i]}),
    )  # fmt: skip


def _point(at: tuple[float, float]) -> None:
    session.put(POINT, at)
    session.put(OVER, None)


def place_in_question() -> tuple[np.ndarray, str]:
    """The place (2,) whose numbers are shown, and where it is: under the pointer while it rests there, else the
    cross."""
    over = session.get(OVER)
    at = session.get(POINT, START_POINT) if over is None else over
    return np.array(at), "at the cross" if over is None else "under the pointer"


def _note(name: str, said: bool) -> str:
    if name in NOTHING_TO_POUR:
        return NOTHING_TO_POUR[name] if said else ""
    if name == "gaussian":
        return "Hollow marks: poured from p(class) and p(x | class), x₁ and x₂ together." if said else ""
    return (
        "Hollow marks: poured from p(class) and p(x | class), x₁ and x₂ each for itself."
        if said
        else "Lines: p(x | class) at one and two standard deviations."
    )


def _poured(view: JudgesView, dreamer: str, seen: np.ndarray) -> np.ndarray:
    """(n, 3): x, y, class; of one class, or of each as often as in the data."""
    dreamed = view.poured if dreamer == "naive_bayes" else view.poured_sister
    wanted = session.get(POUR_CLASS) or FROM_PRIOR
    if wanted in COLOR_NAMES:
        k = COLOR_NAMES.index(wanted)
        return np.column_stack([dreamed[k], np.full(len(dreamed[k]), k)]) if k in seen else np.zeros((0, 3))
    most = view.prior.max()
    rows = [np.column_stack([dreamed[k][:n], np.full(n, k)])
            for k in seen for n in [round(len(dreamed[k]) * view.prior[k] / most)]]  # fmt: skip
    return np.concatenate(rows) if rows else np.zeros((0, 3))


def _pictures(lab: Lab, view: JudgesView) -> None:
    columns = MANY_COLUMNS if len(class_names(lab)) > MANY_COLUMNS else FEW_COLUMNS

    def panel(title: str, subtitle: str, values: np.ndarray, role: str, alt: str) -> Panel:
        pictures = values.reshape(-1, 1, SIDE, SIDE).clip(0, 1).astype(np.float32)
        return Panel(title=title, subtitle=subtitle, role=role, pictures=pictures, columns=columns, alt=alt)  # type: ignore[arg-type]

    sets = [
        panel("Naive Bayes dreams", "each pixel for itself", in_turn(view.poured), "fake", "Pictures by Naive Bayes"),
        panel(
            "Its sister dreams",
            "pixels go together",
            in_turn(view.poured_sister),
            "fake",
            "Pictures by its sister",
        ),
    ]
    if len(view.x):
        sets.insert(0, panel("Examples", f"{view.arrived:,} have come", view.x, "real", "Training pictures"))
    panels(sets, key="stage", picture_px=PICTURE_PX)
    st.markdown(
        "**Logistic regression, the SVMs and the MLP have nothing to show here.** They learned p(class | picture), or "
        "a border, and nothing of what a picture looks like."
    )
    panels(
        [
            panel("What Naive Bayes believes: mean", "of each pixel, for each class", view.means, "plain", "Means"),
            panel("and variance", "white is 0.25", view.variances / MAX_VARIANCE, "plain", "Variances"),
        ],
        key="beliefs", picture_px=PICTURE_PX,
    )  # fmt: skip


def in_turn(poured: np.ndarray) -> np.ndarray:
    """Samples (classes, n, features) as rows by turns of the classes: (n x classes, features)."""
    return poured.transpose(1, 0, 2).reshape(-1, poured.shape[2])


def dreaming(lab: Lab) -> None:
    """What is poured: by whom, and of which class."""
    if not learner_of(lab).task.is_plane:
        return
    with st.container(horizontal=True, gap="large", key="dreaming"):
        st.segmented_control("The dreamer", [TITLES["naive_bayes"], TITLES["gaussian"]], key=DREAMER,
                             default=TITLES["naive_bayes"], required=True, help="Who stands at the left.")  # fmt: skip
        st.segmented_control("Generate", [FROM_PRIOR, *class_names(lab)], key=POUR_CLASS, default=FROM_PRIOR,
                             required=True, help="From p(class), or one class alone.")  # fmt: skip


def happening(lab: Lab, moment: Moment) -> None:
    """One line for each learner: what its unit of learning is, and how far it is."""
    view, numbers = moment.view, moment.snapshot.metrics
    n, t = view.arrived, learner_of(lab).task
    losses = {name: f"loss {numbers[f'loss_{name}']:.3g}" for name in ("logistic", "mlp") if f"loss_{name}" in numbers}
    lines = (
        ("Naive Bayes counts", f"each example once: {n:,} of {len(t.y):,}, then it is done"),
        ("SVMs and sister are solved", f"at one go, for the {n:,} examples that have come"),
        ("Logistic regression", f"one Adam step on all {n:,}: {losses.get('logistic', '—')}"),
        ("MLP", f"one Adam step on all {n:,}: {losses.get('mlp', '—')}"),
    )
    for column, (name, what) in zip(st.columns(len(lines), gap="medium"), lines, strict=True):
        column.markdown(f"**{name}**  \n:small[:gray[{what}]]")


def percent(value: float) -> str:
    """A share as a percentage; a dash for none."""
    return "—" if np.isnan(value) else f"{value:.1%}"


def score(lab: Lab, moment: Moment) -> None:
    """Accuracy, log loss, calibration and strangers for all, beside what guessing would get."""
    numbers, t = moment.snapshot.scores, learner_of(lab).task
    if not len(t.y_test):
        st.markdown("Too few points to hold any out: draw at least eight of a class.")
        return
    rows = [
        f"| {TITLES[name]} | {'dreams' if name in DREAMERS else 'judges'} | {percent(numbers[f'{name}_accuracy'])} | "
        f"{numbers[f'{name}_log_loss']:.3f} | {numbers[f'{name}_calibration_error']:.3f} | "
        f"{numbers[f'{name}_strangers_auc']:.2f} |"
        for name in NAMES
    ]
    guess = np.bincount(t.y_test).max() / len(t.y_test)
    st.markdown(
        "| | | accuracy | log loss | calibration error | strangers (AUC) |\n"
        "|:--|:--|--:|--:|--:|--:|\n" + "\n".join(rows) + "\n"
        f"| :gray[guessing] | | :gray[{guess:.1%}] | :gray[{np.log(t.n_classes):.3f}] | :gray[0] | :gray[0.50] |"
    )
    error = np.sqrt(0.25 / len(t.y_test))
    st.caption(
        f"On {len(t.y_test):,} held-out inputs, so an accuracy is uncertain by up to {error:.1%} (one standard error). "
        f"As of step {moment.snapshot.scored_at:,}. Strangers are inputs unlike anything seen; the number is the chance"
        " that one of them is told from a usual input (area under the ROC), 0.5 is a guess. The richer sister does not "
        "take the parts of an input for independent: it puts a small Gaussian around each example."
    )


def figure(lab: Lab) -> Figure:
    """The stage as it stands, to take away."""
    moment, learner = lab.player.moment(), learner_of(lab)
    view, title = moment.view, f"Step {moment.step:,}, seed {moment.snapshot.config.seed}"
    if learner.task.is_plane:
        lines = ellipses(view.means, view.variances) if moment.snapshot.config.likelihood == "gaussian" else []
        names = [TITLES[name] for name in learner.regions]
        return regions_figure(names, view.shades, view.x, view.y, lines, reach=REACH, title=title)
    sets = [
        (TITLES[name], in_turn(dreamed).reshape(-1, 1, SIDE, SIDE).clip(0, 1), [""] * len(in_turn(dreamed)), LIGHT.fake)
        for name, dreamed in (("naive_bayes", view.poured), ("gaussian", view.poured_sister))
    ]
    scores = lab.run.tables()[1]
    colors = {"naive_bayes": LIGHT.fake, "gaussian": LIGHT.latent, "mlp": LIGHT.real}
    curves = {
        f"accuracy, {TITLES[name]}": (scores["step"], scores[f"{name}_accuracy"], color, "--" if name == "mlp" else "-")
        for name, color in colors.items()
    }
    return export.stage_figure(sets, curves, title=title)
