"""The page 'Generative or Discriminative' under AppTest: what it says of each kind of data."""

from functools import partial

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine import Budget
from engine.data import points
from engine.families.classifiers import NAMES, PLANE
from playground.pieces import judges, judges_begin, judges_data
from tests.pages import apptest
from tests.pages.apptest import said

opened = partial(apptest.opened, "pages/generative.py")
lab = partial(apptest.lab, family="judges")


def ended(**query: str) -> AppTest:
    app = opened(**query)
    lab(app).run.advance(Budget())
    lab(app).player.pause()
    return app.run()


@pytest.mark.parametrize("data", [*PLANE, "digits", "diagonals"])
def test_every_kind_of_data_is_shown_to_its_end(data: str):
    app = ended(data=data, steps="30")
    assert not app.exception
    assert not app.warning
    for name in NAMES:
        assert f"| {judges.TITLES[name]} | " in said(app)
    assert "held-out inputs" in said(app)


def test_bayes_rule_is_written_out_with_the_numbers_of_the_cross():
    app = ended(steps="30")
    learner = lab(app).run.learner
    found = learner.bayes(np.array(judges.START_POINT))
    assert f"**{found.posterior[0]:.3g}**" in said(app)
    assert f"{np.exp(found.log_likelihoods[1, 0]):.3g}" in said(app)
    app.session_state[judges.HIDE] = "x₂"
    app.run()
    assert "× p(x₂ hidden), summed out | 1 | 1 |" in said(app)
    hidden = learner.log_joint("naive_bayes", np.array([judges.START_POINT]), np.array([False, True]))
    expected = np.exp(hidden[0, 0]) / np.exp(hidden[0]).sum()
    assert f"**{expected:.3g}**" in said(app)
    assert "needs a guess: the mean" in said(app)


def test_bayes_rule_follows_the_pointer_while_it_rests():
    app = ended(steps="30")
    app.session_state[judges.OVER] = (-1.5, 0.25)
    app.run()
    assert "| under the pointer |" in said(app)
    assert "p(x₁ = -1.50 given class)" in said(app)
    app.session_state[judges.OVER] = None
    app.run()
    assert "| at the cross |" in said(app)


@pytest.mark.parametrize("data", ["digits", "diagonals"])
def test_what_naive_bayes_misses_is_shown_with_the_cure(data: str):
    app = ended(data=data, per_class="30", steps="20")
    assert "Mean correlation of neighbouring pixels" in said(app)
    assert not app.exception
    assert "Mean correlation of neighbouring pixels" not in said(ended(steps="20"))


@pytest.mark.parametrize("share", judges.SHARES)
def test_pixels_can_be_hidden(share: str):
    app = ended(data="digits", per_class="20", steps="30")
    app.session_state[judges.HIDE] = share
    app.run()
    assert not app.exception
    assert ("sums it out" in said(app)) == (share != "nothing")


def test_a_picture_picked_among_the_digits_is_none_of_the_diagonals():
    app = ended(data="diagonals", per_class="20", steps="5")
    shown = []
    for picked in (3, 9):  # four diagonals are offered, ten digits
        app.session_state[judges.PICKED] = picked
        shown.append(said(app.run()))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("dreamer", ["Naive Bayes", "Richer sister"])
@pytest.mark.parametrize("classes", ["2", "3"])
def test_generate_answers_for_everyone(dreamer: str, classes: str):
    app = ended(classes=classes, steps="30")
    app.session_state[judges.POURED] = set(NAMES)
    app.session_state[judges.DREAMER] = dreamer
    for wanted in (judges.FROM_PRIOR, "blue"):
        app.session_state[judges.POUR_CLASS] = wanted
        assert not app.run().exception


def test_a_link_carries_the_drawn_points():
    text = points.encode(np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([0, 1]))
    app = opened(data="drawn", points=text)
    assert not app.exception
    assert lab(app).run.config.points == text
    assert lab(app).run.learner.task.y.tolist() == [0, 1]
    assert "Too few points to hold any out" in said(app)


@pytest.mark.parametrize("text", [points.EMPTY, "0UUUU", "0UUUU0UUUU", "0UUUU1UUUU", "2UUUU"])
def test_few_drawn_points_are_no_trouble(text: str):
    app = ended(data="drawn", points=text, steps="30")
    assert not app.exception


def test_points_that_can_t_be_read_are_said_and_the_page_works():
    app = opened(data="drawn", points="<script>")
    assert not app.exception
    assert "points = " in app.warning[0].value
    assert lab(app).run.config.data == "moons"


class Upload:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def getvalue(self) -> bytes:
        return self.data


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"1,2,a\n2,3,b\n1,1,b\n", "3 points read: blue is a, orange is b."),
        (b"1,1,a\n1,1,b\n", "2 points read"),
        (b"1,2,a\n", "needs at least two rows"),
        (b"1,2,a\nnan,2,b\n", "missing or infinite"),
        (b"words, more words, a\nand, so, on\nand, so, on\n", "text where x and y should be numbers"),
        (b"1,2,a\n3,4,a\n", "one class only"),
        (b"1,2,a\n" * 1_000_000, "more than 100,000 rows"),
    ],
)
def test_an_upload_gets_one_sentence(monkeypatch: pytest.MonkeyPatch, data: bytes, sentence: str):
    there = lab(ended(data="drawn", steps="30"))
    before = there.run
    monkeypatch.setattr(judges_data.session, "get", lambda *_: Upload(data))
    judges_data._read(there)
    (problem,) = there.problems
    assert sentence in problem
    assert (there.run is before) == ("read:" not in problem)
    judges_data._read(there)
    assert len(there.problems) == 1  # what was said of the file before is no more


def test_the_settings_that_mean_nothing_are_not_shown():
    assert judges_data.fields_of("digits") == ["per_class"]
    assert judges_data.fields_of("moons") == ["per_class", "classes", "noise"]
    assert judges_data.fields_of("drawn") == []


def test_the_figure_to_take_away():
    for data, n_axes in (("moons", 5), ("digits", 51)):
        figure = judges.figure(lab(ended(data=data, steps="30")))
        assert len(figure.axes) == n_axes


def test_a_sentence_is_weighed_word_by_word():
    app = ended(steps="5")
    app.text_input(key="judges.sentence").set_value("jobs jobs jobs").run()
    assert "**presidents since 1950**" in said(app)
    app.button(key="write_again").click().run()
    app.text_input(key="judges.sentence").set_value("").run()
    assert "only the prior speaks" in said(app)
    app.selectbox(key="judges.second").select("presidents before 1860").run()
    assert "is chosen twice" in app.warning[0].value
    assert not app.exception


def test_no_empty_plane_is_drawn_at_full_speed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(judges_begin, "HEAD_START_SECONDS", 60)  # however busy the machine is
    app = opened(per_class="500")
    assert lab(app).run.snapshot(fresh_scores=False).view.arrived == 1000
    lab(app).player.speed = 1.0
    lab(app).start({"per_class": 500}, play=True)
    app.run()
    assert lab(app).run.step < lab(app).run.config.chunks  # slowly, one sees them come


def test_a_setting_changed_while_the_run_stands_still_goes_on_to_the_same_step():
    there = lab(opened(steps="60"))
    for step, reached in ((25, 25), (60, 60)):
        there.player.pause()
        there.run.advance(Budget(steps=step - there.run.step))
        judges_begin.change(there, "noise", 0.3 + step / 1000)
        while there.player.playing:
            there.player.tick(1.0)
        assert there.run.step == reached
        assert there.run.config.noise == 0.3 + step / 1000
