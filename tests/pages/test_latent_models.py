"""The Latent Space page under AppTest: with models that are not the project's own."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine import Budget, files, start
from engine.data import pictures
from engine.families.autoencoder.model import of_learner
from playground.pieces.latent_seeds import Trial
from tests.conftest import ROOT
from tests.pages.apptest import LATENT, latent, link, said, space


@pytest.fixture(scope="module")
def small() -> Any:
    run = start("vae", data="digits", n_train=60, steps=30, latent_dim=3, width=8, depth=1)
    run.advance(Budget(steps=30))
    return run


def test_a_model_carried_over_from_the_autoencoder_page_opens(small: Any):
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["latent carried"] = of_learner(small.learner, "vae")
    app.switch_page(LATENT)
    app.run()
    assert not app.exception
    assert space(app).model.latent_dim == 3
    assert link(app)["model"] == "run"
    app.radio(key="latent.model").set_value("shapes").run()
    assert space(app).model.name == "shapes"


def test_faces_in_poses_are_walked_in_and_the_page_says_that_the_pad_shows_them_straight(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    run = start("vae", data="faces", jitter=True, n_train=60, coefficients=8, width=16, steps=30)
    run.advance(Budget(steps=30))
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["latent carried"] = of_learner(run.learner, "vae")
    app.session_state["judged"] = True
    app.switch_page(LATENT)
    app.run()
    app.selectbox(key="vector.label").set_value("glasses: prescription").run()
    assert not app.exception
    assert "The pad draws these faces straight" in said(app)
    assert "Appeared" in {metric.label for metric in app.metric}


def test_a_model_of_few_pictures_of_one_s_own_has_vectors_too(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    files_of = [io.BytesIO() for _ in range(10)]
    for k, file in enumerate(files_of):
        Image.fromarray(np.random.default_rng(k).integers(0, 255, (20, 20, 3), np.uint8)).save(file, "PNG")
    key = pictures.keep([(f"{k}.png", file.getvalue()) for k, file in enumerate(files_of)])
    run = start("vae", data="own", pictures=key, latent_dim=3, width=8, depth=1, batch=4, steps=10)
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["latent carried"] = of_learner(run.learner, "vae")
    app.switch_page(LATENT)
    app.run()
    space(app).kept["clicked"] = {"with": [0], "without": [1]}
    app.run()
    assert not app.exception
    assert "the code with" in said(app)


def test_a_file_of_one_s_own_opens_and_a_foreign_one_is_refused(small: Any):
    app = latent()
    app.file_uploader(key="latent.file").set_value(("foreign.safetensors", b"no model", "application/x")).run()
    assert not app.exception
    assert "The model that was there stays" in app.warning[0].value
    assert space(app).model.name == "shapes"
    app.file_uploader(key="latent.file").set_value(("M.safetensors", files.to_bytes(small), "application/x")).run()
    assert not app.exception
    assert space(app).model.latent_dim == 3


def test_a_model_that_has_diverged_is_refused(small: Any):
    model = of_learner(small.learner, "vae")
    model.coder.flat[0] = float("nan")
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["latent carried"] = model
    app.switch_page(LATENT)
    app.run()
    assert not app.exception
    assert "has diverged" in app.warning[0].value
    assert space(app).model.name == "shapes"


def test_stopping_the_five_seeds_keeps_the_table(small: Any):
    app = latent()
    trial = Trial("vae", small, 1, [{"height": 0.5}])
    app.session_state["latent trial"] = trial
    app.run()
    assert any("seed 1, number 2 of 5" in progress.proto.text for progress in app.get("progress"))
    app.button(key="seeds.stop").click().run()
    assert not app.exception
    assert "1 of 5 seeds" in said(app)
    assert "purity, height" in app.table[-1].value
    assert app.button(key="seeds.start")
