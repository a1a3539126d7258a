"""The net itself: the update of its weights by hand-written gradients, what it scores and what it writes."""

import dataclasses
import functools
import math

import numpy as np
import torch
from torch import Tensor

from engine.config import ConfigError
from engine.data import tokens
from engine.data.texts import Text, chunk, open_text, split_lines
from engine.data.vocabulary import BOS, EOS, UNK, Vocabulary, encode, learn
from engine.families.neural_lm.config import NeuralConfig
from engine.learner import Metrics, State
from engine.metrics import text as text_metrics
from engine.nets import Adam, take_over
from engine.rng import Blocks, generator, torch_generator

MAX_BYTES = 16_000_000
"""Of a longer text the beginning is learned from."""
MAX_TYPES = 50_000
"""A softmax over more tokens is too slow to watch."""
SCORED = 8_000
SCORED_AT_ONCE = 1_000
SAMPLE = 60
BLOCK = 64
NEVER = -1e4
"""The logit of `<s>`, which never comes next."""
TANH_GAIN = 5 / 3


@dataclasses.dataclass(frozen=True, slots=True)
class Material:
    """A text as ids (n,) int64, with for each the number of tokens before it in its sentence, and the places of those
    that are predicted, all but `<s>`; the held-out lines alike."""

    words: tuple[str, ...]
    tokenizer: tokens.Tokenizer
    train: tuple[Tensor, Tensor, Tensor]
    held_out: tuple[Tensor, Tensor, Tensor]


@functools.lru_cache(maxsize=2)
def material(text: Text, tokenizer: str, held_out: float, seed: int) -> Material:
    """What is learned from and what is measured on; raises ConfigError for too many different tokens."""
    data = chunk(text, 0, MAX_BYTES)[1]
    learned, held = split_lines(0, data, share=held_out, seed=seed)
    cut = tokens.make(tokenizer, data[: tokens.BPE_BYTES])
    vocabulary = Vocabulary(cut.end)
    ids = learn(cut, vocabulary, learned)
    if len(vocabulary) > MAX_TYPES:
        allowed = f"has {len(vocabulary):,} different tokens, and this net takes at most {MAX_TYPES:,}"
        raise ConfigError("text", text.name, f"{allowed}; cut it into characters or bpe")
    if not len(ids):
        raise ConfigError("text", text.name, "has no line to learn from")
    return Material(tuple(vocabulary.words()), cut, placed(ids), placed(encode(cut, vocabulary, held)))


