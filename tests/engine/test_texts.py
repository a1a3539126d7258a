"""Texts, the cutting of texts, and what is said about files that are none."""

import codecs

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from engine import Budget, ConfigError
from engine.data import texts, tokens
from engine.data.vocabulary import BOS, EOS, Vocabulary, encode, learn, words_from_arrays

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
BPE = tokens.make("bpe", b"the cat and the dog and the bird\n" * 20)


@pytest.mark.parametrize("name", tokens.TOKENIZERS)
@settings(max_examples=80, deadline=None)
@given(text=ANY_TEXT)
def test_no_sign_is_lost(name, text):
    cut = BPE if name == "bpe" else tokens.make(name)
    found, gaps = cut.pieces(text)
    assert gaps[0] + "".join(token + gap for token, gap in zip(found, gaps[1:], strict=True)) == text
    assert "" not in found
    assert not any(gap.replace("\0", " ").strip() for gap in gaps)  # KenLM takes a zero byte for a space, too


@pytest.mark.parametrize("name", tokens.TOKENIZERS)
@settings(max_examples=60, deadline=None)
@given(text=ANY_TEXT)
def test_any_text_becomes_sentences(name, text):
    cut = BPE if name == "bpe" else tokens.make(name)
    vocabulary = Vocabulary(cut.end)
    ids = learn(cut, vocabulary, (text + "\n").encode())
    np.testing.assert_array_equal(encode(cut, vocabulary, (text + "\n").encode()), ids)
    assert (ids == BOS).sum() == (ids == EOS).sum()
    assert not len(ids) or (ids[0], ids[-1]) == (BOS, EOS)
    assert not (ids == 0).any()
    assert words_from_arrays(*vocabulary.to_arrays()) == vocabulary.words()[3:]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mr. Hay saw it. He left! Why?", ["Mr . Hay saw it .", "He left !", "Why ?"]),
        ('"Go." She went (home).\nA 3.5 % rise.', ['" Go . "', "She went ( home ) .", "A 3.5 % rise ."]),
        ("Some, e.g. here.", ["Some , e . g . here ."]),
        ("don't stop-and-go\r\n\r\n\nשלום עולם 🐈!", ["don't stop-and-go", "שלום עולם 🐈 !"]),
    ],
)  # fmt: skip
def test_words_and_sentences(text, sentences):
    stream = tokens.make("words").stream(text.encode())
    cut = " ".join(str(token) for token in stream).split("</s>")
    assert [" ".join(part.split()) for part in cut if part.strip()] == sentences


def test_generated_words_are_set_as_text():
    cut = tokens.make("words")
    said = ['"', "Go", ",", '"', "she", "said", "(", "home", ")", ".", "</s>", "It", "cost", "$", "5", "."]
    assert cut.join(said) == '"Go," she said (home).\nIt cost $5.'
    assert tokens.make("whitespace").join(["a", ",", "</s>", "b"]) == "a ,\nb"
    assert tokens.make("characters").join(["a", " ", "b", "</s>"]) == "a b\n"
    stream = [str(token) for token in BPE.stream("naïve 🐈 cat\n".encode())]
    assert BPE.join(stream).rstrip("\n") == "naïve 🐈 cat"


