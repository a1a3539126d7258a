"""The GAN page under AppTest: what comes from outside, a saved run or a link."""

import pytest
from streamlit.testing.v1 import AppTest

from engine import Budget, files, start
from tests.pages.apptest import advance, lab, link, opened


def gan(**query: str) -> AppTest:
    return opened("pages/gan.py", **query)


SAVED = files.to_bytes(start("gan", size=4, seed=6))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("noise.safetensors", b"not a safetensors file", "is no safetensors file"),
        ("cut.safetensors", SAVED[: len(SAVED) // 2], "is no safetensors file"),
        (
            "foreign.safetensors",
            SAVED.replace(b"generative-playground", b"generative-something!"),
            "not a run saved by",
        ),
        ("empty.safetensors", b"", "is no safetensors file"),
    ],
)
def test_a_bad_file_is_one_sentence_and_the_run_goes_on(name: str, content: bytes, sentence: str):
    app = gan(seed="7")
    advance(app, 4)
    run = lab(app).run
    app.file_uploader(key="upload").set_value((name, content, "application/octet-stream")).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert sentence in app.warning[0].value.replace("\\", "")
    assert lab(app).run is run
    assert run.step == 4


def test_a_saved_run_is_loaded_and_the_one_before_can_come_back():
    saved = start("gan", size=4, seed=6)
    saved.advance(Budget(steps=7))
    app = gan(seed="7")
    before = lab(app).run
    upload = ("my run.safetensors", files.to_bytes(saved), "application/octet-stream")
    app.file_uploader(key="upload").set_value(upload).run()
    assert not app.exception
    assert not app.warning
    assert (lab(app).run.step, lab(app).run.config) == (7, saved.config)
    assert link(app) == {"size": "4", "seed": "6", "at": "7"}
    app.button(key="bring_back").click().run()
    assert lab(app).run is before


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("size", "abc", "size = abc: must be a whole number from 2 to 16"),
        ("size", "99", "size = 99: must be a whole number from 2 to 16"),
        ("at", "-1", "at = -1: must be a whole number from 0 to"),
        ("edits", "5:size=4", "size: can't change during a run"),
    ],
)
def test_a_bad_link_gives_a_message_and_a_working_page(name: str, value: str, sentence: str):
    app = gan(**{name: value})
    (warning,) = app.warning
    assert sentence in warning.value.replace("\\", "")
    assert lab(app).player.playing
