"""The Language Models page under AppTest: what is asked in its tabs is remembered, and part of the link."""

from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from engine import Budget
from playground.pieces.language_asked import Asked, from_link
from playground.pieces.language_styles import NAMES
from tests.pages.apptest import lab, link, opened, said


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))


def language(**query: str) -> AppTest:
    """The page with its text counted to the end."""
    app = opened("pages/language.py", **{"text": "stories", **query})
    lab(app, "ngram").run.advance(Budget(steps=10_000))
    lab(app, "ngram").player.pause()
    app.run()
    assert not app.exception
    return app


def show(app: AppTest, name: str) -> None:
    app.session_state["language.tabs"] = name
    app.run()
    assert not app.exception


def test_words_and_context_are_part_of_the_link():
    app = language()
    show(app, "Counts")
    assert "asked" not in link(app)
    app.text_input(key="language.asked.words").set_value("dog מה").run()
    app.text_input(key="language.asked.context").set_value("the cat").run()
    app.selectbox(key="language.asked.word").set_value("saw").run()
    address = link(app)
    assert from_link(address["asked"], "stories") == Asked(words="dog מה", context="the cat", word="saw")
    other = language(**address)
    assert not other.warning
    assert other.text_input(key="language.asked.words").value == "dog מה"
    assert other.text_input(key="language.asked.context").value == "the cat"
    assert other.selectbox(key="language.asked.word").value == "saw"
    assert [one.value for one in other.latex] == [one.value for one in app.latex]
    assert link(other) == address
    show(other, "Size")
    show(other, "Counts")
    assert other.text_input(key="language.asked.context").value == "the cat"


def test_another_text_has_another_context():
    app = language(part="Counts", asked="context=the+cat&word=saw&words=dog")
    one = lab(app, "ngram")
    one.start({"text": "names:nl_NL"}, play=False)
    one.run.advance(Budget())
    app.run()
    assert not app.exception
    assert app.text_input(key="language.asked.context").value == ""
    assert from_link(link(app)["asked"], "") == Asked(words="dog")


def test_the_mix_and_the_sentence_are_part_of_the_link():
    asked = {"sentence": "And the LORD said: $x$ & <b>.", "share": "0.2", "first": "python", "second": "stories"}
    app = language(part="Style", asked=urlencode(asked))
    app.session_state["language styles"] = [*NAMES, "stories"]  # which a fragment counts, one after the other
    app.run(timeout=60)
    assert not app.exception
    assert app.text_input(key="language.asked.sentence").value == asked["sentence"]
    assert [app.selectbox(key=f"language.asked.{name}").value for name in ("first", "second")] == ["python", "stories"]
    assert app.slider(key="language.asked.share").value == 0.2
    app.slider(key="language.asked.share").set_value(0.8).run()
    app.text_input(key="language.asked.sentence").set_value("").run()
    assert from_link(link(app)["asked"], "stories") == Asked(sentence="", share=0.8, first="python", second="stories")


@pytest.mark.parametrize("nasty", ["x" * 11_000, "share=2", "first=/etc/passwd&words=dog", "context=" + "y" * 999])
def test_a_bad_question_in_the_link_is_left_out_with_one_sentence(nasty: str):
    app = language(part="Counts", asked=nasty)
    (warning,) = app.warning
    assert "What the link asks is left out." in warning.value
    assert app.text_input(key="language.asked.words").value == ""
    assert "asked" not in link(app)
    app.text_input(key="language.asked.words").set_value("dog").run()
    assert not app.warning
    assert "None of these" not in said(app)
