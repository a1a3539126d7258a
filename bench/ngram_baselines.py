"""What the n-gram engine is compared with: dictionaries, nltk, KenLM. All read a text with a sentence a line."""

import os
import subprocess
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from nltk.lm import MLE
from nltk.lm.preprocessing import padded_everygram_pipeline

ORDER = 3


def by_counters(path: Path) -> list[dict[tuple[str, ...], Counter[str]]]:
    """A dictionary of Counters an order, context -> next words: counting only, no smoothing."""
    counts: list[dict[tuple[str, ...], Counter[str]]] = [defaultdict(Counter) for _ in range(ORDER)]
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        sentence = ["<s>", *line.split(), "</s>"]
        for k in range(ORDER):
            followers = counts[k]
            for i in range(len(sentence) - k):
                followers[tuple(sentence[i : i + k])][sentence[i + k]] += 1
    return counts


def by_one_counter(path: Path) -> list[Counter[tuple[str, ...]]]:
    """The fastest that dictionaries do: one flat Counter an order, fed by zip."""
    counts: list[Counter[tuple[str, ...]]] = [Counter() for _ in range(ORDER)]
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        sentence = ["<s>", *line.split(), "</s>"]
        for k in range(ORDER):
            counts[k].update(zip(*(sentence[i:] for i in range(k + 1)), strict=False))
    return counts


def by_nltk(path: Path) -> MLE:
    """nltk's own pipeline: counting only, as its Kneser-Ney would take hours."""
    sentences = [line.split() for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    grams, vocabulary = padded_everygram_pipeline(ORDER, sentences)
    model = MLE(ORDER)
    model.fit(grams, vocabulary)
    return model


def by_lmplz(lmplz: str, path: Path) -> float:
    """CPU seconds of KenLM's lmplz from the text to its ARPA file in memory."""
    before = os.times()
    with path.open("rb") as text, tempfile.TemporaryDirectory() as folder:
        command = [lmplz, "-o", str(ORDER), "-S", "2G", "-T", folder]
        subprocess.run(command, stdin=text, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
