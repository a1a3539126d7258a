"""What the GAN page shows: paintings, fakes and verdicts, the recipe with its numbers, the curves and the honest
score."""

import numpy as np
import streamlit as st
from matplotlib.figure import Figure

from engine.families.gan import GanView
from engine.families.gan.learner import N_SHOWN
from engine.families.gan.nearest import nearest_paintings
from engine.learner import Stage
from engine.run import Status
from playground import session
from playground.components import Legend, Panel, panels
from playground.components.panels import Verdict, number
from playground.figures import export
from playground.figures import live as charts
from playground.lab import Lab
from playground.player import Moment
from playground.shell import enlarged
from playground.steady import steady_chart, steady_text
from playground.theme import LIGHT, current

LEGEND = (Legend("real", "the expert says: real"), Legend("fake", "the expert says: fake"))
COLUMNS, PICTURE_PX = 4, 64
NUMBERED_SIDE, N_TINY = 4, 4
"""Pictures up to this side show their numbers, and so many of them."""
WEIGHT_SCALE = 4.0
RAW, NEAREST = "Forger without averaging", "Nearest painting to each fake"
RECIPE = {
    "sample": "**Sample** real paintings x, and fakes that the forger makes of noise z",
    "train_d": "**Train the expert** D: verdict up on real, down on fakes",
    "sample_fakes": "**Sample fakes**, judged by the expert who has just learned",
    "train_g": "**Train the forger** G: its weights move so that the verdict on its fakes rises",
    "repeat": "**Repeat** with new paintings and new noise",
}


def stage(moment: Moment) -> None:
    """Real paintings on the left, the forger's fakes on the right, the expert's verdict on each; at 2 x 2 all weights
    too."""
    view, shown = moment.view, session.get("gan.also", [])
    tiny = len(view.weights_d) > 0
    sets = _batch(moment) if stage_name(moment) else _gallery(moment)
    if tiny:
        sets += weight_panels(view)
    if RAW in shown:
        sets.append(_panel("The same forger, not averaged", "fake", view.fake_raw, view.verdict_raw, moment))
    if NEAREST in shown:
        paintings, distance = nearest_paintings(moment.snapshot.config, view.fake)
        sets.append(_panel("Nearest of 1,000 paintings", "real", paintings, distance, moment, judged=False))
    panels(sets, key="stage", legend=LEGEND, picture_px=enlarged(PICTURE_PX), arrows=[None] * (len(sets) - 1))


def _gallery(moment: Moment) -> list[Panel]:
    """The same paintings and the same noise z at every step, so that one can watch one picture learn."""
    view = moment.view
    return [
        _panel("Paintings by the artist", "real", view.real, view.verdict_real, moment),
        _panel("The forger's fakes", "fake", view.fake, view.verdict_fake, moment),
    ]


def _batch(moment: Moment) -> list[Panel]:
    """In slow motion: the round's own batch, with the verdicts once they are given."""
    until = moment.trace[: moment.stage + 1]
    sampled = [s for s in until if s.name == "sample"][-1]
    judged = [s for s in until if "verdict_f" in s.arrays]
    size = moment.snapshot.config.size
    found = []
    for title, role, key, verdict in (
        ("This round's paintings", "real", "real", "verdict_r"),
        ("This round's fakes", "fake", "fake", "verdict_f"),
    ):
        pictures = np.clip(sampled.arrays[key], 0, 1).reshape(-1, 1, size, size)[:N_SHOWN]
        verdicts = next((s.arrays[verdict] for s in reversed(judged) if verdict in s.arrays), None)
        numbers = np.full(len(pictures), np.nan) if verdicts is None else verdicts[:N_SHOWN]
        found.append(_panel(title, role, pictures, numbers, moment, judged=verdicts is not None))
    return found


def weight_panels(view: GanView) -> list[Panel]:
    """Every weight and bias of the two nets without a hidden layer, as pictures and numbers, in one fixed scale."""
    side = view.real.shape[-1]
    forger = view.weights_g.reshape(2, 1, side, side)  # (weights of z, biases)
    expert = view.weights_d[: side * side].reshape(1, 1, side, side)
    bias = f"bias {number(view.weights_d[-1], signed=True)}"
    return [
        Panel(
            title="The forger's weights", role="weights", pictures=forger, columns=2, captions=["of z", "biases"],
            show_numbers=True, scale=WEIGHT_SCALE, alt="The forger's four weights and four biases",
        ),
        Panel(
            title="The expert's weights", role="weights", pictures=expert, columns=1, captions=[bias],
            show_numbers=True, scale=WEIGHT_SCALE, alt=f"The expert's four weights; its {bias}",
        ),
    ]  # fmt: skip


def also() -> None:
    """What else to show on the stage."""
    st.pills("Show also", [RAW, NEAREST], selection_mode="multi", key="gan.also", label_visibility="collapsed")


def _panel(
    title: str, role: str, pictures: np.ndarray, numbers: np.ndarray, moment: Moment, *, judged: bool = True
) -> Panel:
    """Pictures with a number under each: the expert's verdict, marked as what it says, or (not judged) a plain
    number."""
    columns = COLUMNS
    if pictures.shape[-1] <= NUMBERED_SIDE:
        columns, pictures, numbers = 2, pictures[:N_TINY], numbers[:N_TINY]
    about = f", mean verdict {numbers.mean():.2f}" if judged else ""
    return Panel(
        title=title,
        role=role,  # type: ignore[arg-type]
        pictures=pictures,
        columns=columns,
        captions=[f"{v:.2f}" if np.isfinite(v) else "—" for v in numbers],
        marks=[_mark(v) for v in numbers] if judged else None,
        show_numbers=pictures.shape[-1] <= NUMBERED_SIDE,
        alt=f"{title}: {len(pictures)} pictures at step {moment.step}{about}",
    )


