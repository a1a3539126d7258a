"""One neural contrast: a small network learns the same text, live, and stands in the same chart as the n-grams."""

import dataclasses
import time

import numpy as np
import streamlit as st

from engine import FAMILIES
from engine.config import ConfigError
from engine.families.neural_lm import MAX_BYTES, SCORED
from engine.families.ngram import NgramConfig
from engine.families.ngram.model import score
from engine.metrics import text as text_metrics
from engine.run import Run
from playground import classroom, session
from playground.figures.live import Line, lines, nice_above
from playground.live import play_or_pause
from playground.pieces.language_counted import Counted
from playground.player import Moment, Player
from playground.theme import current

BUDGET = 0.1
"""Seconds of training between two pictures."""
HEIGHT = 300
CONTEXTS = (1, 2, 3, 5, 8)
FIELDS = ("text", "tokenizer", "held_out", "seed")
"""What the network shares with the n-grams."""


@dataclasses.dataclass(slots=True, kw_only=True)
class Contrast:
    """The network of one session. `of`: the text that it learns, as the n-grams have it."""

    of: tuple[object, ...] = ()
    context: int = 0
    player: Player | None = None
    problem: str = ""

    def fits(self, config: NgramConfig) -> bool:
        """Whether it learns the text on the stage."""
        return self.of == tuple(getattr(config, name) for name in FIELDS)

    def start(self, config: NgramConfig, context: int | None = None) -> None:
        """A new network that begins to learn; `context` None: as its recipe has it."""
        values = {name: getattr(config, name) for name in FIELDS} | ({} if context is None else {"context": context})
        family = FAMILIES["neural_lm"]
        self.of, self.player, self.problem = tuple(getattr(config, name) for name in FIELDS), None, ""
        try:
            run = Run(family, family.build(values))
        except ConfigError as error:
            self.problem = str(error)
            return
        self.context, self.player = run.config.context, Player(run=run)
        self.player.play()

    def newest(self, config: NgramConfig) -> tuple[str, float] | None:
        """Name and newest held-out perplexity of the network if it learns this text and was measured."""
        if self.player is None or not self.fits(config):
            return None
        values = self.player.run.tables()[1].get("perplexity", np.empty(0))
        return (f"neural net, k = {self.context}", float(values[-1])) if len(values) else None


def the_contrast() -> Contrast:
    """This session's."""
    return session.keep("language neural", Contrast)


def neural(source: Counted, config: NgramConfig) -> None:
    """The network: start, play, pause; its held-out perplexity beside the n-grams'; what it writes."""
    contrast = the_contrast()
    st.markdown(
        f"**Can a network do better than counting?** It gives every {source.unit} a list of numbers, and predicts the "
        f"next {source.unit} from those of the k before it. Watch the dashed line: it starts where single "
        f"{source.unit}s (order 1) stand."
    )
    if contrast.problem and contrast.fits(config):
        st.warning(session.plain(contrast.problem), icon=":material/info:")
    if contrast.player is None or not contrast.fits(config):
        st.button(
            "Train a network on this text", key="neural.start", icon=":material/neurology:",
            on_click=contrast.start, args=(config,),
        )  # fmt: skip
        return
    player = contrast.player
    if player.playing and session.is_fragment_run():
        _train(player)
    else:
        player.pause()  # the whole page was drawn anew: what was changed comes first
    moment = player.moment()
    _bar(contrast, player, config, moment)
    left, right = st.columns([5, 4], gap="large")
    with left:
        _chart(source, player, moment)
    with right:
        _writing(source, moment)
    if player.playing:
        st.rerun(scope="fragment")


def _train(player: Player) -> None:
    """Train for the budget, in slices, and no longer than until somebody clicks."""
    until = time.perf_counter() + BUDGET
    while player.playing and (left := until - time.perf_counter()) > 0 and not session.is_wanted():
        with classroom.turn(session.is_wanted) as has_turn:
            if has_turn:
                player.tick(min(left, classroom.SLICE))


