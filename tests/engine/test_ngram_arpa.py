"""ARPA files: equal to KenLM's, read and written; and the command line that uses them.

tests/data/babble.arpa: `lmplz -o 3 < babble.txt`; stories.arpa: `lmplz -o 2 --discount_fallback < stories.txt`;
stories_order1.arpa: the same with `-o 1`.
Both texts are made up by this project.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

import engine
from engine import Budget, ConfigError
from engine.cli import main
from engine.families.ngram import arpa
from engine.families.ngram.model import score

DATA = Path(__file__).resolve().parents[1] / "data"
GOLDEN = [("babble", 3, [False] * 3), ("stories", 2, [True, False])]


def numbers(data: bytes) -> dict[str, tuple[float, float]]:
    """log10 of p and of the backoff by n-gram."""
    cells = [line.split("\t") for line in data.decode().split("\n")]
    return {c[1]: (float(c[0]), float(c[2]) if len(c) > 2 else 0.0) for c in cells if len(c) > 1}


def run_of(name: str, order: int, **more) -> engine.Run:
    values = {"text": str(DATA / f"{name}.txt"), "tokenizer": "whitespace", "order": order, **more}
    run = engine.start("ngram", **values)
    run.advance(Budget())
    return run


@pytest.mark.parametrize(("name", "order", "fallback"), GOLDEN)
@pytest.mark.parametrize("counting", ["numpy", "duckdb"])
def test_the_numbers_of_kenlm(name, order, fallback, counting):
    run = run_of(name, order, counting=counting)
    mine = numbers(run.family.writers["arpa"](run.learner))
    theirs = numbers((DATA / f"{name}.arpa").read_bytes())
    assert mine.keys() == theirs.keys()
    np.testing.assert_allclose([mine[g] for g in theirs], list(theirs.values()), rtol=0, atol=1e-6)
    assert run.learner.report()["discount_fallback"] == fallback
    assert run.learner.report()["distinct"] == [sum(g.count(" ") == k for g in theirs) for k in range(order)]


def test_the_numbers_of_kenlm_at_order_one():
    run = run_of("stories", 1)
    mine = numbers(run.family.writers["arpa"](run.learner))
    theirs = numbers((DATA / "stories_order1.arpa").read_bytes())
    assert mine.keys() == theirs.keys()
    np.testing.assert_allclose([mine[g] for g in theirs], list(theirs.values()), rtol=0, atol=1e-6)


def of_text(path: Path, text: str, order: int) -> dict[str, tuple[float, float]]:
    path.write_text(text)
    run = engine.start("ngram", text=str(path), tokenizer="whitespace", order=order)
    run.advance(Budget())
    return numbers(run.family.writers["arpa"](run.learner))


ODD = {
    # A word that comes last takes part in lmplz's counts of counts by its plain count, 3, and so D1 is 2/3, not 0.5.
    ("the cat sat on the mat\n" * 3, 2): {"<unk>": -1.1673174, "the": -0.45131397, "mat": -0.9368684},
    # Without a line end there is no </s>, and V is one less.
    ("a b a", 2): {"<unk>": -0.7781512, "a": -0.30103, "b": -0.47712123, "b a": -0.12493875, "a b": -0.17609124},
    # Shorter than the order.
    ("a\n", 7): {"</s>": -0.38021123, "a </s>": -0.1497623, "<s> a </s>": -0.06845737},
    # D1 = 0.9998: in float32, as lmplz has it, a visible part of 1 - D1.
    ("".join(f"u{i} v{i}\n" for i in range(10_000)) + "u0 v0\nu1 v1\nu2 v2\nu2 v2\n", 2): {"u7 v7": -3.3632433},
}


@pytest.mark.parametrize("case", range(len(ODD)))
def test_the_numbers_of_kenlm_for_odd_texts(tmp_path, case):
    (text, order), theirs = list(ODD.items())[case]  # lmplz --discount_fallback
    mine = of_text(tmp_path / "odd.txt", text, order)
    assert [mine[gram][0] for gram in theirs] == pytest.approx(list(theirs.values()), abs=1e-6)
    assert ("</s>" in mine) == text.endswith("\n")
    assert all(p <= 0 for p, _ in mine.values())


def test_a_last_line_without_end_has_no_end(tmp_path):
    found = of_text(tmp_path / "open.txt", "a b\nb a", 2)  # lmplz: b a is a bigram, a </s> is none
    assert found.keys() >= {"b a", "<s> b", "b </s>"}
    assert "a </s>" not in found


def test_special_words_in_a_text_count_as_spaces(tmp_path):
    found = of_text(tmp_path / "special.txt", "a <s> b </s>\n<unk> c x<s>y\n", 2)
    assert {gram for gram in found if " " not in gram} == {"<unk>", "<s>", "</s>", "a", "b", "c", "x<s>y"}
    assert {"a b", "<s> c", "b </s>"} <= found.keys()


@pytest.mark.parametrize("packed", [False, True])
def test_a_model_read_again_says_the_same(tmp_path, packed):
    run = run_of("babble", 3)
    data = run.family.writers["arpa"](run.learner)
    path = tmp_path / "model.arpa"
    path.write_bytes(gzip.compress(data) if packed else data)
    model, words = arpa.read(str(path))
    assert words == run.learner.words()
    ids = run.learner.encode("masa palune zebra\n\npa pa ki masa")
    np.testing.assert_allclose(score(model, ids).log10_p, score(run.learner.model(), ids).log10_p, atol=1e-6)
    assert arpa.write(model, words).count(b"\n") == data.count(b"\n")


def test_scores_are_those_of_kenlms_query(capsys):
    # query babble.arpa < babble_query.txt
    assert main(["ngram", "score", str(DATA / "babble.arpa"), str(DATA / "babble_query.txt"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["tokens"], found["oov"]) == (28, 2)
    assert found["perplexity_including_oov"] == pytest.approx(49.361943571062604, rel=1e-6)
    assert found["perplexity_excluding_oov"] == pytest.approx(36.78598529075896, rel=1e-6)


def test_a_begin_of_sentence_within_a_line_is_scored_as_by_kenlms_query(capsys, tmp_path):
    text = tmp_path / "begins.txt"
    text.write_text("pa <s> ki lo\n<s> masa palune\n\nki ki <s>\n")
    assert main(["ngram", "score", str(DATA / "babble.arpa"), str(text), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["tokens"], found["oov"]) == (14, 0)
    assert found["perplexity_including_oov"] == pytest.approx(33.08705701219406, rel=1e-6)


BAD = {
    "empty": b"",
    "text": b"no model\n",
    "binary": b"\\data\\\n\xff\xfe",
    "cut": (DATA / "babble.arpa").read_bytes()[:9000],
    "counts": b"\\data\\\nngram 1=2\n\n\\1-grams:\n-1\ta\n\n\\end\\\n",
    "hole": b"\\data\\\nngram 1=1\nngram 2=1\n\n\\1-grams:\n-1\ta\n\n\\2-grams:\n-1\ta b\n\n\\end\\\n",
    "likely": b"\\data\\\nngram 1=1\n\n\\1-grams:\n1\ta\n\n\\end\\\n",
    "gzip": gzip.compress(b"\\data\\")[:-9],
    "numbers": b"\\data\\\nngram 1=1\n\n\\1-grams:\nx\ta\n\n\\end\\\n",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_arpa_file_ends_in_one_sentence(tmp_path, capsys, name):
    path = tmp_path / "bad.arpa"
    path.write_bytes(BAD[name])
    assert main(["ngram", "score", str(path), str(DATA / "babble.txt")]) == 2
    said = capsys.readouterr().err
    assert "ARPA" in said
    assert said.count("\n") == 1


def test_add_k_has_no_arpa_form():
    run = run_of("stories", 2, smoothing="add_k")
    with pytest.raises(ConfigError, match="uniform share"):
        run.family.writers["arpa"](run.learner)


def test_run_and_generate_on_the_command_line(tmp_path, capsys):
    out = str(tmp_path / "out.arpa")
    fields = [f"text={DATA / 'babble.txt'}", "tokenizer=whitespace", "order=3", "smoothing=kneser_ney"]
    sets = [part for field in fields for part in ("--set", field)]
    assert main(["run", "ngram", *sets, "--json", "--arpa", out]) == 0
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    assert metrics["distinct"] == [356, 1682, 2058]
    assert metrics["dense"] == [356, 356**2, 356**3]
    assert metrics["vocabulary"] == 356
    assert metrics["tokens"] == len((DATA / "babble.txt").read_text(encoding="utf-8").split())

    def written(*more: str) -> str:
        assert main(["ngram", "generate", out, "--tokens", "50", *more]) == 0
        return capsys.readouterr().out

    first = written("--seed", "3", "--prompt", "masa palune")
    assert first == written("--seed", "3", "--prompt", "masa palune") != written("--seed", "4")
    assert first.startswith("masa palune")
    assert len(first.split()) == 52
    assert "\n" not in written("--stop").rstrip("\n")
    for choice in (("--temperature", "0.7"), ("--top-k", "5"), ("--top-p", "0.5")):
        many = written("--streams", "5", *choice)
        assert many == written("--streams", "5", *choice) != written("--streams", "5")
        assert len(many.split("\n")) > 5
    assert main(["ngram", "generate", out, "--streams", "5", "--stop"]) == 2
    assert "--stop" in capsys.readouterr().err
    likeliest = written("--top-k", "1", "--prompt", "masa")
    assert (
        likeliest
        == written("--temperature", "0", "--prompt", "masa")
        == written("--top-p", "0.0001", "--prompt", "masa")
    )
    for flag, value in (("--tokens", "0"), ("--top-p", "2"), ("--temperature", "x"), ("--seed", "-1")):
        assert main(["ngram", "generate", out, flag, value]) == 2
        assert flag in capsys.readouterr().err
