"""What the page explains: the two rules, the words, the papers; and settings that fail in a known way."""

from collections.abc import Mapping

import streamlit as st

from playground.museum import Exhibit
from playground.pages import PAGES

CURES = ("Autoencoder", "GAN", "Language Models")


EXHIBITS: Mapping[str, Exhibit] = {
    e.name: e
    for e in (
        Exhibit(
            name="upright",
            title="Heaps that stand upright",
            values={"data": "spiral", "noise": 0.1, "per_class": 200},
            cure={"data": "blobs", "noise": 0.1, "per_class": 200},
            watch="Two arms of a spiral. Press Generate under Naive Bayes: where do its points fall?",
            why="Each coordinate is drawn for itself, so a class is one upright heap, and both arms have nearly the "
            "same. Where classes are heaps, the assumption holds and Naive Bayes is as good as any.",
        ),
        Exhibit(
            name="straight",
            title="A straight border around a ring",
            values={"data": "rings", "noise": 0.1},
            cure={"data": "blobs", "noise": 0.1},
            watch="One class lies around the other. Who can't draw that border?",
            why="Logistic regression and the linear SVM have one straight border. The rbf kernel, the MLP's hidden "
            "layers, and Naive Bayes' different widths can close a circle. Where a straight line is enough, those "
            "two are as good as any.",
        ),
        Exhibit(
            name="islands",
            title="An island around each point",
            values={"data": "moons", "noise": 0.5, "gamma": 100.0, "c": 1000.0},
            cure={"data": "moons", "noise": 0.5, "gamma": 1.0, "c": 1.0},
            watch="The rbf SVM draws an island around every point. What does its held-out accuracy say?",
            why="A large gamma makes each point matter only to its nearest surroundings, and a large C forgives "
            "nothing: the SVM learns the noise by heart.",
        ),
        Exhibit(
            name="two",
            title="Two examples a class",
            values={"data": "digits", "per_class": 2},
            cure={"data": "digits", "per_class": 100},
            watch="Twenty digits in all. Who is ahead, and whose dreams still look like digits?",
            why="A density of each class needs few examples to be of use; a free border needs many. "
            "The learning curves above measure where they cross.",
        ),
    )
}

TERMS = """
**Generative model**: knows how inputs of each class look, p(x | class), and how frequent each class is. It can pour new
inputs, leave out what is hidden, and say that it has never seen such a thing.\\
**Discriminative model**: knows only p(class | x), or just the border.\\
**Prior** p(class): how frequent a class is, before x is looked at.\\
**Likelihood** p(x | class): how well x fits a class. **Posterior** p(class | x): how likely the class is, given x.\\
**Naive**: every feature is independent of the others, given the class. Then p(x | class) is a product.\\
**Marginal**: what is left when a hidden feature is summed out; of a product its factor falls away.\\
**Log loss**: mean of -log p(true class). **Calibration error**: how far stated certainty is from how often it is
right.\\
**ROC**: strangers found against false alarms, for every threshold; AUC is the area under it, 0.5 is chance.
"""
SOURCES = """
Ng & Jordan 2002, *On discriminative vs. generative classifiers: a comparison of logistic regression and Naive Bayes*;
Cortes & Vapnik 1995, *Support-vector networks*; Guo et al. 2017,
[On calibration of modern neural networks](https://arxiv.org/abs/1706.04599); Alpaydin & Kaynak 1998, the digits.

**Simplified here:** the SVM has no probabilities of its own; its shade is a softmax of its decisions times one fitted
number. The nets take a fixed number of steps. The richer sister is a mixture of Gaussians around each example.
"""


def understand(config: object) -> None:
    """Formulas, terms and sources; `config` is a JudgesConfig."""
    st.markdown("The one that dreams learns both factors, and judges by Bayes' rule:")
    st.latex(r"p(\text{class} \mid x) = \frac{p(\text{class})\, p(x \mid \text{class})}{\sum_k p(k)\, p(x \mid k)}")
    st.markdown("Naive Bayes takes the features apart; hidden ones fall away, for each factor sums to 1:")
    if config.likelihood == "bernoulli":  # type: ignore[attr-defined]
        st.latex(r"p(x \mid \text{class}) = \prod_i p_i^{x_i} (1 - p_i)^{1 - x_i}")
    else:
        st.latex(r"p(x \mid \text{class}) = \prod_i \frac{1}{\sqrt{2\pi v_i}}\, e^{-(x_i - m_i)^2 / 2 v_i}")
    st.markdown("Those that only judge learn the answer itself, here by a net f, and for the SVM only its sign:")
    st.latex(r"p(\text{class} \mid x) = \operatorname{softmax} f(x)")
    st.markdown(TERMS)
    cures()
    st.markdown(SOURCES)


def cures() -> None:
    """Links to the pages whose models know how the parts of a thing go together."""
    there = [page for page in PAGES if page.title in CURES]
    if there:
        st.markdown("Models that know how the parts of a thing go together, and dream better for it:")
        with st.container(horizontal=True):
            for page in there:
                st.page_link(page.path, label=page.title)
