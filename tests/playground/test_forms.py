"""Forms: each field's widget follows from the field, shows the config's value, and reports a checked one."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine import FAMILIES
from engine.config import Field, fields
from playground.forms import BELOW_HIGHEST, number, scale, title

ALL = [(name, f) for name, family in FAMILIES.items() for f in fields(family.config)]


def form(family: str, name: str, values: dict) -> None:
    """A page with the widget of one field."""
    import streamlit as st

    from engine import FAMILIES
    from playground import forms

    def changed(name: str, value: object) -> None:
        st.session_state["changed"] = name, value

    forms.widget(FAMILIES[family].build(values), name, prefix="test", changed=changed)


def shown(family: str, name: str, value: Any = None) -> AppTest:
    values = {} if value is None else {name: value}
    return AppTest.from_function(form, args=(family, name, values), default_timeout=30).run()


def widget_of(app: AppTest, name: str) -> Any:
    kinds = ["slider", "select_slider", "number_input", "selectbox", "segmented_control", "toggle", "text_input"]
    (found,) = [w for kind in kinds for w in getattr(app, kind) if w.key == f"test.{name}"]
    return found


def full_form(family: str) -> None:
    """A page with the widgets of all fields of a family."""
    import streamlit as st

    from engine import FAMILIES
    from engine.config import fields
    from playground import forms

    def changed(name: str, value: object) -> None:
        st.session_state["changed"] = name, value

    for about in fields(FAMILIES[family].config):
        forms.widget(FAMILIES[family].build({}), about.name, prefix="test", changed=changed)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_field_s_widget_shows_its_value_and_help(family: str):
    app = AppTest.from_function(full_form, args=(family,), default_timeout=30).run()
    assert not app.exception
    for about in fields(FAMILIES[family].config):
        widget = widget_of(app, about.name)
        assert widget.value == getattr(FAMILIES[family].build({}), about.name)
        assert widget.label == about.label
        assert about.doc in widget.help
        assert ("May change while it runs" in widget.help) is about.live
    assert "changed" not in app.session_state


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 5),
        ("lr_g", 0.01),
        ("cosine", False),
        ("loss", "hinge"),
        ("offsets", "continuous"),
        ("seed", 77),
        ("noise", 0.21),
    ],
)
def test_a_change_is_reported_in_the_field_s_own_type(name: str, value: Any):
    app = shown("gan", name)
    widget_of(app, name).set_value(value).run()
    assert not app.exception
    reported, got = app.session_state["changed"]
    assert (reported, got, type(got)) == (name, value, type(value))


def test_the_chosen_option_cannot_be_unchosen():
    assert widget_of(shown("gan", "offsets"), "offsets").proto.required


@pytest.mark.parametrize(
    ("name", "value"), [("lr_g", 0.00123), ("noise", 0.12345), ("steps", 777), ("penalty_weight", 1e-3)]
)
def test_a_value_between_two_marks_is_shown_as_it_is(name: str, value: Any):
    app = shown("gan", name, value)
    assert not app.exception
    assert widget_of(app, name).value == pytest.approx(value)


LOGARITHMIC = [f for _, f in ALL if f.log]


@given(st.sampled_from(LOGARITHMIC), st.floats(0, 1))
def test_a_logarithmic_scale_has_both_ends_and_the_value_itself(about: Field, where: float):
    least = about.low or about.high * BELOW_HIGHEST
    value = about.check(type(about.default)(least * (about.high / least) ** where))
    options = scale(about, value)
    assert list(options) == sorted(set(options))
    assert {about.low, about.high, value} <= set(options)
    assert all(about.check(option) == option for option in options)
    assert len({number(option) for option in options}) >= len(options) - 1  # no two marks look alike, but for the value


def test_a_scale_from_zero_reaches_what_the_recipes_say():
    (weight,) = (f for f in fields(FAMILIES["gan"].config) if f.name == "penalty_weight")
    assert scale(weight, 0.2)[:2] == (0.0, 1e-4)
    assert {0.05, 0.1, 0.2, 10.0} <= set(scale(weight, 0.05))


@pytest.mark.parametrize(
    ("make", "given_", "text"),
    [
        (number, 0.0, "0"), (number, 0.00123456, "0.00123"), (number, 12345.6, "12,346"), (number, 0.5, "0.5"),
        (title, "non_saturating", "Non saturating"), (title, "r1_r2", "R1 + R2"), (title, "whole", "Whole"),
    ],
)  # fmt: skip
def test_numbers_and_names_as_a_person_reads_them(make: Callable[[Any], str], given_: Any, text: str):
    assert make(given_) == text


def settable() -> None:
    """A page whose config is set by something else than its widgets."""
    import streamlit as st

    from engine import FAMILIES
    from playground import forms

    config = FAMILIES["gan"].build(st.session_state.get("values", {}))
    forms.widget(config, "lr_d", prefix="test", changed=lambda _, value: st.session_state.update(changed=value))


def test_a_late_message_of_the_browser_is_no_wish(monkeypatch: pytest.MonkeyPatch):
    app = AppTest.from_function(settable, default_timeout=30).run()
    before = widget_of(app, "lr_d").value
    app.session_state["values"] = {"lr_d": 0.0123}
    app.run()
    assert widget_of(app, "lr_d").value == 0.0123
    widget_of(app, "lr_d").set_value(before).run()
    assert "changed" not in app.session_state
    assert widget_of(app, "lr_d").value == 0.0123
    widget_of(app, "lr_d").set_value(0.05).run()  # what the widget never showed is a person's wish, however soon
    assert app.session_state["changed"] == 0.05
    monkeypatch.setattr("playground.forms.ECHO_SECONDS", 0.0)
    widget_of(app, "lr_d").set_value(0.002).run()
    assert app.session_state["changed"] == 0.002


def whole_form() -> None:
    """A page with two settings, of which one is folded away."""
    from engine import FAMILIES
    from playground import forms

    config = FAMILIES["gan"].build({})
    forms.settings(config, ["seed"], {"The game": ["batch"]}, prefix="test", changed=lambda *_: None)


def test_what_is_folded_away_is_drawn_when_it_is_opened():
    app = AppTest.from_function(whole_form, default_timeout=30).run()
    keys = [w.key for w in (*app.number_input, *app.slider, *app.select_slider)]
    assert keys == ["test.seed"]
    app.session_state["test.more settings"] = True
    app.run()
    assert not app.exception
    assert widget_of(app, "batch").value == FAMILIES["gan"].build({}).batch
