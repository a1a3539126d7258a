"""The settings of the autoencoder page: which pictures, which model, and your own pictures."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine import FAMILIES
from engine.config import ConfigError, as_dict
from engine.data import DATASETS, apart, faces, pictures
from playground import forms, link, session
from playground.lab import Lab, open_lab
from playground.pieces import latent_space

MODEL = "model"
MODELS = {"autoencoder": "Plain", "denoising": "Denoising", "vae": "VAE"}
NOISE = 0.2
OF_THE_DATA = {"data", "size", "kind", "jitter", "pictures", "n_train", "coefficients", "noise", "steps"}
"""Values that are forgotten when other pictures are chosen: each kind has its own."""
FEW_FACES = 200
EVERY = 1.0
"""Seconds between two looks at how many faces are drawn."""
UPLOAD, CHOSEN_FAMILY = "autoencoder.files", "autoencoder.family"
MAX_UPLOAD_MB = 200
"""Of each file."""


def open_page() -> Lab:
    """The lab of the model that the link names, else of the one seen last."""
    asked = st.query_params.get(MODEL)
    if asked is None:
        family = "autoencoder" if st.query_params else session.get(CHOSEN_FAMILY, "autoencoder")
    else:
        family = "vae" if asked == "vae" else "autoencoder"
    session.put(CHOSEN_FAMILY, family)
    if family == "vae" and asked != "vae":
        st.query_params[MODEL] = "vae"
    lab = open_lab(family, lighten=lambda values: lighter(family, values))
    if asked not in (None, "vae", "autoencoder"):
        problem = ConfigError(MODEL, asked, "must be autoencoder or vae")
        lab.problems = [*lab.problems, f"{problem} The autoencoder is used instead."]
    return lab


def lighter(family: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Faces take half a minute to draw, once: until they are there a few of them, and the rest in a process of its
    own."""
    if values.get("data") != "faces" or int(values.get("n_train", FEW_FACES + 1)) <= FEW_FACES:
        return values
    asked = as_dict(FAMILIES[family].build(values))
    if faces.share_drawn(asked) == 1:
        return values
    apart.begin(asked)
    return {**values, "n_train": FEW_FACES}


def drawing(lab: Lab) -> None:
    """How many of the faces are drawn; when all are, the run begins that was asked for."""
    wanted = lab.wanted

    @st.fragment(run_every=EVERY if wanted else None)
    def frame() -> None:
        if wanted is None:
            return
        asked = as_dict(lab.family.build(wanted.values))
        share = faces.share_drawn(asked)
        if share < 1 and apart.begin(asked):
            st.progress(share, f"{FEW_FACES} faces to begin with. Drawing {asked['n_train']:,}, once: {share:.0%}")
        else:
            lab.begin_wanted()
            st.rerun()

    frame()


def write_link(lab: Lab) -> None:
    """The lab's link, with the model if it is not the autoencoder."""
    lab.write_link()
    if lab.family.name != "vae" and MODEL in st.query_params:
        del st.query_params[MODEL]


def settings(lab: Lab) -> None:
    """Pictures, model, size of the code; the rest folded."""
    config = lab.run.config

    def changed(name: str, value: Any) -> None:
        if name == "data":
            start(lab, {n: v for n, v in lab.values.items() if n not in OF_THE_DATA} | {"data": value})
        else:
            lab.change(name, value)

    forms.widget(config, "data", prefix="autoencoder", changed=changed)
    _size(lab)
    _model(lab)
    own = {"shapes": ["kind"], "faces": ["jitter"]}.get(config.data, [])
    layers = ["width", "depth", "coefficients"] if config.net == "mlp" else ["channels"]
    model = {"denoising": ["noise"], "vae": ["beta"]}.get(model_of(lab), [])
    forms.settings(
        config,
        ["latent_dim", *model, "lr", "seed"],
        {
            "The pictures": ["n_train", *own],
            "The net": ["net", *layers, "activation"],
            "How it learns": ["loss", "optimiser", "batch", "cosine"],
            "When to stop": ["steps", "stop_error", "stop_weight_change"],
        },
        prefix="autoencoder",
        changed=changed,
    )
    _own_pictures(lab)


