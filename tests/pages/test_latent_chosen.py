"""What a person chooses on the Latent Space page, one thing after another, under AppTest."""

from streamlit.testing.v1 import AppTest

from playground.pieces.latent_space import Space
from tests.pages.apptest import opened

PATH = "pages/latent.py"


def space(app: AppTest) -> Space:
    return app.session_state["latent space"]


def test_a_way_through_several_pictures():
    app = opened(PATH, model="digits")
    app.text_input(key="between.via").set_value("5, 9").run()
    assert space(app).place.via == "5, 9"
    app.text_input(key="between.via").set_value("5, nine").run()
    assert not app.exception
    assert space(app).place.via == "5, 9"  # nothing is lost
    (warning,) = app.warning
    assert warning.value.startswith("On the way = 5, nine")
    assert app.text_input(key="between.via").value == "5, nine"  # to be mended
    app.text_input(key="between.via").set_value("5").run()
    assert not app.warning


def test_a_way_that_was_refused_is_forgotten_with_the_pair():
    app = opened(PATH, model="digits")
    app.text_input(key="between.via").set_value("1,2,x").run()
    assert len(app.warning) == 1
    app.button(key="between.random").click().run()
    assert not app.warning
    assert app.text_input(key="between.via").value == ""