def _bar(contrast: Contrast, player: Player, config: NgramConfig, moment: Moment) -> None:
    snapshot = moment.snapshot
    ended = snapshot.step >= snapshot.config.steps
    session.put("neural.context", contrast.context)

    def choose() -> None:
        contrast.start(config, session.get("neural.context"))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="neural_bar"):
        play_or_pause(player, playing=moment.playing, ended=ended, prefix="neural.")
        st.button(
            "Step", key="neural.step", icon=":material/skip_next:", on_click=player.step, disabled=ended,
            help="One update from one batch",
        )  # fmt: skip
        st.button(
            "", key="neural.reset", icon=":material/restart_alt:", on_click=player.seek, args=(0,),
            disabled=not snapshot.step, help="Back to the untrained network",
        )  # fmt: skip
        options = sorted({*CONTEXTS, contrast.context})
        st.segmented_control("k", options, key="neural.context", required=True, on_change=choose)
        done = f"step **{snapshot.step:,}** of {snapshot.config.steps:,}"
        st.markdown(f"{done}: {snapshot.reason}" if snapshot.reason else done)


def _chart(source: Counted, player: Player, moment: Moment) -> None:
    """Held-out perplexity over the steps, dashed; dotted: n-grams of order 1 and of the same context."""
    _, scores = player.run.tables()
    if not len(scores.get("perplexity", ())):
        st.info("Nothing is held out of this text: set a held-out share under More settings to measure the network.")
        return
    theme, end = current(), moment.snapshot.config.steps
    same = min(moment.snapshot.config.context + 1, source.orders[-1])
    steps = np.union1d(scores["step"], [0, end])
    net = np.interp(steps, scores["step"], scores["perplexity"])
    net[steps > scores["step"][-1]] = np.nan
    series = [Line("neural net", net, theme.fake, "dashed", "circle")]
    series += [
        Line(f"order {order}", np.full(len(steps), counted_perplexity(source, order)), theme.baseline, "dotted")
        for order in dict.fromkeys((1, same))
    ]
    top = nice_above(max(float(np.nanmax(line.y)) for line in series))
    spec = lines(theme, steps, series, end=end, y=(0.0, top), y_name="held-out perplexity", now=moment.step)
    st.echarts_chart(
        spec, height=HEIGHT, key="chart_neural", theme=None, alt="Held-out perplexity of the network by step"
    )
    st.markdown(
        f"Held-out perplexity: network **{float(scores['perplexity'][-1]):.3g}**, Kneser-Ney of order {same} "
        f"**{counted_perplexity(source, same):.3g}**, order 1 **{counted_perplexity(source, 1):.3g}**. "
        "It stands in the chart under Held-out text, too."
    )


def counted_perplexity(source: Counted, order: int) -> float:
    """Held-out perplexity of Kneser-Ney of this order."""

    def measure() -> dict[str, float]:
        return text_metrics.scores(score(source.model(order, "kneser_ney"), source.held_out()).log10_p)

    return source.once(("neural", order), measure)["perplexity"]


def _writing(source: Counted, moment: Moment) -> None:
    config = moment.snapshot.config
    st.markdown("**What the network writes**")
    for line in moment.view.text.strip("\n").split("\n"):
        st.markdown(session.plain(line) or "&nbsp;")
    bits = moment.snapshot.metrics.get("bits")
    said = "" if bits is None else f" The last batch cost {bits:.3g} bits a {source.unit}."
    st.caption(
        f"Vectors of {config.embedding} numbers, {config.width} hidden units, {config.batch} {source.unit}s a step."
        f"{said} Measured on at most {SCORED:,} held-out {source.unit}s. Only the first text is learned, up to "
        f"{MAX_BYTES / 1e6:g} MB of it. Bengio et al. 2003."
    )
