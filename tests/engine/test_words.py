"""Naive Bayes on words: by hand on two tiny texts, and it tells two styles apart."""

import math

import numpy as np
import pytest

from engine.config import ConfigError
from engine.families.classifiers import words


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> words.Styles:
    """Two styles of four sentences each, the first of them held out."""
    texts = {"one": ["red", "red red", "blue", "red"], "two": ["blue", "blue blue", "green", "blue"]}
    monkeypatch.setattr(words, "STYLES", {"a": "one", "b": "two"})
    monkeypatch.setattr(words, "_sentences", lambda spec, _: texts[spec])
    return words.learn.__wrapped__("a", "b")


def test_by_hand(tiny: words.Styles):
    assert list(tiny.words) == ["blue", "green", "red"]
    # add one: a has blue 1, green 0, red 3 of 4 words, b has blue 3, green 1, red 0 of 4; three words in all
    assert np.exp(tiny.log_p) == pytest.approx(np.array([[2, 1, 4], [4, 2, 1]]) / 7)
    found = words.weigh(tiny, "Blue, RED; yellow!")
    assert found.words == ("blue", "red", "yellow")
    assert found.log_odds == pytest.approx([math.log(4 / 2), math.log(1 / 4), 0.0])
    assert found.known.tolist() == [True, True, False]
    # prior even, odds 4/2 x 1/4 = 1/2 for b, so p = 1/3
    assert found.posterior == pytest.approx(1 / 3)


def test_no_word_leaves_the_prior(tiny: words.Styles):
    assert words.weigh(tiny, " ... 123").posterior == pytest.approx(0.5)
    assert len(words.weigh(tiny, "red " * 10_000).words) == words.MAX_WEIGHED


def test_what_it_writes_has_the_frequencies_of_its_style(tiny: words.Styles):
    written = words.write(tiny, 0, 7000, seed=1).split()
    assert [written.count(w) / 7000 for w in ("blue", "green", "red")] == pytest.approx([2 / 7, 1 / 7, 4 / 7], abs=0.02)
    assert words.write(tiny, 1, 5, seed=1) == words.write(tiny, 1, 5, seed=1)


def test_two_centuries_are_told_apart():
    styles = words.learn("presidents before 1860", "presidents since 1950")
    assert styles.accuracy > 0.9
    assert styles.log_loss < 0.3
    assert words.weigh(styles, "create new jobs and health programs").posterior > 0.99


@pytest.mark.parametrize(
    ("first", "second"), [("King James Bible", "King James Bible"), ("nobody", "King James Bible")]
)
def test_styles_that_cannot_be_told_apart_are_refused(first: str, second: str):
    with pytest.raises(ConfigError, match="style"):
        words.learn(first, second)
