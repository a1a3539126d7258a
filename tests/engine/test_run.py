"""What `Run` does beyond the contract: any mix of changes, memory, exceptions, and what it refuses."""

import dataclasses
import gc
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import engine
from engine import store
from engine.config import ConfigError
from engine.edits import Edit, format_edits, parse_edits
from engine.run import Budget, Run, Status, restore
from tests.engine.contract import assert_same, past_of, plain, state_of
from tests.engine.toy import ToyLearner, toy

TOY = toy()


def start(**values: object) -> Run:
    return Run(TOY, TOY.build(values))


def replica(run: Run) -> Run:
    """The run that a link would make: same start, same changes, same step."""
    twin = Run(run.family, run.start_config, parse_edits(run.family, format_edits(run.edits)))
    twin.advance(Budget(steps=run.step))
    return twin


OPERATIONS = st.one_of(
    st.tuples(st.just("advance"), st.integers(0, 30)),
    st.tuples(st.just("rewind"), st.floats(0, 1)),
    st.tuples(st.just("edit"), st.sampled_from([0.01, 0.05, 0.2])),
    st.tuples(st.just("edit two"), st.sampled_from([0.02, 0.1])),
    st.tuples(st.just("stop"), st.sampled_from([0.0, 0.5, 10.0])),
    st.tuples(st.just("act"), st.sampled_from(TOY.actions)),
    st.tuples(st.just("carry over"), st.none()),
    st.tuples(st.just("look"), st.none()),
)


def operate(run: Run, name: str, about: object) -> None:
    match name:
        case "advance":
            run.advance(Budget(steps=about))
        case "rewind":
            run.rewind(int(about * run.furthest))
        case "edit":
            run.edit(lr=about)
        case "edit two":
            run.edit(lr=about, noise=about)
        case "stop":
            run.edit(stop_height=about)
        case "act":
            run.act(about)
        case "carry over":
            run.load_state_dict(run.state_dict())
        case "look":
            run.snapshot()


@settings(max_examples=120)
@given(st.lists(OPERATIONS, max_size=15))
def test_any_mix_of_changes_is_the_run_that_its_link_makes(operations):
    run = start(steps=80)
    for name, about in operations:
        operate(run, name, about)
        twin = replica(run)
        assert_same(run, twin)
        assert plain(run.snapshot().scores) == plain(twin.snapshot().scores)
    run.advance(Budget(steps=100))
    assert_same(run, replica(run))


@settings(max_examples=60)
@example([("act", "kick"), ("rewind", 0.0), ("edit", 0.01)])
@given(st.lists(OPERATIONS.filter(lambda operation: operation[0] != "carry over"), max_size=15))
def test_any_mix_of_changes_leaves_the_past_of_the_run_that_its_link_makes(operations):
    run = start(steps=80)
    for name, about in operations:
        operate(run, name, about)
    run.rewind(run.furthest)
    assert past_of(run) == past_of(replica(run))


def test_rewind_is_exact_when_memory_is_thin(monkeypatch):
    monkeypatch.setattr(store, "CHECKPOINT_BYTES", 4 * store.ENTRY_BYTES)
    monkeypatch.setattr(store, "FRAME_BYTES", 5 * store.ENTRY_BYTES)
    run, seen = start(steps=2000), {}
    run.advance(Budget(steps=300))
    run.edit(lr=0.01)
    run.advance(Budget(steps=300))
    run.act("kick")
    while run.advance(Budget(steps=7)):
        seen[run.step] = state_of(run)
    assert len(run._past.checkpoints.steps) <= 4
    for step in (1995, 601, 608, 1400, 2000, 1001):
        run.rewind(step)
        assert state_of(run) == seen.get(step, state_of(run))
        assert_same(run, replica(run))


def test_a_state_larger_than_its_memory_replays_from_the_start(monkeypatch):
    monkeypatch.setattr(store, "CHECKPOINT_BYTES", 1_000_000)
    run = start(width=100_000)
    run.advance(Budget(steps=70))
    assert run._past.checkpoints.steps == ()
    assert run.n_bytes < 16_000_000
    for step in (69, 3, 70):
        run.rewind(step)
        assert_same(run, replica(run))


def test_memory_is_what_it_says_and_stays_below_its_limit():
    family = dataclasses.replace(TOY, score_every=1000)
    config = family.build({"width": 100, "steps": 1_000_000, "lr": 0.01})
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    run = Run(family, config)
    run.learner.step = lambda step: {f"metric {k}": float(step) for k in range(12)}  # type: ignore[method-assign]
    for _ in range(6):
        run.advance(Budget(steps=10_000))
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert run.n_bytes < 16_000_000
    assert 0.5 * run.n_bytes < held < 1.5 * run.n_bytes
    assert len(run.tables()[0]["step"]) <= 8192
    assert run.frame(30_000)[0] > 28_000


def test_a_long_run_keeps_evenly_spaced_frames_and_rows():
    run = start(steps=1_000_000)
    run.learner.step = lambda _: {"height": 1.0}  # type: ignore[method-assign]
    run.family = dataclasses.replace(run.family, score_every=10_000)
    run.advance(Budget(steps=100_000))
    for steps in (run.tables()[0]["step"], run._past.frames.steps, run._past.checkpoints.steps):
        assert len(set(np.diff(steps))) == 1
    assert run.n_bytes < 16_000_000


