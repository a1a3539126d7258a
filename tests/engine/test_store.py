"""Memory under a limit: what is kept is evenly spaced, and nothing ever fails."""

import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.packed import PAGED_BYTES
from engine.store import ENTRY_BYTES, History, Past, Thinned


def filled(steps: int, *, entries: int, spacing: int, size: int = 0) -> Thinned[str]:
    """A store with room for so many entries that was offered every step."""
    store: Thinned[str] = Thinned(byte_limit=entries * (ENTRY_BYTES + size), spacing=spacing)
    for step in range(steps):
        if store.wants(step):
            store.put(step, f"entry {step}", size)
    return store


@given(st.integers(1, 600), st.integers(1, 12), st.integers(1, 20), st.integers(0, 5000))
def test_thinned_entries_are_evenly_spaced_and_fit(steps, entries, spacing, size):
    store = filled(steps, entries=entries, spacing=spacing, size=size)
    assert store.steps == tuple(range(0, steps, store.spacing))[: len(store.steps)]
    assert len(store.steps) >= min(entries, len(range(0, steps, store.spacing)))
    assert store.n_bytes == len(store.steps) * (ENTRY_BYTES + size) <= store.byte_limit
    power = store.spacing // spacing
    assert store.spacing == spacing * power
    assert power & (power - 1) == 0


@given(st.integers(1, 300), st.integers(2, 12))
def test_thinned_keeps_no_more_entries_than_it_may(steps, most):
    store: Thinned[None] = Thinned(byte_limit=10**9, spacing=1, max_entries=most)
    for step in range(steps):
        if store.wants(step):
            store.put(step, None, 0)
    assert store.steps == tuple(range(0, steps, store.spacing))
    assert min(steps, most / 2) <= len(store.steps) <= most


@given(st.integers(1, 300), st.integers(1, 12), st.integers(1, 9), st.integers(0, 400))
def test_thinned_gives_the_newest_entry_before(steps, entries, spacing, asked):
    store = filled(steps, entries=entries, spacing=spacing)
    step = max(s for s in store.steps if s <= asked)
    assert store.before(asked) == (step, f"entry {step}")
    assert store.before(-1) is None
    assert [s for s, _ in store.until(asked)] == [s for s in store.steps if s <= asked]


@given(st.integers(1, 300), st.integers(1, 12), st.integers(1, 9), st.integers(0, 400))
def test_thinned_forgets_the_future_and_takes_it_in_again(steps, entries, spacing, cut):
    store = filled(steps, entries=entries, spacing=spacing)
    kept = store.steps
    store.cut(cut)
    assert store.steps == tuple(s for s in kept if s <= cut)
    assert store.n_bytes == len(store.steps) * ENTRY_BYTES
    for step in range(steps):
        if store.wants(step):
            store.put(step, "again", 0)
    assert store.steps == kept


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 20_000)), max_size=60))
def test_thinned_takes_entries_of_any_size_at_any_step(puts):
    store: Thinned[int] = Thinned(byte_limit=10_000, spacing=4)
    for step, size in puts:
        store.put(step, size, size)
        assert store.n_bytes <= store.byte_limit
        assert store.n_bytes == sum(entry + ENTRY_BYTES for _, entry in store.until(10_000))


