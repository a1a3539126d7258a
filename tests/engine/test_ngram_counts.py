"""Counts against Python's Counter, in pieces and in one, in memory and in a database."""

from collections import Counter as Plain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import Budget, files
from engine.data.vocabulary import BOS, EOS
from engine.families.ngram import grams, trie
from engine.families.ngram.duck import DuckCounter
from engine.families.ngram.grams import Counter
from engine.families.ngram.learner import plan


def sentences(rng: np.random.Generator, n: int, n_words: int) -> np.ndarray:
    parts = []
    for _ in range(n):
        words = 3 + rng.integers(0, n_words - 3, rng.integers(0, 9)) ** 2 // (n_words - 3)
        parts += [[BOS], words, [EOS]]
    return np.concatenate(parts).astype(np.int32) if parts else np.empty(0, np.int32)


def by_counter(ids: np.ndarray, k: int) -> Plain:
    found, sentence = Plain(), []
    for at in [*ids.tolist(), BOS]:
        if at == BOS:
            found.update(tuple(sentence[i : i + k]) for i in range(len(sentence) - k + 1))
            sentence = []
        sentence.append(at)
    return found


def by_trie(counted: trie.Trie, k: int) -> dict[tuple[int, ...], int]:
    level = counted.levels[k - 1]
    spelled = counted.spelled(k, np.arange(len(level))).tolist()
    return {tuple(row): c for row, c in zip(spelled, level.count.tolist(), strict=True) if c}


@pytest.mark.parametrize("order", range(1, 8))
@pytest.mark.parametrize("n_words", [8, 3000, 70_000])
def test_counts_are_those_of_a_dictionary(order, n_words):
    rng = np.random.default_rng(order)
    ids = sentences(rng, 120, n_words)
    ends = np.flatnonzero(ids == EOS) + 1
    counter = Counter(order)
    for chunk in np.split(ids, ends[[3, 20, 21, 70]]):
        counter.add(chunk, int(chunk.max()) + 1)  # bits grow as the words do
    whole = grams.count(ids, order, counter.bits)
    for mine, theirs in zip(counter.total().levels, whole.levels, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    counted = trie.build(whole, n_words)
    for k in range(1, order + 1):
        assert by_trie(counted, k) == by_counter(ids, k)


@pytest.mark.parametrize("order", [2, 5])
def test_parents_suffixes_and_children(order):
    counted = trie.build(grams.count(sentences(np.random.default_rng(0), 80, 30), order, 10), 30)
    for k in range(2, order + 1):
        level, nodes = counted.levels[k - 1], np.arange(len(counted.levels[k - 1]))
        words = counted.spelled(k, nodes)
        np.testing.assert_array_equal(counted.spelled(k - 1, level.parent), words[:, :-1])
        np.testing.assert_array_equal(counted.spelled(k - 1, level.suffix.astype(np.int64)), words[:, 1:])
        np.testing.assert_array_equal(counted.find(k, level.parent, level.word), nodes)
        first = counted.levels[k - 2].first
        np.testing.assert_array_equal(np.repeat(np.arange(len(first) - 1), np.diff(first)), level.parent)
        begun = trie.starting_with_bos(counted, k)
        np.testing.assert_array_equal(np.flatnonzero(words[:, 0] == BOS), nodes[begun])
    assert counted.find(2, np.array([EOS, -1]), np.array([BOS, 5])).tolist() == [-1, -1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(3, 40), max_size=6), max_size=8), st.integers(1, 7), st.integers(10, 32))
