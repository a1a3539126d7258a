"""A config class -> widgets -> config. Every widget knows its bounds, its help and its default from the field
itself."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from engine.config import ConfigError, Field, field
from playground import chain, session

T = TypeVar("T")
Changed = Callable[[str, Any], None]
SHORT_CHOICE = 3
ECHO_SECONDS = 2.0
"""So long may a message of the browser be on its way."""
SLIDER_STEPS = 256
"""A whole number with more values than this is typed."""
LADDER = (1.0, 2.0, 5.0)
BELOW_HIGHEST = 1e-6
"""Where a logarithmic scale that has a zero begins beside it, as a share of its upper end."""
NAMES = {
    "r1": "R1", "r1_r2": "R1 + R2", "gp": "WGAN-GP", "wgan_gp": "WGAN-GP", "relativistic": "Relativistic (R3GAN)",
    "kneser_ney": "Kneser-Ney", "witten_bell": "Witten-Bell", "add_k": "Add-k", "mle": "Plain counts (MLE)",
    "bpe": "Sub-words (BPE)",
}  # fmt: skip


def settings(
    config: Any, main: Sequence[str], more: Mapping[str, Sequence[str]], *, prefix: str, changed: Changed
) -> None:
    """The few settings that matter, then the rest folded away in groups. `changed(name, value)` is called for each
    change."""
    for name in main:
        widget(config, name, prefix=prefix, changed=changed)
    box = st.expander("More settings", icon=":material/tune:", key=f"{prefix}.more settings", on_change="rerun")
    with box:
        for group, names in more.items() if box.open else ():  # folded away they would cost the browser all the same
            st.markdown(f"**{group}**")
            for name in names:
                widget(config, name, prefix=prefix, changed=changed)


def widget(config: Any, name: str, *, prefix: str, changed: Changed) -> None:
    """The widget of one field, showing the config's value."""
    about, value = field(type(config), name), getattr(config, name)
    key = f"{prefix}.{name}"

    def report() -> None:
        new, (set_at, before) = session.get(key), session.get(f"{key} set", (-math.inf, None))
        echo = new == before and time.monotonic() - set_at < ECHO_SECONDS
        if echo or chain.is_fragment_run():
            return  # not a person's wish: a message that was on its way still carries what the widget showed before
        session.put(f"{key} moved", (time.monotonic(), options))
        changed(name, _checked(about, new))

    options = scale(about, value) if about.log else ()
    shown = _at(options, value) if options else value
    if (old := session.get(key)) not in (None, shown):
        session.put(f"{key} set", (time.monotonic(), _echo(old, options)))
    moved_at, moved_in = session.get(f"{key} moved", (-math.inf, ()))
    if old != shown or moved_in != options or time.monotonic() - moved_at > ECHO_SECONDS:
        session.put(key, shown)  # always, but that a slider which a person is moving would be set back
    common: dict[str, Any] = {"key": key, "help": _help(about), "on_change": report}
    if about.kind == "choice" and len(about.options) <= SHORT_CHOICE:
        st.segmented_control(about.label, about.options, format_func=title, width="stretch", required=True, **common)
    elif about.kind == "choice":
        st.selectbox(about.label, about.options, format_func=title, **common)
    elif about.kind == "bool":
        st.toggle(about.label, **common)
    elif about.kind == "text":
        st.text_input(about.label, **common)
    elif options:
        st.select_slider(about.label, options, format_func=number, **common)
    elif about.kind == "int" and about.high - about.low > SLIDER_STEPS:  # type: ignore[operator]
        st.number_input(about.label, step=1, **common)  # what is out of range gets a sentence; a bound would be mute
    elif about.kind == "int":
        st.slider(about.label, int(about.low), int(about.high), step=1, **common)  # type: ignore[arg-type]
    else:
        st.slider(about.label, about.low, about.high, step=_step(about), **common)


def pick(label: str, options: list[str], key: str, *, default: int = 0, width: int) -> int:
    """A select box of names that may change from run to run; returns the number of the chosen one."""
    chosen = session.get(key)
    if chosen is not None and chosen not in options:  # of another run; Streamlit takes a value or an index, not both
        session.put(key, options[default])
        default = 0
    return options.index(st.selectbox(label, options, index=default, key=key, width=width))


def steady(draw: Callable[..., T], label: str, key: str, value: Any, **more: Any) -> T:
    """A widget that is set to `value`, but not in each run of the script: what a person types or clicks meanwhile would
    be set back. `draw` draws it; returns what that returns."""
    drawn: set[str] = session.keep("steady widgets", set)
    if session.get(key) != value or key not in drawn:  # a run that was overtaken may have set it and not drawn it
        session.put(key, value)
    drawn.discard(key)
    found = draw(label, key=key, **more)
    drawn.add(key)
    return found


def title(name: str) -> str:
    """An option's name as a person reads it."""
    return NAMES.get(name) or name.replace("_", " ").capitalize()


def number(value: float) -> str:
    """At most three significant digits; thousands with a comma."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def scale(about: Field, value: float) -> tuple[float, ...]:
    """1, 2, 5, 10, ... within a field's bounds, the bounds themselves, and the value it has."""
    low, high = float(about.low or 0), float(about.high or 1)
    least = low or BELOW_HIGHEST * high
    decades = range(math.floor(math.log10(least)), math.ceil(math.log10(high)) + 1)
    steps = {float(f"{rung * 10.0**k:.6g}") for k in decades for rung in LADDER}
    found = sorted({s for s in steps if least * (1 - 1e-9) <= s <= high} | {low, high, float(value)})
    return tuple(int(s) for s in found) if about.kind == "int" else tuple(found)


def _checked(about: Field, value: Any) -> Any:
    """The value in the field's own type; one that is not allowed as it is, for whoever says so."""
    try:
        return about.check(value)
    except ConfigError:
        return value


def _at(options: Sequence[float], value: float) -> float:
    return min(options, key=lambda option: abs(option - value))


def _echo(old: Any, options: Sequence[float]) -> Any:
    """What a late message of a widget that showed `old` reads as, now that it has these options: Streamlit takes an
    option that is no more for the first one."""
    return options[0] if options and old not in options else old


def _step(about: Field) -> float:
    return 10.0 ** math.floor(math.log10((about.high - about.low) / 20))  # type: ignore[operator]


def _help(about: Field) -> str:
    return about.doc + (" May change while it runs." if about.live else " Starts a new run.")
