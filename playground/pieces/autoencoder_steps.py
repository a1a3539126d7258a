"""The course's algorithm written out, its current line marked, each line with its numbers; and one weight by hand."""

import math

import numpy as np
import streamlit as st

from engine.families.autoencoder import AutoencoderConfig
from engine.learner import Stage
from engine.run import Status
from playground import session
from playground.components import Panel, Picked, panels
from playground.forms import pick
from playground.lab import Lab
from playground.player import Moment
from playground.shell import enlarged

LINES = {
    "begin": ("1. ", "**Initialise** all weights w at random"),
    "example": ("2. ", "**For each example** x"),
    "predict": ("    1. ", "**predict** ŷ, and its error E against x itself"),
    "gradient": ("    2. ", "**compute** dE/dw, for every weight at once"),
    "update": ("    3. ", "**update** w ← w − α · dE/dw"),
    "until": ("3. ", "**Until** done"),
}
LAYER, UNIT, WEIGHT = "autoencoder.layer", "autoencoder.unit", "autoencoder.weight"
MOST_WEIGHTS, COLUMNS, TILE = 60, 12, 6
N_EXAMPLES = 4


def algorithm(lab: Lab, moment: Moment) -> None:
    """Six lines, the current one marked, the newest numbers under each."""
    shown = {s.name: s for s in moment.trace[: moment.stage + 1 if moment.stage >= 0 else None]}
    now = current_line(moment)
    rows = []
    for name, (number, text) in LINES.items():
        line = f":blue-background[:material/arrow_right: {text}]" if name == now else text
        indent = " " * (len(number) if number.startswith(" ") else 0)
        numbers = f"{indent}   :small[:gray[{_numbers(name, shown.get(name), lab, moment)}]]"
        rows.append(f"{number}{line}  \n{numbers}")
    st.markdown("\n".join(rows))
    if moment.trace:
        _examples(shown)


def current_line(moment: Moment) -> str:
    """The line that is shown in slow motion, '' at any other speed."""
    if moment.stage < 0:
        return ""
    return moment.trace[moment.stage].name if moment.stage < len(moment.trace) else "until"


def _numbers(name: str, found: Stage | None, lab: Lab, moment: Moment) -> str:
    config, latest = moment.snapshot.config, moment.snapshot.metrics
    if name == "begin":
        return f"{lab.run.learner.coder.flat.numel():,} weights, seed {config.seed}"
    if name == "example":
        many = "one example in each update" if config.batch == 1 else f"{config.batch} at once, their errors averaged"
        return f"{len(lab.run.learner.data.train):,} examples; {many}"
    if name == "until":
        return _until(config, moment)
    if found is None:
        if name == "predict" and latest and not moment.trace:
            return f"E = {latest['error']:.3g}"
        return (
            f"α = {config.lr:.3g}{', cooling' * config.cosine}" if name == "update" else "press Step to see its numbers"
        )
    if name == "predict":
        kl = f", KL = {found.numbers['kl']:.3g}, loss = {found.numbers['loss']:.3g}" if "kl" in found.numbers else ""
        return f"E = {found.numbers['error']:.3g}{kl}"
    if name == "gradient":
        return f"length of the whole gradient {found.numbers['size']:.3g}"
    return f"α = {found.numbers['alpha']:.3g}; the largest change is {found.numbers['largest_change']:.3g}"


def _until(config: AutoencoderConfig, moment: Moment) -> str:
    if moment.snapshot.status is Status.DONE:
        return f"done: {moment.snapshot.reason}"
    rules = [f"{config.steps:,} steps are done"]
    if config.stop_error:
        rules.append(f"the error is at most {config.stop_error:g}")
    if config.stop_weight_change:
        rules.append(f"no weight changes by more than {config.stop_weight_change:g}")
    return f"step {moment.step:,}; ends when {', or '.join(rules)}"


def _examples(shown: dict[str, Stage]) -> None:
    """The update's own examples, and what the net makes of them once it has predicted."""
    x = shown["example"].arrays["x"][:N_EXAMPLES]
    predicted = shown.get("predict")
    sets = [Panel(title="Examples", role="real", pictures=x, columns=N_EXAMPLES, alt="Examples of this update")]
    if predicted is not None:
        errors = predicted.arrays["errors"][:N_EXAMPLES]
        sets.append(
            Panel(title="Predictions", role="fake", pictures=predicted.arrays["x_hat"][:N_EXAMPLES], columns=N_EXAMPLES,
                  captions=[f"{e:.3g}" for e in errors], alt="Predictions, each with its error")
        )  # fmt: skip
    panels(sets, key="examples", picture_px=48, arrows=[None] * (len(sets) - 1))


