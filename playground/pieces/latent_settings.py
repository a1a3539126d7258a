"""The settings of the Latent Space page: which model, a file of one's own, and what can be taken away."""

import json

import streamlit as st

from engine import ConfigError, starters
from playground import session
from playground.figures import export
from playground.pieces.latent_fields import placed
from playground.pieces.latent_space import FAMILY_NAMES, RUN, Space, written_codes

UPLOAD, MAX_UPLOAD_MB = "latent.file", 50
SHORT = {
    "shapes": "Shapes", "faces": "Faces", "digits": "Digits", "digits_plain": "Digits, no prior", "letters": "Letters",
}  # fmt: skip


QUESTIONS = {
    "shapes": "Can a machine learn height, radius, orientation and colour?",
    "faces": "Where in the code of a face are its glasses?",
    "letters": "What lies between an E and an F?",
}
QUESTION = "What lies between two pictures?"


def asked(space: Space) -> str:
    """The question of the page: each model has its own."""
    return QUESTIONS.get(space.model.name, QUESTION)


def show_problems(space: Space) -> None:
    """Say what a link, a file or a setting got wrong."""
    with st.container():
        for problem in space.problems:
            st.warning(session.plain(problem), icon=":material/info:")


def settings(space: Space) -> None:
    """The model, what it is, and a file of one's own."""
    own = space.own

    def choose(name: str) -> None:
        if name != space.place.model:
            space.go(starters.load(name) if own is None or name != RUN else own)

    placed(space, st.radio, "Model", "latent.model", space.place.model, choose,
           options=(*starters.STARTERS, *([RUN] if own else [])),
           format_func=lambda name: SHORT.get(name, "Your own"))  # fmt: skip
    _about(space)
    with st.expander("A model of your own", icon=":material/upload:"):
        st.file_uploader("A saved run of an autoencoder", type=["safetensors"], key=UPLOAD,
                         max_upload_size=MAX_UPLOAD_MB, on_change=lambda: _load(space))  # fmt: skip
        if refusal := space.kept.get("refused file"):
            with st.container(key="latent_refused"):  # style.css hides it when the uploader itself has refused another
                st.warning(session.plain(refusal), icon=":material/info:")
        st.caption("Save it on the Autoencoder page, or press **Explore this latent space** there.")


def _about(space: Space) -> None:
    """Two lines: what the model is, and how good."""
    model, card = space.model, space.model.card
    scores = card.get("scores", {})
    side, d = model.shape[1], model.latent_dim
    lines = [f"{FAMILY_NAMES[model.family]}, **{d} numbers** for {side} × {side} pixels."]
    if "psnr" in scores:
        lines.append(f"Held-out PSNR {scores['psnr']:.1f} dB; PCA with as many numbers {scores['psnr_pca']:.1f} dB.")
    if "cpu_seconds" in card:
        seconds = round(card["cpu_seconds"])
        lines.append(f"Trained by this project in {seconds} CPU second{'s' * (seconds != 1)}, seed {card['seed']}.")
    st.caption("  \n".join(lines))


def save(space: Space) -> None:
    """Files to take away: the model, its card, the codes."""
    model = space.model
    with st.popover("Save", icon=":material/save:"):
        if model.name in starters.STARTERS:
            st.download_button("Model (safetensors)", lambda: starters.path_of(model.name).read_bytes(),
                               f"{model.name}.safetensors", "application/octet-stream", on_click="ignore",
                               key="save model", icon=":material/database:", width="stretch")  # fmt: skip
            st.download_button("Card (JSON)", lambda: json.dumps(model.card, indent=1), f"{model.name}.json",
                               "application/json", on_click="ignore", key="save card", icon=":material/description:",
                               width="stretch")  # fmt: skip
        st.download_button("Codes and factors (CSV)", lambda: export.table_csv(written_codes(model)), "codes.csv",
                           "text/csv", on_click="ignore", key="save codes", icon=":material/table:",
                           width="stretch")  # fmt: skip


def _load(space: Space) -> None:
    upload = session.get(UPLOAD)
    space.kept.pop("refused file", None)
    if upload is None:
        return
    try:
        space.go(starters.load_model(upload.getvalue()))
    except ConfigError as error:
        space.kept["refused file"] = f"{error} The model that was there stays."
