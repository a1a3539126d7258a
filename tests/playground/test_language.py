"""What the Language Models page works out: drafts, measurements, styles, arithmetic."""

import numpy as np
import pytest

import engine
from engine.data.texts import open_text, split_lines
from engine.families.ngram.model import distribution
from engine.families.ngram.sampling import Choice
from engine.families.ngram.smoothing import SMOOTHINGS
from engine.families.ngram.terms import terms
from playground.components import ComponentError
from playground.components.next_words import pack_next_words
from playground.pieces import language_measures as measures
from playground.pieces import language_neural
from playground.pieces import language_styles as styles
from playground.pieces.language_counted import Counted
from playground.pieces.language_counts import commonest, line, pairs
from playground.pieces.language_draft import Draft, begin, label, stands_in
from playground.pieces.language_write import END, Desk


def counted(**values: object) -> Counted:
    run = engine.start("ngram", **{"text": "stories", "order": 3, **values})
    run.advance(engine.Budget(steps=10_000))
    return Counted("key", run)


STORIES = counted()


def draft(prompt: str = "the cat", upto: int = 20, source: Counted = STORIES, order: int = 3) -> Draft:
    one = begin(source, order, prompt)
    one.write(source, source.model(order, "kneser_ney"), Choice(), 7, upto, 5)
    return one


def test_a_draft_is_the_same_again_and_however_it_is_cut():
    one, other = draft(), begin(STORIES, 3, "the cat")
    for upto in (3, 11, 20):
        other.write(STORIES, STORIES.model(3, "kneser_ney"), Choice(), 7, upto, 5)
    assert one == other
    assert len(one.bars) == len(one.words) + 1 == 21


def test_the_bars_are_the_model_s_own_probabilities():
    one = draft(upto=0)
    p, used = distribution(STORIES.model(3, "kneser_ney"), STORIES.prompt("the cat"))
    for bar in one.bars[0]:
        assert bar.p == pytest.approx(p[bar.id])
        assert bar.order == used[bar.id]
    others, mass = one.rest[0]
    assert others + len(one.bars[0]) == np.count_nonzero(p)
    assert mass == pytest.approx(1 - sum(bar.p for bar in one.bars[0]))


def test_a_chosen_word_stays_and_the_rest_is_written_after_it():
    one = draft()
    word = one.bars[4][1].id
    one.choose(STORIES, STORIES.model(3, "kneser_ney"), Choice(), 4, word)
    one.write(STORIES, STORIES.model(3, "kneser_ney"), Choice(), 7, 10, 5)
    assert one.ids[one.n_prompt + 4] == word
    assert [w.chosen for w in one.words] == [k == 4 for k in range(10)]
    assert one.words[:4] == draft().words[:4]


def test_what_is_written_reads_as_text():
    one = draft()
    text = STORIES.spell(one.ids)
    assert one.prompt + "".join(word.text for word in one.words) == text


def test_a_span_is_copied_with_what_stands_around_it():
    one = draft(upto=40)
    found = one.copied(STORIES)
    assert found
    frame = {"revision": 1, "cursor": 0, "choice": (1.0, 0, 1.0), "end": 50, "traced": True, "unit": "word"}
    packed = pack_next_words([one.written(STORIES, "trigrams", traced=True)], **frame)
    assert packed["texts"][0]["copied"][0]["start"] == found[0].start
    for span in found:
        copied = "".join(word.text for word in one.words[span.start : span.start + span.length]).strip()
        assert copied.split() == span.text.split()


def test_a_place_of_the_source_has_the_name_of_its_speech():
    source = counted(text="speeches:1962-1964", held_out=0.1)
    begun, titles = source.passages()
    assert titles == ["Kennedy, 1962", "Kennedy, 1963", "Johnson, 1964"]
    ids, ends = source.source().ids, [*begun[1:], len(source.source().ids)]
    for start, end, (at, title) in zip(begun, ends, open_text("speeches:1962-1964").parts, strict=True):
        assert (stands_in(source, int(start)), stands_in(source, int(end) - 1)) == (title, title)
        alone = open_text(f"speeches:{title[-4:]}")
        learned, _ = split_lines(at, bytes(alone.data), share=0.1, seed=0)
        np.testing.assert_array_equal(source.encode(learned), ids[start:end])
    assert stands_in(STORIES, 5) == ""


