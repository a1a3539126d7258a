"""The neural language model: one probability by hand, gradients as autograd has them, the same text as the n-grams."""

import math

import numpy as np
import pytest
import torch

import engine
from engine import Budget, ConfigError
from engine.data.vocabulary import BOS, EOS, UNK
from engine.families import neural_lm
from engine.families.neural_lm import learner as nets
from engine.families.neural_lm.learner import NeuralLearner, placed


def learner(**values: object) -> NeuralLearner:
    given = {"text": "stories", "tokenizer": "words", "embedding": 5, "width": 7, "batch": 8, **values}
    return NeuralLearner(neural_lm.FAMILY.build(given))


def test_a_probability_by_hand():
    net = learner(context=2, embedding=2, width=1)
    n = len(net.data.words)
    for part in (net.c, net.h, net.d, net.u, net.b):
        part.zero_()
    net.c[4], net.c[5] = torch.tensor([1.0, 2.0]), torch.tensor([3.0, -1.0])
    net.h[:, 0] = torch.tensor([0.1, 0.2, 0.3, 0.4])  # the nearest token's vector comes first
    net.u[6, 0] = 2.0
    # after 5, 4: x = (1, 2, 3, -1), x H = 0.1 + 0.4 + 0.9 - 0.4 = 1, h = tanh 1; the logit of 6 is 2 h, others 0
    logit = 2 * math.tanh(1.0)
    found = 10 ** net.log10_p(np.array([BOS, 5, 4, 6]))
    assert found[-1] == pytest.approx(math.exp(logit) / (math.exp(logit) + n - 1))
    # first token: x = (C[<s>], C[<s>]) = 0
    assert found[0] == pytest.approx(1 / n)


def test_contexts_end_where_their_sentence_begins():
    net = learner(context=3)
    stream = placed(np.array([BOS, 7, 8, EOS, BOS, 9, EOS]))
    context, target = net._examples(stream, torch.arange(5))
    assert target.tolist() == [7, 8, EOS, 9, EOS]
    assert context.tolist() == [[BOS] * 3, [7, BOS, BOS], [8, 7, BOS], [BOS] * 3, [9, BOS, BOS]]


def test_the_gradient_is_autograd_s():
    net = learner()
    context, target = net._examples(net.data.train, torch.arange(40))
    loss = net.gradient(context, target)
    flat = net.flat.clone().requires_grad_()
    c, h, d, u, b = net._split(flat)
    logits = torch.tanh(c[context].view(40, -1) @ h + d) @ u.t() + b
    theirs = torch.nn.functional.cross_entropy(logits, target)
    theirs.backward()
    assert loss == pytest.approx(theirs.item())
    wanted = net._split(flat.grad)  # type: ignore[arg-type]
    wanted[3][UNK] = wanted[4][UNK] = 0  # never learned
    for mine, other in zip(net._split(net.grad), wanted, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_among_a_few_tokens_the_gradient_is_autograd_s_too():
    net = learner(sampled=10)
    context, target = net._examples(net.data.train, torch.arange(40))
    others = net._others.at(3)
    loss = net.gradient(context, target, others)
    flat = net.flat.clone().requires_grad_()
    c, h, d, u, b = net._split(flat)
    logits = torch.tanh(c[context].view(40, -1) @ h + d) @ u.t() + b
    q = torch.bincount(net.data.train[0][net.data.train[2]], minlength=len(b)) / len(net.data.train[2])
    costs = []
    for row, right in zip(logits, target.tolist(), strict=True):
        these = [right, *(word for word in others.tolist() if word != right)]
        corrected = row[these] - torch.log(q[these])
        costs.append(torch.logsumexp(corrected, 0) - corrected[0])
    theirs = torch.stack(costs).mean()
    theirs.backward()
    assert loss == pytest.approx(theirs.item(), rel=1e-5)
    for mine, other in zip(net._split(net.grad), net._split(flat.grad), strict=True):  # type: ignore[arg-type]
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_others_are_drawn_by_their_frequency():
    net = learner(sampled=20)
    drawn = torch.cat([net._others.at(64 * block + k) for block in range(20) for k in range(64)])
    counts = torch.bincount(net.data.train[0][net.data.train[2]], minlength=len(net.b))
    share = torch.bincount(drawn, minlength=len(net.b)) / len(drawn)
    torch.testing.assert_close(share, counts / counts.sum(), rtol=0, atol=0.01)
    assert not share[[UNK, BOS]].any()
    assert learner(sampled=1000).sampled == 0  # more than there are


@pytest.mark.parametrize("sampled", [0, 15])
def test_it_learns_and_beats_the_unigram_model_it_starts_as(sampled):
    counted = engine.start("ngram", text="stories", tokenizer="words", order=1)
    counted.advance(Budget())
    run = engine.start(
        "neural_lm", text="stories", tokenizer="words", embedding=8, width=32, batch=128, steps=300, sampled=sampled
    )
    before = run.snapshot().scores["perplexity"]
    assert before == pytest.approx(counted.snapshot().scores["perplexity"], rel=0.05)
    run.advance(Budget())
    assert run.snapshot().scores["perplexity"] < before / 3


def test_names_are_not_learned_by_heart():
    run = engine.start("neural_lm", text="names:en_US")
    assert run.config.tokenizer == "characters"
    seen = [run.snapshot().scores["perplexity"]]
    while run.advance(Budget(steps=100)):
        seen.append(run.snapshot().scores["perplexity"])
    assert seen[-1] < 1.03 * min(seen) < 11 < seen[0]


@pytest.mark.parametrize("tokenizer", ["words", "characters"])
def test_it_has_the_words_and_the_held_out_lines_of_the_n_grams(tokenizer):
    counted = engine.start("ngram", text="stories", tokenizer=tokenizer, seed=3)
    counted.advance(Budget())
    ours = learner(tokenizer=tokenizer, seed=3).data
    theirs = counted.learner.encode(counted.learner.held_out().decode())
    assert list(ours.words) == counted.learner.words()
    assert sorted(ours.held_out[0].tolist()) == sorted(theirs.tolist())


def test_every_distribution_sums_to_one_and_nothing_unseen_is_written():
    net = learner()
    n = len(net.data.words)
    history = [BOS, 5, 6]
    p = [10 ** net.log10_p(np.array([*history, word]))[-1] for word in range(n) if word != BOS]
    assert sum(p) == pytest.approx(1, abs=1e-5)
    text = net.write(300)
    assert not np.isin(text, [UNK, BOS]).any()
    np.testing.assert_array_equal(net.write(20), text[:20])
    assert (net.write(300, seed=9) != text).any()


def test_texts_that_do_not_fit(tmp_path, monkeypatch):
    monkeypatch.setattr(nets, "MAX_TYPES", 30)
    nets.material.cache_clear()
    with pytest.raises(ConfigError, match="different tokens") as caught:
        learner()
    assert caught.value.field == "text"
    state = learner(tokenizer="characters").state_dict()
    with pytest.raises(ConfigError, match="shape"):
        learner(tokenizer="characters", width=9).load_state_dict(state)
