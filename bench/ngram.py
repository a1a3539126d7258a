"""n-grams against what is there: from a file to a smoothed model, by this engine, dictionaries, nltk, KenLM's lmplz.

`python -m bench.ngram` prints the rows of a million words and of the page; `--large` adds 10 and 100 million tokens.
All read the same file by turns. KenLM takes part if `lmplz` is on PATH (its sdist says how to build it).
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import engine
from bench import Row, cpu, spread
from bench.browser import at
from bench.chromium import chromium, open_page
from bench.ngram_baselines import ORDER, by_counters, by_lmplz, by_nltk, by_one_counter
from bench.ngram_texts import everything, speeches
from bench.serving import ROOT, serve
from engine import Budget
from engine.families.ngram.batch import streams
from engine.families.ngram.model import score
from engine.families.ngram.sampling import Choice, Walker, next_words, stream

WORDS = 1_000_000
REPEATS = 5
AT_ONCE = 100_000_000
SLOW_REPEATS = 2
N_STREAM, N_BATCH, BATCH = 50_000, 100, 2000
CLICKS, MOST_CLICK_MS = 60, 100
N_FEW = 3
CHOICES = (Choice(temperature=0.7), Choice(top_k=40), Choice(top_p=0.9))
CLICK = """(button) => new Promise((done) => {
  const page = button.getRootNode().querySelector(".page");
  const n = page.querySelectorAll(".chosen").length;
  const start = performance.now();
  const look = () => page.querySelectorAll(".chosen").length > n || performance.now() - start > 5000
    ? done(performance.now() - start) : requestAnimationFrame(look);
  button.click();
  look();
})"""
ALONE = """
import resource, sys, time, engine
run = engine.start("ngram", text=sys.argv[1], tokenizer="whitespace", order=3, counting="numpy", held_out=0.0)
wall, cpu = time.perf_counter(), time.process_time()
run.advance(engine.Budget())
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
counted = peak()
run.learner.model()
print(run.learner.tokens, wall, cpu, counted, peak())
"""
COUNTERS = """
import sys, time
from pathlib import Path
from bench.ngram_baselines import by_counters
start = time.process_time()
by_counters(Path(sys.argv[1]))
print(time.process_time() - start)
"""


def trained(path: Path, *, order: int = ORDER, tokenizer: str = "whitespace", chunk: int = 0) -> engine.Run:
    """A run that has used up the text, its model estimated."""
    run = engine.start("ngram", text=str(path), order=order, tokenizer=tokenizer, chunk=chunk, held_out=0.0)
    run.advance(Budget())
    run.learner.model()
    return run


def wall(work: Callable[[], object]) -> float:
    """Seconds of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rows() -> list[Row]:
    """Every row, 10 and 100 million tokens included."""
    with tempfile.TemporaryDirectory() as folder:
        return [*small(Path(folder)), *ten_million(Path(folder)), *hundred_million(Path(folder))]


def small(folder: Path) -> Iterator[Row]:
    """The rows of a million words, and of the page."""
    path = speeches(folder / "million.txt", WORDS)
    yield from training(path)
    yield from using(trained(path))
    yield from clicks()


def training(path: Path) -> Iterator[Row]:
    """From a million words to a model, by turns."""
    lmplz = shutil.which("lmplz")
    ours, live, ours_wall, words, counters, flat, nltk, kenlm = ([] for _ in range(8))
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
    claim = "1 M words to a Kneser-Ney model, order 3"
    yield against(claim, ours, "nltk.lm, counting only", nltk, 30)
    yield against(claim, ours, "a dict of Counters, counting only", counters, 7)
    yield against(claim, ours, "a flat Counter an order, counting only", flat, None)
    if lmplz:
        share = statistics.median(ours) / statistics.median(kenlm)
        yield Row(
            claim=claim, ours=f"{spread(ours)} CPU s", baseline=f"KenLM lmplz, ARPA written: {spread(kenlm)} CPU s",
            ratio=f"{share:.2f} of its CPU", bar="<= 1.0", met=share <= 1,
        )  # fmt: skip
    else:
        yield Row(claim=claim, ours=f"{spread(ours)} CPU s", baseline="KenLM's lmplz is not on PATH: not compared")
    yield against(f"{claim}, in 40 steps as a page plays it", live, "a dict of Counters", counters, None)
    for name, values in (("between spaces", ours_wall), ("words and punctuation", words)):
        claim = f"1 M words, {name}, text to model in 40 steps, wall"
        yield Row(claim=claim, ours=f"{spread(values)} s", bar="< 1.5 s", met=statistics.median(values) < 1.5)


def against(claim: str, ours: list[float], name: str, theirs: list[float], bar: float | None) -> Row:
    """CPU seconds beside a baseline's; `bar`: how many times faster it must be."""
    times = statistics.median(theirs) / statistics.median(ours)
    return Row(
        claim=claim, ours=f"{spread(ours)} CPU s", baseline=f"{name}: {spread(theirs)} CPU s", ratio=f"{times:.1f} x",
        bar=f">= {bar:g} x" if bar else "", met=times >= bar if bar else None,
    )  # fmt: skip


