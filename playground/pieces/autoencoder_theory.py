"""What the autoencoder page explains: the formulas, the words, the papers; and experiments of one click."""

import streamlit as st

from engine.families.autoencoder import AutoencoderConfig, VaeConfig
from engine.learner import Metrics
from playground.museum import Exhibit

EXHIBITS = (
    Exhibit(
        name="one",
        title="A code of one number",
        values={"latent_dim": 1, "steps": 3000},
        cure={"latent_dim": 6, "steps": 3000},
        watch="Shapes have four factors. What does a single number keep, and what is always the same?",
        why="One number is one line through all pictures. It keeps what moves most pixels, size and light, and gives "
        "everything else its mean. With as many numbers as factors, or a few more, the rest comes back.",
    ),
    Exhibit(
        name="wide",
        title="As many numbers as pixels",
        values={"data": "digits", "latent_dim": 64, "noise": 0.0, "depth": 0, "steps": 3000},
        cure={"data": "digits", "latent_dim": 8, "noise": 0.0, "depth": 2, "steps": 3000},
        watch="8 x 8 pixels, 64 numbers. The copies become perfect. Has it learned what a digit is?",
        why="Without a bottleneck the net can copy. The code is the picture in other words: nothing was left out, so "
        "nothing had to be understood, and a random code is no digit. A narrow code has to find what digits share.",
    ),
    Exhibit(
        name="too fast",
        title="A step size that is too large",
        values={"data": "digits", "optimiser": "sgd", "lr": 0.5, "batch": 1},
        cure={"data": "digits", "optimiser": "sgd", "lr": 0.005, "batch": 1},
        watch="Plain gradient descent with α = 0.5. Watch the error of the batch.",
        why="dE/dw points downhill only near w. A step that is too long lands higher on the other side, where the "
        "gradient is steeper still: the error grows from step to step until numbers overflow. A smaller α cures it.",
    ),
    Exhibit(
        name="too few",
        title="Too few examples",
        values={"data": "digits", "n_train": 20, "latent_dim": 16, "noise": 0.0, "steps": 3000},
        cure={"data": "digits", "n_train": 1497, "latent_dim": 16, "noise": 0.0, "steps": 3000},
        watch="Twenty digits to learn from. When does the dashed curve leave the solid one?",
        why="The net learns its twenty pictures by heart, each with a code of its own, and has no rule for others. "
        "More examples cure it; so do fewer numbers, or noise.",
    ),
    Exhibit(
        name="noise",
        title="Noise in, clean out",
        values={"data": "digits", "noise": 0.4, "latent_dim": 8, "steps": 3000},
        cure={"data": "digits", "noise": 0.0, "latent_dim": 8, "steps": 3000},
        watch="The net sees a noisy picture and is asked for the clean one. What comes out at the right?",
        why="Noise has no pattern to put into a few numbers, digits have. To give the clean picture the net must know "
        "what digits look like: that is a denoising autoencoder. Without noise the copies are sharper.",
    ),
    Exhibit(
        name="course",
        title="The course's own algorithm",
        values={"data": "digits", "optimiser": "sgd", "batch": 1, "noise": 0.0, "lr": 0.005, "steps": 20_000},
        cure={"data": "digits", "optimiser": "adam", "batch": 64, "noise": 0.0, "lr": 0.003, "steps": 3000},
        watch="One example, one update, w ← w − α · dE/dw. Press Step: can you check the numbers by hand?",
        why="Every example pulls the weights its own way, so the error of a single example jumps while the mean falls "
        "slowly. Averaging 64 examples, and Adam's step for each weight, reach the same error in fewer updates.",
    ),
)
IN_A_ROW = 3

TERMS = """
**Encoder**: the half of the net that turns a picture x into a code z. **Decoder**: the half that makes x̂ of z.\\
**Code** z, or latent code: a few numbers. **Bottleneck**: the narrow place that they have to go through.\\
**Reconstruction** x̂ (the course's ŷ): what comes out; its aim is x itself, so no labels are needed.\\
**Held-out pictures**: never learned from; only they tell whether the code works for new pictures.\\
**PSNR**: −10 log₁₀ of a pixel's mean squared error, in decibels; 3 dB more is half the error.\\
**SSIM**: compares means, contrasts and patterns in small windows; 1 for equal pictures.\\
**PCA**: the best code that is linear both ways; an autoencoder has to do better to be worth its training.\\
**KL**: how far a VAE's cloud of codes is from the prior N(0, 1); β is its weight in the loss.
"""
SOURCES = """
Hinton & Salakhutdinov 2006, [Reducing the dimensionality of data with neural networks](https://doi.org/10.1126/science.1127647);
Vincent et al. 2008, [Extracting and composing robust features with denoising autoencoders](https://doi.org/10.1145/1390156.1390294);
Kingma & Welling 2013, [Auto-encoding variational Bayes](https://arxiv.org/abs/1312.6114);
Burgess et al. 2018, [Understanding disentangling in beta-VAE](https://arxiv.org/abs/1804.03599);
Wang et al. 2004, [Image quality assessment (SSIM)](https://doi.org/10.1109/TIP.2003.819861).

**Simplified here:** the fully connected net sees a picture's principal components, not its pixels, unless you set them
to 0; held-out scores are of at most 300 pictures; a file format's bytes include its header.
"""


def rows() -> list[dict[str, Exhibit]]:
    """The experiments by name, three cards in a row."""
    return [{e.name: e for e in EXHIBITS[k : k + IN_A_ROW]} for k in range(0, len(EXHIBITS), IN_A_ROW)]


def understand(config: AutoencoderConfig, metrics: Metrics) -> None:
    """The loss in formulas and numbers, terms, sources."""
    variational = isinstance(config, VaeConfig)
    st.latex(r"z = \mathrm{encode}(x) \qquad \hat x = \mathrm{decode}(z)")
    if config.loss == "l2":
        st.latex(r"E = \lVert \hat x - x \rVert^2 = \sum_i (\hat x_i - x_i)^2")
    else:
        st.latex(r"E = -\sum_i x_i \log \hat x_i + (1 - x_i)\log(1 - \hat x_i)")
    if variational:
        st.latex(
            r"z = \mu + \sigma\varepsilon \qquad "
            r"L = E + \beta\,\tfrac12\sum_j(\mu_j^2 + \sigma_j^2 - 1 - \log\sigma_j^2)"
        )
    st.latex(r"w \leftarrow w - \alpha\,\frac{\partial E}{\partial w}" if not variational
             else r"w \leftarrow w - \alpha\,\frac{\partial L}{\partial w}")  # fmt: skip
    if "error" in metrics:
        kl = f", KL = {metrics['kl']:.3g}, L = {metrics['loss']:.3g}" if "kl" in metrics else ""
        st.markdown(f"In the newest update: E = {metrics['error']:.3g} in the mean of the batch{kl}.")
    st.markdown(TERMS)
    st.markdown(SOURCES)
