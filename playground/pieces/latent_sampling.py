"""Dreaming up new pictures: codes from the prior, or from a density fitted to the codes; and what holes between codes
do."""

import json
from typing import Any

import streamlit as st

from engine import starters
from engine.families.autoencoder.model import LatentModel
from engine.latent.sampling import SAMPLERS, Distances, distances
from playground import classroom
from playground.components import Panel, panels
from playground.pieces.latent_chooser import written
from playground.pieces.latent_fields import field
from playground.pieces.latent_learned import COMPARED, spread
from playground.pieces.latent_space import N_TURNS, Space, derived, shown
from playground.shell import enlarged

TITLES = {"prior": "The prior N(0, 1)", "gaussian": "A normal distribution fitted to the codes",
          "density": "A density around the known codes"}  # fmt: skip
N_SHOWN, N_MEASURED, N_LEARNED = 16, 300, 1000
PICTURE_PX = 56
WRITTEN = 8
"""So many numbers of a code are written at most."""
PAIR = {"digits": "digits_plain", "digits_plain": "digits"}
NAMES = {"digits": "VAE", "digits_plain": "Plain autoencoder"}
ROWS = {**TITLES, "reconstructed": "held-out pictures, reconstructed", "held_out": "held-out pictures"}


def sampling(space: Space) -> None:
    """The whole section."""
    st.markdown(
        "Draw a code at random, decode it: a picture nobody has seen. But where are the codes that mean something?"
    )
    models = [space.model]
    if space.model.name in PAIR:
        models.append(starters.load(PAIR[space.model.name]))
    _frame(space, models)


@st.fragment
def _frame(space: Space, models: list[LatentModel]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        fits = "prior" if len(space.model.spread) else "gaussian"
        how, seed = fits if space.place.codes == "auto" else space.place.codes, space.place.again
        field(space, st.selectbox, "Codes from", "sampling.how", "codes", value=how, options=tuple(TITLES),
              format_func=TITLES.__getitem__, width=enlarged(320))  # fmt: skip
        st.button("Draw again", icon=":material/casino:", key="sampling.again",
                  on_click=lambda: space.set(again=(seed + 1) % N_TURNS))  # fmt: skip
    sets = []
    for model in models:
        name = NAMES.get(model.name, "Samples")
        z = SAMPLERS[how](model.codes, N_SHOWN, seed)
        sets.append(Panel(title=name, role="fake", pictures=model.decode(z), columns=8, subtitle=TITLES[how],
                          alt=f"{N_SHOWN} pictures decoded from random codes of the {name}"))  # fmt: skip
    panels(sets, key="sampling.pictures", picture_px=PICTURE_PX, arrows=[None] * (len(sets) - 1))
    st.markdown(_formula(models[0], how, seed))
    box = st.expander("How far from the data?", icon=":material/straighten:", key="sampling.box", on_change="rerun")
    if box.open:
        with box:
            _table(models)
            if len(models) > 1:
                _by_size()
    space.finish()


def _formula(model: LatentModel, how: str, seed: int) -> str:
    """Where the codes are drawn from, with the numbers of the first picture."""
    first = SAMPLERS[how](model.codes, N_SHOWN, seed)[0]
    drawn = {
        "prior": "z ~ N(0, 1)",
        "gaussian": f"z ~ N(μ, Σ) with the codes' mean μ = {written(model.codes.mean(0), WRITTEN)}",
        "density": "z = the code of a picture at random + a small normal step",
    }[how]
    return f"{drawn}; the first picture is decode({written(first, WRITTEN)})"


def _table(models: list[LatentModel]) -> None:
    table: dict[str, list[str]] = {"codes from": list(ROWS.values())}
    found = [measured(model) for model in models]
    for model, rows in zip(models, found, strict=True):
        name = f" ({NAMES[model.name]})" if len(models) > 1 else ""
        table[f"astray{name}"] = [f"{rows[row].stray:.0%}" for row in ROWS]
        table[f"Fréchet distance{name}"] = [f"{rows[row].frechet:.3f}" for row in ROWS]
    st.table(table)
    st.caption(
        "Astray: further from every picture learned from than 95% of the reconstructions are. "
        f"{blurred(found)}Fréchet distance, of 16 principal components: it grows too if samples are too much alike. An "
        "autoencoder without a prior leaves holes between its codes; what its decoder makes of them was never asked."
    )


def blurred(found: list[dict[str, Distances]]) -> str:
    """Why real pictures go astray more often than reconstructions, with the numbers, where they do."""
    real, best = ([f"{rows[row].stray:.0%}" for rows in found] for row in ("held_out", "reconstructed"))
    if real == best:
        return ""
    return (
        f"Real held-out pictures do so more often ({' and '.join(real)}) than their reconstructions "
        f"({' and '.join(best)}): what a decoder paints is smooth and lacks the peculiar, and so is near to many. So "
        "compare samples with reconstructions. "
    )


def _by_size() -> None:
    """Two and eight numbers, five seeds each: the more room a code has, the more holes."""
    found = json.loads(COMPARED.read_text(encoding="utf-8"))["digits"]
    st.markdown("**Digits, five seeds each: how many samples go astray.**")
    st.table(astray_rows(found))
    st.caption("Median (least–greatest). Without a prior, the more numbers a code has, the more of its space is holes.")


def astray_rows(found: dict[str, Any]) -> dict[str, list[str]]:
    """A row for each model and size of the code: the share of samples that go astray, by where the codes are from."""
    rows: dict[str, list[str]] = {"": []}
    for model in found.values():
        size, title = model["values"]["latent_dim"], "VAE" if model["family"] == "vae" else "Autoencoder"
        rows[""].append(f"{title}, {size} numbers")
        for how, name in TITLES.items():
            rows.setdefault(name, []).append(spread([run[how]["stray"] for run in model["runs"]], ".0%"))
    return rows


def measured(model: LatentModel) -> dict[str, Distances]:
    """How far each of ROWS is from the data: of a starter what its card says, of others from fewer samples."""
    card = model.card.get("scores", {}).get("sampling")
    if card is not None:
        return {row: Distances(**card[row]) for row in ROWS}
    return derived(model, "sampling", lambda: _measure(model))


def _measure(model: LatentModel) -> dict[str, Distances]:
    learned = shown(model, range(model.n_held_out, min(len(model.codes), model.n_held_out + N_LEARNED)))
    numbers = range(min(model.n_held_out, N_MEASURED))
    held_out, best = shown(model, numbers), model.decode(model.codes[list(numbers)])
    found = {}
    for name, draw in SAMPLERS.items():
        with classroom.turn():
            found[name] = distances(model.decode(draw(model.codes, N_MEASURED, 0)), learned, best)
    return found | {"reconstructed": distances(best, learned, best), "held_out": distances(held_out, learned, best)}
