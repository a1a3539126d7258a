"""One page's experiment: settings become edits or new runs, nothing is lost by a bad one, links are short."""

import contextlib
import threading
from collections.abc import Mapping

import pytest

import engine
from engine import FAMILIES, ConfigError
from playground import link
from playground.lab import Lab
from playground.player import ALL, Player


def lab(**values: object) -> Lab:
    run = engine.start("gan", **values)
    return Lab(family=FAMILIES["gan"], player=Player(run=run), values=dict(values))


def test_a_live_field_is_an_edit_once_the_run_is_on_its_way():
    one = lab(seed=4)
    run = one.run
    run.advance(engine.Budget(steps=5))
    one.change("lr_d", 0.01)
    assert one.run is run
    assert [(e.step, e.name, e.value) for e in run.edits] == [(5, "lr_d", 0.01)]
    assert one.previous is None


def test_of_two_changes_in_quick_succession_none_is_lost():
    one, both = lab(seed=4), threading.Barrier(2)

    def begun(values: Mapping[str, object]) -> Mapping[str, object]:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.3)  # time for the other one to begin too, if nothing keeps it from that
        return values

    one.lighten = begun
    threads = [threading.Thread(target=one.change, args=change) for change in (("size", 4), ("seed", 9))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (one.run.config.size, one.run.config.seed) == (4, 9)


def test_any_other_field_is_a_new_run_with_all_else_kept():
    one = lab(seed=4, lr_d=0.01)
    run, one.player.speed = one.run, 10.0
    one.change("size", 4)
    assert one.run is not run
    assert (one.run.config.size, one.run.config.seed, one.run.config.lr_d) == (4, 4, 0.01)
    assert one.player.speed == 10.0
    one.bring_back()
    assert one.run is run
    assert one.values == {"seed": 4, "lr_d": 0.01}
    one.bring_back()
    assert one.run.config.size == 4


def test_a_setting_back_to_its_default_leaves_the_link():
    one = lab()
    one.change("size", 4)
    assert one.values == {"size": 4}
    one.change("size", 8)
    assert one.values == {}


def test_a_value_that_does_not_fit_loses_nothing():
    one = lab(seed=4)
    run = one.run
    run.advance(engine.Budget(steps=5))
    for name, value in (("size", 99), ("lr_d", -1.0), ("colour", 1), ("loss", "magic")):
        one.change(name, value)
        problem = one.problems.pop()
        assert str(value) in problem or name in problem
        assert one.run is run
        assert (run.step, run.edits, one.previous) == (5, (), None)


def test_starting_with_bad_values_raises_and_changes_nothing():
    one = lab()
    run = one.run
    with pytest.raises(ConfigError):
        one.start({"size": 99}, play=True)
    assert one.run is run
    one.start({"size": 4}, play=True, lesson="x")
    assert (one.player.playing, one.player.speed, one.lesson) == (True, ALL, "x")


def test_a_loaded_run_s_link_is_as_short_as_a_chosen_one_s():
    one = lab()
    other = engine.start("gan", size=2, seed=9)
    one.load(other)
    assert one.values == {"size": 2, "seed": 9}
    assert link.read(FAMILIES["gan"], link.write(FAMILIES["gan"], link.Experiment(one.values)))[0].values == one.values


def test_a_file_that_the_page_does_not_take_loses_nothing():
    def check(values: object) -> None:
        raise ConfigError("text", "x", "must be named")

    one = lab(seed=4)
    one.check, run = check, one.run
    with pytest.raises(ConfigError, match="must be named"):
        one.load(engine.start("gan", seed=5))
    assert one.run is run
