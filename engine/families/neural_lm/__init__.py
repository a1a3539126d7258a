"""A small neural language model: the next token from the k tokens before it, by learned vectors and a hidden layer.

Every token has a vector; those of the context stand side by side, a hidden layer mixes them, and a softmax says how
probable each token is to come next. Tokens that are used alike get vectors that are alike, so what was learned of one
context serves others that were never seen, which is what counting can't do.

    x = (C[w1], ..., C[wk])     h = tanh(x H + d)     p(w | w1 .. wk) = softmax(h U' + b)

Bengio et al. 2003, "A neural probabilistic language model" (JMLR 3); Karpathy's makemore. Simplified: no direct way
from x to the output; Adam, falling along half a cosine, for SGD. b starts at the logarithm of the counts, so that the
net starts as a unigram model. `<unk>` is never seen, so its weights are never learned.

Two things let it learn thousands of words within a minute. A step compares the right word with `sampled` others, drawn
by their frequency q, instead of with all: their logits, less log q, stand for the whole softmax (Jean et al. 2015,
arXiv:1412.2007). And all weights but b shrink a little in each step (Loshchilov & Hutter 2017, arXiv:1711.05101), so
that a word seen seldom stays near its plain frequency.
"""

from engine.families.neural_lm.config import NeuralConfig, recipe
from engine.families.neural_lm.learner import NeuralLearner, NeuralView
from engine.learner import Family

__all__ = ["FAMILY", "NeuralConfig", "NeuralLearner", "NeuralView"]


FAMILY = Family(
    name="neural_lm",
    title="Neural language model",
    config=NeuralConfig,
    learner=NeuralLearner,
    recipe=recipe,
    score_every=100,
    smoke={
        "text": "stories", "tokenizer": "characters", "context": 3, "embedding": 4, "width": 8, "batch": 16, "steps": 90
    },
)  # fmt: skip