def test_packing_is_lossless(texts, order, bits):
    ids = np.array([at for words in texts for at in (BOS, *words, EOS)], np.int32)
    counted = grams.count(ids, order, 10)
    again = grams.widen(grams.widen(counted, bits), 10) if bits > 10 else counted
    for mine, theirs in zip(again.levels, counted.levels, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert int(counted.counts.sum()) == len(ids)


@pytest.mark.parametrize("order", [1, 3, 6])
def test_the_database_counts_the_same(order):
    rng = np.random.default_rng(1)
    memory, disk = Counter(order), DuckCounter(order)
    for _ in range(5):
        chunk = sentences(rng, 60, 500)
        memory.add(chunk, 500)
        disk.add(chunk, 500)
    mine, theirs = grams.widen(memory.total(), 21), disk.total()
    for a, b in zip((*mine.levels, mine.counts), (*theirs.levels, theirs.counts), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_most_frequent_are_those_of_the_trie():
    counted = grams.count(sentences(np.random.default_rng(2), 60, 50), 4, 10)
    built = trie.build(counted, 50)
    for k, (n, ids, counts) in enumerate(trie.most_frequent(trie.prefixes(counted), 7), start=1):
        all_of_them = by_trie(built, k)
        assert n == len(all_of_them)
        assert counts.tolist() == sorted(all_of_them.values(), reverse=True)[:7]
        assert [all_of_them[tuple(row)] for row in ids.tolist()] == counts.tolist()
    for mine, theirs in zip(
        trie.most_frequent_of(built, 7), trie.most_frequent(trie.prefixes(counted), 7), strict=True
    ):
        np.testing.assert_array_equal(mine[1], theirs[1])
        np.testing.assert_array_equal(mine[2], theirs[2])


@pytest.mark.parametrize(("order", "bits"), [(3, 10), (3, 30), (7, 12)])
def test_blocks_are_merged_as_one(monkeypatch, order, bits):
    rng = np.random.default_rng(3)
    a, b = (grams.count(sentences(rng, 200, 40), order, bits) for _ in range(2))
    whole = grams.merge(a, b)
    monkeypatch.setattr(grams, "BLOCK", 7)
    pieces = grams.merge(a, b)
    for mine, theirs in zip((*pieces.levels, pieces.counts), (*whole.levels, whole.counts), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert int(whole.counts.sum()) == int(a.counts.sum() + b.counts.sum())


def test_counts_take_four_bytes_until_they_need_eight():
    assert grams.count_type(2**31 - 1) is np.int32
    ids = sentences(np.random.default_rng(4), 20, 9)
    few = grams.count(ids, 2, 10)
    many = grams.Grams(2, 10, few.levels, few.counts.astype(np.int64) * 2**31)
    assert few.counts.dtype == np.int32
    both = grams.merge(few, many)
    np.testing.assert_array_equal(both.counts, few.counts + many.counts)
    assert trie.build(both, 9).levels[1].count.sum() > 2**31


def test_a_model_of_two_million_words_is_saved_and_loaded_back():
    run = engine.start("ngram", text="speeches", order=3)
    run.advance(Budget())
    assert run.learner.tokens > 2_000_000
    data = files.to_bytes(run)
    assert len(data) < 20_000_000
    again = files.load(data)
    assert again.step == run.step
    assert again.learner.words() == run.learner.words()
    for mine, theirs in zip(again.learner.model().p, run.learner.model().p, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_text_that_has_ended_is_one_run_and_its_state_no_copy():
    run = engine.start("ngram", text="stories", second="names:nl_NL", add_second=True, tokenizer="words", order=3)
    ends = {int(chunks) for chunks in np.cumsum([n for _, _, n in plan(run.config)])}
    merged = set()
    while run.advance(Budget(steps=1)):
        merged |= {run.step} if len(run.learner.counting.runs) == 1 else set()
    assert ends <= merged
    (total,) = run.learner.counting.runs
    assert run.learner.counting.total() is total
    assert np.shares_memory(run.learner.state_dict()["run 0 counts"], total.counts)
    assert not total.counts.flags.writeable


def test_many_are_found_as_few_are():
    keys = np.arange(0, 200_000, 3, dtype=np.uint64)
    wanted = np.random.default_rng(0).integers(200_000, size=trie.MANY + 1).astype(np.uint64)
    built = trie.Trie((trie.Level(keys, keys, keys, keys),) * 2, 0)
    found = built.find(2, np.zeros(len(wanted), np.int64), wanted)
    assert found[wanted % 3 > 0].max() == -1
    np.testing.assert_array_equal(found[wanted % 3 == 0], wanted[wanted % 3 == 0] // 3)


@pytest.mark.parametrize(("tokenizer", "pair"), [("characters", "e ␣"), ("bpe", "the ␣cat"), ("words", "the cat")])
def test_spaces_of_the_most_frequent_can_be_seen(tokenizer: str, pair: str):
    run = engine.start("ngram", text="stories", tokenizer=tokenizer, order=2)
    run.advance(Budget())
    view = run.learner.view()
    assert pair in view.top_words[1]
    assert "</s>" in view.top_words[0] or tokenizer == "characters"