@pytest.mark.parametrize("text", ["שלום 🍎 עולם", "né ä\u0301", "a\tb  c"])
@pytest.mark.parametrize("tokenizer", ["words", "characters", "bpe", "whitespace"])
def test_any_script_is_written(text: str, tokenizer: str, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(f"{text}\n" * 30, encoding="utf-8")
    source = counted(text=str(path), tokenizer=tokenizer)
    one = draft("", 12, source)
    assert "\ufffd" not in "".join(word.text for word in one.words)
    assert all(label(source, bar.id) for bar in one.bars[0])


def test_a_desk_ends_and_takes_no_word_that_is_none():
    desk, config = Desk(prompt="the cat"), STORIES.config
    desk.prepare(STORIES, config)
    desk.fill(STORIES, config, END + 50)
    assert len(desk.drafts[0]) == END
    before = desk.drafts[0].ids.copy()
    for bad in ((0, -1, 3), (0, END, 3), (0, 2, 10**9), (0, 999, 3)):
        desk.pick(STORIES, config, *bad)
    assert desk.drafts[0].ids == before
    desk.choose(STORIES, config, 5, Choice(temperature=0.0))
    assert desk.cursor == 5
    assert desk.drafts[0].bars[5][0].p == pytest.approx(1.0)


def test_the_frame_is_checked():
    one = draft().written(STORIES, "trigrams", traced=False)
    frame = {"revision": 1, "choice": (1.0, 0, 1.0), "end": 50, "traced": False, "unit": "word"}
    assert pack_next_words([one], cursor=20, **frame)["texts"][0]["words"][0][2] in (0, 1, 2, 3)
    with pytest.raises(ComponentError, match="cursor = 21"):
        pack_next_words([one], cursor=21, **frame)
    with pytest.raises(ComponentError, match="at least one"):
        pack_next_words([], cursor=0, **frame)


def test_measurements_go_on_where_they_stopped_and_say_what_is_expected():
    source = counted()
    tasks = measures.held_out(source, 1.0)
    found, left = measures.gradually(source, "held out", tasks, budget=0.0)
    assert (len(found), left) == (0, len(tasks))
    found, left = measures.gradually(source, "held out", tasks, budget=60.0)
    assert left == 0
    assert found[3, "kneser_ney"]["perplexity"] < found[1, "kneser_ney"]["perplexity"]
    assert found[3, "kneser_ney"]["perplexity"] < found[3, "add_k"]["perplexity"]
    assert found[5, "mle"]["impossible"] > found[1, "mle"]["impossible"]
    assert (np.diff(measures.never_seen(source)) >= 0).all()
    copied, _ = measures.gradually(source, "copying", measures.copying(source, "kneser_ney", 1.0, 0), budget=60.0)
    assert copied[5, "mle"]["share"] > copied[1, "mle"]["share"]
    sized, _ = measures.gradually(source, "size", measures.by_size(source, "kneser_ney", 1.0), budget=60.0)
    perplexities = [one["perplexity"] for one in sized.values()]
    assert perplexities[-1] == pytest.approx(found[3, "kneser_ney"]["perplexity"])
    assert perplexities[0] > perplexities[-1]


def test_sizes_are_v_to_the_n_and_what_there_is():
    source = counted()
    for one, distinct in zip(measures.sizes(source), source.trie.distinct, strict=True):
        assert one.dense == float(len(source.words)) ** one.order
        assert one.distinct == distinct
    assert measures.in_bytes(24.8e12) == "24.8 TB"


def test_large_numbers_are_written_with_their_power_of_ten():
    assert measures.in_powers(999_999) == "999,999"
    assert measures.in_powers(9.96e15) == "1.0 · 10¹⁶"
    assert measures.in_powers(18_000.0**7) == "6.1 · 10²⁹"


def test_the_map_holds_the_counts_of_pairs():
    ids = commonest(STORIES, 6)
    values = pairs(STORIES, ids)
    text = STORIES.source().ids
    for i, first in enumerate(ids):
        for j, then in enumerate(ids):
            assert values[i, j] == np.count_nonzero((text[:-1] == first) & (text[1:] == then))


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_the_arithmetic_is_written_with_its_result(smoothing: str):
    history = STORIES.prompt("the cat")[1:]
    for word in (2, int(STORIES.prompt("saw")[1])):
        for term in terms(STORIES.model(3, smoothing), history, word):
            written = line(term, smoothing, 1.0, len(STORIES.words) - 1)
            assert written.startswith(f"p_{{{term.order}}} = ")
            mantissa, _, exponent = written.rpartition(" = ")[2].partition(r" \cdot 10^")
            assert float(mantissa) * 10.0 ** int(exponent.strip("{}") or 0) == pytest.approx(term.p, rel=6e-3)


def test_the_verdict_names_the_winner():
    assert "Counting wins" in language_neural.verdict(243.0, {1: 702.0, 5: 114.0})
    assert "The network wins" in language_neural.verdict(3.1, {1: 9.0, 5: 3.2})
    assert "(order 1" not in language_neural.verdict(12.0, {1: 9.0})


def test_who_said_it_and_the_mix_of_two(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(styles, "STYLE_BYTES", 300_000)
    bible, speeches = (styles.count_style(spec) for spec in ("bible", "speeches:1961-2026"))
    tokens, bits = styles.who_said_it([bible, speeches], "And God said unto him")
    assert tokens == ["And", "God", "said", "unto", "him", "¶"]
    assert bits.shape == (2, 6)
    assert bits[0].sum() < bits[1].sum()
    n_words = styles.vocabulary_size([bible, speeches])
    assert styles.surprise(bible, bible, n_words) < styles.surprise(speeches, bible, n_words)
    mix = styles.mixture(bible, speeches)
    for weight, wanted in ((0.0, 0.0), (1.0, 1.0)):
        words = styles.write_mixed(mix, weight, 3, 15)
        assert {second for _, second in words} == {wanted}
    assert styles.write_mixed(mix, 0.5, 3, 15) == styles.write_mixed(mix, 0.5, 3, 15)
