"""What every family promises, as plain functions: each takes `start(seed)`, which makes a fresh run, and asserts.

They are written for any family: runs shorter than 100 units, without live fields, without actions. Longer than 300
lines, because the promises are one list that is read as a whole.
"""

import math
import threading
from collections.abc import Callable
from typing import Any

import pytest

from engine.config import Field, fields
from engine.edits import Edit, format_edits, parse_edits
from engine.run import Budget, Run, Status, restore
from tests.engine.compared import arrays_in, assert_same, draw_globally, look, past_of, plain, seed_globals, state_of

Start = Callable[[int], Run]
SLICES = (1, 7, 42, 50)
LENGTH = sum(SLICES)
HALF = 40
REWINDS = (99, 0, 1, 15, 16, 17, 3, 64, 63, 65, 31, 100, 2, 50)


def goes_on(start: Start, steps: int) -> Run:
    """A fresh run, advanced."""
    run = start(1)
    run.advance(Budget(steps=steps))
    return run


def check_slices(start: Start) -> None:
    """Cut into slices, a run is the run in one piece."""
    whole, sliced = goes_on(start, LENGTH), start(1)
    for steps in SLICES:
        sliced.advance(Budget(steps=steps))
    assert_same(sliced, whole)
    assert past_of(sliced) == past_of(whole)


def check_seed(start: Start) -> None:
    """The same seed gives the same run."""
    assert_same(goes_on(start, 20), goes_on(start, 20))


def check_time_budget(start: Start) -> None:
    """Time decides when, never what."""
    timed = start(1)
    for seconds in (0.0, 1e-9, 0.001, 0.003):
        timed.advance(Budget(steps=LENGTH - timed.step, seconds=seconds))
    while timed.status is Status.READY and timed.step < LENGTH:
        timed.advance(Budget(steps=LENGTH - timed.step, seconds=0.005))
    assert_same(timed, goes_on(start, LENGTH))


def check_looking(start: Start) -> None:
    """Whatever is asked of a run, it goes on as if nobody had looked."""
    looked = start(1)
    look(looked)
    while looked.step < LENGTH and looked.advance(Budget(steps=1)):
        before = state_of(looked)
        look(looked)
        assert state_of(looked) == before
    unseen = goes_on(start, LENGTH)
    assert_same(looked, unseen)
    assert past_of(looked) == past_of(unseen)


def check_rewind(start: Start) -> None:
    """Rewound to any step, a run is the run that stopped there; going on reproduces what was."""
    run, seen = start(1), {}
    seen[0] = state_of(run)
    while run.step < LENGTH and run.advance(Budget(steps=1)):
        seen[run.step] = state_of(run)
    furthest, past = run.step, past_of(run)
    for step in REWINDS:
        run.rewind(min(step, furthest))
        assert state_of(run) == seen[run.step]
        run.advance(Budget(steps=min(3, furthest - run.step)))
        assert state_of(run) == seen[run.step]
    run.rewind(furthest)
    assert state_of(run) == seen[furthest]
    assert past_of(run) == past


def check_interleaved(start: Start) -> None:
    """Two runs by turns, with noise on the global generators, are each the run alone; and they leave these alone."""
    runs = start(1), start(2)
    for turn in range(10):
        seed_globals(turn)
        expected = draw_globally()
        seed_globals(turn)
        for run in runs:
            run.advance(Budget(steps=5))
            look(run)
        assert draw_globally() == expected
    for seed, run in zip((1, 2), runs, strict=True):
        alone = start(seed)
        alone.advance(Budget(steps=50))
        assert_same(run, alone)


def check_state(start: Start) -> None:
    """A state dict, taken over by another run, goes on as the run that it came from."""
    run = goes_on(start, HALF)
    taken, other = restore(run.family, run.state_dict()), start(2)
    other.load_state_dict(run.state_dict())
    for heir in (taken, other):
        assert_same(heir, run)
    for each in (run, taken, other):
        each.advance(Budget(steps=HALF))
    for heir in (taken, other):
        assert_same(heir, run)
        assert plain(heir.tables()) == plain(run.tables())
        heir.rewind(min(7, heir.step))
        assert_same(heir, goes_on(start, 7))