def one_weight(lab: Lab, moment: Moment) -> None:
    """The weights into one unit as a picture, one of them picked, and its update written out."""
    coder = lab.run.learner.coder
    parts = [part for part in coder.layout if part[0].endswith("weight")]
    names = [_layer_name(name, shape) for name, _, shape in parts]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        layer = pick("Layer", names, LAYER, width=enlarged(250))
        rows = _by_unit(*parts[layer])
        if (session.get(UNIT) or 1) > len(rows):
            session.put(UNIT, 1)
        unit = int(st.number_input("Unit", 1, len(rows), key=UNIT, width=enlarged(110))) - 1
    places = rows[unit][np.unique(np.linspace(0, rows.shape[1] - 1, MOST_WEIGHTS).round().astype(int))]
    picked = min(session.get(WEIGHT, 0), len(places) - 1)
    stages = {s.name: s for s in moment.trace[: moment.stage + 1 if moment.stage >= 0 else None]}
    flat = stages["update"].arrays["after"] if "update" in stages else _before(lab, moment)

    def choose(found: Picked) -> None:
        session.put(WEIGHT, found.picture)

    sets = [_squares("Weights into this unit", flat[places], picked)]
    if "gradient" in stages:
        sets.append(_squares("dE/dw of each", stages["gradient"].arrays["grad"][places], picked))
    panels(sets, key="weights", picture_px=20, arrows=[None] * (len(sets) - 1), on_pick=choose)
    shown = f"{len(places)} of {rows.shape[1]:,}" if len(places) < rows.shape[1] else f"all {len(places)}"
    st.caption(f"{shown} weights. Click one: its update is written out here.")
    st.markdown(arithmetic(int(places[picked]), stages, moment, flat))


def arithmetic(place: int, stages: dict[str, Stage], moment: Moment, flat: np.ndarray) -> str:
    """One weight: before, dE/dw, alpha, after, and the multiplication written out."""
    w = f"**w** (number {place:,} of {len(flat):,})"
    if "gradient" not in stages:
        return f"{w} = {flat[place]:.5f}. Press Step, or choose the speed Stages, to see dE/dw and its update."
    grad = float(stages["gradient"].arrays["grad"][place])
    if "update" not in stages:
        return f"{w} = {flat[place]:.5f}, dE/dw = {grad:.7g}."
    found = stages["update"]
    before, after, alpha = (
        float(found.arrays["before"][place]),
        float(found.arrays["after"][place]),
        found.numbers["alpha"],
    )
    known = f"{w}  \nbefore {before:.6f}, dE/dw = {grad:.7g}, α = {alpha:.7g}, after {after:.6f}"
    optimiser = moment.snapshot.config.optimiser
    if optimiser == "sgd":
        return f"{known}  \nw − α · dE/dw = {before:.6f} − {alpha:.7g} · ({grad:.7g}) = **{after:.6f}**"
    moved = (before - after) / alpha if alpha else math.nan
    instead = (
        "Momentum moves along a sum of recent gradients" if optimiser == "momentum"
        else "Adam divides the recent mean of dE/dw by its recent size"
    )  # fmt: skip
    return (
        f"{known}  \n{instead}: g = {moved:.7g} in place of dE/dw.  \n"
        f"w − α · g = {before:.6f} − {alpha:.7g} · ({moved:.7g}) = **{after:.6f}**"
    )


def _before(lab: Lab, moment: Moment) -> np.ndarray:
    if moment.trace and moment.stage >= 0:
        return moment.trace[-1].arrays["before"]
    return lab.run.learner.coder.flat.numpy().copy()


def _by_unit(name: str, start: int, shape: tuple[int, ...]) -> np.ndarray:
    """Places in the flat vector of the weights into each unit or channel, (units, weights)."""
    places = start + np.arange(math.prod(shape)).reshape(shape)
    if name.startswith("decoder") and len(shape) > 2:  # a transposed convolution has them as (in, out, height, width)
        places = np.moveaxis(places, 1, 0)
    return places.reshape(len(places), -1)


def _squares(title: str, values: np.ndarray, picked: int) -> Panel:
    """One square for each value; the picked one has a ring."""
    reach = float(np.nan_to_num(np.abs(values)).max()) or 1.0
    tiles = np.repeat(values.astype(np.float32), TILE * TILE).reshape(-1, 1, TILE, TILE)
    ring = np.ones((TILE, TILE), bool)
    ring[1:-1, 1:-1] = False
    tiles[picked, 0, ring] = -reach if values[picked] >= 0 else reach
    return Panel(title=title, role="weights", pictures=tiles, columns=COLUMNS, scale=reach,
                 alt=f"{title}: {len(values)} values between ±{reach:.3g}; number {picked + 1} is picked")  # fmt: skip


def _layer_name(name: str, shape: tuple[int, ...]) -> str:
    side, number, _ = name.split()
    return f"{side.capitalize()} {int(number) + 1}: {' x '.join(map(str, shape))}"