def test_lines_are_cut_as_kenlm_cuts_them():
    stream = tokens.make("whitespace").stream("a\u00a0b \t c\x0cd\r\n\ne\n".encode())
    assert stream == ["a\u00a0b".encode(), b"c\x0cd", b"</s>", b"</s>", b"e", b"</s>"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab\n", min_size=1, max_size=60), st.integers(1, 30), st.floats(0, 0.9))
def test_chunks_are_the_text(text, size, share):
    whole = texts.from_bytes(b"x" + text.encode(), "mine")
    parts = [texts.chunk(whole, number, size) for number in range(texts.n_chunks(whole, size))]
    assert b"".join(data for _, data in parts) == whole.data
    assert all(data.endswith(b"\n") for _, data in parts[:-1] if data and not whole.data.endswith(data))
    split = [texts.split_lines(start, data, share=share, seed=3) for start, data in parts]
    learned, held = (b"".join(side) for side in zip(*split, strict=True))
    assert (learned, held) == texts.split_lines(0, whole.data, share=share, seed=3)
    assert len(learned) + len(held) == len(whole)


def test_the_share_held_out():
    data = bytes(texts.open_text("stories").data)
    learned, held = texts.split_lines(0, data, share=0.2, seed=0)
    assert 0.15 < held.count(b"\n") / data.count(b"\n") < 0.25
    assert held != texts.split_lines(0, data, share=0.2, seed=1)[1]
    assert texts.split_lines(0, data, share=0.0, seed=0) == (data, b"")
    assert learned


@pytest.mark.parametrize(
    ("name", "least", "has"),
    [
        ("speeches:1790-1859", 2_500_000, "Fellow-Citizens of the Senate"),
        ("bible", 4_000_000, "In the beginning God created the heaven and the earth."),
        ("names:de_DE", 10_000, "\n"),
        ("stories", 40_000, "the cat"),
    ],
)
def test_named_texts(name, least, has):
    text = texts.open_text(name)
    assert len(text) > least
    assert has in bytes(text.data).decode()
    assert text.title
    assert text.source
    assert text.licence


def test_parts_say_where_a_passage_stands():
    text = texts.open_text("speeches:1961-1963")
    assert [title for _, title in text.parts] == [
        "Eisenhower, 1961", "Kennedy, 1961", "Kennedy, 1962", "Kennedy, 1963",
    ]  # fmt: skip
    starts = [at for at, _ in text.parts]
    assert starts[0] == 0
    assert all(text.data[at - 2 : at] == b"\n\n" for at in starts[1:])
    assert texts.open_text("speeches:1962").data == text.data[starts[2] : starts[3]]
    assert texts.open_text("stories").parts == ()


def test_several_texts_are_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    own = texts.keep(b"mine, without a line end", "mine.txt")
    both = texts.open_text(f"stories+{own}+speeches:1962")
    alone = [bytes(texts.open_text(name).data) for name in ("stories", own, "speeches:1962")]
    assert both.data == b"".join(data.rstrip(b"\n") + b"\n" for data in alone)
    titles = ["Made-up stories", "Your own text", "Kennedy, 1962"]
    assert [title for _, title in both.parts] == titles
    assert [both.data[at:][:8] for at, _ in both.parts] == [data[:8] for data in alone]
    assert both.licence == "MIT; your own; public domain"
    assert texts.is_named("stories+bible")
    assert not texts.is_named("stories+/etc/hostname")
    with pytest.raises(ConfigError, match="without a speech"):
        texts.open_text("stories+speeches:1066")


FILES = {
    "latin.txt": ("café\n".encode("latin-1"), "UTF-8"),
    "utf16.txt": ("café\n".encode("utf-16"), "UTF-16"),
    "program": (b"\x7fELF\x00\x01", "zero bytes"),
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\n\t\n", "empty"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_text(tmp_path, name):
    data, said = FILES[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=said) as caught:
        engine.start("ngram", text=str(path))
    assert str(caught.value).count("\n") == 0
    assert caught.value.field == "text"


@pytest.mark.parametrize("spec", ["no such file", "", ".", "speeches:1066", "speeches:x", "names:xx_XX", "a\0b"])
def test_texts_that_are_not_there(spec):
    with pytest.raises(ConfigError):
        engine.start("ngram", text=spec)
    with pytest.raises(ConfigError) as caught:
        engine.start("ngram", text="stories", second=spec or ".")
    assert caught.value.field in ("second", "text")


@pytest.mark.parametrize("text", ["one giant line " * 2000, "שלום עולם\n🐈🐕\n", "a", "\ufeffwith a mark\n"])
def test_odd_texts_just_work(tmp_path, text):
    path = tmp_path / "odd.txt"
    path.write_text(text, encoding="utf-8")
    for tokenizer in tokens.TOKENIZERS:
        run = engine.start("ngram", text=str(path), tokenizer=tokenizer, order=3)
        run.advance(Budget())
        assert run.snapshot().view.tokens > 0
        assert np.isclose(run.learner.model().own[0].sum() + run.learner.model().gamma[0][0], 1)


def test_an_own_text_is_kept_under_a_name_that_only_this_computer_opens(tmp_path, monkeypatch):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    name = texts.keep(codecs.BOM_UTF8 + "שלום 🍎\n".encode() * 3, "mine.txt")
    assert texts.open_text(name).data.decode() == "שלום 🍎\n" * 3
    assert texts.open_text(name).title == "Your own text"
    assert texts.is_named(name)
    for bad in ("own:", "own:0123456789abcdef", "own:../texts/x"):
        with pytest.raises(ConfigError, match="does not have"):
            texts.open_text(bad)
    for number in range(texts.KEPT_TEXTS + 3):
        texts.keep(f"text {number}".encode(), "x.txt")
    assert len(list((tmp_path / "texts").iterdir())) == texts.KEPT_TEXTS


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "empty"), (b"\0\1", "zero bytes"), ("ä".encode("latin1"), "UTF-8"), (b"\xff\xfea\0", "UTF-16")],
)
def test_a_bad_own_text_is_not_kept(tmp_path, monkeypatch, data, why):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    with pytest.raises(ConfigError, match=why):
        texts.keep(data, "bad.txt")
    assert not (tmp_path / "texts").exists()
