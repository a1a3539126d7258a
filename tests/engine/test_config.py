"""Fields that know their bounds: round trip of every field, and errors that name field, value and range."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import FAMILIES
from engine.config import (
    MAX_TEXT,
    ConfigError,
    Field,
    as_dict,
    bounded,
    choice,
    config,
    field,
    fields,
    flag,
    parse,
    text,
)


@config
class Example:
    """One field of each kind."""

    count: int = bounded(3, 1, 1_000_000, doc="How many.")
    rate: float = bounded(0.5, 1e-6, 2.0, log=True, live=True, label="Step size", doc="How fast.")
    kind: str = choice("cat", ("cat", "dog"), doc="Which.")
    loud: bool = flag(False, doc="Whether.")
    name: str = text("", doc="Who.")


CONFIGS = [Example, *(family.config for family in FAMILIES.values())]
EVERY = {repr(f): (c, f) for c in reversed(CONFIGS) for f in fields(c)}
"""By what it says: a field that several families share is tried once."""
each_field = pytest.mark.parametrize(
    "about", [f for _, f in EVERY.values()], ids=[f"{c.__name__}.{f.name}" for c, f in EVERY.values()]
)


def values(about: Field) -> st.SearchStrategy:
    """Every value that a field may have."""
    if about.kind == "choice":
        return st.sampled_from(about.options)
    if about.kind == "bool":
        return st.booleans()
    if about.kind == "text":
        return st.text(max_size=MAX_TEXT)
    assert about.low is not None
    assert about.high is not None
    if about.kind == "int":
        return st.integers(int(about.low), int(about.high))
    return st.floats(about.low, about.high)


@pytest.mark.parametrize("owner", CONFIGS, ids=lambda owner: owner.__name__)
@given(st.data())
def test_what_is_written_is_read_back(owner, data):
    for about in (f for c, f in EVERY.values() if c is owner):
        value = data.draw(values(about), label=about.name)
        again = about.parse(about.format(value))
        assert again == value
        assert type(again) is type(value)


@each_field
def test_the_default_is_allowed_and_the_field_is_explained(about):
    assert about.check(about.default) == about.default
    assert about.doc.endswith(".")
    assert about.label
    assert about.allowed.startswith("must be ")


@given(st.text() | st.integers().map(str) | st.floats().map(str))
@settings(max_examples=500)
def test_whatever_is_written_is_read_or_refused_in_one_sentence(written):
    for _, about in EVERY.values():
        said = ""
        try:
            about.check(about.parse(written))
        except ConfigError as error:
            said = str(error)
        assert not said or (said.startswith(about.name) and said.endswith(about.allowed + ".") and "\n" not in said)


@each_field
def test_a_number_out_of_range_is_refused_and_the_range_is_named(about):
    if about.kind not in ("int", "float"):
        return
    assert about.low is not None
    assert about.high is not None
    for value in (about.low - 1, about.high + 1, math.nan, math.inf, -math.inf, 10**400, True, "1", None, 1j):
        with pytest.raises(ConfigError) as caught:
            about.check(value)
        assert caught.value.field == about.name
        assert caught.value.value is value
        assert f"from {about.low:,.10g} to {about.high:,.10g}" in str(caught.value)
    assert about.check(about.low) == about.low
    assert about.check(about.high) == about.high


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("count", 0, "count = 0: must be a whole number from 1 to 1,000,000."),
        ("count", 2.5, "count = 2.5: must be a whole number from 1 to 1,000,000."),
        ("rate", 3, "rate = 3: must be a number from 1e-06 to 2."),
        ("kind", "cow", "kind = cow: must be one of cat, dog."),
        ("kind", 1, "kind = 1: must be one of cat, dog."),
        ("loud", "true", "loud = true: must be true or false."),
        ("loud", 1, "loud = 1: must be true or false."),
        ("name", 7, "name = 7: must be text of at most 200 characters."),
        ("name", "x" * 201, f"name = {'x' * 60}…: must be text of at most 200 characters."),
    ],
)
def test_errors_name_field_value_and_what_is_allowed(name, value, message):
    with pytest.raises(ConfigError) as caught:
        Example(**{name: value})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("count", "12", 12), ("count", "1e3", 1000), ("count", " 7 ", 7), ("rate", "1", 1.0), ("rate", "1e-6", 1e-6),
        ("loud", "TRUE", True), ("loud", "0", False), ("loud", "no", False), ("kind", "dog", "dog"), ("name", "", ""),
    ],
)  # fmt: skip
def test_ways_to_write_a_value(name, written, value):
    read = field(Example, name).parse(written)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("written", ["", "x", "1.5", "nan", "inf", "0x10", "9" * 5000, "1\n2"])
def test_ways_not_to_write_a_whole_number(written):
    with pytest.raises(ConfigError, match=r"^count(:| = ).*must be a whole number from 1 to 1,000,000\.$"):
        field(Example, "count").parse(written)


@given(st.text(min_size=1))
def test_an_unknown_field_lists_the_known_ones(name):
    assume(name not in ("count", "rate", "kind", "loud", "name"))
    with pytest.raises(ConfigError) as caught:
        parse(Example, {name: "1"})
    assert str(caught.value).endswith(": must be one of count, rate, kind, loud, name.")
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_a_whole_config_makes_the_round_trip():
    made = Example(count=7, rate=0.25, kind="dog", loud=True, name="a=b,c: d&e")
    written = {f.name: f.format(value) for f, value in zip(fields(Example), as_dict(made).values(), strict=True)}
    assert Example(**parse(Example, written)) == made


def test_a_config_is_frozen_and_checks_a_changed_copy():
    made = Example()
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.count = 4  # type: ignore[misc]
    with pytest.raises(ConfigError, match="count = -1"):
        dataclasses.replace(made, count=-1)


def test_numbers_of_numpy_become_plain_ones():
    made = Example(count=np.int64(4), rate=np.float32(0.5))
    assert (type(made.count), type(made.rate)) == (int, float)


def test_labels_and_kinds():
    about = {f.name: f for f in fields(Example)}
    assert [f.kind for f in about.values()] == ["int", "float", "choice", "bool", "text"]
    assert about["count"].label == "Count"
    assert about["rate"].label == "Step size"
    assert (about["rate"].live, about["rate"].log, about["count"].live) == (True, True, False)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_family_builds_from_nothing_from_its_smoke_values_and_no_further(family):
    assert family.build({}) == family.build(dict(family.recipe({})))
    smoke = family.build(family.smoke)
    assert {name: getattr(smoke, name) for name in family.smoke} == dict(family.smoke)
    with pytest.raises(ConfigError, match=r"field = colour: must be one of "):
        family.build({"colour": "red"})