def explore(lab: Lab) -> None:
    """The way to the Latent Space page, with the model as it is now."""
    if st.button("Explore this latent space", key="explore", icon=":material/explore:"):
        latent_space.carry(lab.run.learner, lab.family.name)
        st.switch_page("pages/latent.py")


def start(lab: Lab, values: dict[str, Any], lesson: str = "") -> None:
    """A new run, or one sentence that says why not."""
    try:
        lab.start(values, play=True, lesson=lesson)
    except ConfigError as error:
        lab.problems = [str(error)]


def model_of(lab: Lab) -> str:
    """Which of the three models is on the stage."""
    return "vae" if lab.family.name == "vae" else "denoising" if lab.run.config.noise > 0 else "autoencoder"


def _own_pictures(lab: Lab) -> None:
    """Upload a zip or several files; they stay on this machine."""
    with st.expander("Your own pictures", icon=":material/upload:"):
        st.file_uploader(
            "A zip, or at least 10 files", accept_multiple_files=True, key=UPLOAD, max_upload_size=MAX_UPLOAD_MB,
            on_change=lambda: _keep(lab),
        )  # fmt: skip
        st.caption(f"At most {pictures.MAX_FILES:,} pictures, cut square and made small. They stay on this machine.")


def _keep(lab: Lab) -> None:
    files = session.get(UPLOAD)
    if not files:
        return
    try:
        key = pictures.keep((file.name, file.getvalue()) for file in files)
    except ConfigError as error:
        lab.problems = [f"{error} The run on the stage goes on."]
        return
    start(lab, {n: v for n, v in lab.values.items() if n not in OF_THE_DATA} | {"data": "own", "pictures": key})


def _size(lab: Lab) -> None:
    sizes = sorted(DATASETS[lab.run.config.data].sizes)
    if len(sizes) < 2:
        return
    session.put("autoencoder.size", lab.run.config.size)
    st.segmented_control(
        "Pixels", sizes, format_func=lambda s: f"{s} x {s}", key="autoencoder.size", required=True, width="stretch",
        on_change=lambda: lab.change("size", session.get("autoencoder.size")),
    )  # fmt: skip


def _model(lab: Lab) -> None:
    now = model_of(lab)
    session.put("autoencoder.model", now)

    def choose() -> None:
        chosen = session.get("autoencoder.model")
        if chosen != now:
            _change_model(lab, chosen)

    st.segmented_control(
        "Model", MODELS, format_func=MODELS.__getitem__, key="autoencoder.model", required=True, on_change=choose,
        width="stretch",
        help="Denoising: the net sees noisy pictures and aims at clean ones. VAE: each code is a small cloud.",
    )  # fmt: skip


def _change_model(lab: Lab, chosen: str) -> None:
    """The same pictures and settings with another model; another family is opened as a link to it would be."""
    values = {name: value for name, value in lab.values.items() if name not in ("noise", "beta")}
    family = FAMILIES["vae" if chosen == "vae" else "autoencoder"]
    if chosen == "denoising":
        values["noise"] = NOISE
    elif chosen == "autoencoder" and family.build(values).noise:
        values["noise"] = 0.0
    if family.name == lab.family.name:
        start(lab, values)
        return
    parameters = link.write(family, link.Experiment(link.chosen(family, values)))
    own = {name: value for name, value in st.query_params.items() if name in link.OWN and name != MODEL}
    session.put(f"lab {family.name}", None)
    st.query_params.from_dict({**parameters, **own, **({MODEL: "vae"} if family.name == "vae" else {})})
    session.put(CHOSEN_FAMILY, family.name)
