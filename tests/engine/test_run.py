"""What `Run` does beyond the contract: any mix of changes, memory, exceptions."""

import dataclasses
import gc
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import store
from engine.edits import format_edits, parse_edits
from engine.run import Budget, Run, Status, restore
from tests.engine.compared import assert_same, past_of, plain, state_of
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


def test_a_replay_starts_at_the_nearest_state():
    run, kept = start(steps=2000), store.CHECKPOINT_SPACING
    run.advance(Budget(steps=kept + 20))
    assert [run.replay(step) for step in (0, 7, kept, kept + 3)] == [0, 7, 0, 3]
    run.rewind(5)
    assert [run.replay(step) for step in (4, 5, 9, kept)] == [4, 0, 4, 0]


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
