"""One round of the 2 x 2 GAN worked out in the open: the weights before, the gradient, the weights after, and one of
the products written out with its numbers, so that a student can check it with pencil and paper."""

import numpy as np
import streamlit as st

from engine.learner import Stage
from playground.components import Panel, panels
from playground.player import Moment
from playground.written import minus

WORKED_OUT = ("non_saturating", "minimax")
"""The games whose gradient is written out."""
SCALE = 4.0
N_WEIGHTS = 4
"""Of the expert of 2 x 2 pictures, beside its bias."""


def by_hand(moment: Moment) -> None:
    """Both updates of the round that was worked out, if the nets are small enough to show every weight."""
    found = {stage.name: stage for stage in moment.trace}
    if "train_d" not in found or len(moment.view.weights_d) != N_WEIGHTS + 1:
        return
    st.subheader("Check it by hand", anchor=False)
    expert, forger = st.columns(2, gap="large")
    with expert:
        _pictures(found["train_d"], "expert", biases=1)
        st.markdown(_expert_arithmetic(found, moment))
    with forger:
        _pictures(found["train_g"], "forger", biases=4)
        st.markdown(_forger_arithmetic(found, moment))


def _pictures(stage: Stage, who: str, *, biases: int) -> None:
    """Weights before, their gradient, weights after, side by side; the four biases of the forger below them."""
    flats = [stage.arrays[key] for key in ("before", "grad", "after")]
    pictures = [flat[:4] for flat in flats] + ([flat[4:] for flat in flats] if biases == 4 else [])
    captions = ["before", "gradient", "after"]
    if biases == 4:
        captions += ["biases before", "gradient", "after"]
    panel = Panel(
        title=f"The {who}'s weights",
        role="weights",
        pictures=np.stack(pictures).reshape(-1, 1, 2, 2),
        columns=3,
        captions=captions,
        scale=SCALE,
        show_numbers=True,
        alt=f"The {who}'s weights before the update, their gradient, and the weights after it",
    )
    panels([panel], key=f"by hand {who}", picture_px=96)
    if biases == 1:
        numbers = [f"{caption} {flat[4]:.3f}" for caption, flat in zip(captions, flats, strict=True)]
        st.markdown(minus(f"Bias: {', '.join(numbers)}."))


def _expert_arithmetic(found: dict[str, Stage], moment: Moment) -> str:
    sample, stage = found["sample"].arrays, found["train_d"]
    a, w, lr = stage.arrays, stage.arrays["before"], stage.numbers["lr"]
    x, fake, n = sample["real"], sample["fake"], len(sample["real"])
    logit = " + ".join(f"{w[k]:.3f}·{x[0, k]:.3f}" for k in range(4)) + f" + {w[4]:.3f}"
    lines = [
        f"The first painting: d(x) = {logit} = {a['r'][0, 0]:.3f}, D(x) = 1 / (1 + e^(−d)) = {a['verdict_r'][0]:.3f}.",
        f"The first fake, in the same way: D(x̃) = {a['verdict_f'][0]:.3f}.",
    ]
    if moment.snapshot.config.loss in WORKED_OUT:
        terms = (a["verdict_r"] - 1) * x[:, 0] + a["verdict_f"] * fake[:, 0]
        pair = (
            f"({a['verdict_r'][0]:.3f} − 1)·{x[0, 0]:.3f} + {a['verdict_f'][0]:.3f}·{fake[0, 0]:.3f} = {terms[0]:.5f}"
        )
        more = a["grad"][0] - terms.mean()
        penalty = "" if moment.snapshot.config.penalty == "none" else f"; the penalty adds {more:.5f}"
        lines.append(f"Gradient of the top-left weight: (D(x) − 1)·x₁ + D(x̃)·x̃₁ = {pair}{_mean(terms, n)}{penalty}.")
    return _as_list([*lines, _update(w[0], a["grad"][0], a["after"][0], lr, moment)])


def _forger_arithmetic(found: dict[str, Stage], moment: Moment) -> str:
    sample, stage = found["sample_fakes"].arrays, found["train_g"]
    a, w, lr = stage.arrays, stage.arrays["before"], stage.numbers["lr"]
    expert = found["train_d"].arrays["after"]
    z, fake, n = sample["z"], sample["fake"], len(sample["fake"])
    lines = [
        f"The first fake's top-left pixel: x̃₁ = σ({w[0]:.3f}·{z[0, 0]:.3f} + {w[4]:.3f}) = {fake[0, 0]:.3f}.",
        f"The expert, who has just learned, says D(x̃) = {a['verdict_f'][0]:.3f}.",
    ]
    if moment.snapshot.config.loss == "non_saturating":
        slope = (a["verdict_f"] - 1) * expert[0] * fake[:, 0] * (1 - fake[:, 0])
        terms = slope * z[:, 0]
        product = (
            f"({a['verdict_f'][0]:.3f} − 1)·({expert[0]:.3f})·{fake[0, 0]:.3f}·(1 − {fake[0, 0]:.3f})·({z[0, 0]:.3f})"
            f" = {terms[0]:.5f}"
        )
        lines.append(f"Gradient of its weight: (D(x̃) − 1)·w₁·x̃₁·(1 − x̃₁)·z = {product}{_mean(terms, n)}.")
    return _as_list([*lines, _update(w[0], a["grad"][0], a["after"][0], lr, moment)])


def _mean(terms: np.ndarray, n: int) -> str:
    return "" if n == 1 else f"; the mean over all {n} in the batch is {terms.mean():.5f}"


def _update(before: float, gradient: float, after: float, lr: float, moment: Moment) -> str:
    if moment.snapshot.config.optimiser == "sgd":
        return f"New weight: w − α·gradient = {before:.4f} − {lr:.3g}·({gradient:.5f}) = {after:.4f}."
    return (
        f"New weight: {after:.4f}. Adam divides the gradient {gradient:.5f} by its recent size, then steps by {lr:.3g}."
    )


def _as_list(lines: list[str]) -> str:
    return "\n".join(f"- {minus(line)}" for line in lines)
