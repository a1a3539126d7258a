"""What takes a moment to measure: error against the size of the code, and the code's bytes against picture formats."""

import math
from typing import Any

import numpy as np
import streamlit as st

from engine.families.autoencoder.compare import code_rates, decoder_bytes, format_rates, pca_psnr
from engine.families.autoencoder.lens import data_key
from playground import session
from playground.chain import is_fragment_run
from playground.charts import chart
from playground.figures.plane import Axis, Series, fives, plane
from playground.lab import Lab
from playground.pieces.autoencoder_pin import reached
from playground.theme import current

SIZES = (1, 2, 4, 8, 16, 32, 64)
BITS = tuple(range(1, 13))
DEFAULT_BITS = 6
B, COUNTED, MEASURED = "autoencoder.bits", "autoencoder.decoder", "autoencoder.measured"
SYMBOLS = {"JPEG": "triangle", "WEBP": "diamond", "PNG": "rect"}
TITLES = {"JPEG": "JPEG", "WEBP": "WebP", "PNG": "PNG, no loss"}
PNG_SHIFT = 2.0
"""PNG loses nothing, so its PSNR is infinite: it stands at the top of the chart, so many dB above the others."""


def sizes(lab: Lab) -> None:
    """PSNR by size of the code: PCA as a line, each run made so far on these pictures as a point."""
    with st.expander(
        "How good with how many numbers?", icon=":material/show_chart:", key="sizes", on_change="rerun"
    ) as box:
        if not box.open:
            return
        theme, config = current(), lab.run.config
        known = pca_psnr(data_key(config), SIZES)
        series = [Series("PCA", np.array(SIZES), np.array(known), theme.baseline, "dotted", "circle", 5)]
        series.extend(
            Series(run.family, np.array([run.latent_dim]), np.array([run.psnr]), theme.latent, "none",
                   "rect" if run.family == "Autoencoder" else "diamond", 11)
            for run in reached(config)
        )  # fmt: skip
        low, high = fives(np.array([*known, *(run.psnr for run in reached(config))]))
        x, y = Axis("numbers in the code", 1, 64, log=True), Axis("PSNR of held-out pictures, dB", low, high)
        chart(
            plane(theme, series, x, y, right=150, height=280),
            height=280, key="size_chart", alt="PSNR by size of the code: PCA and the runs made so far",
        )  # fmt: skip
        st.caption(
            "PCA is the best linear code. Each square is a run of this session on the same pictures, where it stands: "
            "change the latent size and play again to add one."
        )


def follow(lab: Lab) -> None:
    """Measure anew when a run that stands still was taken to another step. Call it last in the live part."""
    of = session.get(MEASURED)
    if of is not None and of != lab.run.step and not lab.player.playing and is_fragment_run():
        st.rerun()


def compression(lab: Lab) -> None:
    """Bytes of the code against JPEG, WebP and PNG on the same held-out pictures."""
    session.put(MEASURED, None)
    box = st.expander("Is it a better JPEG?", icon=":material/compress:", key="compression", on_change="rerun")
    if not box.open:
        return
    with box:
        if lab.player.playing:
            st.caption("Pause the run to measure it.")
            return
        controls, chart = st.columns([2, 5], gap="large")
        with controls:
            session.keep(B, lambda: DEFAULT_BITS)
            bits = st.slider("Bits for each number", BITS[0], BITS[-1], key=B)
            counted = st.checkbox("Count the decoder", key=COUNTED)
        session.put(MEASURED, lab.run.step)
        learner: Any = lab.run.learner
        pictures = learner.data.pictures
        share = decoder_bytes(learner) / (len(pictures.train) + len(pictures.held_out)) if counted else 0.0
        rates, formats = code_rates(learner, BITS), format_rates(data_key(lab.run.config))
        with chart:
            _chart(rates, formats, bits, share)
        with controls:
            st.markdown(_said(rates[bits - BITS[0]], formats, share))
            st.caption(
                f"The decoder takes {decoder_bytes(learner):,} bytes once, shared by all pictures"
                f"{'' if counted else '; they are not counted unless the box is ticked'}. "
                "It knows nothing but pictures of this kind; JPEG takes any. Every file carries its header."
            )


def _chart(rates: list[Any], formats: dict[str, Any], bits: int, share: float) -> None:
    theme = current()
    ours = [max(r.n_bytes + share, 0.1) for r in rates]
    low, high = fives(np.array([r.psnr for r in (*rates, *formats["JPEG"], *formats["WEBP"])]))
    high += 5
    series = [
        Series("autoencoder", np.array(ours), np.array([r.psnr for r in rates]), theme.latent, "solid", "rect", 7)
    ]
    at = rates[bits - BITS[0]]
    series.append(
        Series(f"{bits} bits", np.array([at.n_bytes + share]), np.array([at.psnr]), theme.text, "none", "rect", 14)
    )
    for name, found in formats.items():
        x = np.array([r.n_bytes for r in found])
        y = np.array([r.psnr if math.isfinite(r.psnr) else high - PNG_SHIFT for r in found])
        dash = "none" if name == "PNG" else "dotted"
        series.append(Series(TITLES[name], x, y, theme.baseline, dash, SYMBOLS[name], 8))
    far = max(*ours, *(r.n_bytes for found in formats.values() for r in found))
    near = min(ours)
    x_axis = Axis("bytes a picture", 10.0 ** math.floor(math.log10(near)), 10.0 ** math.ceil(math.log10(far)), log=True)
    chart(
        plane(theme, series, x_axis, Axis("PSNR, dB", low, high), height=300), height=300, key="rates",
        alt="PSNR by bytes a picture: the autoencoder's code, JPEG, WebP and PNG",
    )  # fmt: skip


def _said(at: Any, formats: dict[str, Any], share: float) -> str:
    ours = at.n_bytes + share
    lines = [f"**{ours:.3g} bytes** a picture, {at.psnr:.1f} dB."]
    for name in ("JPEG", "WEBP"):
        enough = [r for r in formats[name] if r.psnr >= at.psnr]
        if enough:
            best = min(enough, key=lambda r: r.n_bytes)
            lines.append(f"{TITLES[name]} takes {best.n_bytes:,.0f} bytes for at least this quality.")
        else:
            lines.append(f"{TITLES[name]} does not reach this quality.")
    lines.append(f"PNG takes {formats['PNG'][0].n_bytes:,.0f} bytes and loses nothing.")
    return "  \n".join(lines)
