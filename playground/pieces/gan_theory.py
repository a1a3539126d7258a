"""What the GAN page explains: the formulas of the chosen game with the numbers of this moment, the terms, the
papers."""

import streamlit as st

from engine.families.gan.losses import LOSSES
from engine.learner import Metrics

FORMULAS = {
    "non_saturating": (r"-\log D(x) - \log(1 - D(\tilde x))", r"-\log D(\tilde x)"),
    "minimax": (r"-\log D(x) - \log(1 - D(\tilde x))", r"\log(1 - D(\tilde x))"),
    "least_squares": (r"\tfrac12 (d(x) - 1)^2 + \tfrac12 d(\tilde x)^2", r"\tfrac12 (d(\tilde x) - 1)^2"),
    "hinge": (r"\max(0, 1 - d(x)) + \max(0, 1 + d(\tilde x))", r"-d(\tilde x)"),
    "wgan_gp": (r"d(\tilde x) - d(x)", r"-d(\tilde x)"),
    "relativistic": (r"-\log\sigma(d(x) - d(\tilde x))", r"-\log\sigma(d(\tilde x) - d(x))"),
}
PENALTIES = {
    "none": "",
    "r1": r" + \tfrac{\gamma}{2}\,\lVert\nabla d(x)\rVert^2",
    "r1_r2": r" + \tfrac{\gamma}{2}\,(\lVert\nabla d(x)\rVert^2 + \lVert\nabla d(\tilde x)\rVert^2)",
    "gp": r" + \gamma\,(\lVert\nabla d(\hat x)\rVert - 1)^2",
}
TERMS = """
**Generator** G, the forger: a net that turns random numbers z into a picture x̃ = G(z).\\
**Discriminator** D, the expert: a net that says how real a picture is, D = σ(d), a number from 0 to 1.\\
**Latent code** z: the random numbers that a picture is made of. Fixed z, fixed picture.\\
**Logit** d: what D says before the logistic function σ squeezes it between 0 and 1.\\
**Mode collapse**: the forger paints only some of what the artist paints, however well.\\
**Gradient penalty**: a price on a steep expert. Where D is steep the forger is thrown about; where D is flat it
learns nothing.\\
**Averaging**: the mean of the forger's recent weights paints more steadily than the weights of the moment.\\
**Total variation**: half the summed differences between two histograms; 0 for the same, 1 for nothing in common.
"""
SOURCES = """
Goodfellow et al. 2014, [Generative Adversarial Nets](https://arxiv.org/abs/1406.2661);
Mescheder et al. 2018, [Which training methods for GANs do actually converge?](https://arxiv.org/abs/1801.04406);
Gulrajani et al. 2017, [WGAN-GP](https://arxiv.org/abs/1704.00028);
Mao et al. 2016, [Least squares GANs](https://arxiv.org/abs/1611.04076);
Huang et al. 2024, [The GAN is dead; long live the GAN](https://arxiv.org/abs/2501.05441).

**Simplified here:** both updates of a round use the same noise; the nets are perceptrons of a few hidden layers, or of
none at 2 x 2; the pictures are drawn without end by the artist, so there is no test set to hold out.
"""


def understand(config: object, metrics: Metrics) -> None:
    """Formulas, terms and sources; `config` is a GanConfig, `metrics` those of the newest round."""
    loss, penalty = config.loss, config.penalty  # type: ignore[attr-defined]
    expert, forger = FORMULAS[loss]
    st.markdown(
        "The expert makes the first number small, the forger the second; x is a real painting, x̃ = G(z) a fake:"
    )
    st.latex(r"L_D = \mathbb{E}\,[\," + expert + r"\,]" + PENALTIES[penalty])
    st.latex(r"L_G = \mathbb{E}\,[\," + forger + r"\,]")
    if metrics:
        st.markdown(
            f"In the newest round: D(x) = {metrics['d_real']:.3f} and D(x̃) = {metrics['d_fake']:.3f} in the mean, "
            f"so L_D = {metrics['loss_d']:.3f} (penalty not counted) and L_G = {metrics['loss_g']:.3f}. "
            + _equilibrium(loss)
        )
    st.markdown(TERMS)
    st.markdown(SOURCES)


def _equilibrium(loss: str) -> str:
    if LOSSES[loss].relative or LOSSES[loss].squared or loss == "hinge":
        return "A perfect forger leaves the expert nothing to go by: the same verdict on both."
    forger = "log 2 = 0.693" if loss == "non_saturating" else "-log 2 = -0.693"
    return f"Against a perfect forger the best expert says 0.5 to everything: L_D = 2 log 2 = 1.386, L_G = {forger}."
