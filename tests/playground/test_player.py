"""The player: play, pause, step, back, slow motion, pace, and the past, by a clock that the test moves."""

from types import SimpleNamespace

import numpy as np
import pytest

import engine
from engine import Status
from playground import player as module
from playground.player import ALL, SPEEDS, STAGES, Moment, Player

SMALL = {"size": 4, "width_g": 8, "width_d": 8, "batch": 4, "seed": 3}
LONG = 60.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The player's clock, moved by hand: `clock.now += 0.1`."""
    held = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: held.now))
    return held


def player(**values: object) -> Player:
    return Player(run=engine.start("gan", **(SMALL | values)))


def same(one: Moment, other: Moment) -> bool:
    return all(
        np.array_equal(getattr(one.view, name), getattr(other.view, name))
        for name in ("fake", "fake_raw", "verdict_fake")
    )


def at(step: int, **values: object) -> Moment:
    """The moment of a run that went straight to a step."""
    straight = player(**values)
    straight.run.advance(engine.Budget(steps=step))
    return straight.moment()


def test_it_stands_still_until_played_and_after_a_pause():
    p = player()
    p.tick(0.01)
    assert p.run.step == 0
    p.play()
    p.tick(0.01)
    assert p.playing
    assert p.run.step > 0
    p.pause()
    stood = p.run.step
    p.tick(0.01)
    assert not p.playing
    assert p.run.step == stood


def test_standing_still_it_scores_this_very_step_unless_there_is_no_time():
    p = player()
    p.run.advance(engine.Budget(steps=p.run.family.score_every + 1))
    assert p.moment(fresh_scores=False).snapshot.scored_at == p.run.family.score_every
    assert p.moment().snapshot.scored_at == p.run.step


def test_it_pauses_by_itself_when_the_run_is_done_and_does_not_play_on():
    p = player(steps=3)
    p.play()
    p.tick(LONG)
    assert (p.run.step, p.run.status, p.playing) == (3, Status.DONE, False)
    p.play()
    p.step()
    p.act("expert")
    assert (p.run.step, p.playing) == (3, False)


def test_it_pauses_when_the_run_diverges():
    p = player(lr_g=0.1, lr_d=0.1, penalty="none", loss="least_squares")
    p.run.learner.g.flat.fill_(float("nan"))
    p.play()
    p.tick(LONG)
    assert p.run.status is Status.DIVERGED
    assert not p.playing
    p.seek(p.run.last_good)
    assert p.run.status is Status.READY


def test_a_step_is_one_round_with_its_numbers():
    p = player()
    p.play()
    p.step()
    moment = p.moment()
    assert (moment.step, moment.stage, moment.playing) == (1, -1, False)
    assert [stage.name for stage in moment.trace] == ["sample", "train_d", "sample_fakes", "train_g"]
    # The numbers that are shown are those of the round that was done.
    assert moment.trace[1].numbers["loss"] == pytest.approx(moment.snapshot.metrics["loss_d"], rel=1e-5)
    assert same(moment, at(1))


def test_back_is_the_step_before_and_going_on_comes_the_same_way():
    p = player()
    for _ in range(3):
        p.step()
    p.back()
    assert p.moment().step == 2
    assert same(p.moment(), at(2))
    assert p.moment().snapshot.furthest == 3
    p.step()
    assert same(p.moment(), at(3))
    p.seek(0)
    p.back()
    assert p.moment().step == 0


def test_seek_stays_within_what_was_reached():
    p = player()
    p.run.advance(engine.Budget(steps=20))
    p.seek(99)
    assert p.run.step == 20
    p.seek(-5)
    assert p.run.step == 0
    p.seek(13)
    assert same(p.moment(), at(13))


def test_a_way_back_that_takes_long_is_gone_in_slices(monkeypatch: pytest.MonkeyPatch):
    p = player()
    p.go_to(150)
    p.tick(LONG)
    monkeypatch.setattr(module, "MAX_WAIT", 0.0)
    p.seek(130)
    assert p.run.step == 128  # the nearest state kept
    assert p.target == 130
    p.tick(LONG)
    assert not p.playing
    assert same(p.moment(), at(130))
    p.seek(128)
    assert (p.run.step, p.playing) == (128, False)


