"""What the autoencoder page shows live: a picture's way through the net, the gallery, the curves, the honest score."""

import math

import numpy as np
import streamlit as st
from matplotlib.figure import Figure

from engine.data.picture_set import as_floats
from engine.families.autoencoder import AutoencoderView
from engine.families.autoencoder.compare import baseline_ssim
from engine.families.autoencoder.lens import data_key
from playground import session
from playground.components import Panel, Picked, panels
from playground.figures import export
from playground.figures.plane import Axis, Series, decades, fives, histogram, plane, scatter, thinned
from playground.forms import pick
from playground.lab import Lab
from playground.pieces.autoencoder_pin import Pinned, pinned
from playground.pieces.autoencoder_way import DIFFERENCE_SCALE, SHOWN
from playground.player import Moment
from playground.shell import enlarged
from playground.steady import steady_chart
from playground.theme import LIGHT, current

GALLERY_PX = 64
N_ON_STAGE, N_IN_GALLERY, GALLERY_COLUMNS = 4, 9, 3
"""Activations are there for the first four pictures of the gallery."""
WIDTHS_SAID, UNUSED = 8, 0.9
"""So many mean widths of a VAE's code are told; from this width on a number says next to nothing."""
CHART_HEIGHT = 210
AXIS_X, AXIS_Y, FACTOR = "autoencoder.x", "autoencoder.y", "autoencoder.factor"


def gallery(moment: Moment) -> None:
    """Held-out pictures, their reconstructions, the differences; and a pinned run's reconstructions of the same."""
    view, n = moment.view, min(N_IN_GALLERY, len(moment.view.x))
    x, x_hat = as_floats(view.x[:n]), as_floats(view.x_hat[:n])
    sets = [
        _grid("Held-out pictures", "real", x, "never learned from"),
        _grid("Reconstructions", "fake", x_hat, "from their codes alone"),
        _grid("Differences", "weights", (x_hat - x).mean(1, keepdims=True), "mean over the colours"),
    ]
    other = pinned()
    if other is not None and other.x.shape == view.x.shape and np.array_equal(other.x, view.x):
        sets.insert(2, _grid("Pinned run", "fake", as_floats(other.x_hat[:n]), other.name))

    def choose(picked: Picked) -> None:
        if picked.picture < N_ON_STAGE:
            session.put(SHOWN, picked.picture)

    panels(
        sets,
        key="gallery",
        picture_px=enlarged(GALLERY_PX),
        arrows=[None] * (len(sets) - 1),
        on_pick=choose,
    )
    st.caption("Click one of the first four pictures to send it through the net.")


def curves(lab: Lab, moment: Moment) -> None:
    """The error on the training set and on held-out pictures, and PSNR beside its baselines, over the whole run."""
    theme, config = current(), moment.snapshot.config
    metrics, scores = lab.run.tables()
    other = pinned()
    steps, batch = thinned(metrics["step"], metrics.get("error", np.full(len(metrics["step"]), np.nan)))
    end = Axis("step", 0, config.steps)
    error = [
        Series("batch", steps, batch, theme.floor, width=1.0),
        Series("train", scores["step"], scores["error_train"], theme.real),
        Series("held out", scores["step"], scores["error_held_out"], theme.real, "dashed"),
    ]
    whole = np.array([0, config.steps])
    quality = [
        Series(f"PCA {config.latent_dim}", whole, _flat(moment, "psnr_pca"), theme.baseline, "dotted"),
        Series("mean picture", whole, _flat(moment, "psnr_mean"), theme.baseline, "dotted"),
        Series("train", scores["step"], scores["psnr_train"], theme.real),
        Series("held out", scores["step"], scores["psnr"], theme.real, "dashed"),
    ]
    if other is not None:
        error.append(Series("pinned", other.steps, other.error, theme.fake, "dashed"))
        quality.append(Series("pinned", other.steps, other.psnr, theme.fake, "dashed"))
    low, high = decades(*(s.y for s in error))
    steady_chart(
        moment, lambda: plane(theme, error, end, Axis(_error_name(config.loss), low, high, log=True)),
        height=CHART_HEIGHT, key="errors", of=id(other),
        alt="Error of batch, training set and held-out pictures by step",
    )  # fmt: skip
    bounds = fives(*(s.y for s in quality))
    steady_chart(
        moment, lambda: plane(theme, quality, end, Axis("PSNR in dB, higher is better", *bounds)),
        height=CHART_HEIGHT, key="quality", of=id(other), alt="PSNR of reconstructions beside PCA and the mean picture",
    )  # fmt: skip


def score(moment: Moment) -> None:
    """PSNR, SSIM and error on held-out pictures, each beside PCA with as many numbers and the mean picture."""
    found, config = moment.snapshot.scores, moment.snapshot.config
    if "psnr" not in found:
        return
    beside = baseline_ssim(data_key(config), config.latent_dim)
    n_pixels = math.prod(moment.view.x.shape[1:])
    d = f"{config.latent_dim} number{'s' * (config.latent_dim > 1)}"
    quality, structure, error, packed = st.columns(4, gap="medium")
    quality.metric("PSNR, held out", f"{found['psnr']:.1f} dB", f"{found['psnr'] - found['psnr_pca']:+.1f} dB on PCA",
                   help="−10 log₁₀ of the mean squared error of a pixel: 3 dB more is half the error.")  # fmt: skip
    quality.caption(f"PCA with {d} {found['psnr_pca']:.1f}, the mean picture {found['psnr_mean']:.1f}")
    structure.metric("SSIM, held out", f"{found['ssim']:.3f}", f"{found['ssim'] - beside['ssim_pca']:+.3f} on PCA",
                     help="Structural similarity, as an eye compares: 1 for equal pictures.")  # fmt: skip
    structure.caption(f"PCA with {d} {beside['ssim_pca']:.3f}, the mean picture {beside['ssim_mean']:.3f}")
    gap = found["error_held_out"] / max(found["error_train"], 1e-9)
    error.metric("Held-out / train error", f"{gap:.2f}", help="1: it knows new pictures as well as old ones.")
    error.caption(f"{found['error_held_out']:.3g} against {found['error_train']:.3g}, summed over pixels")
    packed.metric(
        "Numbers kept", f"1 in {n_pixels / config.latent_dim:,.0f}", help="Numbers in a picture for each in its code."
    )
    packed.caption(f"{n_pixels:,} numbers in a picture, {config.latent_dim} in its code")


