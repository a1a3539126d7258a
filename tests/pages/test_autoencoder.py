"""The Autoencoder page under AppTest: models, data, own pictures, the algorithm's numbers, experiments, measures."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine import Budget
from engine.data import apart
from playground.museum import Exhibit
from playground.pieces import autoencoder_setup as setup
from playground.pieces import autoencoder_steps as steps
from playground.pieces import autoencoder_theory as theory
from tests.pages.apptest import MARKED, lab, link, opened, said

TINY = {"data": "digits", "width": "16", "depth": "1", "batch": "8", "n_train": "100"}
COURSE = {**TINY, "optimiser": "sgd", "batch": "1", "noise": "0.0"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))


def page(family: str = "autoencoder", at: int = 5, **query: str) -> AppTest:
    """The page with a small run paused at a step."""
    app = opened("pages/autoencoder.py", **({"model": "vae"} if family == "vae" else {}), **{**TINY, **query})
    lab(app, family).run.advance(Budget(steps=at))
    lab(app, family).player.pause()
    app.run()
    assert not app.exception
    return app


def png(seed: int, size: int = 20) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (size, size, 3), np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def upload(app: AppTest, *files: tuple[str, bytes]) -> None:
    app.file_uploader(key="autoencoder.files").set_value([(n, c, "application/octet-stream") for n, c in files]).run()


def test_the_score_stands_beside_pca_and_the_mean_picture():
    app = page()
    assert {m.label for m in app.metric} >= {"PSNR, held out", "SSIM, held out"}
    assert len(re.findall(r"PCA with 2 numbers [\d.]+, the mean picture [\d.]+", said(app))) == 2


def test_models_change_with_one_click_and_keep_the_pictures():
    app = page(noise="0.0")
    model = app.segmented_control(key="autoencoder.model")
    assert model.value == "autoencoder"
    model.set_value("denoising").run()
    assert lab(app, "autoencoder").run.config.noise > 0
    app.segmented_control(key="autoencoder.model").set_value("vae").run()
    assert not app.exception
    assert link(app)["model"] == "vae"
    assert lab(app, "vae").run.config.data == "digits"
    assert any(s.key == "autoencoder.beta" for s in app.select_slider)
    app.segmented_control(key="autoencoder.model").set_value("autoencoder").run()
    assert not app.exception
    assert "model" not in link(app)
    assert lab(app, "autoencoder").run.config.noise == 0
    assert lab(app, "autoencoder").run.config.data == "digits"


def test_a_link_to_a_vae_opens_one_and_a_page_change_keeps_it():
    app = page("vae", beta="2.0")
    run = lab(app, "vae").run
    assert (run.config.beta, run.step) == (2.0, 5)
    app.switch_page("pages/home.py").run()
    app.query_params.clear()
    app.switch_page("pages/autoencoder.py").run()
    assert not app.exception
    assert lab(app, "vae").run is run
    assert link(app)["model"] == "vae"


def test_a_model_that_is_none_is_one_sentence():
    app = opened("pages/autoencoder.py", model="<b>gan</b>", **TINY)
    assert not app.exception
    assert "must be autoencoder or vae" in app.warning[0].value
    assert "model" not in link(app)


def test_other_pictures_take_their_own_settings():
    app = page(latent_dim="3")
    app.selectbox(key="autoencoder.data").set_value("diagonals").run()
    assert not app.exception
    config = lab(app, "autoencoder").run.config
    assert (config.data, config.size, config.latent_dim, config.width) == ("diagonals", 8, 3, 16)


def test_the_algorithm_marks_its_line_and_shows_its_numbers():
    app = page(**COURSE)
    app.selectbox(key="speed").set_value("Stages").run()
    seen = []
    for _ in range(5):
        app.button(key="step").click().run()
        assert not app.exception
        seen.append(MARKED.findall(said(app))[0])
    assert seen == ["For each example", "predict", "compute", "update", "Until"]
    assert "one example in each update" in said(app)


def test_one_weight_s_update_is_the_arithmetic_of_the_course():
    app = page(**COURSE)
    app.button(key="step").click().run()
    trace = lab(app, "autoencoder").player.trace
    update = trace[-1]
    (text,) = [m.value for m in app.markdown if m.value.startswith("**w**")]
    written = re.search(r"= ([-\d.e]+) − ([-\d.e]+) · \(([-\d.e]+)\) = \*\*([-\d.e]+)\*\*", text)
    before, alpha, grad, after = map(float, written.groups())
    assert before == pytest.approx(float(update.arrays["before"][0]), abs=1e-6)
    assert grad == pytest.approx(float(update.arrays["grad"][0]), rel=1e-6, abs=1e-9)
    assert after == pytest.approx(before - alpha * grad, rel=0, abs=1.1e-6)
    assert after == pytest.approx(float(lab(app, "autoencoder").run.learner.coder.flat[0]), abs=1e-6)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_every_weight_s_update_can_be_worked_out_from_the_digits_shown(optimiser: str):
    app = page(**{**COURSE, "optimiser": optimiser, "lr": "0.05"})
    app.button(key="step").click().run()
    moment = lab(app, "autoencoder").player.moment()
    stages = {stage.name: stage for stage in moment.trace}
    flat = stages["update"].arrays["after"]
    for place in range(len(flat)):
        text = steps.arithmetic(place, stages, moment, flat)
        before, alpha, step, after = map(
            float, re.search(r"= (\S+) − (\S+) · \((\S+)\) = \*\*(\S+)\*\*", text).groups()
        )
        assert after == pytest.approx(before - alpha * step, rel=0, abs=1.1e-6)  # two numbers of six places


@pytest.mark.parametrize("optimiser", ["adam", "momentum"])
def test_other_optimisers_say_what_stands_in_place_of_the_gradient(optimiser: str):
    app = page(optimiser=optimiser, lr="0.01")
    app.button(key="step").click().run()
    assert "in place of dE/dw" in said(app)


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_every_layer_s_weights_can_be_looked_at(net: str):
    app = page(net=net)
    assert lab(app, "autoencoder").run.config.net == net
    app.button(key="step").click().run()
    for layer in list(app.selectbox(key=steps.LAYER).options):
        app.selectbox(key=steps.LAYER).set_value(layer).run()
        assert not app.exception


@pytest.mark.parametrize("row", theory.EXHIBITS, ids=lambda e: e.name)
def test_each_experiment_is_one_click_and_has_a_cure(row: Exhibit):
    app = page()
    app.button(key=f"break {row.name}").click().run()
    assert not app.exception
    assert not app.warning
    assert lab(app, "autoencoder").lesson == row.name
    assert lab(app, "autoencoder").player.playing
    assert "**Why.**" in said(app)
    app.button(key=f"cure {row.name}").click().run()
    assert not app.exception
    assert not app.warning
    assert "It is on the stage now." in said(app)


def test_a_step_size_too_large_is_caught_and_explained():
    app = page()
    app.button(key="break too fast").click().run()
    lab(app, "autoencoder").run.advance(Budget(steps=2000))
    lab(app, "autoencoder").player.pause()
    app.run()
    assert not app.exception
    assert "Diverged" in said(app)
    app.button(key="last_good").click().run()
    assert not app.exception
    assert "Diverged" not in said(app)


def test_axes_of_the_codes_follow_the_size_of_the_code():
    app = page(latent_dim="5")
    app.selectbox(key="autoencoder.y").set_value("z5").run()
    app.slider(key="autoencoder.latent_dim").set_value(2).run()
    assert not app.exception
    assert not app.warning
    assert (app.selectbox(key="autoencoder.x").value, app.selectbox(key="autoencoder.y").value) == ("z1", "z2")
    app.run()
    assert app.selectbox(key="autoencoder.y").value == "z2"


def test_a_pinned_run_stays_beside_the_next():
    app = page()
    app.button(key="pin").click().run()
    assert "Pinned: Autoencoder, 2 numbers, step 5" in said(app)
    app.slider(key="autoencoder.latent_dim").set_value(4).run()
    assert not app.exception
    assert "Pinned: Autoencoder, 2 numbers, step 5" in said(app)
    app.button(key="unpin").click().run()
    assert not app.exception
    assert "Pinned:" not in said(app)


def test_own_pictures_are_learned_and_bad_ones_are_one_sentence():
    app = page()
    run = lab(app, "autoencoder").run
    upload(app, ("<b>text</b>.png", b"not a picture"))
    assert not app.exception
    (warning,) = app.warning
    assert "is not a picture" in warning.value
    assert "<b>" not in warning.value.replace("\\<b\\>", "")
    assert lab(app, "autoencoder").run is run
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for k in range(12):
            archive.writestr(f"{k}.png", png(k))
    upload(app, ("mine.zip", packed.getvalue()))
    assert not app.exception
    assert not app.warning
    assert lab(app, "autoencoder").run.config.data == "own"
    assert len(lab(app, "autoencoder").run.learner.data.train) == 10


def test_own_pictures_that_are_not_there_are_one_sentence():
    app = page()
    app.selectbox(key="autoencoder.data").set_value("own").run()
    assert not app.exception
    assert len(app.warning) == 1
    assert lab(app, "autoencoder").run.config.data == "digits"


def test_a_few_faces_begin_at_once_and_all_of_them_when_they_are_drawn():
    asked = {"data": "faces", "size": "32", "n_train": "260", "latent_dim": "2", "width": "8"}
    app = opened("pages/autoencoder.py", **asked)
    assert not app.exception
    assert lab(app, "autoencoder").run.config.n_train == setup.FEW_FACES
    assert link(app)["n_train"] == "260"  # the link is what was asked for
    drawing = apart.begin({"size": 32, "n_train": 260, "jitter": False})
    assert drawing.wait(timeout=120) == 0
    app.run()
    assert not app.exception
    assert lab(app, "autoencoder").run.config.n_train == 260
    assert lab(app, "autoencoder").wanted is None
    assert link(app)["latent_dim"] == "2"