def test_one_player_only_is_a_change_that_rewind_repeats():
    p = player()
    p.step()
    p.act("forger")
    after = p.moment()
    assert [(e.step, e.name) for e in p.run.edits] == [(1, "forger")]
    p.back()
    p.step()
    assert same(p.moment(), after)
    assert p.moment().trace == ()  # a unit off the schedule has no stages of a round


def test_scrubbing_shows_a_stored_picture_and_leaves_the_run_where_it_is():
    p = player()
    p.run.advance(engine.Budget(steps=100))
    p.play()
    p.scrub(37)
    moment = p.moment()
    assert (moment.is_past, moment.step, p.run.step, p.playing) == (
        True,
        32,
        100,
        False,
    )  # a view is stored every 16 steps
    assert same(moment, at(32))
    p.scrub(100)
    assert not p.moment().is_past
    p.scrub(37)
    p.play()
    assert not p.moment().is_past


def test_slow_motion_goes_through_the_stages_of_a_round(clock: SimpleNamespace):
    p = player()
    p.speed = STAGES
    p.play()
    seen = []
    for _ in range(10):
        p.tick(LONG)
        seen.append((p.run.step, p.stage))
        p.tick(LONG)  # nothing happens before it is time
        assert (p.run.step, p.stage) == seen[-1]
        clock.now += module.STAGE_SECONDS
    assert seen == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 4), (1, 0), (1, 1), (1, 2), (1, 3), (2, 4)]
    assert same(p.moment(), at(2))


def test_slow_motion_by_hand_goes_forth_and_back():
    p = player()
    p.speed = STAGES
    seen = []
    for button in "ss bbb sssss b s s bb".replace(" ", ""):
        {"s": p.step, "b": p.back}[button]()
        seen.append((p.run.step, p.stage))
    there = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 4)]
    assert seen == [
        (0, 0), (0, 1), (0, 0), (0, -1), (0, -1), *there, (0, 3), (1, 4), (1, 0), (1, -1), (0, -1),
    ]  # fmt: skip


@pytest.mark.parametrize("speed", [s for s in SPEEDS.values() if s not in (STAGES, ALL)])
def test_a_pace_is_kept_over_uneven_ticks_and_long_pauses_are_not_made_up_for(clock: SimpleNamespace, speed: float):
    p = player()
    p.speed = speed
    p.play()
    for gap in (0.1, 0.03, 0.27, 0.1) * 4:
        clock.now += gap
        p.tick(LONG)
    assert p.run.step == pytest.approx(2.0 * speed, abs=1)
    stood = p.run.step
    clock.now += 100
    p.tick(LONG)
    assert p.run.step - stood <= module.MAX_LAG * speed + 1


def test_a_pace_that_one_slice_does_not_keep_is_kept_by_more_of_them(clock: SimpleNamespace):
    p = player()
    p.speed = 100.0
    assert not p.is_behind
    p.play()
    assert not p.is_behind
    clock.now += 0.105
    while p.is_behind:
        p.tick(1e-3)
    assert p.run.step == 10


def test_a_link_s_step_is_computed_in_slices_and_then_it_stands_there():
    p = player()
    p.go_to(30)
    while p.playing:
        p.tick(0.001)
    assert (p.run.step, p.target) == (30, None)
    assert same(p.moment(), at(30))
    p.go_to(30)
    assert not p.playing


def test_while_it_plays_a_moment_costs_no_scoring(monkeypatch: pytest.MonkeyPatch):
    p = player()
    p.play()
    p.run.advance(engine.Budget(steps=7))
    monkeypatch.setattr(p.run.learner, "score", lambda: pytest.fail("2,000 fakes were scored for one frame"))
    assert p.moment().snapshot.scored_at == 0
    monkeypatch.undo()
    p.pause()
    assert p.moment().snapshot.scored_at == 7
