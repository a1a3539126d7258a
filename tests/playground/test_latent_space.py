"""The link of the Latent Space page, and choosing pictures by what is true of them."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ConfigError, starters
from engine.config import field, fields
from engine.data.picture_set import Factor
from engine.latent.paths import along
from engine.latent.sampling import SAMPLERS
from playground.pieces.latent_between import on_strip
from playground.pieces.latent_chooser import written
from playground.pieces.latent_labels import having, opposite, options, plainly
from playground.pieces.latent_learned import compared_rows
from playground.pieces.latent_sampling import PAIR, astray_rows, blurred, measured
from playground.pieces.latent_space import Place, check, read, read_code, read_numbers, write_code

numbers = st.lists(st.floats(-1000, 1000, width=32), min_size=1, max_size=32)


@given(numbers)
def test_a_code_is_read_back_to_the_last_bit(values: list[float]):
    z = np.array(values, np.float32)
    assert (read_code(write_code(z), len(z)) == z).all()


@given(st.text(max_size=40), st.integers(1, 8))
def test_any_text_is_a_code_or_refused_in_one_sentence(text: str, d: int):
    try:
        z = read_code(text, d)
    except ConfigError:
        return
    assert z.shape == (d,)
    assert np.isfinite(z).all()


@pytest.mark.parametrize("text", ["1,2,x", "-1", "5000", "1,2,3,4,5,6,7,8,9", "٣"])
def test_numbers_of_pictures_that_are_none_are_refused(text: str):
    with pytest.raises(ConfigError, match="via"):
        read_numbers(text, 2000)


def test_numbers_of_pictures_are_read():
    assert read_numbers("", 10) == []
    assert read_numbers("3, 9 ,0", 10) == [3, 9, 0]


@given(st.data())
def test_a_place_is_read_back_from_its_link(data: st.DataObject):
    values = {}
    for about in fields(Place):
        if about.kind == "choice":
            values[about.name] = data.draw(st.sampled_from(about.options))
        elif about.kind in ("int", "float"):
            draw = st.integers if about.kind == "int" else st.floats
            values[about.name] = data.draw(draw(about.low, about.high))
    place = Place(**values)
    written_place = {f.name: field(Place, f.name).format(getattr(place, f.name)) for f in fields(Place)}
    assert read(written_place) == (place, [])


def test_a_and_b_go_with_the_question_unless_the_link_names_one():
    def shown(place):
        model = starters.load(place.model)
        rows = model.factors[[place.a, place.b]].astype(int)
        values = [
            [factor.values[value] for value in column] for factor, column in zip(model.about, rows.T, strict=True)
        ]
        return dict(zip([factor.name for factor in model.about], values, strict=True))

    letters, faces = (shown(read({"model": name})[0]) for name in ("letters", "faces"))
    assert letters["letter"] == ["E", "F"]
    assert len(set(letters["font"])) == 1
    assert faces.pop("glasses")[0] == "none"
    assert sum(a != b for a, b in faces.values()) == 1
    for said, pair in (({"a": "4"}, (4, 3)), ({"b": "5"}, (0, 5)), ({"a": "0", "b": "3"}, (0, 3))):
        place = read({"model": "letters", **said})[0]
        assert (place.a, place.b) == pair


def test_what_a_link_gets_wrong_is_said_and_left_out():
    place, problems = read({"t": "7", "colour": "red", "model": "mona lisa", "wish": "1"})
    assert place == Place(colour="red")
    assert [problem.split(" =")[0] for problem in problems] == ["t", "model", "field"]


def test_a_place_that_is_not_in_this_model_is_not_gone_to():
    model = starters.load("digits")
    assert check(model, Place(model="digits", z="0.5,0.5", via="1,2")) == []
    for bad in ({"z": "1"}, {"z": "1,2,3"}, {"across": 3}, {"a": 9_999}, {"via": "9999"}):
        assert check(model, dataclasses.replace(Place(model="digits"), **bad))


def test_pictures_are_found_by_a_value_or_by_a_third_of_a_range():
    about = (Factor("glasses", values=("none", "round")), Factor("height", 1.0, 4.0))
    factors = np.array([[0, 1.0], [1, 2.5], [1, 4.0]], np.float32)
    offered = options(about)
    assert list(offered) == ["glasses: none", "glasses: round", "height: low", "height: middle", "height: high"]
    found = {name: having(about, factors, option).tolist() for name, option in offered.items()}
    assert found["glasses: round"] == [False, True, True]
    assert found["height: low"] == [True, False, False]
    assert found["height: middle"] == [False, True, False]
    assert found["height: high"] == [False, False, True]  # the end of the range belongs to it


def test_a_long_code_is_shortened():
    assert written(np.array([1.0, -0.12345])) == "(1, −0.123)"
    assert written(np.zeros(9), 3) == "(0, 0, 0, …)"


def test_the_table_of_methods_shows_the_median_and_the_spread():
    run = {"purity": {"height": 0.5}, "mig": 0.1, "dci": 0.2, "psnr": 30.0, "cpu_seconds": 12.0}
    runs = [run, {**run, "mig": 0.3}, {**run, "mig": 0.2}]
    random = {"purity": {"height": 0.25}, "mig": 0.0, "dci": 0.0}
    rows = compared_rows({"vae": {"title": "VAE", "runs": runs}}, {"random": random})
    assert rows["score"] == ["purity, height", "MIG", "DCI", "PSNR, dB", "CPU s", "midpoint real", "cross-fade real"]
    assert rows["VAE"][1] == "0.20 (0.10–0.30)"
    assert rows["VAE"][3] == "30 (30–30)"
    assert rows["random code"] == ["0.25", "0.00", "0.00", "–", "–", "–", "–"]


def test_the_other_end_of_a_range_is_what_a_vector_is_measured_against():
    about = (Factor("glasses", values=("none", "round")), Factor("height", 1.0, 4.0))
    assert opposite(about, (1, 2)) == (1, 0)
    assert opposite(about, (1, 0)) == (1, 2)
    assert opposite(about, (1, 1)) is None
    assert opposite(about, (0, 1)) is None


def test_the_table_of_samples_has_a_row_for_each_model_and_size():
    runs = [{"prior": {"stray": s}, "gaussian": {"stray": 0.5}, "density": {"stray": 0.1}} for s in (0.2, 0.4)]
    rows = astray_rows({"vae_8": {"family": "vae", "values": {"latent_dim": 8}, "runs": runs}})
    assert rows[""] == ["VAE, 8 numbers"]
    assert rows["The prior N(0, 1)"] == ["30% (20%–40%)"]


def test_samples_of_a_starter_go_astray_as_often_as_those_of_its_seed_among_five():
    runs = json.loads(starters.COMPARED.read_text(encoding="utf-8"))["digits"]
    for name, compared in (("digits", "vae_2"), ("digits_plain", "autoencoder_2")):
        model = starters.load(name)
        (run,) = (run for run in runs[compared]["runs"] if run["seed"] == model.card["seed"])
        found = measured(model)
        for how in SAMPLERS:
            assert f"{found[how].stray:.0%}" == f"{run[how]['stray']:.0%}"


def test_why_real_pictures_go_astray_is_said_with_the_numbers_where_they_do():
    digits, faces = ([measured(starters.load(name)) for name in names] for names in (PAIR, ["faces"]))
    assert "more often (17% and 30%) than their reconstructions (5% and 5%)" in blurred(digits)
    assert blurred(faces) == ""


def test_values_are_named_in_words() -> None:
    values = ("prescription02", "longButNotTooLong", "none", "7", "A", "DejaVuSans2", "low")
    assert [plainly(value) for value in values] == [
        "prescription", "long but not too long", "none", "7", "A", "DejaVuSans2", "low",
    ]  # fmt: skip


@pytest.mark.parametrize("n_stops", [2, 3, 4, 10])
def test_every_stop_of_a_way_is_on_its_strip(n_stops: int):
    stops = np.random.default_rng(0).normal(size=(n_stops, 3)).astype(np.float32)
    way = along(stops, on_strip(n_stops), "lerp")
    assert all(np.abs(way - stop).max(1).min() < 1e-5 for stop in stops)
