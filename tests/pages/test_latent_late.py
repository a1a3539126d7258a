"""The Latent Space page when the browser's messages come late: a map that moves sends one every quarter of a second."""

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.apptest import latent, link, space

CHOSEN = {
    "across": "4", "up": "2", "colour": "radius", "vector": "height: low", "a": "1500", "b": "9", "face": "1700",
    "dims": "3", "map": "tsne",
}  # fmt: skip


def message(app: AppTest) -> Any:
    """What the browser says of all its widgets."""
    return app._tree.get_widget_states()


def test_what_the_widgets_of_a_model_showed_is_no_wish_in_another():
    app = latent(model="shapes", **CHOSEN)
    app.segmented_control(key="between.path").set_value("slerp")
    app.multiselect(key="between.wanted").set_value(["colour: low"]).run()
    app.radio(key="latent.model").set_value("letters")
    late = message(app)
    app._run(late)
    assert link(app) == {"model": "letters"}
    app._run(late)  # the browser has not drawn the letters yet
    assert not app.exception
    assert link(app) == {"model": "letters"}
    assert app.selectbox(key="vector.label").value.startswith("letter")
    app.run()
    assert not app.exception
    assert link(app) == {"model": "letters"}
    app.selectbox(key="latent.across").set_value(3).run()
    app.selectbox(key="vector.label").set_value("letter: C").run()
    assert (link(app)["across"], link(app)["vector"]) == ("3", "letter: C")


def test_a_random_pair_is_not_taken_back():
    app = latent(model="digits", a="12", b="13")
    late = message(app)
    app.button(key="between.random").click().run()
    drawn = space(app).place.a, space(app).place.b
    assert drawn != (12, 13)
    app._run(late)
    assert (space(app).place.a, space(app).place.b) == drawn
    assert app.number_input(key="between.a").value == drawn[0]
