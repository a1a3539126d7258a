"""What is asked below the writing, as a part of a link."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine import ConfigError
from playground.pieces.language_asked import LENGTHS, MAX_LINK, Asked, from_link
from playground.pieces.language_styles import NAMES

OWN = "own:0123456789abcdef"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=min(LENGTHS.values()))


@given(
    st.builds(
        Asked,
        sentence=TEXT,
        first=st.sampled_from([*NAMES, OWN]),
        second=st.sampled_from([*NAMES, OWN]),
        share=st.floats(0, 1),
        words=TEXT,
        context=TEXT,
        word=TEXT,
    )
)
def test_a_link_reads_back_what_was_asked(asked: Asked):
    assert from_link(asked.to_link(), OWN) == asked


def test_only_what_differs_from_the_defaults_is_in_the_link():
    assert Asked().to_link() == ""
    assert dict(parse_qsl(Asked(share=0.25, context="").to_link(), keep_blank_values=True)) == {
        "share": "0.25",
        "context": "",
    }


def test_the_longest_values_fit_and_longer_ones_are_not_written():
    longest = Asked(**{name: "\U0001f34e" * length for name, length in LENGTHS.items()}, first="python", second="bible")
    assert len(longest.to_link()) <= MAX_LINK
    assert from_link(longest.to_link(), "") == longest
    assert Asked(word="x" * (LENGTHS["word"] + 1)).to_link() == ""


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("share=nan", "share"),
        ("share=1.01", "share"),
        ("share=half", "share"),
        ("share=", "share"),
        ("first=/etc/passwd", "first"),
        ("second=own:ffffffffffffffff", "second"),
        ("sentence=" + "x" * 301, "sentence"),
        ("words=" + "x" * 201, "words"),
        ("link=1", "asked"),
        ("x" * (MAX_LINK + 1), "asked"),
    ],
)
def test_what_a_link_can_not_ask_is_refused_in_one_sentence(text: str, field: str):
    with pytest.raises(ConfigError) as caught:
        from_link(text, OWN)
    assert caught.value.field == field
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def overtaken() -> None:
    import streamlit as st

    from playground.pieces.language_asked import KEY, Asked, memory

    memory().asked = Asked(sentence="as a link says")
    st.session_state.setdefault(KEY + "sentence", "as a link says")  # set by a run that never came to draw it
    memory().widget(st.text_input, "A sentence", "sentence", memory().asked.sentence)


def test_a_widget_shows_its_value_though_the_run_that_set_it_was_overtaken():
    app = AppTest.from_function(overtaken).run()
    assert not app.exception
    box = app.text_input[0]
    assert box.value == "as a link says"
    assert box.proto.set_value
    assert not app.run().text_input[0].proto.set_value  # what a person types now is not set back
