"""What `Run` refuses: steps, changes, the text of changes in a link, states that do not fit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine.config import ConfigError
from engine.edits import Edit, format_edits, parse_edits
from engine.run import Budget, Run, restore
from tests.engine.compared import state_of
from tests.engine.toy import toy

TOY = toy()


def start(**values: object) -> Run:
    return Run(TOY, TOY.build(values))


@pytest.mark.parametrize("step", [-1, 6, 2.5, math.nan, math.inf, 10**30])
def test_rewind_refuses_a_step_that_was_not_reached(step):
    run = start()
    run.advance(Budget(steps=5))
    with pytest.raises(ConfigError, match=r"step = .*: must be a whole number from 0 to 5\."):
        run.rewind(step)
    assert run.step == 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 4}, "width: can't change during a run"),
        ({"lr": 99.0}, "lr = 99.0: must be a number from 0.001 to 10"),
        ({"lr": 0.2, "noise": "much"}, "noise = much: must be a number"),
        ({"depth": 1}, "field = depth: must be one of seed, steps, lr"),
    ],
)
def test_edit_refuses_whole(changes, message):
    run = start()
    run.advance(Budget(steps=5))
    with pytest.raises(ConfigError, match=message):
        run.edit(**changes)
    assert (run.edits, run.config.lr) == ((), 0.05)


def test_an_unknown_action_is_refused():
    with pytest.raises(ConfigError, match="action = jump: must be one of kick, pull"):
        start().act("jump")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("40", "edits = 40: must be changes like"),
        ("x:lr=0.1", "must be changes like"),
        ("-1:lr=0.1", "must be changes like"),
        ("1.5:lr=0.1", "must be changes like"),
        ("²:lr=0.1", "must be changes like"),
        ("99999999999:lr=0.1", "must be changes like"),
        ("9999999999:lr=0.1", "whole number from 0 to 1,000,000,000"),
        ("40:", "must be changes like"),
        ("40:lr=", "lr = .*must be a number|lr: must be a number"),
        ("40:lr=99", "lr = 99: must be a number"),
        ("40:lr=nan", "lr = nan: must be a number"),
        ("40:width=3", "width: can't change"),
        ("40:jump", "action = jump: must be one of kick, pull"),
        ("40:lr", "action = lr: must be one of"),
        ("40:kick=1", "field = kick: must be one of"),
        ("40:lr=0.1,39:lr=0.2", "whole number from 40"),
        ("40:lr=0.1,40:lr=0.2", "second such change at step 40"),
        ("40:kick,40:pull", "second such change at step 40"),
        (",", "must be changes like"),
        (",".join(f"{k}:kick" for k in range(201)), "must be at most 200 changes"),
        ("9" * 100_000, "must be changes like"),
    ],
)
def test_bad_edits_in_a_link_are_one_sentence(text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        parse_edits(TOY, text)
    assert len(str(caught.value)) < 300


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("lr"), st.floats(0.001, 10)),
            st.tuples(st.just("noise"), st.floats(0, 1)),
            st.tuples(st.sampled_from(TOY.actions), st.none()),
        ),
        max_size=20,
    )
)
def test_edits_and_their_text_are_the_same(changes):
    edits = tuple(Edit(3 * step, name, value) for step, (name, value) in enumerate(changes))
    assert parse_edits(TOY, format_edits(edits)) == edits


def test_start_takes_edits_and_refuses_bad_ones():
    edits = (Edit(3, "lr_g", 0.01), Edit(5, "expert"))
    run = engine.start("gan", size=4, batch=8, edits=edits)
    run.advance(Budget(steps=10))
    assert run.edits == edits
    assert run.config.lr_g == 0.01
    with pytest.raises(ConfigError, match="batch: can't change"):
        engine.start("gan", edits=[Edit(3, "batch", 8)])
    with pytest.raises(ConfigError, match=r"edits = 1\.5"):
        engine.start("gan", edits=[Edit(1.5, "expert")])  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="family = gun: must be one of gan"):
        engine.start("gun")


BAD_STATES = [
    ({"family": "gan"}, "family = gan: must be toy"),
    ({"config": {"lr": 99}}, "lr = 99"),
    ({"config": {"depth": 1}}, "field = depth"),
    ({"config": None}, "does not describe a run"),
    ({"edits": [[1, "jump", None]]}, "action = jump"),
    ({"edits": [[1]]}, "does not describe a run"),
    ({"edits": [[1, 2, 3, 4]]}, "does not describe a run"),
    ({"edits": 3}, "does not describe a run"),
    ({"step": -1}, "step = -1"),
    ({"step": 121}, "whole number from 0 to 120"),
    ({"step": "3"}, "step = 3"),
    ({"step": True}, "step = True"),
    ({"metrics": {"height": "high"}}, "does not describe a run"),
    ({"learner": {}}, "weights x"),
    ({"learner": {"x": np.zeros(2), "velocity": np.zeros(3)}}, "weights x"),
    ({"learner": {"x": np.zeros(3, complex), "velocity": np.zeros(3)}}, "weights x = complex128: must be numbers"),
    ({"learner": {"x": [1, 2, 3]}}, "does not describe a run"),
    ({"history": {}}, "does not describe a run"),
    (
        {"history": {"step": np.array([2, 1]), "height": np.zeros(2)}},
        "the steps of a table must rise",
    ),
    ({"history": {"step": np.array([1, 2]), "height": np.zeros(3)}}, "does not describe a run"),
    ({"scores": {"step": np.array([-10])}}, "does not describe a run"),
]


@pytest.mark.parametrize(("wrong", "message"), BAD_STATES)
def test_a_state_that_does_not_fit_changes_nothing(wrong, message):
    run = start()
    run.advance(Budget(steps=20))
    before = state_of(run)
    with pytest.raises(ConfigError, match=message):
        run.load_state_dict({**run.state_dict(), **wrong})
    assert state_of(run) == before


@pytest.mark.parametrize("missing", list(start().state_dict()))
def test_a_state_that_lacks_a_part_is_refused(missing):
    state = start().state_dict()
    del state[missing]
    with pytest.raises(ConfigError):
        restore(TOY, state)
