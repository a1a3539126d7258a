"""What a person chooses on the Latent Space page, one thing after another, under AppTest."""

from streamlit.testing.v1 import AppTest

from playground.pieces.latent_space import Space
from tests.pages.apptest import link, opened

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


def drawn(app: AppTest) -> tuple[int, int]:
    """The axes that the selects name."""
    return app.selectbox(key="latent.across").value, app.selectbox(key="latent.up").value


def test_the_two_axes_of_the_plane_are_never_the_same():
    app = opened(PATH, across="3", up="3")
    (warning,) = app.warning
    assert warning.value.startswith("up = 3")
    across, up = drawn(app)
    assert across != up
    app.selectbox(key="latent.across").set_value(up).run()
    assert drawn(app) == (up, across)
    assert (link(app)["across"], link(app)["up"]) == (str(up), str(across))
    app.selectbox(key="latent.across").set_value(across).run()
    assert drawn(app) == (across, up)


def test_one_axis_in_the_link_moves_the_other_one():
    across, up = drawn(opened(PATH))
    assert drawn(opened(PATH, up=str(across))) == (up, across)
    assert drawn(opened(PATH, across=str(up))) == (up, across)
