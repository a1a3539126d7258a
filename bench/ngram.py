"""n-grams against what is there: from a file to a smoothed model, by this engine, dictionaries, nltk, KenLM's lmplz.

`python -m bench.ngram` prints the table; `--large` adds 10 and 100 million tokens. All read the same file by turns.
KenLM takes part if `lmplz` is on PATH (its sdist says how to build it).
"""

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from nltk.lm import MLE
from nltk.lm.preprocessing import padded_everygram_pipeline

import engine
from engine import Budget
from engine.data.texts import open_text
from engine.families.ngram.batch import streams
from engine.families.ngram.model import score
from engine.families.ngram.sampling import Walker, next_words, stream

ORDER = 3
WORDS = 1_000_000
REPEATS = 5
AT_ONCE = 100_000_000
SLOW_REPEATS = 2
N_STREAM, N_BATCH, BATCH = 50_000, 100, 2000


@dataclass(frozen=True)
class Measured:
    """One row: the median of what was measured, its least and greatest, and the bar."""

    name: str
    values: tuple[float, ...]
    unit: str
    bar: str = ""

    def __str__(self) -> str:
        middle, low, high = statistics.median(self.values), min(self.values), max(self.values)
        return f"{self.name:<58} {middle:>10.3f} {self.unit:<6} ({low:.3f} to {high:.3f})  {self.bar}"


def speeches(path: Path, n_words: int) -> Path:
    """The first lines of the speeches with so many words, repeated from the start if there are too few."""
    lines = bytes(open_text("speeches").data).splitlines(keepends=True)
    left = n_words
    with path.open("wb") as file:
        for line in lines:
            file.write(line)
            left -= len(line.split())
            if left <= 0:
                break
    return path


def trained(path: Path, *, order: int = ORDER, tokenizer: str = "whitespace", chunk: int = 0) -> engine.Run:
    """A run that has used up the text, its model estimated."""
    run = engine.start("ngram", text=str(path), order=order, tokenizer=tokenizer, chunk=chunk, held_out=0.0)
    run.advance(Budget())
    run.learner.model()
    return run


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


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wall(work: Callable[[], object]) -> float:
    """Seconds of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def training(path: Path) -> Iterator[Measured]:
    """From a million words to a model, by turns."""
    lmplz = shutil.which("lmplz")
    ours, live, ours_wall, counters, flat, nltk, kenlm, words = [], [], [], [], [], [], [], []
    for turn in range(REPEATS):
        ours.append(cpu(lambda: trained(path, chunk=AT_ONCE)))
        counters.append(cpu(lambda: by_counters(path)))
        live.append(cpu(lambda: trained(path)))
        flat.append(cpu(lambda: by_one_counter(path)))
        if lmplz:
            kenlm.append(by_lmplz(lmplz, path))
        if turn < SLOW_REPEATS:
            nltk.append(cpu(lambda: by_nltk(path)))
        ours_wall.append(wall(lambda: trained(path)))
        words.append(wall(lambda: trained(path, tokenizer="words")))
    middle = statistics.median
    yield Measured("1 M words to a Kneser-Ney model, order 3, in one step", tuple(ours), "CPU s")
    yield Measured("the same in 40 steps with their views, as a page plays it", tuple(live), "CPU s")
    yield Measured("the same in 40 steps, wall", tuple(ours_wall), "s", "< 1.5")
    yield Measured("the same in 40 steps, words and punctuation, wall", tuple(words), "s", "< 1.5")
    yield Measured("dict of Counters, counting only", tuple(counters), "CPU s")
    yield Measured("one flat Counter an order, fed by zip, counting only", tuple(flat), "CPU s")
    yield Measured("nltk.lm, counting only", tuple(nltk), "CPU s")
    yield Measured("times faster than a dict of Counters", (middle(counters) / middle(ours),), "x", ">= 7")
    yield Measured("times faster than nltk.lm", (middle(nltk) / middle(ours),), "x", ">= 30")
    if lmplz:
        yield Measured("KenLM lmplz", tuple(kenlm), "CPU s")
        yield Measured("CPU as a share of lmplz's", (middle(ours) / middle(kenlm),), "x", "<= 1.0")
    else:
        print("KenLM's lmplz is not on PATH: not compared")


def using(run: engine.Run) -> Iterator[Measured]:
    """Scoring, drawing, next words."""
    model, rng = run.learner.model(), np.random.default_rng(0)
    ids = run.learner.training_ids(run.step)
    walker = Walker(model)
    scoring, one, many, nexts = [], [], [], []
    for seed in range(REPEATS):
        scoring.append(len(ids) / wall(lambda: score(model, ids)) / 1e6)
        source = stream(walker, seed)
        one.append(N_STREAM / wall(lambda source=source: [next(source) for _ in range(N_STREAM)]) / 1e3)
        many.append(N_BATCH * BATCH / wall(lambda seed=seed: streams(walker, seed, n=BATCH, length=N_BATCH)) / 1e3)
        at = int(rng.integers(len(ids) - 2))
        nexts.append(1e3 * wall(lambda at=at: next_words(model, ids[at : at + 2])))
    yield Measured("scoring, of ids", tuple(scoring), "M/s", "> 1")
    yield Measured("drawing, one text", tuple(one), "k/s", ">= 10")
    yield Measured(f"drawing, {BATCH} texts at once", tuple(many), "k/s", ">= 300")
    yield Measured(f"next words with orders, V = {model.trie.n_words:,}", tuple(nexts), "ms", "< 20")


def alone(path: Path) -> tuple[int, float, float, float, float]:
    """In its own process: tokens, wall and CPU seconds, and peak GB, of counting and then with the model."""
    code = (
        "import sys,time,resource,engine\n"
        "p=lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1e6\n"
        "r=engine.start('ngram',text=sys.argv[1],tokenizer='whitespace',order=3,counting='numpy',held_out=0.0)\n"
        "w,c=time.perf_counter(),time.process_time()\n"
        "r.advance(engine.Budget())\n"
        "w,c=time.perf_counter()-w,time.process_time()-c\n"
        "g=p(); r.learner.model(); print(r.learner.tokens,w,c,g,p())\n"
    )
    found = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    tokens, *rest = found.stdout.split()
    return int(tokens), *map(float, rest)  # type: ignore[return-value]


def everything(path: Path, n_bytes: int) -> Path:
    """The speeches, the Bible, and Python source: the standard library and whatever is installed, up to a size."""
    folders = [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))]
    with path.open("wb") as file:
        for name in ("speeches", "bible"):
            file.write(bytes(open_text(name).data))
        for source in (source for folder in folders for source in sorted(folder.rglob("*.py"))):
            data = source.read_bytes()
            try:
                data.decode()
            except UnicodeDecodeError:
                continue
            file.write(data.replace(b"\0", b" ").rstrip() + b"\n")
            if file.tell() > n_bytes:
                break
    return path


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = speeches(Path(folder, "million.txt"), WORDS)
        for row in (*training(path), *using(trained(path))):
            print(row, flush=True)
        if "--large" in sys.argv:
            for n_bytes in (90_000_000, 1_000_000_000):
                tokens, seconds, cpu_s, counted, modelled = alone(everything(Path(folder, "large.txt"), n_bytes))
                print(
                    f"{tokens:,} tokens, order 3: counting {seconds:.1f} s, {cpu_s:.1f} CPU s, {counted:.2f} GB;",
                    end=" ",
                )
                print(f"with the model {modelled:.2f} GB")


if __name__ == "__main__":
    main()
