"""Naive Bayes and its sister: likelihood, posterior and marginals by hand, by scipy, by scikit-learn; they learn."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp
from sklearn.naive_bayes import BernoulliNB, GaussianNB

import engine
from engine.data import points
from engine.families.classifiers.density import NaiveBayes, Sister, log_evidence, posterior
from engine.families.classifiers.tasks import task
from engine.rng import generator

EXACT = 1e-9


def learned(**values: object):
    run = engine.start("naive_bayes", **values)
    run.advance(engine.Budget())
    return run.learner


def drawn(*rows: tuple[float, float, int]) -> str:
    return points.encode(np.array([r[:2] for r in rows]), np.array([r[2] for r in rows]))


def test_by_hand():
    # Two points of class 0 at x1 = -1 and 1, one of class 1 at (2, 0); levels of the text move them by under 0.001.
    nb = learned(data="drawn", points=drawn((-1, 0, 0), (1, 0, 0), (2, 0, 1)), variance_floor=1.0).naive_bayes
    assert nb.prior == pytest.approx([2 / 3, 1 / 3])
    # class 0: mean 0, variance ((-1)^2 + 1^2) / 2 + 1 = 2 and 0 + 1 = 1; class 1: mean 2, variance 0 + 1 = 1 and 1
    assert nb.means == pytest.approx(np.array([[0, 0], [2, 0]]), abs=1e-3)
    assert nb.variances == pytest.approx(np.array([[2, 1], [1, 1]]), abs=3e-3)
    # at (1, 0): N(1; 0, 2) = exp(-1/4) / sqrt(4 pi) = 0.21970, N(1; 2, 1) = exp(-1/2) / sqrt(2 pi) = 0.24197
    p = np.exp(nb.log_likelihoods(np.array([[1.0, 0.0]])))[0]
    assert p[:, 0] == pytest.approx([0.21970, 0.24197], abs=5e-4)
    # posterior of class 0 = 2/3 x 0.21970 / (2/3 x 0.21970 + 1/3 x 0.24197) = 0.14647 / 0.22712 = 0.64488
    assert posterior(nb.log_joint(np.array([[1.0, 0.0]])))[0, 0] == pytest.approx(0.64488, abs=1e-3)


@pytest.mark.parametrize("data", ["moons", "digits"])
def test_likelihood_posterior_and_marginals_are_those_of_scipy(data):
    learner = learned(data=data, per_class=20, seed=3)
    nb, x = learner.naive_bayes, learner.task.x_test[:20]
    logs = stats.norm.logpdf(x[:, None, :], nb.means, np.sqrt(nb.variances))
    assert np.allclose(nb.log_likelihoods(x), logs, rtol=0, atol=EXACT)
    hidden = np.arange(x.shape[1]) % 2 == 0
    for seen in (np.ones(x.shape[1], bool), ~hidden, np.zeros(x.shape[1], bool)):
        joint = np.log(nb.prior) + logs[:, :, seen].sum(2)
        found = nb.log_joint(x, ~seen)
        assert np.allclose(found, joint, rtol=0, atol=EXACT)
        assert np.allclose(log_evidence(found), logsumexp(joint, axis=1), rtol=0, atol=EXACT)
        expected = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        assert np.allclose(posterior(found), expected, rtol=0, atol=EXACT)


def test_a_hidden_coordinate_is_the_integral_over_it():
    nb = learned(data="blobs", per_class=30).naive_bayes
    grid = np.linspace(-30, 30, 20_001)
    x = np.stack([np.full_like(grid, 0.4), grid], axis=1)
    whole = np.trapezoid(np.exp(nb.log_joint(x)), grid, axis=0)
    assert np.exp(nb.log_joint(x[:1], np.array([False, True])))[0] == pytest.approx(whole, abs=EXACT)


def test_scikit_learn_agrees():
    learner = learned(data="moons", per_class=40, variance_floor=1e-9)
    t = learner.task
    theirs = GaussianNB(var_smoothing=1e-9 / t.x.var(0).max()).fit(t.x, t.y)
    assert np.allclose(posterior(learner.naive_bayes.log_joint(t.x_test)), theirs.predict_proba(t.x_test), atol=1e-7)
    learner = learned(data="digits", per_class=40, likelihood="bernoulli", add_k=1.0)
    t = learner.task
    theirs = BernoulliNB(binarize=0.5, alpha=1.0).fit(t.x, t.y)
    assert np.allclose(posterior(learner.naive_bayes.log_joint(t.x_test)), theirs.predict_proba(t.x_test), atol=1e-9)


def test_counted_in_chunks_it_is_the_same_model():
    one, many = (learned(data="moons", per_class=37, chunks=chunks, seed=2).naive_bayes for chunks in (1, 13))
    assert np.allclose(one.means, many.means, atol=1e-12)
    assert np.allclose(one.variances, many.variances, atol=1e-12)


@pytest.mark.parametrize("kind", ["full", "mixture", "kernels"])
def test_the_sister_is_a_density_whose_marginal_is_its_integral(kind):
    t = task(engine.FAMILIES["gaussian"].build({"data": "moons", "per_class": 30}))
    sister = Sister(t, kind=kind, seed=0)
    sister.fit(t.x, t.y)
    grid = np.linspace(-8, 8, 801)
    plane = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    density = np.exp(sister.log_joint(plane)).reshape(801, 801, 2)  # (x2, x1, class)
    assert density.sum(axis=(0, 1)) * 0.02**2 == pytest.approx(sister.prior, abs=1e-6)
    marginal = np.exp(sister.log_joint(np.stack([grid, grid], 1), np.array([False, True])))
    assert np.allclose(density.sum(0) * 0.02, marginal, atol=1e-6)


def test_the_full_sister_is_scipys_normal():
    t = task(engine.FAMILIES["gaussian"].build({"data": "digits", "per_class": 15}))
    sister = Sister(t, kind="full", seed=0)
    sister.fit(t.x, t.y)
    _, means, covs = sister._classes[4]
    hidden = np.arange(64) < 30
    ours = sister.log_joint(t.x_test[:9], hidden)[:, 4] - math.log(sister.prior[4])
    theirs = stats.multivariate_normal(means[0][~hidden], covs[0][np.ix_(~hidden, ~hidden)]).logpdf(
        t.x_test[:9, ~hidden]
    )
    assert np.allclose(ours, theirs, atol=EXACT)


def test_samples_have_the_moments_that_are_believed():
    learner = learned(data="moons", per_class=50)
    nb = learner.naive_bayes
    x = nb.sample(1, 20_000, generator(0, "samples"))
    assert x.mean(0) == pytest.approx(nb.means[1], abs=0.03)
    assert x.var(0) == pytest.approx(nb.variances[1], rel=0.05)
    assert abs(np.corrcoef(x.T)[0, 1]) < 0.03  # independent given the class


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_before_its_first_example_and_with_an_unseen_class(likelihood):
    t = task(engine.FAMILIES["naive_bayes"].build({"data": "moons"}))
    nb = NaiveBayes(t, likelihood=likelihood, variance_floor=0.01, add_k=1.0)
    assert np.allclose(posterior(nb.log_joint(t.x_test)), 0.5)
    nb.count(t.x[:1], t.y[:1])
    assert np.allclose(posterior(nb.log_joint(t.x_test)), [1, 0])


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_it_learns_digits(likelihood):
    run = engine.start("naive_bayes", data="digits", per_class=100, likelihood=likelihood, seed=3)
    before = run.snapshot().scores["accuracy"]
    run.advance(engine.Budget())
    assert before < 0.2
    assert run.snapshot().scores["accuracy"] > 0.82
