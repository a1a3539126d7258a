"""What a person chooses on the Latent Space page, one thing after another, under AppTest."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.metrics.pictures import nearest
from playground.pieces.latent_chooser import written
from playground.pieces.latent_space import shown
from tests.pages.apptest import latent, link, said, space


def test_a_way_through_several_pictures():
    app = latent(model="digits")
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
    app = latent(model="digits")
    app.text_input(key="between.via").set_value("1,2,x").run()
    assert len(app.warning) == 1
    app.button(key="between.random").click().run()
    assert not app.warning
    assert app.text_input(key="between.via").value == ""


def drawn(app: AppTest) -> tuple[int, int]:
    """The axes that the selects name."""
    return app.selectbox(key="latent.across").value, app.selectbox(key="latent.up").value


def test_the_two_axes_of_the_plane_are_never_the_same():
    app = latent(across="3", up="3")
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
    across, up = drawn(latent())
    assert drawn(latent(up=str(across))) == (up, across)
    assert drawn(latent(across=str(up))) == (up, across)


@pytest.mark.parametrize("how", ["By clicking", "From the map"])
def test_what_needs_no_new_vector_stays_while_there_is_none(how: str):
    app = latent(model="digits")
    app.button(key="vector.keep").click().run()
    app.segmented_control(key="vector.how").set_value(how).run()
    assert "Choose at least one picture of each kind." in said(app)
    app.slider(key="vector.amount.0").set_value(-1.5).run()
    app.number_input(key="vector.face").set_value(7).run()
    assert not app.exception
    assert space(app).place.face == app.number_input(key="analogy.C").value == 7
    assert app.slider(key="vector.amount.0").value == -1.5


def test_the_sum_of_kept_vectors_is_written_with_its_numbers():
    app = latent(model="digits")
    app.button(key="vector.keep").click().run()
    (kept,), z = space(app).kept["vectors"], space(app).model.codes[40]
    app.slider(key="vector.amount.0").set_value(-0.5).run()
    assert f"z' = {written(z)} − 0.5 · {written(kept.v)} (digit" in said(app)
    assert f"= **{written(z - 0.5 * kept.v)}**" in said(app)


def test_an_analogy_follows_the_page_until_it_is_chosen_by_itself():
    app = latent(model="digits")
    app.number_input(key="vector.face").set_value(9).run()
    assert app.number_input(key="analogy.C").value == 9
    app.number_input(key="analogy.C").set_value(11).run()
    app.number_input(key="vector.face").set_value(12).run()
    assert app.number_input(key="analogy.C").value == 11
    assert not app.exception


def test_the_shapes_open_with_a_vector_that_gives_shapes_at_every_strength():
    app = latent()
    app.button(key="vector.keep").click().run()
    (vector,), model = space(app).kept["vectors"], space(app).model
    way = model.codes[space(app).number("face")] + np.linspace(-2, 2, 9, dtype=np.float32)[:, None] * vector.v
    known = shown(model, range(len(model.codes)))
    far = nearest(model.decode(way).reshape(9, -1), known.reshape(len(known), -1))[1]
    assert far.max() < 0.13  # of a pixel, root mean square


def test_what_is_taken_from_the_map_is_the_vector_that_is_shown():
    app = latent(model="digits")
    space(app).kept["chosen"] = [3, 5, 8]
    app.run()
    app.button(key="map.with").click().run()
    assert app.segmented_control(key="vector.how").value == "From the map"
    assert "with: 3 pictures, without: 0." in said(app)
    assert not app.exception