def test_an_entry_larger_than_the_limit_is_asked_for_ever_less_often():
    store: Thinned[str] = Thinned(byte_limit=10_000, spacing=1)
    asked = [step for step in range(1000) if store.wants(step) and store.put(step, "", 50_000) is None]
    assert asked == [0, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert (store.steps, store.n_bytes, store.before(999)) == ((), 0, None)


@given(st.integers(1, 2000), st.integers(2, 300), st.integers(1, 7))
def test_history_is_thinned_evenly(steps, rows, spacing):
    history = History(spacing=spacing, max_rows=rows)
    for step in range(steps):
        if history.wants(step):
            history.put(step, {"a": step, "b": -step})
    table = history.table()
    assert len(table["step"]) <= rows
    assert table["step"].tolist() == list(range(0, steps, history.spacing))
    assert table["a"].tolist() == table["step"].tolist()
    assert table["b"].tolist() == (-table["step"]).tolist()


def test_history_stays_below_its_bytes_with_many_columns():
    history = History(max_bytes=100_000)
    for step in range(5000):
        if history.wants(step):
            history.put(step, {f"m{k}": 1.0 for k in range(40)})
        assert history.n_bytes < 110_000
    assert len(history.table()["step"]) > 100


def test_a_new_name_is_a_new_column():
    history = History()
    history.put(1, {"a": 1.0})
    history.put(2, {"a": 2.0, "b": 5.0})
    history.put(3, {"b": 6.0})
    table = history.table()
    assert list(table) == ["step", "a", "b"]
    np.testing.assert_array_equal(table["a"], [1, 2, math.nan])
    np.testing.assert_array_equal(table["b"], [math.nan, 5, 6])


def test_new_names_without_end_stay_below_the_limit():
    history = History(max_bytes=50_000)
    for step in range(600):
        if history.wants(step):
            history.put(step, {f"m{step}": 1.0})
        assert history.n_bytes < 110_000


@given(st.integers(0, 100), st.integers(-1, 120))
def test_history_rows_cuts_and_tables_agree(steps, asked):
    history = History(spacing=3)
    for step in range(steps):
        if history.wants(step):
            history.put(step, {"a": float(step)})
    before = [s for s in history.table()["step"].tolist() if s <= asked]
    assert history.table(asked)["step"].tolist() == before
    assert history.row(asked) == ((before[-1], {"a": float(before[-1])}) if before else None)
    history.cut(asked)
    assert history.table()["step"].tolist() == before


@given(st.integers(0, 900), st.integers(2, 100))
def test_a_loaded_history_goes_on_as_the_one_that_it_came_from(steps, rows):
    first, second = History(max_rows=rows), History(max_rows=rows)

    def go_on(history: History, start: int, end: int) -> None:
        for step in range(start, end):
            if history.wants(step):
                history.put(step, {"a": float(step)})

    go_on(first, 0, steps)
    second.load(first.table())
    for history in (first, second):
        go_on(history, steps, steps + 200)
    assert len(second.table()["step"]) <= rows
    if len(first.table(steps)["step"]) > 1:
        assert second.table()["step"].tolist() == first.table()["step"].tolist()


@pytest.mark.parametrize("steps", [[2, 1], [1, 1], [-1, 2], [[1, 2]]])
def test_a_table_whose_steps_do_not_rise_is_refused(steps):
    with pytest.raises(ValueError, match=r"rise|broadcast"):
        History().load({"step": np.array(steps), "a": np.zeros(2)})


def test_tables_are_copies():
    history = History()
    history.put(0, {"a": 1.0})
    table = history.table()
    table["a"][0] = 9
    assert history.table()["a"].tolist() == [1]
    history.load(table)
    table["a"][0] = 7
    assert history.table()["a"].tolist() == [9]


class Pair(NamedTuple):
    name: str
    values: np.ndarray


@dataclasses.dataclass(frozen=True)
class View:
    pictures: np.ndarray
    layers: tuple[np.ndarray, ...]
    pair: Pair
    numbers: dict[str, Any]


@pytest.mark.parametrize("n", [3, PAGED_BYTES])
def test_a_past_keeps_a_copy_that_nobody_can_change(n: int):
    pictures = np.arange(2.0 * n).reshape(2, n)[:, ::-1]  # not in one piece
    names = np.array([1, "a", None], dtype=object)
    layers = np.ones(3, bool), np.zeros((0, 4)), np.array(7, np.int16)
    view = View(pictures, layers, Pair("b", np.array(["x", "yz"])), {"size": 0.5, "names": names})
    past = Past(score_every=1)
    before = past.n_bytes
    past.keep_view(0, view)
    past.keep_state(0, {"weights": pictures[0]}, {"loss": 1.0})
    assert pictures.nbytes * 1.5 < past.n_bytes - before < pictures.nbytes * 1.5 + 2 * ENTRY_BYTES + 1_000
    wanted = pictures.copy()
    pictures[:] = -1
    (_, kept), (_, state) = past.view_before(0), past.checkpoints.before(0)  # type: ignore[misc]
    np.testing.assert_array_equal(kept.pictures, wanted)
    np.testing.assert_array_equal(state.state["weights"], wanted[0])
    for array, same in zip(kept.layers, layers, strict=True):
        assert array.dtype == same.dtype
        np.testing.assert_array_equal(array, same)
    assert kept.pair.name == "b"
    assert kept.pair.values.tolist() == ["x", "yz"]
    assert kept.numbers["size"] == 0.5
    assert kept.numbers["names"] is names
    for array in (kept.pictures, *kept.layers, kept.pair.values, state.state["weights"]):
        assert not array.flags.writeable


def test_views_outlast_thinning_as_they_were():
    past = Past(score_every=1)
    spacing = past.frames.spacing
    steps = range(0, 400 * spacing, spacing)
    for step in steps:
        if past.frames.wants(step):
            past.keep_view(step, {"picture": np.full((3, 40, 40), step, np.float32), "step": step})
    kept = past.views_until(steps[-1])
    assert 64 <= len(kept) <= 128
    for step, view in kept:
        assert view["step"] == step
        assert view["picture"].shape == (3, 40, 40)
        assert (view["picture"] == step).all()