def check_threads(start: Start, *, patience: float = 0.3) -> None:
    """While one thread is inside a unit, no other one gets in, or is told of the past that the unit changes.

    `patience`: how long the first waits for an intruder.
    """
    run = start(1)
    step, inside, intruded, told = run.learner.step, threading.Event(), threading.Event(), threading.Event()
    first_is_in = told_early = False

    def slow_step(number: int) -> Any:
        nonlocal first_is_in, told_early
        if first_is_in:
            intruded.set()
        elif not inside.is_set():
            first_is_in = True
            inside.set()
            intruded.wait(patience)
            first_is_in, told_early = False, told.is_set()
        return step(number)

    run.learner.step = slow_step  # type: ignore[method-assign]
    first = threading.Thread(target=run.advance, args=[Budget(steps=1)])
    second = threading.Thread(target=run.advance, args=[Budget(steps=1)])
    third = threading.Thread(target=lambda: (run.replay(0), told.set()))
    first.start()
    assert inside.wait(30)
    for thread in (second, third):
        thread.start()
    for thread in (first, second, third):
        thread.join()
    assert not intruded.is_set(), "a second thread got into the unit of the first"
    assert told.is_set()
    assert not told_early, "a third thread looked into a past that changes"
    del run.learner.step
    assert_same(run, goes_on(start, 2))


def another(about: Field, value: Any) -> Any:
    """Another value of a field, not far away."""
    if about.kind == "choice":
        return next(option for option in about.options if option != value)
    if about.kind == "bool":
        return not value
    assert about.low is not None
    assert about.high is not None
    near = value * 2 if value else about.low + (about.high - about.low) / 4
    near = near if near <= about.high else value / 2
    return round(near) if about.kind == "int" else near


def check_edits(start: Start) -> None:
    """A change on the way is logged, comes again after a rewind, and comes again from its text."""
    for about in fields(start(1).family.config):
        if about.live:
            _check_edit(start, about)


def _check_edit(start: Start, about: Field) -> None:
    run = goes_on(start, 20)
    if run.status is not Status.READY:
        return
    step, value = run.step, another(about, getattr(run.config, about.name))
    run.edit(**{about.name: value})
    assert run.edits == (Edit(step, about.name, value),)
    assert getattr(run.config, about.name) == value
    seen = {run.step: state_of(run)}
    while run.step < 70 and run.advance(Budget(steps=1)):
        seen[run.step] = state_of(run)
    end = run.step
    for back in (0, step - 1, step, step + 1, end):
        run.rewind(min(back, end))
        assert getattr(run.config, about.name) == (value if run.step >= step else getattr(start(1).config, about.name))
        run.advance(Budget(steps=end - run.step))
        assert state_of(run) == seen[run.step]
    again = Run(run.family, run.start_config, parse_edits(run.family, format_edits(run.edits)))
    again.advance(Budget(steps=end))
    assert_same(again, run)


def check_actions(start: Start) -> None:
    """A unit off the schedule is logged, takes the place of its step, and comes again."""
    for action in start(1).family.actions:
        run, plain_run = goes_on(start, 20), goes_on(start, 20)
        if run.status is not Status.READY:
            return
        step = run.step
        run.act(action)
        plain_run.advance(Budget(steps=1))
        assert run.step == step + 1
        assert run.edits == (Edit(step, action),)
        assert state_of(run) != state_of(plain_run)
        run.advance(Budget(steps=50))
        end, seen = run.step, state_of(run)
        for back in (0, step, step + 1):
            run.rewind(back)
            run.advance(Budget(steps=end - back))
            assert state_of(run) == seen
        again = Run(run.family, run.start_config, parse_edits(run.family, format_edits(run.edits)))
        again.advance(Budget(steps=end))
        assert_same(again, run)


