"""Below the writing: size, copying, held-out text. Each is worked out when its tab is opened, while one looks on."""

import time

import numpy as np
import streamlit as st

from engine.families.ngram import NgramConfig
from playground import chain, forms, session
from playground.address import Parameter
from playground.charts import chart
from playground.figures import text as figures
from playground.figures.live import Line, nice_above
from playground.lab import Lab
from playground.live import CLOCK, pace, tick
from playground.pieces import language_measures as measures
from playground.pieces.language_asked import memory
from playground.pieces.language_counted import Counted, counted
from playground.pieces.language_counts import counts
from playground.pieces.language_neural import neural, the_contrast
from playground.pieces.language_style import style
from playground.theme import Theme, current

HEIGHT = 300
PART = "part"
"""The parameter of the link that says which tab is open."""
NOTHING_HELD_OUT = "Nothing is held out of this text: set a held-out share under More settings."


def sections(lab: Lab) -> None:
    """The tabs, a fragment of their own. Which one is open is part of the link. While the network of the last one
    learns, the fragment has a clock, which only a full run of the script sets or stops; so it has if a full run, that
    of a link that was opened, left something to measure."""
    parts = {"Size": size, "Copying": copying, "Held-out text": held_out, "Style": style, "Counts": counts}
    parts["One neural contrast"] = neural
    contrast = the_contrast()
    contrast.read_link(lab.run.config)
    asked = memory()
    asked.read_link(lab.run.config)
    _open_part(list(parts))
    clock = CLOCK if contrast.playing or asked.left else None

    @st.fragment(run_every=clock)
    def panel() -> None:
        chain.begin()
        began = time.perf_counter()
        if contrast.playing if clock is None else not (contrast.playing or asked.left):
            st.rerun()
        asked.left = False
        source, config = counted(lab.run), lab.run.config
        if asked.problem:
            st.warning(session.plain(asked.problem), icon=":material/info:")
        tabs = st.tabs(list(parts), key="language.tabs", on_change="rerun")
        for tab, (name, show) in zip(tabs, parts.items(), strict=True):
            if tab.open:
                _write_part(name, first=name == next(iter(parts)))
                with tab:
                    show(source, config)
            elif show is neural and contrast.lab is not None:
                contrast.lab.player.pause()
        contrast.write_link(config)
        asked.write_link()
        if clock is None and asked.left:
            st.rerun()
        if contrast.lab is not None and contrast.playing and chain.is_fragment_run():
            now = pace(contrast.lab)
            tick(contrast.lab, now.budget)
            chain.again(began + now.every - time.perf_counter())

    panel()


def _open_part(names: list[str]) -> None:
    """A link that was opened just now says which tab is open."""
    name = _part().opened()
    if name in names:
        session.put("language.tabs", name)


def _write_part(name: str, *, first: bool) -> None:
    _part().write("" if first else name)


def _part() -> Parameter:
    return session.keep("language part", lambda: Parameter(PART))


def size(source: Counted, _: NgramConfig) -> None:
    """V to the n against what there is."""
    found = measures.sizes(source)
    theme = current()
    orders = np.array([one.order for one in found])
    series = [
        Line("possible: Vⁿ", np.log10([one.dense for one in found]), theme.baseline, "dotted"),
        Line("found", np.log10([max(one.distinct, 1) for one in found]), theme.real),
        Line("tokens", np.full(len(found), np.log10(max(source.tokens, 1))), theme.baseline, "dotted"),
    ]
    left, right = st.columns(2, gap="large")
    if len(orders) > 1:
        with left:
            spec = figures.by_number(
                theme, orders, series, x_name="order n", y_name="different n-grams", ten_to=True,
                y=(0.0, float(np.ceil(np.log10(found[-1].dense)))), height=HEIGHT, right=112,
            )  # fmt: skip
            chart(
                spec, height=HEIGHT, key="chart_size",
                alt="Possible and found n-grams by order, logarithmic",
            )  # fmt: skip
    with right:
        rows = {
            "n": [one.order for one in found],
            "possible": [measures.in_powers(one.dense) for one in found],
            "as a table": [measures.in_bytes(one.dense_bytes) for one in found],
            "found": [f"{one.distinct:,}" for one in found],
            "as counts": [measures.in_bytes(one.distinct_bytes) for one in found],
        }
        st.dataframe(rows, hide_index=True, width="stretch", key="table_size")
        last = found[-1]
        st.markdown(
            f"A table with a place for every {last.order}-gram of {len(source.words):,} words would need "
            f"**{measures.in_bytes(last.dense_bytes)}**; what the text really holds fits into "
            f"**{measures.in_bytes(last.distinct_bytes)}**. No text has more {last.order}-grams than tokens."
        )


def copying(source: Counted, config: NgramConfig) -> None:
    """Copied share by order: realism against memory."""
    if not source.can_trace:
        st.info("This text is too long to be searched for copies.")
        return
    tasks = measures.copying(source, config.smoothing, config.add_k, config.seed)
    found, left = measures.gradually(source, f"copying {config.smoothing} {config.add_k} {config.seed}", tasks)
    theme, orders = current(), np.array(source.orders)
    names = dict.fromkeys((config.smoothing, "mle"))
    styles = ((theme.fake, "solid"), (theme.text, "solid"))
    series = [
        Line(forms.title(name), _column(found, source.orders, name, "share"), *style)
        for name, style in zip(names, styles, strict=False)
    ]
    own = found.get("held-out", {}).get("share", np.nan)
    series.append(Line("held-out text", np.full(len(orders), own), theme.baseline, "dotted"))
    spec = figures.by_number(
        theme, orders, series, x_name="order n", y_name="share copied", y=(0.0, 1.0), height=HEIGHT
    )
    chart(spec, height=HEIGHT, key="chart_copying", alt="Copied share by order")
    st.markdown(
        f"Each point: {measures.WRITTEN:,} {source.unit}s written, and the share of them in spans of 4 or more that "
        "stand word for word in the source. The longer the context, the better the text reads, and the less of it "
        "is new. Dotted: held-out text, which nobody copied, has that much in common with the source by chance."
    )
    longest = _column(found, source.orders, "mle", "longest")
    if np.isfinite(longest).all():
        spans = ", ".join(f"{int(n)} (order {order})" for order, n in zip(orders, longest, strict=True))
        st.caption(f"Longest copy by plain counts (MLE), in {source.unit}s: {spans}.")
    _go_on(left)


