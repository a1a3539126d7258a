"""Probabilities by hand, distributions that sum to 1, and the numbers of nltk."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.lm import MLE, Lidstone
from nltk.lm import Vocabulary as NltkVocabulary

from engine.data import tokens
from engine.data.vocabulary import BOS, EOS, Vocabulary, encode, learn
from engine.families.ngram import smoothing, trie
from engine.families.ngram.grams import Counter
from engine.families.ngram.model import Model, distribution, score
from engine.families.ngram.sampling import next_words

SIX = "a b a\na c\nb\n"
"""Six words. With <s> and </s>: <s> a b a </s>, <s> a c </s>, <s> b </s>."""


def learned(text: str, order: int, tokenizer: str = "whitespace") -> tuple[trie.Trie, Vocabulary]:
    cut = tokens.make(tokenizer, text.encode())
    vocabulary, counter = Vocabulary(cut.end), Counter(order)
    ids = learn(cut, vocabulary, text.encode())
    counter.add(ids, len(vocabulary))
    return trie.build(counter.total(), len(vocabulary)), vocabulary


class Asked:
    """p(word | context) of a model of the six words, by name, by both ways that the engine has."""

    def __init__(self, name: str, order: int, add_k: float = 1.0) -> None:
        counted, self.vocabulary = learned(SIX, order)
        self.model = smoothing.estimate(counted, name, add_k=add_k)

    def __call__(self, word: str, context: str) -> float:
        history = np.array([self.vocabulary.get(w.encode(), 0) for w in context.split()], np.int64)
        at = self.vocabulary.get(word.encode(), 0)
        p = float(distribution(self.model, history)[0][at])
        assert 10 ** score(self.model, np.array([*history, at])).log10_p[-1] == pytest.approx(p, abs=1e-12)
        return p


def test_maximum_likelihood_by_hand():
    p = Asked("mle", 2)
    assert p("a", "<s>") == pytest.approx(2 / 3)  # two of three sentences begin with a
    assert p("b", "a") == p("c", "a") == p("</s>", "a") == pytest.approx(1 / 3)
    assert p("c", "b") == p("<unk>", "a") == 0
    trigram = Asked("mle", 3)
    assert trigram("b", "<s> a") == pytest.approx(1 / 2)  # <s> a b, <s> a c
    assert trigram("</s>", "b a") == 1


def test_add_k_by_hand():
    p = Asked("add_k", 2, add_k=0.5)  # V = 5: a, b, c, </s>, <unk>
    assert p("b", "a") == pytest.approx((1 + 0.5) / (3 + 0.5 * 5))
    assert p("a", "<s>") == pytest.approx((2 + 0.5) / (3 + 0.5 * 5))
    assert p("<unk>", "a") == p("a", "a") == pytest.approx(0.5 / (3 + 0.5 * 5))
    assert p("b", "<unk>") == pytest.approx(1 / 5)


def test_stupid_backoff_by_hand():
    p = Asked("stupid_backoff", 2)  # alone: a 3, b 2, c 1, </s> 3 of 9
    assert p("b", "a") == pytest.approx(1 / 3)
    assert p("c", "b") == pytest.approx(0.4 * 1 / 9)
    assert p("b", "<unk>") == pytest.approx(0.4 * 2 / 9)
    assert p("<unk>", "a") == 0


def test_witten_bell_by_hand():
    p = Asked("witten_bell", 2)  # alone: 9 tokens of 4 kinds, so (c + 4 / 5) / 13
    assert p("b", "a") == pytest.approx((1 + 3 * (2 + 4 / 5) / 13) / 6)  # after a: 3 tokens, 3 kinds
    assert p("a", "a") == pytest.approx(3 * (3 + 4 / 5) / 13 / 6)
    assert p("<unk>", "b") == pytest.approx(2 * (4 / 5) / 13 / 4)  # after b: 2 tokens, 2 kinds
    assert p("c", "<unk>") == pytest.approx((1 + 4 / 5) / 13)


def test_kneser_ney_by_hand():
    p = Asked("kneser_ney", 2)
    # Bigrams: seven seen once, one twice, none three times: no discounts from that, so 0.5, 1, 1.5.
    assert p.model.fallback.tolist() == [False, True]
    assert p.model.discounts[1].tolist() == [0.5, 1, 1.5]
    # Words by the distinct words before them: a 2, b 2, c 1, </s> 3; so n1 = 1, n2 = 2, n3 = 1, n4 = 0.
    y = 1 / 5
    assert p.model.discounts[0].tolist() == pytest.approx([1 - 2 * y * 2 / 1, 2 - 3 * y * 1 / 2, 3 - 4 * y * 0 / 1])
    d1, d2, d3 = 0.2, 1.7, 3.0
    left = (2 * d2 + d1 + d3) / 8 / 5  # what is taken, shared by five words
    alone = {"a": (2 - d2) / 8 + left, "b": (2 - d2) / 8 + left, "c": (1 - d1) / 8 + left, "</s>": left, "<unk>": left}
    assert sum(alone.values()) == pytest.approx(1)
    for word, value in alone.items():
        assert p(word, "") == pytest.approx(value)
        assert p(word, "<unk>") == pytest.approx(value)
    # After a: b, c, </s> once each, so 3 x 0.5 of 3 is taken.
    assert p("b", "a") == pytest.approx((1 - 0.5) / 3 + 0.5 * alone["b"])
    assert p("a", "a") == pytest.approx(0.5 * alone["a"])
    # After <s>: a twice, b once; 1 and 0.5 of 3 are taken.
    assert p("a", "<s>") == pytest.approx((2 - 1) / 3 + 0.5 * alone["a"])


@pytest.mark.parametrize("k", [0.0, 0.3])
@pytest.mark.parametrize("order", [2, 3])
def test_the_numbers_of_nltk(k, order):
    sentences = [line.split() for line in SIX.splitlines()]
    padded = [["<s>"] * (order - 1) + words + ["</s>"] for words in sentences]
    vocabulary = NltkVocabulary([w for words in sentences for w in [*words, "</s>"]])
    theirs = Lidstone(k, order, vocabulary) if k else MLE(order, vocabulary)
    theirs.fit([tuple(s[i : i + order]) for i in range(len(s) - order + 1)] for s in padded)
    ours = Asked("add_k" if k else "mle", order, add_k=k or 1.0)
    contexts = {tuple(s[i : i + order - 1]) for s in padded for i in range(len(s) - order + 1)}
    for context in contexts:
        begun = "<s> " if "<s>" in context else ""
        mine = begun + " ".join(w for w in context if w != "<s>")
        for word in ["a", "b", "c", "</s>", "zebra"]:
            assert ours(word, mine) == pytest.approx(theirs.score(word, context))


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(alphabet=st.sampled_from("ab c.\n😀שא'\té\r"), min_size=1, max_size=80).filter(lambda t: t.strip()),
    name=st.sampled_from(smoothing.SMOOTHINGS),
    order=st.integers(1, 4),
    cut=st.sampled_from(("words", "whitespace", "characters")),
    data=st.data(),
)
def test_distributions_sum_to_one(text, name, order, cut, data):
    counted, vocabulary = learned(text, order, cut)
    model = smoothing.estimate(counted, name, add_k=0.1)
    history = np.array(data.draw(st.lists(st.integers(0, len(vocabulary) - 1), max_size=5)), np.int64)
    p, used = distribution(model, history)
    assert p.min() >= 0
    assert p[BOS] == 0
    assert used.max() <= order
    if model.sums and not (name == "mle" and p.sum() == 0):
        assert p.sum() == pytest.approx(1, abs=1e-9)
    assert next_words(model, history)[0].sum() == pytest.approx(1, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    text=st.text(alphabet="ab c\n", min_size=3, max_size=60).filter(lambda t: t.strip()),
    asked=st.text(alphabet="ab cz\n", max_size=30),
    name=st.sampled_from(smoothing.SMOOTHINGS),
    order=st.integers(1, 4),
)
def test_scoring_a_stream_is_asking_for_each_word(text, asked, name, order):
    counted, vocabulary = learned(text, order)
    model = smoothing.estimate(counted, name)
    ids = encode(tokens.make("whitespace"), vocabulary, asked.encode())
    found = score(model, ids).log10_p
    wanted = []
    for at in np.flatnonzero(ids != BOS):
        begun = int(np.flatnonzero(ids[:at] == BOS)[-1])
        history = ids[begun:at][-(order - 1) :] if order > 1 else ids[:0]
        wanted.append(float(distribution(model, history)[0][ids[at]]))
    with np.errstate(divide="ignore"):
        wanted = np.log10(np.array(wanted))
    seen = np.isfinite(found) if name == "mle" else np.ones(len(found), bool)  # MLE shortens a context never seen
    np.testing.assert_allclose(found[seen], wanted[seen], atol=1e-9)


def test_a_shorter_order_of_the_same_counts_is_the_model_of_that_order():
    long, _ = learned(SIX, 4)
    short, _ = learned(SIX, 2)
    for name in smoothing.SMOOTHINGS:
        a, b = smoothing.estimate(long, name, order=2), smoothing.estimate(short, name)
        for mine, theirs in zip((*a.p, *a.gamma), (*b.p, *b.gamma), strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_perplexity_of_a_die():
    counted, vocabulary = learned("a\nb\nc\n", 1)
    found = score(smoothing.estimate(counted, "mle"), encode(tokens.make("whitespace"), vocabulary, b"a\nc\n"))
    # a, b, c once and </s> three times of six: the mean of log2 of 6, 2, 6, 2 is (log2 12) / 2.
    assert -np.log2(10) * found.log10_p.mean() == pytest.approx(math.log2(12) / 2)
    assert found.words[-1] == EOS


def test_own_shares_are_what_does_not_come_from_the_shorter_context():
    counted, _ = learned(SIX, 3)
    model: Model = smoothing.estimate(counted, "kneser_ney")
    for k in (1, 2, 3):
        parents = counted.levels[k - 1].parent if k > 1 else np.zeros(len(model.own[0]), int)
        own = np.bincount(parents, model.own[k - 1], minlength=len(model.gamma[k - 1]))
        has = np.bincount(parents, minlength=len(own)) > 0
        np.testing.assert_allclose((own + model.gamma[k - 1])[has], 1)
