"""One probability taken apart: its terms add up to what the model says."""

import numpy as np
import pytest

import engine
from engine.families.ngram.model import distribution
from engine.families.ngram.smoothing import SMOOTHINGS
from engine.families.ngram.terms import terms


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_last_term_is_the_probability(smoothing: str, order: int):
    run = engine.start("ngram", text="stories", order=order, smoothing=smoothing)
    run.advance(engine.Budget(steps=100))
    learner = run.learner
    model = learner.model()
    for text in ("the cat", "my sister painted", "nobody"):
        history = learner.prompt(text)
        p, _ = distribution(model, history)
        for word in (2, *learner.prompt("the saw and laughed")[1:]):
            found = terms(model, history, int(word))
            assert found[-1].p == pytest.approx(p[word], abs=1e-12)
            for term in found:
                assert term.p == pytest.approx(term.own + term.gamma * term.below, abs=1e-12)


def test_kneser_ney_by_hand():
    run = engine.start("ngram", text="stories", order=2, smoothing="kneser_ney")
    run.advance(engine.Budget(steps=100))
    learner = run.learner
    the, cat = learner.prompt("the cat")[1:]
    lower, upper = terms(learner.model(), np.array([the]), int(cat))
    assert upper.own == pytest.approx((upper.adjusted - upper.discount) / upper.total)
    assert lower.own == pytest.approx((lower.adjusted - lower.discount) / lower.total)
    assert lower.below == pytest.approx(1 / (len(learner.words()) - 1))
    assert lower.adjusted < lower.count
