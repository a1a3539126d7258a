"""What the Language Models page explains: the formulas of each smoothing, the terms, the papers, what is simplified."""

import streamlit as st

FORMULAS = {
    "mle": r"p(w \mid h) = \frac{c(h\,w)}{c(h)}",
    "add_k": r"p(w \mid h) = \frac{c(h\,w) + k}{c(h) + k V}",
    "stupid_backoff": r"S(w \mid h) = \frac{c(h\,w)}{c(h)} \text{ if } c(h\,w) > 0, \text{ else } 0.4\, S(w \mid h')",
    "witten_bell": r"p(w \mid h) = \frac{c(h\,w) + T(h)\, p(w \mid h')}{c(h) + T(h)}",
    "kneser_ney": r"p(w \mid h) = \frac{a(h\,w) - D_{a}}{\sum_v a(h\,v)} + \gamma(h)\, p(w \mid h')",
}
SAYS = {
    "mle": "Plain counts: what was never seen is impossible.",
    "add_k": "Everything is taken to have been seen k times more often than it was.",
    "stupid_backoff": "No distribution (it sums to more than 1), but good enough for a trillion words.",
    "witten_bell": "The more different words T(h) followed a context, the more room is left for a new one.",
    "kneser_ney": "A discount D is taken from every count a; what was taken, γ, goes to the shorter context, where a "
    "word counts by how many different words it follows, not by how often it occurs.",
}
TERMS = """
**Token**: what is counted: a word or a sign, a character, or a sub-word.\\
**n-gram**: n tokens in a row; 1 unigram, 2 bigram, 3 trigram. **Order**: n.\\
**Context** h: the n - 1 tokens before the next one; h' is h without its first token.\\
**Back off**: ask a shorter context because the longer one was not seen with this word. The small number beside each
word is the order that was found.\\
**Smoothing**: taking probability from what was seen for what was not.\\
**Perplexity**: 2 to the bits a token costs; the model is as unsure as if it chose among so many tokens at random.\\
**Held-out**: lines that were not counted, to measure on.\\
**Temperature** T: each p becomes p^(1/T); below 1 the likely words become likelier. **Top-k**, **top-p**: only the k
likeliest words, or the likeliest that have p together.\\
**Out of vocabulary**: every word of the text that is counted is in the vocabulary; any other is `<unk>`, in training
and in scoring alike.
"""
SOURCES = """
Shannon 1948, *A mathematical theory of communication*;
Chen & Goodman 1999, *An empirical study of smoothing techniques for language modeling*;
Witten & Bell 1991, *The zero-frequency problem*;
Brants et al. 2007, [Large language models in machine translation](https://aclanthology.org/D07-1090/);
Heafield 2011, [KenLM](https://aclanthology.org/W11-2123/), whose numbers these are;
Bengio et al. 2003, [A neural probabilistic language model](https://www.jmlr.org/papers/v3/bengio03a.html).

**Simplified here:** no rare word is left out of the vocabulary, capital letters count as they stand, and a sentence
knows nothing of the one before it.
"""


def understand(smoothing: str) -> None:
    """The formula of the chosen smoothing, then the others, the terms and the sources."""
    st.markdown(SAYS[smoothing])
    st.latex(FORMULAS[smoothing])
    for name, formula in FORMULAS.items():
        if name != smoothing:
            st.markdown(SAYS[name])
            st.latex(formula)
    st.markdown(TERMS)
    st.markdown(SOURCES)
