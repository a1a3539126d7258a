"""The judges and all of them side by side: gradients by torch, decisions by scikit-learn, few and strange examples."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss as sklearn_log_loss
from sklearn.svm import SVC

import engine
from engine import cli
from engine.data import points
from engine.families.classifiers import FAMILIES, LEVELS, NAMES, correlations_with
from engine.families.classifiers.judges import Net, Svm, as_scores, decisions_on_grid
from engine.families.classifiers.learner import axes, shade
from engine.families.classifiers.tasks import task
from engine.metrics import classification

ROOT = Path(__file__).resolve().parents[2]
PLANE = [*points.NAMES, "drawn"]
ALONE = ("naive_bayes", "logistic", "svm", "mlp", "gaussian")
"""The families of one classifier."""


def ended(family: str, **values: object):
    run = engine.start(family, **values)
    run.advance(engine.Budget())
    return run


@pytest.mark.parametrize("name", ALONE)
def test_the_command_line_reports_held_out_numbers(name, capsys):
    arguments = ["run", name, "--set", "data=digits", "--set", "per_class=10", "--seed", "3", "--json"]
    assert cli.main(arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["family"], result["seed"], result["status"]) == (name, 3, "done")
    assert 0.8 < result["metrics"]["accuracy"] <= 1
    assert result["metrics"]["log_loss"] < 2.5


@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize(("data", "least"), [("blobs", 0.95), ("digits", 0.85), ("diagonals", 0.9)])
def test_each_learns(name, data, least):
    scores = ended(name, data=data, per_class=60).snapshot().scores
    assert scores["accuracy"] > least
    assert scores["log_loss"] < 1.0
    assert 0 <= scores["calibration_error"] < 0.2


@pytest.mark.parametrize("data", ["spiral", "rings"])
def test_a_curved_border_needs_more_than_a_straight_line(data):
    scores = ended("judges", data=data, per_class=150, noise=0.1).snapshot().scores
    for name in ("logistic", "svm_linear"):
        assert scores[f"{name}_accuracy"] < 0.75
    for name in ("svm_rbf", "mlp", "gaussian"):
        assert scores[f"{name}_accuracy"] > 0.85


def test_the_nets_gradient_is_autograds():
    t = task(engine.FAMILIES["mlp"].build({"data": "blobs", "classes": 3, "per_class": 5}))
    net = Net(t, hidden=(7, 7), name="mlp", seed=1)
    x, y = torch.from_numpy(t.x.astype(np.float32)), torch.from_numpy(t.y.copy())
    flat = net.mlp.flat.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(net.mlp.forward(x, flat)[-1], y)
    (expected,) = torch.autograd.grad(loss, flat)
    assert net.learn(x, y, lr=0.0, decay=0.0) == pytest.approx(float(loss.detach()), abs=1e-6)
    assert torch.allclose(net.mlp.grad, expected, atol=1e-6)


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_svm_on_a_grid_is_scikit_learns(kernel, classes):
    svm = ended("svm", data="spiral", classes=classes, kernel=kernel, per_class=40).learner._solve_svm("svm")
    columns, rows = axes(25)
    plane = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    theirs = svm._machine.decision_function(plane)
    assert np.allclose(decisions_on_grid(svm._machine, columns, rows), theirs, atol=1e-9)
    assert np.allclose(svm.probabilities(plane), svm.probabilities_on_grid(columns, rows), atol=1e-9)


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
def test_the_svm_of_many_classes_judges_as_scikit_learns_votes(kernel):
    t = task(engine.FAMILIES["svm"].build({"data": "digits", "per_class": 60, "seed": 2}))
    theirs = SVC(kernel=kernel, C=1.0, gamma=1 / (64 * t.x.var())).fit(t.x, t.y).score(t.x_test, t.y_test)
    svm = Svm(t, kernel=kernel, c=1.0, gamma=1.0)
    svm.fit(t.x, t.y)
    assert classification.accuracy(svm.probabilities(t.x_test), t.y_test) == pytest.approx(theirs, abs=0.015)


def test_pairwise_decisions_as_probabilities_by_hand():
    # log odds of 0 against 1: 1, of 0 against 2: -2, of 1 against 2: 0.5; each class's product of its two chances
    chance = {pair: 1 / (1 + np.exp(-odds)) for pair, odds in {"01": 1.0, "02": -2.0, "12": 0.5}.items()}
    products = [chance["01"] * chance["02"], (1 - chance["01"]) * chance["12"], (1 - chance["02"]) * (1 - chance["12"])]
    scores = as_scores(np.array([[1.0, -2.0, 0.5]]))
    assert np.allclose(np.exp(scores[0]), products, atol=1e-12)
    assert np.allclose(np.diff(as_scores(np.array([0.7]))[0]), 0.7)


@pytest.mark.parametrize("data", ["moons", "blobs"])
@pytest.mark.parametrize("classes", [2, 3])
def test_straight_borders_are_those_of_svc_and_settle_whatever_c(data, classes):
    t = task(engine.FAMILIES["svm"].build({"data": data, "classes": classes, "per_class": 200, "noise": 0.3}))
    theirs = SVC(kernel="linear", C=1.0).fit(t.x, t.y).score(t.x_test, t.y_test)
    found = {}
    for c in (1.0, 1e3):
        svm = Svm(t, kernel="linear", c=c, gamma=1.0)
        svm.fit(t.x, t.y)
        found[c] = classification.accuracy(svm.probabilities(t.x_test), t.y_test)
    assert found[1.0] == pytest.approx(theirs, abs=0.04)  # the square of the slack weighs it a little differently
    assert found[1e3] == pytest.approx(found[1.0], abs=0.02)


def test_both_kernels_stand_side_by_side_and_agree_with_those_alone():
    values = {"data": "moons", "per_class": 60, "steps": 25, "grid": 20}
    both = ended("judges", **values).learner
    assert both.regions == ("naive_bayes", "logistic", "svm_linear", "svm_rbf", "mlp")
    for kernel in ("linear", "rbf"):
        alone = ended("svm", kernel=kernel, **values).learner
        assert np.array_equal(alone.view().shades[0], both.region(f"svm_{kernel}"))
    assert not np.array_equal(both.region("svm_linear"), both.region("svm_rbf"))


@pytest.mark.parametrize("kind", ["full", "mixture", "kernels"])
def test_the_sisters_plane_in_single_precision_is_that_in_double(kind):
    learner = ended("judges", data="spiral", classes=3, per_class=60, noise=0.05, kind=kind, steps=25).learner
    columns, rows = axes(200)
    plane = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    exact = shade(learner.probabilities("gaussian", plane), 200).astype(int)
    found = learner.region("gaussian").astype(int)
    assert np.mean(exact != found) < 0.01
    inside = exact // LEVELS == found // LEVELS
    assert np.abs(exact - found)[inside].max() <= 1


def test_a_shade_says_class_and_certainty():
    p = np.array([[1, 0], [0, 1], [0.5, 0.5], [0.25, 0.75]])
    assert shade(p, 2).tolist() == [[63, LEVELS + 63], [0, LEVELS + 32]]


def test_the_top_row_of_a_shade_is_the_top_of_the_plane():
    text = points.encode(np.array([[0, 2.0]] * 3 + [[0, -2.0]] * 3), np.array([0] * 3 + [1] * 3))
    view = ended("judges", data="drawn", points=text, grid=10).learner.view()
    assert view.shades.shape == (5, 10, 10)
    for region in view.shades:
        assert set(region[0] // LEVELS) == {0}
        assert set(region[-1] // LEVELS) == {1}


def text_of(*labels: int, apart: float = 1.0) -> str:
    return points.encode(np.array([[apart * k, -apart * k] for k in range(len(labels))]), np.array(labels))


@pytest.mark.parametrize(
    "text",
    [
        points.EMPTY,
        text_of(0),
        text_of(2),
        text_of(0, 0, 0),
        text_of(0, 1),
        text_of(0, 1, apart=0.0),  # two identical points of two classes
        text_of(1, 1, 1, apart=0.0),
        text_of(0, 1, 2, 0, apart=0.0),
        text_of(*[0] * 20, 1),
    ],
)
def test_few_and_equal_points_are_no_trouble(text):
    for kind in ("full", "mixture", "kernels"):
        run = ended("judges", data="drawn", points=text, steps=25, grid=10, kind=kind)
        assert run.status == "done"
        x = np.array([[0.0, 0.0], [2.5, -2.5]])
        for name in NAMES:
            p = run.learner.probabilities(name, x)
            assert np.all(np.isfinite(p))
            assert np.allclose(p.sum(1), 1)
        assert np.all(np.isfinite(run.learner.view().poured))


def test_points_that_are_no_points_are_one_sentence():
    with pytest.raises(engine.ConfigError, match="points = xx"):
        engine.start("svm", data="drawn", points="xx")


def test_hidden_pixels_hurt_those_who_can_sum_them_out_less():
    learner = ended("judges", data="digits", per_class=100, steps=100).learner
    hidden = np.arange(64) % 8 >= 3  # the right five columns
    found = {name: learner.accuracy_hidden(name, hidden) for name in NAMES}
    assert found["gaussian"] > max(found["mlp"], found["logistic"], found["svm_rbf"]) + 0.05
    nothing = np.zeros(64, bool)
    scores = learner.score()
    for name in NAMES:
        assert learner.accuracy_hidden(name, nothing) == scores[f"{name}_accuracy"]


def test_correlations_are_numpys_and_naive_bayes_has_none():
    learner = ended("judges", data="digits", per_class=100, steps=20).learner
    own = learner.task.x[learner.task.y == 3]
    pixel = int(np.argmax(own.var(0)))
    found = correlations_with(own.reshape(-1, 8, 8), pixel).ravel()
    varies = own.std(0) > 0
    assert np.allclose(found[varies], np.corrcoef(own[:, varies].T, own[:, pixel])[-1, :-1])
    assert not found[~varies].any()
    dreamed = correlations_with(learner.dream("naive_bayes", 3, 2000).reshape(-1, 8, 8), pixel).ravel()
    assert dreamed[pixel] == pytest.approx(1)
    assert np.abs(np.delete(dreamed, pixel)).max() < 0.1 < np.abs(np.delete(found, pixel)).mean()


def test_who_knows_p_of_x_knows_a_stranger():
    learner = ended("judges", data="rings", per_class=100, noise=0.1).learner
    assert learner.detector("gaussian")[2] > 0.8
    assert learner.detector("logistic")[2] < 0.7


def test_a_generative_classifier_leads_with_few_examples():
    few = [ended("judges", data="digits", per_class=2, seed=s, steps=150).snapshot().scores for s in range(5)]
    assert np.mean([s["gaussian_accuracy"] - s["mlp_accuracy"] for s in few]) > 0


def test_measures_by_hand():
    p, y = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]]), np.array([0, 1, 1])
    assert classification.accuracy(p, y) == pytest.approx(2 / 3)
    # -(log 0.9 + log 0.6 + log 0.2) / 3
    assert classification.log_loss(p, y) == pytest.approx(0.74187, abs=1e-5)
    assert classification.log_loss(p, y) == pytest.approx(sklearn_log_loss(y, p))
    # bins: 0.6 (right), 0.8 (wrong), 0.9 (right): (0.4 + 0.8 + 0.1) / 3
    assert classification.calibration_error(p, y) == pytest.approx(1.3 / 3)
    edges = np.array([[0.1, 0.9], [0.3, 0.7], [0.0, 1.0], [0.5, 0.5]])  # certainties on the edges of bins
    assert classification.calibration_error(edges, np.array([1, 1, 1, 0])) == pytest.approx((0.1 + 0.3 + 0.0 + 0.5) / 4)
    assert classification.roc(np.array([3.0, 2.0]), np.array([1.0, 2.5]))[2] == pytest.approx(0.75)
    assert classification.roc(np.zeros(3), np.zeros(4))[2] == 0.5
    assert classification.roc(np.zeros(2), np.full(2, -np.inf))[2] == 1.0
    generator = np.random.default_rng(0)
    for known, strange in (
        (generator.normal(1, 1, 90), generator.normal(0, 1, 70)),
        (generator.integers(0, 4, 90).astype(float), generator.integers(0, 4, 70).astype(float)),  # many ties
        (np.zeros(2), np.full(2, -np.inf)),
    ):
        assert classification.area(known, strange) == pytest.approx(classification.roc(known, strange)[2], abs=1e-12)
    nobody = np.zeros((0, 2)), np.zeros(0, int)
    assert np.isnan([classification.accuracy(*nobody), classification.log_loss(*nobody)]).all()


def test_training_never_sees_what_is_held_out():
    for data in ("digits", "moons", "diagonals"):
        t = task(engine.FAMILIES["svm"].build({"data": data, "per_class": 500}))
        seen = {row.tobytes() for row in t.x}
        assert not [row for row in t.x_test if row.tobytes() in seen]


def test_every_family_is_listed():
    assert [family.name for family in FAMILIES] == [*ALONE, "judges"]
    process = subprocess.run(
        [sys.executable, "-m", "engine", "families", "--json"], cwd=ROOT, capture_output=True, check=True
    )
    assert {family["name"] for family in json.loads(process.stdout)} >= {*ALONE, "judges"}