def placed(ids: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
    """A stream of sentences with, for each id, the tokens before it in its sentence, and the places to predict."""
    at = np.arange(len(ids))
    since = at - np.maximum.accumulate(np.where(ids == BOS, at, 0))
    return torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(since), torch.from_numpy(np.flatnonzero(ids != BOS))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NeuralView:
    """What the net writes now: `ids` (60,), always with the same luck, and the same spelled out."""

    ids: np.ndarray
    text: str


class NeuralLearner:
    """Learner of the family 'neural_lm'."""

    def __init__(self, config: NeuralConfig) -> None:
        self.config = config
        self.data = material(open_text(config.text), config.tokenizer, config.held_out, config.seed)
        n, k, d, w = len(self.data.words), config.context, config.embedding, config.width
        self._shapes = ((n, d), (k * d, w), (w,), (n, w), (n,))
        self.flat = torch.zeros(sum(math.prod(shape) for shape in self._shapes))
        self.grad = torch.zeros_like(self.flat)
        self.c, self.h, self.d, self.u, self.b = self._split(self.flat)
        luck = torch_generator(config.seed, "weights")
        self.c.normal_(0, 1, generator=luck)
        self.h.normal_(0, TANH_GAIN / math.sqrt(k * d), generator=luck)
        self.u.normal_(0, 0.1 / math.sqrt(w), generator=luck)
        self.u[UNK] = 0
        counts = torch.bincount(self.data.train[0], minlength=n)
        self.b.copy_(torch.log(counts + 1.0))
        self.b[BOS] = NEVER
        self.adam = Adam.like(self.flat, beta1=0.9, beta2=0.999)
        self._batches = Blocks(self._draw, seed=config.seed, stream="batch", length=BLOCK)
        counts[BOS] = 0
        self._up_to = counts.cumsum(0)
        self._log_q = torch.log(counts)
        self.sampled = config.sampled if 2 * config.sampled < n else 0
        self._others = Blocks(self._draw_others, seed=config.seed, stream="others", length=BLOCK)

    def _split(self, flat: Tensor) -> list[Tensor]:
        sizes = [math.prod(shape) for shape in self._shapes]
        return [part.view(shape) for part, shape in zip(flat.split(sizes), self._shapes, strict=True)]

    def _draw(self, luck: torch.Generator) -> Tensor:
        return torch.randint(len(self.data.train[2]), (BLOCK, self.config.batch), generator=luck)

    def _draw_others(self, luck: torch.Generator) -> Tensor:
        """Tokens by their frequency in the training text, (BLOCK, sampled)."""
        numbers = torch.randint(int(self._up_to[-1]), (BLOCK, self.sampled), generator=luck)
        return torch.searchsorted(self._up_to, numbers, right=True)

    # -- the update

    def step(self, step: int) -> Metrics:
        """One update of all weights. bits: what the batch's tokens cost, each, among those that they are compared
        with."""
        context, target = self._examples(self.data.train, self._batches.at(step))
        loss = self.gradient(context, target, self._others.at(step) if self.sampled else None)
        c = self.config
        lr = c.lr * (1 + math.cos(math.pi * min(step / c.steps, 1))) / 2
        if c.decay:
            self.flat[: -len(self.b)] *= 1 - lr * c.decay
        self.adam.step(self.flat, self.grad, lr)
        return {"bits": loss / math.log(2)}

    def _examples(self, stream: tuple[Tensor, Tensor, Tensor], which: Tensor) -> tuple[Tensor, Tensor]:
        """Contexts (n, k), the nearest token first, `<s>` beyond the start of the sentence, and what follows, (n,)."""
        ids, since, places = stream
        at = places[which]
        back = torch.arange(1, self.config.context + 1)
        context = ids[(at[:, None] - back).clamp_(min=0)]
        context[back > since[at][:, None]] = BOS
        return context, ids[at]

    def gradient(self, context: Tensor, target: Tensor, others: Tensor | None = None) -> float:
        """Write dL/dweights into `grad`, L = -log p(target | context), the mean over the batch, in nats; returns L.
        With `others` (m,) p is a softmax over the target and these."""
        x, h = self._hidden(context)
        of_c, of_h, of_d, of_u, of_b = self._split(self.grad)
        loss, by_h = (
            self._among_all(h, target, of_u, of_b) if others is None else self._among(others, h, target, of_u, of_b)
        )
        a = by_h * (1 - h.square())
        torch.mm(x.t(), a, out=of_h)
        torch.sum(a, 0, out=of_d)
        of_c.zero_().index_add_(0, context.reshape(-1), (a @ self.h.t()).view(-1, self.config.embedding))
        return loss

    def _among_all(self, h: Tensor, target: Tensor, of_u: Tensor, of_b: Tensor) -> tuple[float, Tensor]:
        """L, dL/dh (n, width), and dL/dU, dL/db written."""
        log_p = torch.log_softmax(self._logits(h), 1)
        loss = -log_p.gather(1, target[:, None]).mean()
        g = log_p.exp_()
        g.scatter_add_(1, target[:, None], torch.full((len(g), 1), -1.0))
        g[:, UNK] = 0
        g /= len(g)
        torch.mm(g.t(), h, out=of_u)
        torch.sum(g, 0, out=of_b)
        return float(loss), g @ self.u

    def _among(self, others: Tensor, h: Tensor, target: Tensor, of_u: Tensor, of_b: Tensor) -> tuple[float, Tensor]:
        """The same with `others` for all; one that is the target itself does not count."""
        u, u_target = self.u[others], self.u[target]
        logits = torch.addmm(self.b[others] - self._log_q[others], h, u.t())  # (n, m)
        logits.masked_fill_(others == target[:, None], NEVER)
        right = (h * u_target).sum(1) + self.b[target] - self._log_q[target]
        log_p = torch.log_softmax(torch.cat((right[:, None], logits), 1), 1)
        g = log_p.exp() / len(h)
        g_right, g_others = g[:, 0] - 1 / len(h), g[:, 1:]
        of_u.zero_().index_add_(0, target, g_right[:, None] * h).index_add_(0, others, g_others.t() @ h)
        of_b.zero_().index_add_(0, target, g_right).index_add_(0, others, g_others.sum(0))
        return -float(log_p[:, 0].mean()), g_right[:, None] * u_target + g_others @ u

    def _hidden(self, context: Tensor) -> tuple[Tensor, Tensor]:
        """x (n, k x embedding) and h (n, width) of contexts (n, k)."""
        x = self.c[context].view(len(context), -1)
        return x, torch.tanh(torch.addmm(self.d, x, self.h))

    def _logits(self, h: Tensor) -> Tensor:
        """Of every token, (n, n_words)."""
        return torch.addmm(self.b, h, self.u.t())

    # -- looking, which changes nothing

    def log10_p(self, ids: np.ndarray, places: np.ndarray | None = None) -> np.ndarray:
        """log10 p of the tokens of a stream of sentences, `<s> ... </s>` each: of all but `<s>`, or of those at some
        `places` among them."""
        stream = placed(ids)
        wanted = torch.arange(len(stream[2])) if places is None else torch.from_numpy(places)
        found = [self._log10_p(stream, part) for part in wanted.split(SCORED_AT_ONCE)]
        return torch.cat(found).double().numpy() if found else np.empty(0)

    def _log10_p(self, stream: tuple[Tensor, Tensor, Tensor], which: Tensor) -> Tensor:
        context, target = self._examples(stream, which)
        log_p = torch.log_softmax(self._logits(self._hidden(context)[1]), 1).gather(1, target[:, None])
        return log_p[:, 0] / math.log(10)

    def score(self) -> Metrics:
        """Of SCORED held-out tokens from all over the text: perplexity, bits, impossible, oov (shares of tokens)."""
        stream = self.data.held_out
        n = len(stream[2])
        if not n:
            return {}
        which = torch.linspace(0, n - 1, min(n, SCORED)).long()
        log10_p = torch.cat([self._log10_p(stream, part) for part in which.split(SCORED_AT_ONCE)]).double().numpy()
        oov = float((stream[0][stream[2][which]] == UNK).float().mean())
        return {**text_metrics.scores(log10_p), "oov": oov}

    def view(self) -> NeuralView:
        """A text of 60 tokens."""
        ids = self.write(SAMPLE)
        return NeuralView(ids=ids, text=self.data.tokenizer.join([self.data.words[i] for i in ids]))

    def write(self, n: int, seed: int | None = None) -> np.ndarray:
        """Tokens drawn one after the other from the start of a sentence, ids int64 (n,); no `<unk>` among them."""
        luck = generator(self.config.seed if seed is None else seed, "sample").random(n)
        past = torch.full((1, self.config.context), BOS)
        ids = np.empty(n, np.int64)
        for t in range(n):
            logits = self._logits(self._hidden(past)[1])[0]
            logits[UNK] = NEVER
            sums = torch.softmax(logits, 0).double().cumsum(0).numpy()
            ids[t] = word = min(int(np.searchsorted(sums, luck[t] * sums[-1], side="right")), len(sums) - 1)
            past = past.roll(1, 1)
            past[0, 0] = word
            if word == EOS:
                past.fill_(BOS)
        return ids

    # -- the state

    def state_dict(self) -> State:
        """Weights, and Adam's moments, copied."""
        return {name: tensor.numpy().copy() for name, tensor in self._tensors().items()}

    def load_state_dict(self, state: State) -> None:
        """Take over such arrays; raises ConfigError if one is missing or of another shape."""
        take_over(self._tensors(), state)

    def _tensors(self) -> dict[str, Tensor]:
        return {"weights": self.flat, **self.adam.tensors()}