def using(run: engine.Run) -> Iterator[Row]:
    """Scoring, drawing, next words, by CPU seconds."""
    model, rng = run.learner.model(), np.random.default_rng(0)
    ids = run.learner.training_ids(run.step)
    walker = Walker(model)
    scoring, one, many, nexts = [], [], [], []
    for seed in range(REPEATS):
        scoring.append(len(ids) / cpu(lambda: score(model, ids)) / 1e6)
        source = stream(walker, seed)
        one.append(N_STREAM / cpu(lambda source=source: [next(source) for _ in range(N_STREAM)]) / 1e3)
        many.append(N_BATCH * BATCH / cpu(lambda seed=seed: streams(walker, seed, n=BATCH, length=N_BATCH)) / 1e3)
        start = int(rng.integers(len(ids) - 2))
        nexts.append(1e3 * cpu(lambda start=start: next_words(model, ids[start : start + 2])))
    middle = statistics.median
    yield Row(claim="scoring, of ids", ours=f"{spread(scoring)} M/s", bar="> 1 M/s", met=middle(scoring) > 1)
    yield Row(claim="drawing, one text", ours=f"{spread(one, '.0f')} k/s", bar=">= 10 k/s", met=middle(one) >= 10)
    claim = f"drawing, {BATCH} texts at once"
    yield Row(claim=claim, ours=f"{spread(many, '.0f')} k/s", bar=">= 300 k/s", met=middle(many) >= 300)
    for choice in CHOICES:
        length = N_BATCH if choice.whole else N_FEW
        took = [
            cpu(lambda seed=seed, choice=choice, n=length: streams(walker, seed, n=BATCH, length=n, choice=choice))
            for seed in range(SLOW_REPEATS)
        ]
        name = f"temperature {choice.temperature:g}, top-k {choice.top_k}, top-p {choice.top_p:g}"
        yield Row(claim=f"{claim}, {name}", ours=f"{spread([BATCH * length / 1e3 / t for t in took], '.1f')} k/s")
    yield Row(claim=f"next words with their orders, V = {model.trie.n_words:,}", ours=f"{spread(nexts)} ms")


def clicks() -> Iterator[Row]:
    """How long the page takes from a click on a bar until the word stands and the next bars are there."""
    with serve() as server, chromium() as browser:
        page = open_page(browser, f"http://127.0.0.1:{server.port}/language?at=40")
        page.locator(".bars button").nth(1).wait_for()
        page.locator(".copied, .head span:has-text('copied')").first.wait_for()
        took = sorted(page.locator(".bars button").nth(1).evaluate(CLICK) for _ in range(CLICKS))
    p50, p95 = at(took, 0.5), at(took, 0.95)
    yield Row(
        claim="next-word bars after a click, in the browser", ours=f"p50 {p50:.0f} ms, p95 {p95:.0f} ms",
        bar=f"p95 <= {MOST_CLICK_MS} ms", met=p95 <= MOST_CLICK_MS,
    )  # fmt: skip


def ten_million(folder: Path) -> Iterator[Row]:
    """10 M tokens beside a dict of Counters, by turns, each in a process of its own."""
    path, _ = everything(folder / "ten.txt", 10_000_000)
    ours, theirs, peaks = [], [], []
    for _ in range(SLOW_REPEATS):
        _, _, counting, _, peak = alone(ALONE, path)
        ours.append(counting)
        peaks.append(peak)
        theirs += alone(COUNTERS, path)
    yield against("10 M tokens, counting, order 3", ours, "a dict of Counters", theirs, 5)
    yield Row(claim="10 M tokens, memory with the model", ours=f"{spread(peaks)} GB", bar="< 1.5 GB",
              met=max(peaks) < 1.5)  # fmt: skip


def hundred_million(folder: Path) -> Iterator[Row]:
    """100 M tokens, in a process of its own, once."""
    path, different = everything(folder / "hundred.txt", 100_000_000)
    tokens, seconds, cpu_s, counted, peak = alone(ALONE, path)
    claim = f"{tokens / 1e6:.0f} M tokens, order 3"
    if different < tokens:
        claim += f" ({different / 1e6:.0f} M of different texts, all that this machine has, then again)"
    ours = f"{seconds:.0f} s wall, {cpu_s:.0f} s CPU"
    yield Row(claim=f"{claim}: counting", ours=ours, bar="< 120 s wall", met=seconds < 120)
    yield Row(
        claim=f"{claim}: memory", ours=f"{counted:.2f} GB counting, {peak:.2f} GB with the model", bar="< 3 GB",
        met=peak < 3,
    )  # fmt: skip


def alone(code: str, path: Path) -> tuple[float, ...]:
    """The numbers that a process of its own prints about a text."""
    found = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return tuple(map(float, found.stdout.split()))


def main() -> None:
    """Print the rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        benches = [small, ten_million, hundred_million] if "--large" in sys.argv else [small]
        for row in (row for bench in benches for row in bench(folder)):
            print(f"{row.claim:<70} {row.ours:<32} {row.baseline:<56} {row.ratio:<16} {row.bar}", flush=True)


if __name__ == "__main__":
    main()
