"""A model of one's own on the Latent Space page under AppTest: it is there to come back to; files that are refused."""

from typing import Any

import pytest

from engine import Budget, files, start
from playground.pieces.latent_space import Space
from tests.pages.apptest import latent, link

FOREIGN = ("foreign.safetensors", b"no model", "application/x")


@pytest.fixture(scope="module")
def file() -> Any:
    run = start("vae", data="digits", n_train=60, steps=5, latent_dim=3, width=8, depth=1)
    run.advance(Budget(steps=5))
    return "M.safetensors", files.to_bytes(run), "application/x"


def test_a_model_of_one_s_own_is_there_to_come_back_to(file: Any):
    app = latent()
    assert "Your own" not in app.radio(key="latent.model").options
    app.file_uploader(key="latent.file").set_value(file).run()
    own = app.session_state["latent space"].model
    for name in ("letters", "digits"):
        app.radio(key="latent.model").set_value(name).run()
        assert app.radio(key="latent.model").options[-1] == "Your own"
    app.radio(key="latent.model").set_value("run").run()
    assert not app.exception
    assert not app.warning
    here: Space = app.session_state["latent space"]
    assert here.model is own
    assert link(app) == {"model": "run"}
    app.radio(key="latent.model").set_value("digits").run()
    app.query_params["model"] = "letters"  # a link opened in the same session
    app.run()
    app.radio(key="latent.model").set_value("run").run()
    assert app.session_state["latent space"].model is own


def test_the_sentence_about_a_refused_file_goes_with_the_file():
    app = latent()
    app.file_uploader(key="latent.file").set_value(FOREIGN).run()
    assert len(app.warning) == 1
    app.file_uploader(key="latent.file").clear().run()
    assert not app.warning
    assert not app.exception
