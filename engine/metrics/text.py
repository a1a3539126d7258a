"""How well a language model predicts a text, from the log10 probabilities of its tokens (-inf for probability 0).

Perplexity is 10 to the mean of -log10 p. Tokens that the model holds impossible would make it infinite, so they are
counted apart, and both numbers stand beside each other.
"""

import math

import numpy as np

BITS_PER_DIGIT = math.log2(10)


def perplexity(log10_p: np.ndarray) -> float:
    """10 ** mean(-log10 p); infinite if any p is 0, NaN of no tokens. log10_p (n,)."""
    if not len(log10_p):
        return math.nan
    mean = -float(log10_p.mean())
    return 10.0**mean if mean < np.finfo(float).maxexp * math.log10(2) else math.inf


def scores(log10_p: np.ndarray) -> dict[str, float]:
    """perplexity and bits (a token) of the tokens of probability above 0, and impossible: the share of the others."""
    possible = np.isfinite(log10_p)
    rest = perplexity(log10_p[possible])
    return {
        "perplexity": rest,
        "bits": math.log2(rest) if rest > 0 else math.nan,
        "impossible": float(1 - possible.mean()) if len(log10_p) else math.nan,
    }


def with_and_without_oov(log10_p: np.ndarray, oov: np.ndarray) -> dict[str, float]:
    """tokens, oov, perplexity_including_oov, perplexity_excluding_oov, as KenLM's `query` counts: `</s>` is a token,
    and an unknown word has the probability of `<unk>`. Both arrays (n,), oov bool."""
    return {
        "tokens": len(log10_p),
        "oov": int(oov.sum()),
        "perplexity_including_oov": perplexity(log10_p),
        "perplexity_excluding_oov": perplexity(log10_p[~oov]),
    }
