"""What a latent space has learned of the true factors: each score beside PCA's axes and a random code."""

import json
import statistics
from typing import Any

import numpy as np
import streamlit as st

from engine import starters
from engine.families.autoencoder.scores import latent_scores
from playground import classroom
from playground.charts import chart
from playground.figures.text import heat
from playground.pieces import latent_seeds
from playground.pieces.latent_space import Space
from playground.pieces.latent_stage import axis_name, does, falls, information
from playground.theme import current
from playground.written import digits

COMPARED = starters.FOLDER / "compared.json"
WORDS = {"mig": "MIG", "dci": "DCI"}
MORE = {"psnr": "PSNR, dB", "cpu_seconds": "CPU s"}
MIDPOINTS = {"lerp": "midpoint real", "fade": "cross-fade real"}
BESIDE = 4
"""Columns of a matrix that stands beside the table; one of more has the whole width."""
READ = "R² looks at the encoder: can a factor be read from the code?"
MOVED = (
    " Purity looks at the decoder: one axis is moved, and an independent judge measures every factor on the pictures. "
    "The encoder's scores alone mislead."
)
BASELINES = {"pca": "PCA axes", "random": "random code"}


def learned(space: Space) -> None:
    """The matrix of factors against latents, the scores, which axis became which factor."""
    model = space.model
    if not model.about:
        st.caption("These pictures have no true factors to measure against.")
        return
    found = _scores(space)
    if found is None:
        return
    st.markdown(_said(space, found))
    is_wide = len(model.about) > BESIDE
    table, matrix = (st.container(), st.container()) if is_wide else st.columns(2, gap="large")
    with table:
        st.table(_rows(found))
        st.caption(READ + MOVED * ("purity" in found))
    with matrix:
        _matrix(space, is_wide=is_wide)
    if model.config.data == "shapes":
        compared()


def _scores(space: Space) -> dict[str, Any] | None:
    """The card's scores of a starter; of another model they are measured on request."""
    ready = space.model.card.get("scores", {}).get("latent") or space.kept.get("scores")
    if ready is None and st.button("Measure it", icon=":material/straighten:", key="learned.measure"):
        with st.spinner("Measuring what the codes know …"), classroom.turn():
            ready = space.keep("scores", lambda: latent_scores(space.model))
    return ready


def _said(space: Space, found: dict[str, Any]) -> str:
    """Which axis became what, and in which direction."""
    if "axis" not in found:
        best = max(found["r2"], key=found["r2"].get)
        ours, theirs = (round(part["r2"][best], 2) for part in (found, found["pca"]))
        than = "better than" if ours > theirs else "no better than" if ours == theirs else "worse than"
        return f"**Best read from the code:** {best} (R² {ours:.2f}), {than} from PCA's axes ({theirs:.2f})."
    parts = [_became(space, found, name, axis) for name, axis in found["axis"].items()]
    return f"{', '.join(parts)}. The number in brackets: how pure the axis is; 1 is only this factor."


def _became(space: Space, found: dict[str, Any], name: str, axis: int) -> str:
    if axis < 0:
        return f"no number became **{name}**"
    way = f", which falls as z{axis + 1} grows" if falls(space, axis, name) else ""
    return f"z{axis + 1} became **{name}**{way} ({found['purity'][name]:.2f})"


def _rows(found: dict[str, Any]) -> dict[str, list[str]]:
    """The scores as columns: this model, PCA's axes, a random code."""
    names, columns = [], {"this model": found, "PCA axes": found["pca"], "random code": found["random"]}
    rows: dict[str, list[str]] = {name: [] for name in columns}
    words = WORDS if len(found["r2"]) > 1 else {}  # with one factor nothing can be mixed up
    lines = [(word, lambda part, key=key: part[key]) for key, word in words.items()]
    for group, word in (("r2", "R²"), ("purity", "purity")):
        if group in found:
            lines += [(f"{word}, {factor}", lambda part, g=group, f=factor: part[g][f]) for factor in found[group]]
    for name, value_of in lines:
        names.append(name)
        for column, part in columns.items():
            rows[column].append(digits(value_of(part), ".2f"))
    return {"score": names, **rows}


def _matrix(space: Space, *, is_wide: bool) -> None:
    """Mutual information of each latent with each factor; of many factors its numbers stand in a table, too, for
    screens on which they don't fit into the squares."""
    model = space.model
    found = information(space)
    idle = does(space).idle
    order = np.argsort(-found.max(1))[:12]
    names = [
        " ".join(filter(None, (f"z{k + 1}", axis_name(space, int(k)), "(idle)" if idle[k] else ""))) for k in order
    ]
    factors, values = [factor.name for factor in model.about], np.maximum(found[order], 0.0)
    shown = [[f"{value:.2f}" for value in row] for row in values]
    chart(
        heat(current(), names, factors, values, shown, least=0.0),
        height=110 + 30 * len(values),
        key="information", alt="Mutual information of each number of the code with each factor",
    )  # fmt: skip
    said = (
        f"Mutual information in nats: how much a number of the code tells of a factor. "
        f"Dark: 0, nothing; light: {values.max():.2f}, the most here."
    )
    st.caption(f"{said} Idle: the picture does not change with it, whatever it tells." if idle[order].any() else said)
    if is_wide:
        with st.expander("These numbers as a table", icon=":material/table:"):
            columns = {name: [row[j] for row in shown] for j, name in enumerate(factors)}
            st.table({"": names, **columns})


def compared() -> None:
    """Four methods on the same shapes, five seeds each, beside PCA's axes and a random code."""
    st.markdown("**Can height, radius, orientation and colour be learned?** Four methods, the same shapes, five seeds.")
    found = json.loads(COMPARED.read_text(encoding="utf-8"))
    st.table(compared_rows(found["shapes"], found["baselines"]))
    st.caption(
        "Median of five seeds (least–greatest); purity is that of the decoder. Without labels some factors come, by "
        "luck; from pairs that differ in one factor, never told in which, all four come. Midpoint real: the share of "
        "200 pictures halfway that a net, taught with real shapes and cross-fades, takes for real. "
        "Made by `make models`."
    )
    latent_seeds.five_seeds()


def compared_rows(methods: dict[str, Any], baselines: dict[str, Any]) -> dict[str, list[str]]:
    """A column for each method and each baseline; rows: purity of each factor, MIG, DCI, PSNR, seconds, midpoints."""
    columns = [(m["title"], m["runs"]) for m in methods.values()]
    columns += [(BASELINES[name], [scores]) for name, scores in baselines.items()]
    table: dict[str, list[str]] = {}
    for title, runs in columns:
        values = {f"purity, {factor}": [r["purity"][factor] for r in runs] for factor in runs[0]["purity"]}
        values |= {word: [r[key] for r in runs] for key, word in WORDS.items()}
        values |= {word: [r[key] for r in runs if key in r] for key, word in MORE.items()}
        values |= {word: [r["midpoints"][key] for r in runs if "midpoints" in r] for key, word in MIDPOINTS.items()}
        table.setdefault("score", list(values))
        table[title] = [spread(numbers) for numbers in values.values()]
    return table


def spread(numbers: list[float], form: str = "") -> str:
    """Median, least and greatest, as `form` writes a number; a dash for what was not measured."""
    if not numbers:
        return "–"
    form = form or (".2f" if max(numbers) <= 1.0 else ".0f")
    middle, low, high = statistics.median(numbers), min(numbers), max(numbers)
    return f"{middle:{form}}" if len(numbers) == 1 else f"{middle:{form}} ({low:{form}}–{high:{form}})"
