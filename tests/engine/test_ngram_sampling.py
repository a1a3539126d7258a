"""Drawn words against the exact distribution, and copies traced to their source."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

import engine
from engine import Budget
from engine.data.vocabulary import BOS, EOS
from engine.families.ngram import copies, smoothing
from engine.families.ngram.batch import streams
from engine.families.ngram.mixing import mixed
from engine.families.ngram.model import distribution
from engine.families.ngram.sampling import Choice, Walker, choose, next_words, stream
from tests.engine.test_ngram import SIX, learned

N = 20_000
RARE = 1e-6


def agrees(words: np.ndarray, p: np.ndarray) -> bool:
    """Whether draws look like the distribution: a chi-squared test that a true one fails once in a million."""
    counts = np.bincount(words, minlength=len(p))
    assert counts[p == 0].sum() == 0
    if np.count_nonzero(p) == 1:
        return True
    return chisquare(counts[p > 0], p[p > 0] * len(words)).pvalue > RARE


def after(walker: Walker, history: list[int], choice: Choice, n: int) -> np.ndarray:
    """The word that each of n texts goes on with."""
    return np.array([next(stream(walker, seed, prompt=np.array(history), choice=choice))[0] for seed in range(n)])


@pytest.mark.parametrize(
    ("name", "choice"),
    [(name, Choice()) for name in smoothing.SMOOTHINGS]
    + list(
        itertools.product(  # what is chosen of a distribution does not ask how it was smoothed
            ("kneser_ney", "mle"),
            (Choice(temperature=0.7), Choice(temperature=1.6), Choice(temperature=0.7, top_k=4, top_p=0.9)),
        )
    ),
    ids=str,
)
def test_one_stream_draws_from_the_distribution(name, choice):
    counted, vocabulary = learned(SIX, 3)
    model = smoothing.estimate(counted, name, add_k=0.3)
    a, b = vocabulary[b"a"], vocabulary[b"b"]
    for history in ([BOS], [BOS, a], [a, b], [b, b], [0, a]):
        exact = next_words(model, np.array(history), choice)[0]
        assert agrees(after(Walker(model), history, choice, 300 if choice.top_k else 1000), exact)
        many = streams(Walker(model), 0, n=3000, length=1, prompt=np.array(history), choice=choice)
        assert agrees(many[:, 0], exact)


@pytest.mark.parametrize("name", ["kneser_ney", "witten_bell", "add_k", "mle"])
@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize(
    "choice", [Choice(), Choice(temperature=0.6), Choice(temperature=1.5, top_k=4), Choice(top_p=0.8)], ids=str
)
def test_long_texts_follow_every_context(name, order, choice):
    counted, _ = learned(SIX * 3 + "c a b\n", order)
    model = smoothing.estimate(counted, name, add_k=0.3)
    walker = Walker(model)
    one = [word for word, _ in itertools.islice(stream(walker, 0, choice=choice), N)]
    many = streams(walker, 0, n=400, length=N // 400, choice=choice)
    for text in ([one], many.tolist()):
        follows: dict[tuple[int, ...], list[int]] = {}
        for row in text:
            history = [BOS]
            for word in row:
                follows.setdefault(tuple(history[-(order - 1) :] if order > 1 else ()), []).append(word)
                history = [BOS] if word == EOS else [*history, word]
        for context, words in follows.items():
            if len(words) >= 300:
                assert agrees(np.array(words), next_words(model, np.array(context, np.int64), choice)[0]), context


def test_the_order_used_is_that_of_the_ngram_found():
    counted, vocabulary = learned(SIX, 3)
    model = smoothing.estimate(counted, "mle")
    found = list(itertools.islice(stream(Walker(model), 0), 50))
    assert found[0][1] == 2  # after <s> alone there is one word of context
    assert {used for _, used in found} == {2, 3}
    p, used = next_words(model, np.array([BOS, vocabulary[b"a"]]))
    assert used[p > 0].tolist() == [3, 3]


def test_the_same_seed_writes_the_same_text():
    walker = Walker(smoothing.estimate(learned(SIX, 3)[0], "kneser_ney"))
    texts = [tuple(itertools.islice(stream(walker, seed), 200)) for seed in (5, 5, 6)]
    assert texts[0] == texts[1] != texts[2]
    np.testing.assert_array_equal(streams(walker, 1, n=9, length=9), streams(walker, 1, n=9, length=9))


def test_changing_a_distribution_by_hand():
    p = np.array([0.5, 0.3, 0.2, 0.0])
    np.testing.assert_allclose(choose(p, Choice(top_k=2)), [0.625, 0.375, 0, 0])
    np.testing.assert_allclose(choose(p, Choice(top_p=0.5)), [1, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(choose(p, Choice(top_p=0.6)), [0.625, 0.375, 0, 0])
    np.testing.assert_allclose(choose(p, Choice(temperature=0.5)), np.array([25, 9, 4, 0]) / 38)
    np.testing.assert_allclose(choose(p, Choice(temperature=0)), [1, 0, 0, 0])


def test_a_mixture_is_the_weighted_mean():
    run = engine.start("ngram", text="stories", tokenizer="words", order=2)
    run.advance(Budget())
    other = engine.start("ngram", text="names:nl_NL", tokenizer="words", order=2)
    other.advance(Budget())
    mix = mixed([(run.learner.model(), run.learner.words()), (other.learner.model(), other.learner.words())])
    history = mix.ids(["<s>", "the"])
    p = mix.distribution(history, [0.25, 0.75])
    assert p.sum() == pytest.approx(1, abs=1e-9)
    first = distribution(run.learner.model(), run.learner.prompt("the"))[0]
    at = mix.known["cat"]
    assert p[at] >= 0.25 * first[run.learner.vocabulary["cat"]]


# -- copies


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=60))
def test_a_suffix_array_is_sorted(ids):
    order = copies.suffix_array(np.array(ids, np.int32)).tolist()
    assert order == sorted(range(len(ids)), key=lambda at: ids[at:])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=60), st.lists(st.integers(0, 4), min_size=1, max_size=20))
def test_the_longest_match_is_the_longest(ids, asked):
    text = copies.source(np.array(ids, np.int32))
    length, position = copies.longest_match(text, np.array(asked, np.int32))
    assert length == 0 or ids[position : position + length] == asked[:length]
    assert asked[: length + 1] not in [ids[at : at + length + 1] for at in range(len(ids))] or length == len(asked)


def test_spans_name_their_place():
    text = copies.source(np.array([5, 6, 7, 8, 9, 5, 6, 1, 7, 8, 9, 9, 4], np.int32))
    found = copies.trace(text, np.array([3, 7, 8, 9, 9, 3, 5, 6, 7, 3], np.int32), shortest=3)
    assert found.start.tolist() == [1, 6]
    assert found.length.tolist() == [4, 3]
    assert found.position.tolist() == [8, 0]
    assert found.share == 0.7


def test_a_text_that_repeats_is_sorted_fast():
    ids = np.tile(np.arange(50, dtype=np.int32), 2000)
    order = copies.suffix_array(ids)
    assert sorted(order.tolist()) == list(range(len(ids)))
    assert copies.longest_match(copies.source(ids), ids[7:60_000])[0] == 60_000 - 7