def held_out(source: Counted, config: NgramConfig) -> None:
    """Perplexity by order, the never-seen, and the learning curve."""
    if not config.held_out or not len(source.held_out()):
        st.info(NOTHING_HELD_OUT)
        return
    found, left = measures.gradually(source, f"held out {config.add_k}", measures.held_out(source, config.add_k))
    theme = current()
    first, second = st.columns([5, 4], gap="large")
    with first:
        _by_order(source, config, found, theme)
    with second:
        _never_seen(source, theme)
    growing = f"by size {config.smoothing} {config.add_k}"
    if config.smoothing in measures.DISTRIBUTIONS:
        tasks = source.once((growing, "tasks"), lambda: measures.by_size(source, config.smoothing, config.add_k))
        sized, more = measures.gradually(source, growing, tasks, 0.0 if left else measures.BUDGET)
        _learning_curve(sized, config, theme)
        left += more
    _go_on(left)


def _by_order(source: Counted, config: NgramConfig, found: measures.Results, theme: Theme) -> None:
    colors = (theme.real, theme.latent, theme.fake, theme.text)
    chosen = config.smoothing if config.smoothing in measures.DISTRIBUTIONS else "kneser_ney"
    series = [
        Line(forms.title(name), _column(found, source.orders, name, "perplexity"), color, "dashed")
        for name, color in zip(measures.DISTRIBUTIONS, colors, strict=True)
    ]
    color = colors[measures.DISTRIBUTIONS.index(chosen)]
    train = _column(found, source.orders, chosen, "train")
    series.append(Line(f"{forms.title(chosen)}, train", train, color, "solid"))
    if (net := the_contrast().newest(config)) is not None:
        series.append(Line(net[0], np.full(len(source.orders), net[1]), theme.muted, "dashed"))
    values = np.concatenate([line.y for line in series])
    values = values[np.isfinite(values)]
    top = 10 ** np.ceil(np.log10(max(values.max(initial=10.0), 10.0)))
    spec = figures.by_number(
        theme,
        np.array(source.orders),
        series,
        x_name="order n",
        y_name="perplexity",
        y=(1.0, float(top)),
        log=True,
        height=HEIGHT + 40,
    )
    chart(
        spec, height=HEIGHT + 40, key="chart_perplexity",
        alt="Perplexity of held-out text by order for each smoothing, and of training text",
    )  # fmt: skip
    least = min(
        ((one["perplexity"], key) for key, one in found.items() if one["impossible"] == 0),
        default=None,
        key=lambda b: b[0],
    )
    if least:
        order, name = least[1]  # type: ignore[misc]
        st.markdown(
            f"Best on held-out text: **{least[0]:.0f}**, {forms.title(name)} of order {order}; "
            f"guessing blindly among all {source.unit}s: {len(source.words):,}. Dashed: held-out; solid: training "
            "text, which looks better the more is learned by heart. MLE: only of the words that it holds possible."
        )


def _never_seen(source: Counted, theme: Theme) -> None:
    shares = measures.never_seen(source)
    line = Line("never seen", shares, theme.fake)
    spec = figures.by_number(
        theme,
        np.array(source.orders),
        [line],
        x_name="order n",
        y_name="share of held-out n-grams",
        y=(0.0, 1.0),
        height=HEIGHT + 40,
        right=88,
    )
    chart(spec, height=HEIGHT + 40, key="chart_unseen", alt="Share of held-out n-grams never seen, by order")
    at = min(5, len(shares)) - 1
    st.markdown(
        f"Of the held-out {at + 1}-grams **{shares[at]:.0%}** never occurred in training: plain counts (MLE) give them "
        "probability 0. This is why there is smoothing."
    )


def _learning_curve(found: measures.Results, config: NgramConfig, theme: Theme) -> None:
    known = list(found.values())
    if len(known) < 2:
        return
    tokens = np.array([one["tokens"] for one in known])
    values = np.array([one["perplexity"] for one in known])
    name = f"{forms.title(config.smoothing)}, order {config.order}"
    spec = figures.by_number(
        theme, tokens, [Line(name, values, theme.real, "dashed")], x_name="tokens counted",
        y_name="held-out perplexity", y=(0.0, nice_above(float(values.max()))), log_x=True, height=HEIGHT,
    )  # fmt: skip
    chart(spec, height=HEIGHT, key="chart_learning", alt="Held-out perplexity by the size of the text counted")
    st.caption("More text helps at every size. Words not counted yet share the probability of `<unk>`.")


def _column(found: measures.Results, orders: tuple[int, ...], name: str, number: str) -> np.ndarray:
    return np.array([found.get((order, name), {}).get(number, np.nan) for order in orders])


def _go_on(left: int) -> None:
    """Show what there is, then go on with the rest."""
    if not left:
        return
    st.caption(f"Measuring: {left} to go.")
    memory().left = True
    if chain.is_fragment_run():
        st.rerun(scope="fragment")
