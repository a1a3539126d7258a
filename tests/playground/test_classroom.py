"""How a class shares one server: the pace by the number of sessions, who counts as active, and one turn at a time."""

import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

import engine
from playground import classroom
from playground.classroom import pace, seen, turn

MANY = range(2, 200)
MOST_SESSIONS = 30
LEAST_FRAMES_A_SECOND = 1.5


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    held = SimpleNamespace(now=100.0)
    monkeypatch.setattr(classroom, "time", SimpleNamespace(monotonic=lambda: held.now))
    monkeypatch.setattr(classroom, "_seen", {})
    return held


def test_alone_one_frame_follows_the_other():
    for n in (0, 1):
        assert pace(n).every == 0
        assert 1 / pace(n).budget >= 10  # frames a second


def test_what_takes_long_to_draw_is_drawn_less_often_but_often_enough():
    assert pace(1, drawing=0.001) == pace(1)
    assert pace(1).budget < pace(1, drawing=0.015).budget < pace(1, drawing=0.1).budget
    assert 1 / (pace(1, drawing=0.02).budget + 0.02) >= 8  # frames a second


def test_slow_motion_comes_in_small_steps_of_time():
    assert 0 < pace(1, busy=False).every <= 0.1


def test_the_more_there_are_the_further_apart_frames_come():
    paces = [pace(n) for n in MANY]
    assert all(one.every <= other.every for one, other in itertools.pairwise(paces))
    assert all(one.budget * 1.03 >= other.budget for one, other in itertools.pairwise(paces))
    assert all(p.every > 0 for p in paces)


def test_a_class_of_thirty_still_moves_and_leaves_time_for_clicks():
    for n in range(2, MOST_SESSIONS + 1):
        p = pace(n)
        assert 1 / p.every >= LEAST_FRAMES_A_SECOND
        assert n * p.budget <= 0.75 * p.every or p.budget <= classroom.LEAST_BUDGET
        assert p.budget < p.every
        assert p.every >= 0.05  # Streamlit drops frames that come faster


def test_a_class_that_draws_slowly_computes_less_and_moves_all_the_same():
    n = MOST_SESSIONS
    assert pace(n, drawing=0.004) == pace(n)
    slow = [pace(n, drawing=drawing).budget for drawing in (0.009, 0.012, 0.02)]
    assert pace(n).budget > slow[0] > slow[1] >= slow[2] == classroom.LEAST_BUDGET
    assert n * (slow[1] + 0.012) < 1 / LEAST_FRAMES_A_SECOND


def test_a_session_is_active_until_it_was_not_seen_for_a_while(clock: SimpleNamespace):
    assert [seen("a"), seen("b"), seen("a")] == [1, 2, 2]
    clock.now += classroom.ACTIVE_SECONDS * 0.9
    assert seen("a") == 2
    clock.now += classroom.ACTIVE_SECONDS * 0.9
    assert seen("a") == 1  # b closed its tab
    assert set(classroom._seen) == {"a"}


def test_an_active_session_is_seen_more_often_than_it_is_forgotten():
    assert pace(MOST_SESSIONS).every * 2 < classroom.ACTIVE_SECONDS
    assert pace(1).every * 2 < classroom.ACTIVE_SECONDS


def test_one_session_computes_at_a_time_and_an_exception_gives_the_turn_back():
    inside, most = [], []

    def work() -> None:
        for _ in range(200):
            with turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(most) == 800
    assert max(most) == 1
    with pytest.raises(ZeroDivisionError), turn():
        raise ZeroDivisionError
    with turn():
        pass


def test_who_is_wanted_while_waiting_leaves_the_queue_at_once_and_nobody_loses_a_turn():
    order, wanted, told, waits = [], threading.Event(), threading.Condition(), []

    def work(name: str, is_wanted: Callable[[], bool]) -> None:
        with turn(is_wanted, told if name == "third" else None) as has_turn:
            order.append((name, has_turn))

    def queued(name: str, is_wanted: Callable[[], bool] = lambda: False) -> threading.Thread:
        thread = threading.Thread(target=work, args=(name, is_wanted))
        n = len(classroom._waiting)
        thread.start()
        while len(classroom._waiting) == n:
            thread.join(0.001)
        waits.append(thread)
        return thread

    with turn() as first:
        assert first
        queued("second")
        clicked = queued("third", wanted.is_set)
        queued("fourth")
        wanted.set()
        with told:
            told.notify_all()
        clicked.join(timeout=30)
        assert order == [("third", False)]
    for thread in waits:
        thread.join(timeout=30)
    assert order[1:] == [("second", True), ("fourth", True)]
    assert not classroom._waiting


def test_work_without_a_browser_takes_turns_and_lets_others_in_between():
    run, others = engine.start("gan", steps=400), []

    def other() -> None:
        with turn():
            others.append(run.step)

    with turn():  # it has to queue up like everybody else
        threads = [threading.Thread(target=classroom.work, args=(run, 10**6)), threading.Thread(target=other)]
        for n, thread in enumerate(threads, 2):
            thread.start()
            while len(classroom._waiting) < n:
                thread.join(0.001)
        assert run.step == 0
    for thread in threads:
        thread.join(timeout=60)
    assert run.step == 400
    assert others
    assert others[0] < 400
