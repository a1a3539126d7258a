"""The command line of ARPA models: `python -m engine ngram score` and `python -m engine ngram generate`.

Text is cut and scored as KenLM's `query` does: at spaces, one sentence a line. Works with the ARPA files of other
programs, too. Two texts are scored otherwise. Of a last line without a line end `query` counts the words, but leaves
their probabilities out of the sum; here it ends in `</s>` like every other, as in training. And a literal `</s>` in a
line ends a sentence here.
"""

import argparse
import json
import math
import re
import sys
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from engine.config import ConfigError, number
from engine.data import texts
from engine.data.tokens import END
from engine.data.vocabulary import BOS, EOS, Vocabulary, lookup
from engine.families.ngram import arpa
from engine.families.ngram.batch import streams
from engine.families.ngram.model import Model, score
from engine.families.ngram.sampling import Choice, Walker, stream
from engine.metrics.text import with_and_without_oov

SCORED_AT_ONCE = 4_000_000
PROGRESS_EVERY = 10_000
MAX_TOKENS = 100_000_000
MAX_SEED = 2**31 - 1


def add(commands: Any) -> None:
    """`ngram score` and `ngram generate`."""
    parser = commands.add_parser("ngram", help="score a text or write one with an ARPA model", allow_abbrev=False)
    own = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=type(parser))
    scoring = own.add_parser("score", help="perplexity of a text", allow_abbrev=False)
    scoring.add_argument("model", metavar="ARPA", help="a model, plain or gzipped")
    scoring.add_argument("file", metavar="FILE", help="a text in UTF-8, one sentence a line")
    scoring.add_argument("--json", action="store_true", help="one JSON object, and no progress bar")
    scoring.set_defaults(do=_score)
    writing = own.add_parser("generate", help="write a text", allow_abbrev=False)
    writing.add_argument("model", metavar="ARPA", help="a model, plain or gzipped")
    for name, default, meaning in (
        ("tokens", "100", "words to write, ends of sentences not counted"),
        ("seed", "0", "the number that all chance comes from"),
        ("temperature", "1", "below 1 more of the likely words, above 1 fewer; 0: always the likeliest"),
        ("top-k", "0", "only the so many likeliest words; 0: all"),
        ("top-p", "1", "only the likeliest words that have this probability together"),
        ("streams", "1", "texts written at once"),
    ):
        writing.add_argument(f"--{name}", metavar="N", default=default, help=f"{meaning} ({default})")
    writing.add_argument("--prompt", metavar="TEXT", default="", help="the beginning of the first sentence")
    writing.add_argument("--stop", action="store_true", help="stop at the end of the first sentence")
    writing.add_argument("--json", action="store_true", help="one JSON object, and no progress bar")
    writing.set_defaults(do=_generate)


def _tokens(data: bytes) -> list[bytes]:
    """What stands between spaces (those of `query`), and `</s>` at the end of each line."""
    closed = data if data.endswith(b"\n") else data + b"\n"
    return closed.replace(b"\n", b" </s> ").split()


def _open(path: str) -> tuple[Model, list[str], Vocabulary]:
    model, words = arpa.read(path, field="model")
    vocabulary = Vocabulary(END.encode())
    vocabulary.grow(words[len(vocabulary) :])
    return model, words, vocabulary


def _score(args: argparse.Namespace) -> None:
    text = texts.open_file(args.file, field="file")
    model, _, vocabulary = _open(args.model)
    log10_p, oov = [np.empty(0)], [np.empty(0, bool)]
    n = texts.n_chunks(text, SCORED_AT_ONCE)
    with Progress(console=Console(stderr=True), disable=args.json) as progress:
        for k in progress.track(range(n), description="score"):
            _, data = texts.chunk(text, k, SCORED_AT_ONCE)
            if not data:
                continue
            found = score(model, lookup(_tokens(data), vocabulary, empty_sentences=True))
            log10_p.append(found.log10_p)
            oov.append(found.words == 0)
    result = with_and_without_oov(np.concatenate(log10_p), np.concatenate(oov))
    _print({name: value if math.isfinite(value) else None for name, value in result.items()}, as_json=args.json)


def _generate(args: argparse.Namespace) -> None:
    n = number("--tokens", args.tokens, 1, MAX_TOKENS)
    seed = number("--seed", args.seed, 0, MAX_SEED)
    choice = Choice(
        temperature=number("--temperature", args.temperature, 0, 100, whole=False),
        top_k=number("--top-k", args.top_k, 0, 10_000_000),
        top_p=number("--top-p", args.top_p, 1e-9, 1, whole=False),
    )
    at_once = number("--streams", args.streams, 1, 100_000)
    model, words, vocabulary = _open(args.model)
    prompt = lookup(args.prompt.encode().split(), vocabulary, empty_sentences=True) if args.prompt else np.array([BOS])
    walker = Walker(model)
    if at_once > 1:
        if args.stop:
            raise ConfigError("--streams", args.streams, "must be 1 with --stop")
        drawn = streams(walker, seed, n=at_once, length=-(-n // at_once), prompt=prompt, choice=choice)
        ids, orders = [int(word) for row in drawn for word in (*row, EOS)], []
    else:
        ids, orders = _one(walker, seed, prompt, choice, n, args)
    text = " ".join([*args.prompt.split(), *("\n" if word == EOS else words[word] for word in ids)])
    text = re.sub(r" ?\n ?", "\n", text).rstrip("\n")
    if args.json:
        spelled = [words[word] for word in ids]
        _print({"text": text, "tokens": spelled, "orders": orders, "seed": seed}, as_json=True)
    else:
        sys.stdout.write(text + "\n")


def _one(
    walker: Walker, seed: int, prompt: np.ndarray, choice: Choice, n: int, args: argparse.Namespace
) -> tuple[list[int], list[int]]:
    ids: list[int] = []
    orders: list[int] = []
    left = n
    with Progress(console=Console(stderr=True), disable=args.json) as progress:
        task = progress.add_task("generate", total=n)
        for word, used in stream(walker, seed, prompt=prompt, choice=choice):
            ids.append(word)
            orders.append(used)
            left -= word != EOS
            if left == 0 or (args.stop and word == EOS) or len(ids) >= 2 * n + PROGRESS_EVERY:
                break
            if len(ids) % PROGRESS_EVERY == 0:
                progress.update(task, completed=n - left)
        progress.update(task, completed=n)
    return ids, orders


def _print(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    for name, value in result.items():
        sys.stdout.write(f"{name:<28} {f'{value:.6g}' if isinstance(value, float) else value}\n")
