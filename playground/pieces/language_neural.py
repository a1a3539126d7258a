"""One neural contrast: a small network learns the same text, live, and stands in the same chart as the n-grams.

It is a run like that of every page, with its play bar and timeline; its settings and the step where it stands are one
parameter of the page's link.
"""

import dataclasses
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import streamlit as st

from engine import FAMILIES
from engine.config import ConfigError, field
from engine.edits import Edit
from engine.families.neural_lm.learner import MAX_BYTES, SCORED
from engine.families.ngram import NgramConfig
from engine.families.ngram.model import score
from engine.metrics import text as text_metrics
from engine.run import Run
from playground import forms, link, session
from playground.address import Parameter
from playground.charts import chart
from playground.figures.live import Line, lines, nice_above
from playground.lab import Lab
from playground.live import play_bar, standing
from playground.pieces.language_counted import Counted
from playground.player import Moment, Player
from playground.run_timeline import run_timeline
from playground.shell import enlarged
from playground.theme import current

HEIGHT = 300
CONTEXTS, WIDTHS = (1, 2, 3, 5, 8), (16, 32, 64, 128, 256)
FIELDS = ("text", "tokenizer", "held_out", "seed")
"""What the network shares with the n-grams."""
LINK, PREFIX = "neural", "neural."


@dataclasses.dataclass(slots=True, kw_only=True)
class Contrast:
    """The network of one session. `of`: the text that it learns, as the n-grams have it."""

    of: tuple[object, ...] = ()
    lab: Lab | None = None
    problem: str = ""
    link: Parameter = dataclasses.field(default_factory=lambda: Parameter(LINK))

    @property
    def playing(self) -> bool:
        """Whether it learns at this moment."""
        return self.lab is not None and self.lab.player.playing

    def fits(self, config: NgramConfig) -> bool:
        """Whether it learns the text on the stage."""
        return self.of == tuple(shared(config).values())

    def start(self, config: NgramConfig, values: dict[str, Any] | None = None, edits: tuple[Edit, ...] = ()) -> None:
        """A new network; what `values` leave out is as its recipe has it."""
        family, own = FAMILIES["neural_lm"], shared(config)
        self.of, self.lab, self.problem = tuple(own.values()), None, ""
        try:
            chosen = link.chosen(family, {**(values or {}), **own})
            self.lab = Lab(
                family=family, player=Player(run=Run(family, family.build(chosen), edits=edits)), values=chosen
            )
        except ConfigError as error:
            self.problem = str(error)

    def begin(self, config: NgramConfig) -> None:
        """A new network that learns at once."""
        self.start(config)
        if self.lab is not None:
            self.lab.player.play()

    def read_link(self, config: NgramConfig) -> None:
        """A link that was opened just now decides which network there is, and computes up to its step."""
        text, family = self.link.opened(), FAMILIES["neural_lm"]
        if not text:
            return
        asked = dict(parse_qsl(text[: link.MAX_LENGTH], errors="replace"))
        experiment, problems = link.read(family, {**asked, **link.write(family, link.Experiment(shared(config)))})
        self.start(config, dict(experiment.values), experiment.edits)
        self.problem = self.problem or " ".join(problems)
        if self.lab is not None:
            self.lab.player.go_to(experiment.step)

    def write_link(self, config: NgramConfig) -> None:
        """Let the address of the page say which network there is; its step, too, when it stands still."""
        said = ""
        if self.lab is not None and self.fits(config):
            run = self.lab.run
            values = {"context": run.start_config.context, **self.lab.values}
            own = {name: value for name, value in values.items() if name not in FIELDS}
            edits = tuple(edit for edit in run.edits if edit.step <= run.step)
            step = 0 if self.playing else run.step
            said = urlencode(link.write(self.lab.family, link.Experiment(own, edits, step)))
        self.link.write(said)

    def newest(self, config: NgramConfig) -> tuple[str, float] | None:
        """Name and newest held-out perplexity of the network if it learns this text and was measured."""
        if self.lab is None or not self.fits(config):
            return None
        values = self.lab.run.tables()[1].get("perplexity", np.empty(0))
        return (f"neural net, k = {self.lab.run.config.context}", float(values[-1])) if len(values) else None


def shared(config: NgramConfig) -> dict[str, Any]:
    """The settings of the n-grams that are the network's, too."""
    return {name: getattr(config, name) for name in FIELDS}


def the_contrast() -> Contrast:
    """This session's."""
    return session.keep("language neural", Contrast)


