"""The Latent Space page under AppTest, which runs scripts and widgets, and no JavaScript."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine import Budget, start, starters
from engine.families.autoencoder.model import of_learner
from engine.metrics.pictures import nearest
from playground.pieces.latent_labels import having, options
from tests.conftest import ROOT
from tests.pages.apptest import LATENT, latent, link, said, space


@pytest.mark.parametrize("name", starters.STARTERS)
def test_every_starter_opens(name: str):
    app = latent(model=name)
    assert not app.exception
    assert not app.warning
    assert space(app).model.name == name
    assert len(app.title) == 1


def test_the_shapes_open_first_and_say_which_axis_became_which_factor():
    app = latent()
    assert not app.exception
    assert space(app).model.name == "shapes"
    assert dict(app.query_params) == {}
    for factor in ("height", "radius", "orientation", "colour"):
        assert f"became **{factor}**" in said(app)


def test_only_scores_that_are_in_the_table_are_explained_and_pca_is_named():
    digits, shapes = said(latent(model="digits")), said(latent())
    assert "Purity looks at the decoder" in shapes
    assert "Purity looks" not in digits
    assert "digit (R² 0.16), no better than from PCA's axes (0.16)" in digits


def test_the_numbers_of_a_matrix_of_many_factors_stand_in_a_table_too():
    app = latent(model="faces")
    columns = [list(table.value.columns) for table in app.table]
    assert any("glasses" in names and "clothes" in names for names in columns)
    assert not any("digit" in list(table.value.columns) for table in latent(model="digits").table)


def test_an_axis_says_whether_its_factor_grows_or_falls_with_it():
    model, app = starters.load("shapes"), latent()
    text = said(app)
    for factor, axis in model.card["scores"]["latent"]["axis"].items():
        column = [about.name for about in model.about].index(factor)
        rank = np.corrcoef(model.codes[:, axis], model.factors[:, column])[0, 1]
        assert abs(rank) > 0.9
        became = re.search(rf"z{axis + 1} became \*\*{factor}\*\*(.*?) \(", text)
        assert became
        assert ("falls" in became[1]) == (rank < 0)
        assert f"z{axis + 1} {'−' if rank < 0 else ''}{factor}" in app.selectbox(key="latent.across").options
    assert re.search("−(.*): the greater the number, the less \\1", text)


def test_a_factor_that_has_no_axis_is_said_to_have_none():
    run = start("ada_gvae", latent_dim=2, n_train=64, coefficients=8, width=8, trial=20, finish=20, steps=60)
    run.advance(Budget())
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state["latent carried"] = of_learner(run.learner, "ada_gvae")
    app.switch_page(LATENT)
    app.run()
    app.button(key="learned.measure").click().run()
    assert not app.exception
    assert said(app).count("no number became") == 2
    assert "z0" not in said(app)


def test_a_link_stands_where_it_says():
    app = latent(model="digits", z="0.5,-1", a="4", b="7", t="0.25")
    assert not app.exception
    assert np.allclose(space(app).z, (0.5, -1))
    assert app.number_input(key="between.a").value == 4
    assert "0.25 · (" in said(app)


@pytest.mark.parametrize(
    ("query", "named"),
    [({"z": "1,2"}, "z"), ({"t": "2"}, "t"), ({"model": "nobody"}, "model"), ({"via": "x"}, "via"),
     ({"model": "run"}, "model"), ({"a": "9000"}, "a"), ({"wish": "1"}, "field"),
     ({"model": "shapes", "z": "1,2"}, "z"), ({"colour": "no"}, "colour"),
     ({"z": "<img src=x onerror=alert(1)>"}, "z")],
)  # fmt: skip
def test_a_bad_link_says_what_was_wrong_and_the_page_works(query: dict[str, str], named: str):
    app = latent(**query)
    assert not app.exception
    (warning,) = app.warning
    assert warning.value.startswith(named)
    app.button(key="between.random").click().run()
    assert not app.exception
    assert not app.warning


def test_a_very_long_link_opens():
    app = latent(z="1," * 5000)
    assert not app.exception
    assert "longer than" in app.warning[0].value


def test_two_pictures_are_chosen_by_number_and_at_random():
    app = latent(model="digits")
    app.number_input(key="between.a").set_value(12).run()
    assert space(app).place.a == 12
    assert link(app)["a"] == "12"
    app.button(key="between.random").click().run()
    assert (space(app).place.a, space(app).place.b) != (12, 1)
    assert not app.exception


def test_letters_open_between_an_e_and_an_f_and_the_link_says_what_else_is_chosen():
    app = latent(model="letters")
    a, b = space(app).place.a, space(app).place.b
    assert link(app) == {"model": "letters"}
    app.number_input(key="between.a").set_value(0).run()
    app.number_input(key="between.b").set_value(3).run()
    assert link(app) == {"model": "letters", "a": "0", "b": "3"}
    app.radio(key="latent.model").set_value("shapes").run()
    assert (space(app).place.a, space(app).place.b) == (0, 3)
    app.radio(key="latent.model").set_value("letters").run()
    assert (space(app).place.a, space(app).place.b) == (a, b)


def test_how_far_in_betweens_are_is_in_pixels():
    app = latent(model="faces", a="2", b="9")
    told = {name: float(number) for name, number in re.findall(r"(straight|cross-fade) (0\.\d+)", said(app))}
    model = starters.load("faces")
    known, ends = model.decode(model.codes), model.codes[[2, 9]]
    ways = {"straight": model.decode(ends.mean(0, keepdims=True)), "cross-fade": known[[2, 9]].mean(0, keepdims=True)}
    for name, picture in ways.items():
        assert told[name] == pytest.approx(float(nearest(picture, known)[1][0]), abs=2e-3)


def test_a_vector_is_kept_and_summed():
    app = latent(model="faces")
    app.button(key="vector.keep").click().run()
    (kept,) = space(app).kept["vectors"]
    assert kept.name.startswith("glasses")
    assert kept.n_with + kept.n_without == 2000
    app.slider(key="vector.amount.0").set_value(-1.0).run()
    assert not app.exception
    app.button(key="vector.forget").click().run()
    assert not app.exception
    assert space(app).kept["vectors"] == []


def test_a_negative_strength_is_written_with_a_true_minus_sign():
    text = said(latent(model="digits", strength="-1.5"))
    assert "+ −1.5 ·" in text
    assert "-1.5" not in text


def test_the_glasses_are_measured_by_the_judge():
    app = latent(model="faces")
    app.session_state["judged"] = True
    app.run()
    shown = {metric.label: metric.value for metric in app.metric}
    assert float(shown["Appeared"].rstrip("%")) >= 97
    assert float(shown["Appeared, all else kept"].rstrip("%")) >= 93
    assert float(shown["Taken off"].rstrip("%")) >= 95
    assert "How strict is the judge?" in said(app)  # its curve against transparency


def test_two_samples_make_a_vector_too():
    app = latent(model="faces")
    app.segmented_control(key="vector.count").set_value("1").run()
    assert not app.exception
    assert "the code with" in said(app)
    one = float(re.search(r"vector of all pictures: \*\*(.*?)\*\*", said(app))[1])
    app.segmented_control(key="vector.count").set_value("50").run()
    fifty = float(re.search(r"vector of all pictures: \*\*(.*?)\*\*", said(app))[1])
    assert one < 0.8 < 0.95 < fifty  # many are better
    app.segmented_control(key="vector.count").set_value("all").run()
    assert "vector of all pictures" not in said(app)


def test_the_link_says_which_label_is_added_and_how_the_map_is_made():
    app = latent(model="faces", vector="skin: light")
    names = app.selectbox(key="vector.label").options
    assert app.selectbox(key="vector.label").value == "skin: light"
    app.selectbox(key="vector.label").set_value(names[1]).run()
    app.segmented_control(key="map.map").set_value("tsne").run()
    app.segmented_control(key="map.dims").set_value(3).run()
    written = link(app)
    assert (written["vector"], written["map"], written["dims"]) == (names[1], "tsne", "3")
    other = latent(**written)
    assert not other.warning
    assert other.selectbox(key="vector.label").value == names[1]
    assert space(other).kept["asked"][:2] == ("tsne", 3)


def test_a_label_that_is_not_in_this_model_is_refused():
    app = latent(model="digits", vector="hair: blue")
    (warning,) = app.warning
    assert warning.value.startswith("vector = hair")
    assert app.selectbox(key="vector.label").value.startswith("digit")


def test_another_model_is_chosen():
    app = latent()
    app.radio(key="latent.model").set_value("letters").run()
    assert not app.exception
    assert space(app).model.name == "letters"
    assert link(app)["model"] == "letters"


def test_the_page_begins_with_a_feature_that_the_picture_has_not_got():
    app = latent()
    here = space(app)
    picked = app.selectbox(key="vector.label").value
    assert not having(here.model.about, here.model.factors[[here.number("face")]], options(here.model.about)[picked])[0]


def test_the_plane_of_faces_begins_with_the_axes_that_tell_of_glasses():
    app = latent(model="faces")
    model = space(app).model
    glasses = model.factors[:, 0] == 1
    gap = np.abs(model.codes[glasses].mean(0) - model.codes[~glasses].mean(0)) / model.scale
    across, up = np.argsort(-gap)[:2]
    assert app.selectbox(key="latent.across").value == across + 1
    assert app.selectbox(key="latent.up").value == up + 1
    assert link(app) == {"model": "faces"}