def check_reason(start: Start) -> None:
    """A run ends for the reason that it says, at the first step where that holds, and ends there again."""
    run = goes_on(start, 10_000)
    assert run.status is Status.DONE, "the smoke values should make a run that ends"
    numbers = {**run.metrics, "step": run.step}
    if run.step % run.family.score_every == 0:
        numbers |= run.snapshot().scores
    assert run.reason in [rule.reason for rule in run.family.rules(run.config) if rule.fires(numbers)]
    assert run.advance(Budget(steps=1)) == 0
    end, reason = run.step, run.reason
    run.rewind(end - 1)
    assert run.status is Status.READY
    run.advance(Budget(steps=10))
    assert (run.step, run.status, run.reason) == (end, Status.DONE, reason)
    run.rewind(0)
    run.rewind(end)
    assert (run.status, run.reason) == (Status.DONE, reason)


def check_divergence(start: Start, *, at: int = 5) -> None:
    """A number that is not finite is a status: the run stands there, and can be taken back to the step before."""
    run = start(1)
    step = run.learner.step

    def poisoned(number: int) -> dict[str, float]:
        metrics = step(number)
        return dict.fromkeys(metrics, math.nan) if number == at else metrics

    run.learner.step = poisoned  # type: ignore[method-assign]
    run.advance(Budget(steps=LENGTH))
    assert (run.step, run.status, run.last_good) == (at + 1, Status.DIVERGED, at)
    assert run.advance(Budget(steps=1)) == 0
    for action in run.family.actions:
        run.act(action)
    assert run.step == at + 1
    look(run)
    heir = restore(run.family, run.state_dict())
    assert (heir.status, heir.last_good) == (Status.DIVERGED, at)
    run.rewind(run.last_good)
    assert_same(run, goes_on(start, at))
    assert run.last_good == at
    run.rewind(at + 1)
    assert run.status is Status.DIVERGED


def check_aliases(start: Start) -> None:
    """Arrays that a run gives or takes are its own or the caller's, never both's."""
    run, clean = goes_on(start, 10), goes_on(start, 10)
    shown = [run.learner.view(), run.snapshot().view, run.explain(), run.tables(), run.state_dict()]
    before = plain(shown)
    run.advance(Budget(steps=5))
    clean.advance(Budget(steps=5))
    assert plain(shown) == before, "what was shown changed with the run"
    for array in arrays_in(shown):
        if array.flags.writeable:
            array[...] = 1
    state = run.state_dict()
    run.load_state_dict(state)
    for array in arrays_in([state, run.learner.state_dict(), run.learner.view(), run.frames()]):
        if array.flags.writeable:
            array[...] = 1
    assert_same(run, clean)
    assert plain(run.learner.view()) == plain(clean.learner.view())
    run.rewind(run.step // 2)
    clean.rewind(clean.step // 2)
    assert_same(run, clean)
    for each in (run, clean):
        each.advance(Budget(steps=10))
    assert_same(run, clean)


def check_broken_off(start: Start, *, at: int = 5) -> None:
    """A unit broken off leaves the run as it was before it, and the run can go on."""
    run = goes_on(start, at)
    if run.status is not Status.READY:
        return
    step = run.learner.step

    def broken(number: int) -> dict[str, float]:
        metrics = step(number)
        if number == at:
            raise KeyboardInterrupt
        return metrics

    run.learner.step = broken  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        run.advance(Budget(steps=LENGTH))
    del run.learner.step
    assert_same(run, goes_on(start, at))
    run.advance(Budget(steps=5))
    assert_same(run, goes_on(start, at + 5))


def check_explanation(start: Start) -> None:
    """What the next unit is said to do changes nothing, and is the same when asked again."""
    run = goes_on(start, 10)
    first = plain(run.explain())
    assert plain(run.explain()) == first
    assert_same(run, goes_on(start, 10))


CHECKS = (
    check_slices, check_seed, check_time_budget, check_looking, check_rewind, check_interleaved, check_state,
    check_threads, check_edits, check_actions, check_reason, check_divergence, check_aliases, check_broken_off,
    check_explanation,
)  # fmt: skip