def _mark(verdict: float) -> Verdict | None:
    """What the expert says; nothing, if its verdict is no number."""
    return None if not np.isfinite(verdict) else "real" if verdict >= 0.5 else "fake"


def recipe(moment: Moment) -> None:
    """The five stages, the current one marked, each with its numbers: of one round worked out, or of the newest
    round."""
    # One element, and not in each frame: Markdown costs the browser a millisecond for each element.
    st.markdown(steady_text(moment, lambda: _recipe(moment), key="recipe"))


def _recipe(moment: Moment) -> str:
    shown = {s.name: s for s in moment.trace[: moment.stage + 1 if moment.stage >= 0 else None]}
    now = stage_name(moment)
    lines = []
    for k, (name, text) in enumerate(RECIPE.items(), 1):
        numbers = _numbers(name, shown.get(name), moment)
        line = f":blue-background[:material/arrow_right: {text}]" if name == now else text
        lines.append(f"{k}. {line}  \n   :small[:gray[{numbers}]]")
    return "\n\n".join(lines)


def stage_name(moment: Moment) -> str:
    """The stage of a round that is shown in slow motion, '' at any other speed."""
    if moment.stage < 0:
        return ""
    return moment.trace[moment.stage].name if moment.stage < len(moment.trace) else "repeat"


def _numbers(name: str, found: Stage | None, moment: Moment) -> str:
    config, latest = moment.snapshot.config, moment.snapshot.metrics
    if name == "sample":
        n_z = config.codes + config.latent_dim
        return f"{config.batch} of each; a fake is made of {n_z} random number{'s' * (n_z > 1)} z"
    if name == "repeat":
        return f"next is round {moment.step + 1:,}" if moment.snapshot.status is Status.READY else "the run has ended"
    if found is not None and name == "sample_fakes":
        return f"D(fake) is now {found.arrays['verdict_f'].mean():.3f}"
    if found is not None:
        n, a = found.numbers, found.arrays
        verdicts = (
            f"D(real) {a['verdict_r'].mean():.3f}, D(fake) {a['verdict_f'].mean():.3f}, " if "verdict_r" in a else ""
        )
        return f"loss {n['loss']:.3g}, {verdicts}gradient {n['gradient']:.3g}, weights moved by {n['change']:.3g}"
    if moment.trace or not latest:
        return "—"
    if name == "train_d":
        return f"loss {latest['loss_d']:.3g}, D(real) {latest['d_real']:.2f}, D(fake) {latest['d_fake']:.2f}"
    if name == "sample_fakes":
        return "press Step to see what it says"
    return f"loss {latest['loss_g']:.3g}, {_gradients(moment)}"


def figure(lab: Lab) -> Figure:
    """The stage as it stands, with the verdicts over the run, to take away."""
    moment, table = lab.player.moment(), lab.run.tables()[0]
    view, steps = moment.view, table["step"]
    sets = [
        (title, pictures, [f"{v:.2f}" for v in verdicts], color)
        for title, pictures, verdicts, color in (
            ("Paintings by the artist", view.real, view.verdict_real, LIGHT.real),
            ("The forger's fakes", view.fake, view.verdict_fake, LIGHT.fake),
        )
    ]
    lines = {"D(real)": ("d_real", LIGHT.real, "-"), "D(fake)": ("d_fake", LIGHT.fake, "--")}
    drawn = {name: (steps, table[key], color, dash) for name, (key, color, dash) in lines.items() if key in table}
    return export.stage_figure(sets, drawn, title=f"GAN at step {moment.step:,}, seed {moment.snapshot.config.seed}")


def _gradients(moment: Moment) -> str:
    """The size of the forger's gradient when it was last scored, and at the same weights that of the non-saturating
    loss, if it is another."""
    scores = moment.snapshot.scores
    other = f" (by the non-saturating loss {scores['grad_g_ns']:.2g})"
    size = f"{scores['grad_g']:.2g}" + (other if moment.snapshot.config.loss != "non_saturating" else "")
    return f"gradient after step {moment.snapshot.scored_at:,}: {size}"


def curves(lab: Lab, moment: Moment) -> None:
    """Losses and verdicts over the whole run so far."""
    loss, verdict = "Loss", "Verdict, mean of the batch"
    of_losses, of_verdicts = ("expert", "forger"), ("D(real)", "D(fake)")
    steady_chart(
        moment, lambda: _curve(lab, moment, loss, of_losses, ("loss_d", "loss_g")),
        key="losses", height=charts.HEIGHT, alt=f"{loss}: expert and forger by step",
    )  # fmt: skip
    steady_chart(
        moment, lambda: _curve(lab, moment, verdict, of_verdicts, ("d_real", "d_fake"), y=(0.0, 1.0)),
        key="verdicts", height=charts.HEIGHT, alt=f"{verdict}: D(real) and D(fake) by step",
    )  # fmt: skip


def _curve(
    lab: Lab,
    moment: Moment,
    title: str,
    names: tuple[str, str],
    columns: tuple[str, str],
    *,
    y: tuple[float, float] | None = None,
) -> charts.Spec:
    """Two columns of the run's table by step: the first is of the expert or real, the second of the forger or fake."""
    theme, table = current(), lab.run.tables()[0]
    first, second = (table.get(name, np.zeros(0)) for name in columns)
    series = [charts.Line(names[0], first, theme.real), charts.Line(names[1], second, theme.fake, "dashed")]
    return charts.lines(
        theme,
        table["step"],
        series,
        end=moment.snapshot.config.steps,
        y=y or charts.y_range(first, second, least=2.0),
        now=moment.step if moment.step < moment.snapshot.furthest else None,
        y_name=title,
    )