def codes(lab: Lab, moment: Moment) -> None:
    """Held-out pictures as points in the plane of two of their code's numbers, coloured by a true factor."""
    view, factors = moment.view, lab.run.learner.data.pictures.factors
    n = view.codes.shape[1]
    names = _names(view)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        colour = 0
        if factors:
            colour = pick("Colour", [f.name for f in factors], FACTOR, width=enlarged(140))
        across = pick("Across", names, AXIS_X, width=enlarged(86))
        up = pick("Up", names, AXIS_Y, default=min(1, n - 1), width=enlarged(86))
    reach = _reach(view)
    points = view.codes[:, [across, up]]
    x, y = Axis(names[across], -reach, reach), Axis(names[up], -reach, reach)
    values = view.factors[:, colour] if factors else np.zeros(len(points))
    factor, kinds = (factors[colour].name, factors[colour].values) if factors else ("", ())
    steady_chart(
        moment, lambda: scatter(current(), points, values, x, y, factor=factor, names=kinds),
        height=340, key="codes", of=(colour, across, up),
        alt=f"Codes of {len(points)} held-out pictures, {names[across]} and {names[up]}",
    )  # fmt: skip


def spread(moment: Moment) -> None:
    """How one of the code's numbers is spread over held-out pictures; of a VAE beside its prior."""
    view, variational = moment.view, len(moment.view.spread) > 0
    names = _names(view)
    across = names.index(session.get(AXIS_X)) if session.get(AXIS_X) in names else 0
    reach = 4.0 if variational else _reach(view)
    axis = Axis(f"z{across + 1}", -reach, reach)
    steady_chart(
        moment, lambda: histogram(current(), view.codes[:, across], axis, prior=variational),
        height=260, key="spread", of=across, alt=f"Histogram of z{across + 1} over held-out pictures",
    )  # fmt: skip
    if variational:
        used = int((view.spread < UNUSED).sum())
        sizes = ", ".join(f"z{k + 1} {s:.2f}" for k, s in enumerate(view.spread[:WIDTHS_SAID]))
        st.caption(
            f"Each code is a small cloud. Its mean width: {sizes}. Width 1 says nothing about the picture: "
            f"{used} of {len(view.spread)} numbers are in use."
        )
    else:
        st.caption("Nothing shapes these codes: there are holes between them. A VAE pulls them towards N(0, 1).")


def figure(lab: Lab) -> Figure:
    """Originals and reconstructions with SSIM over the run, to take away."""
    moment, scores = lab.player.moment(), lab.run.tables()[1]
    view, blank = moment.view, [""] * len(moment.view.x)
    sets = [
        ("Held-out pictures", as_floats(view.x), blank, LIGHT.real),
        ("Reconstructions", as_floats(view.x_hat), blank, LIGHT.fake),
    ]
    drawn = {"SSIM, held out": (scores["step"], scores["ssim"], LIGHT.real, "--")} if "ssim" in scores else {}
    return export.stage_figure(
        sets, drawn, title=f"{lab.family.title} at step {moment.step:,}, seed {moment.snapshot.config.seed}"
    )


def pin_now(lab: Lab, moment: Moment) -> Pinned:
    """What is on the stage, to be compared with runs to come."""
    scores, config = lab.run.tables()[1], moment.snapshot.config
    return Pinned(
        name=f"{lab.family.title}, {config.latent_dim} numbers, step {moment.step:,}",
        x=moment.view.x, x_hat=moment.view.x_hat,
        steps=scores["step"], error=scores["error_held_out"], psnr=scores["psnr"],
    )  # fmt: skip


def _grid(title: str, role: str, pictures: np.ndarray, subtitle: str) -> Panel:
    return Panel(
        title=title, role=role, pictures=pictures, columns=GALLERY_COLUMNS, subtitle=subtitle,  # type: ignore[arg-type]
        scale=DIFFERENCE_SCALE if role == "weights" else None, least_px=GALLERY_PX,
        alt=f"{title}: {len(pictures)} pictures",
    )  # fmt: skip


def _names(view: AutoencoderView) -> list[str]:
    return [f"z{k + 1}" for k in range(view.codes.shape[1])]


def _reach(view: AutoencoderView) -> float:
    """Half the range of the plane of codes: 3, 6, 12 and so on, so that it seldom changes."""
    far = float(np.quantile(np.nan_to_num(np.abs(view.codes), posinf=0), 0.99))
    return 3.0 * 2 ** max(0, math.ceil(math.log2(max(far, 1e-9) / 3)))


def _flat(moment: Moment, name: str) -> np.ndarray:
    return np.full(2, moment.snapshot.scores.get(name, math.nan))


def _error_name(loss: str) -> str:
    return "squared error, summed over pixels" if loss == "l2" else "cross-entropy, summed over pixels"