def test_an_edit_at_a_step_is_in_force_there_before_and_after_a_rewind():
    run = start()
    run.advance(Budget(steps=20))
    run.edit(lr=0.2)
    run.advance(Budget(steps=20))
    for step, lr in ((19, 0.05), (20, 0.2), (21, 0.2)):
        run.rewind(step)
        assert run.config.lr == lr
        assert run.learner.config.lr == lr
    run.rewind(20)
    assert run.snapshot().scores["lr_now"] == 0.2


def test_an_edit_before_another_takes_another_turn():
    run = start()
    run.advance(Budget(steps=20))
    run.edit(lr=0.2)
    run.advance(Budget(steps=20))
    run.rewind(10)
    run.edit(noise=0.5)
    assert run.edits == (Edit(10, "noise", 0.5),)
    assert run.furthest == 10
    assert run.tables()[0]["step"].max() == 10


def test_an_edit_where_an_action_comes_again_takes_another_turn():
    run = start()
    run.advance(Budget(steps=5))
    run.act("kick")
    run.rewind(5)
    run.edit(lr=0.2)
    assert run.edits == (Edit(5, "lr", 0.2),)


def test_an_action_keeps_the_edits_of_its_step():
    run = start()
    run.advance(Budget(steps=5))
    run.edit(lr=0.2)
    run.act("kick")
    run.rewind(5)
    run.act("pull")
    assert run.edits == (Edit(5, "lr", 0.2), Edit(5, "pull"))


def test_the_same_value_is_no_edit():
    run = start()
    run.advance(Budget(steps=5))
    run.rewind(3)
    run.edit(lr=run.config.lr)
    assert (run.edits, run.furthest) == ((), 5)


def test_a_run_that_is_done_goes_on_when_its_rule_is_edited_away():
    run = start(stop_height=1.0)
    run.advance(Budget(steps=1000))
    done_at = run.step
    assert (run.status, run.reason) == (Status.DONE, "low enough")
    run.act("kick")
    assert run.step == done_at
    run.edit(stop_height=0.0)
    assert run.status is Status.READY
    run.advance(Budget(steps=5))
    run.rewind(done_at - 1)
    run.advance(Budget(steps=6))
    assert run.step == done_at + 5


def test_divergence_of_a_real_kind_is_found_and_left():
    run = start(lr=10.0, noise=0.0, steps=100_000)
    run.advance(Budget(steps=100_000))
    assert run.status is Status.DIVERGED
    assert not math.isfinite(run.metrics["height"])
    run.edit(lr=0.05)
    assert run.status is Status.DIVERGED
    run.rewind(run.last_good)
    assert run.status is Status.READY
    run.rewind(0)
    run.edit(lr=0.01)
    assert run.last_good == 0
    assert run.advance(Budget(steps=200)) == 200


def test_snapshots_without_fresh_scores_show_the_newest_of_the_table():
    run = start()
    run.advance(Budget(steps=27))
    seen = run.snapshot(fresh_scores=False)
    assert (seen.step, seen.scored_at) == (27, 20)
    assert run.snapshot().scored_at == 27
    assert run.snapshot().scores != seen.scores
    run.rewind(20)
    assert run.snapshot().scores == seen.scores


def test_frames_come_up_to_the_step_and_are_read_only():
    run = start()
    run.advance(Budget(steps=70))
    run.rewind(40)
    assert [step for step, _ in run.frames()] == [0, 16, 32, 40]
    assert run.frame(69)[0] == 64
    assert run.frame(10**6)[0] == 64
    with pytest.raises(ValueError, match="read-only"):
        run.frame(16)[1].x[0] = 1


def test_an_action_broken_off_leaves_no_trace():
    class Broken(ToyLearner):
        def act(self, action, step):
            super().act(action, step)
            raise RuntimeError("no")

    family = toy(Broken)
    run = Run(family, family.build({}))
    run.advance(Budget(steps=20))
    with pytest.raises(RuntimeError, match="no"):
        run.act("kick")
    twin = start()
    twin.advance(Budget(steps=20))
    assert run.edits == ()
    assert state_of(run) == state_of(twin)


def test_a_failing_score_leaves_the_run_before_the_unit():
    run = start()
    run.advance(Budget(steps=15))

    def fails() -> dict[str, float]:
        raise RuntimeError("no score")

    run.learner.score = fails  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="no score"):
        run.advance(Budget(steps=10))
    assert (run.step, run.furthest) == (19, 19)
    assert_same(run, replica(run))
    del run.learner.score
    run.advance(Budget(steps=10))
    assert_same(run, replica(run))
    assert past_of(run) == past_of(replica(run))


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
        "the steps of a table must rise|does not describe",
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


def test_a_rewound_run_is_saved_with_what_comes_again():
    run = start()
    run.advance(Budget(steps=20))
    run.edit(lr=0.2)
    run.act("kick")
    run.advance(Budget(steps=9))
    end = state_of(run)
    run.rewind(20)
    heir = restore(TOY, run.state_dict())
    assert_same(heir, run)
    assert heir.explain() == ()
    heir.advance(Budget(steps=10))
    assert state_of(heir) == end
