"""What the Latent Space page explains: the formulas, the words, the papers, and what is simplified."""

import streamlit as st

TERMS = """
**Latent space**: all codes that the decoder can paint; a point in it is a picture.\\
**Latent axis**: one number of the code. What it does is up to the training; nobody named it.\\
**lerp**: straight from A to B. **slerp**: on a great circle about the origin; the length changes evenly.\\
**Cross-fade**: a mixture of pixels, t of one picture and 1 − t of the other; it uses no code.\\
**Feature vector**: the mean code of pictures with something, less the mean code of those without it.\\
**Disentangled**: each axis changes one true factor, and each factor has its axis.\\
**MIG**: how much more the best axis tells of a factor than the second best, in units of the factor's entropy.\\
**DCI**: how much each axis is important for one factor only, by a boosted model of trees.\\
**R²**: the share of a factor's variance that a linear probe of all axes explains.\\
**Purity**: move one axis, measure every factor on the decoded pictures with an independent judge: the share of the
change that is the wanted factor.\\
**Prior**: what codes a VAE was pulled towards, N(0, 1); from it new codes are drawn.
"""
SOURCES = """
Kingma & Welling 2013, [Auto-encoding variational Bayes](https://arxiv.org/abs/1312.6114);
Higgins et al. 2017, beta-VAE (ICLR);
Locatello et al. 2019, [Challenging common assumptions](https://arxiv.org/abs/1811.12359): without labels or pairs no
method finds the factors reliably; Locatello et al. 2020,
[Weakly-supervised disentanglement without compromises](https://arxiv.org/abs/2002.02886);
Chen et al. 2018, [Isolating sources of disentanglement (MIG)](https://arxiv.org/abs/1802.04942);
Eastwood & Williams 2018, A framework for the quantitative evaluation of disentangled representations (DCI, ICLR);
Larsen et al. 2016, [Autoencoding beyond pixels (attribute vectors)](https://arxiv.org/abs/1512.09300);
van der Maaten & Hinton 2008, Visualizing data using t-SNE (JMLR 9);
McInnes et al. 2018, [UMAP](https://arxiv.org/abs/1802.03426).

**Simplified here:** the fully connected nets see a picture's principal components and give them back; purity is
measured on cylinders, by a judge that learned from real pictures; the midpoint of two people's faces ghosts the hair.
"""


def understand() -> None:
    """Formulas, terms, sources."""
    st.latex(r"\text{halfway:}\quad z = \mu_A + \frac{\mu_B - \mu_A}{2} \qquad \hat x = \mathrm{decode}(z)")
    st.latex(r"\text{lerp:}\quad z(t) = \mu_A + t\,(\mu_B - \mu_A)")
    st.latex(
        r"\text{slerp:}\quad z(t) = \frac{\sin((1-t)\,\omega)}{\sin\omega}\,\hat\mu_A\,\ell(t) + "
        r"\frac{\sin(t\,\omega)}{\sin\omega}\,\hat\mu_B\,\ell(t), \quad \cos\omega = \hat\mu_A\cdot\hat\mu_B"
    )
    st.latex(
        r"\text{feature vector:}\quad v = \frac1n\sum_{x \in \text{with}} \mu(x) - \frac1m\sum_{x \in \text{without}}"
        r" \mu(x), \qquad z' = z + s\,v"
    )
    st.latex(r"\text{analogy } A:B = C:D\text{:}\quad z_D = \mu_C + (\mu_B - \mu_A)")
    st.markdown(TERMS)
    st.markdown(SOURCES)