def neural(source: Counted, config: NgramConfig) -> None:
    """The network and its play bar; its held-out perplexity beside the n-grams'; what it writes."""
    contrast = the_contrast()
    st.markdown(
        f"**Can a network do better than counting?** It gives every {source.unit} a list of numbers, and predicts the "
        f"next {source.unit} from those of the k before it. Watch the dashed line: it starts where single "
        f"{source.unit}s (order 1) stand."
    )
    if contrast.problem and contrast.fits(config):
        st.warning(session.plain(contrast.problem), icon=":material/info:")
    lab = contrast.lab
    if lab is None or not contrast.fits(config):
        st.button(
            "Train a network on this text", key="neural.start", icon=":material/neurology:",
            on_click=contrast.begin, args=(config,),
        )  # fmt: skip
        return
    moment = lab.player.moment()
    with st.container(key="neural_bar"):
        standing(lab, moment, PREFIX)
        play_bar(lab, moment, {}, PREFIX)
        run_timeline(lab, moment, moment.snapshot.config.steps, PREFIX)
    _settings(lab)
    left, right = st.columns([5, 4], gap="large")
    with left:
        _chart(source, lab.player, moment)
    with right:
        _writing(source, moment)


def _settings(lab: Lab) -> None:
    """What of the network can be changed; the step size on its way."""
    config = lab.run.config
    with st.container(horizontal=True, gap="medium"):
        for name, options in (("context", CONTEXTS), ("width", WIDTHS)):
            _choice(lab, name, options, {"context": "k", "width": "Hidden units"}[name])
        about = field(type(config), "lr")
        options = forms.scale(about, config.lr)
        session.put("neural.lr", min(options, key=lambda option: abs(option - config.lr)))
        st.select_slider(
            about.label, options, format_func=forms.number, key="neural.lr", width=enlarged(220),
            on_change=lambda: lab.change("lr", session.get("neural.lr")),
        )  # fmt: skip


def _choice(lab: Lab, name: str, options: tuple[int, ...], label: str) -> None:
    key, now = f"neural.{name}", getattr(lab.run.config, name)
    session.put(key, now)
    st.segmented_control(
        label, sorted({*options, now}), key=key, required=True, on_change=lambda: lab.change(name, session.get(key))
    )


def _chart(source: Counted, player: Player, moment: Moment) -> None:
    """Held-out perplexity over the steps, dashed; dotted: n-grams of order 1 and of the same context, which may have to
    be counted first: not before something moves."""
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
    orders = dict.fromkeys((1, same)) if moment.step or not moment.playing else ()
    by_order = {order: counted_perplexity(source, order) for order in orders}
    series += [
        Line(f"order {order}", np.full(len(steps), value), theme.baseline, "dotted")
        for order, value in by_order.items()
    ]
    top = nice_above(max(float(np.nanmax(line.y)) for line in series))
    spec = lines(
        theme, steps, series, end=end, y=(0.0, top), y_name="held-out perplexity", now=moment.step, height=HEIGHT
    )
    chart(spec, height=HEIGHT, key="chart_neural", alt="Held-out perplexity of the network by step")
    if by_order:
        st.markdown(verdict(float(scores["perplexity"][-1]), by_order))


def verdict(net: float, by_order: dict[int, float]) -> str:
    """Who wins at this moment, network or counting: held-out perplexities, those of Kneser-Ney by order."""
    same = max(by_order)
    counting = f"Kneser-Ney of order {same} has **{by_order[same]:.3g}**"
    if net < by_order[same]:
        return f"**The network wins**: **{net:.3g}** on held-out text; {counting}."
    found = f"**Counting wins so far**: {counting} on held-out text, the network **{net:.3g}**"
    return found + (f" (order 1: {by_order[1]:.3g})." if same > 1 else ".")


def counted_perplexity(source: Counted, order: int) -> float:
    """Held-out perplexity of Kneser-Ney of this order."""

    def measure() -> dict[str, float]:
        return text_metrics.scores(score(source.model(order, "kneser_ney"), source.held_out()).log10_p)

    return source.once(("neural", order), measure)["perplexity"]


def _writing(source: Counted, moment: Moment) -> None:
    config = moment.snapshot.config
    with st.container(key="neural_writes"):
        st.markdown("**What the network writes**")
        st.markdown("  \n".join(session.plain(line) for line in moment.view.text.split("\n") if line.strip()))
    bits = moment.snapshot.metrics.get("bits")
    said = "" if bits is None else f" The last batch cost {bits:.3g} bits a {source.unit}."
    if 0 < 2 * config.sampled < len(source.words):
        said = f", each compared with {config.sampled:,} others, drawn by their frequency, instead of with all.{said}"
    else:
        said = f".{said}"
    st.caption(
        f"Vectors of {config.embedding} numbers, {config.width} hidden units, {config.batch} {source.unit}s a step"
        f"{said} Measured on at most {SCORED:,} held-out {source.unit}s. Only the first text is learned, up to "
        f"{MAX_BYTES / 1e6:g} MB of it. Bengio et al. 2003."
    )
