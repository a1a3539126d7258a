"""The link of the Latent Space page carries what was chosen: the pictures of a vector, the map, the codes drawn."""

import pytest

from tests.pages.apptest import latent, link


def test_the_link_carries_the_choice_of_pictures_and_of_codes():
    app = latent(model="letters")
    app.segmented_control(key="vector.count").set_value("5").run()
    app.button(key="vector.turn").click().run()
    app.segmented_control(key="map.map").set_value("tsne").run()
    app.slider(key="map.near").set_value(12).run()
    app.selectbox(key="sampling.how").set_value("density").run()
    app.button(key="sampling.again").click().run()
    app.button(key="sampling.again").click().run()
    written = link(app)
    chosen = {"each": "5", "turn": "1", "map": "tsne", "near": "12", "codes": "density", "again": "2"}
    assert written == {"model": "letters", **chosen}
    other = latent(**written)
    assert not other.warning
    assert not other.exception
    assert link(other) == written
    assert other.segmented_control(key="vector.count").value == "5"
    assert other.slider(key="map.near").value == 12
    assert other.selectbox(key="sampling.how").value == "density"
    assert other.session_state["latent space"].kept["asked"] == ("tsne", 2, 12.0)


def test_the_link_carries_what_pictures_are_alike_in():
    app = latent(model="faces", alike="skin")
    assert app.selectbox(key="vector.alike").value == "skin"
    app.selectbox(key="vector.alike").set_value("hair colour").run()
    assert link(app)["alike"] == "hair colour"
    app.selectbox(key="vector.label").set_value("hair colour: red").run()  # nobody is asked to be alike in this, too
    assert app.selectbox(key="vector.alike").value == ""
    assert not app.exception


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [("each", "7", "1, 5, 50, all"), ("turn", "-1", "from 0 to 9,999"), ("alike", "shoe", "must be left out"),
     ("near", "101", "from 5 to 100"), ("near", "4", "from 5 to 100"), ("codes", "dreams", "prior, gaussian, density"),
     ("again", "x", "from 0 to 9,999"), ("vector", "hair: blue", "letter: A")],
)  # fmt: skip
def test_a_bad_value_gets_one_sentence(name: str, value: str, allowed: str):
    app = latent(model="letters", **{name: value})
    assert not app.exception
    (warning,) = app.warning
    assert warning.value.replace("\\", "").startswith(f"{name} = {value}: ")
    assert allowed in warning.value.replace("\\", "")
