"""What is counted: the choice of a text, one's own by paste or upload, a second one, with size, licence and source."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.config import ConfigError
from engine.data import texts
from engine.data.named_texts import TEXTS, name_locales
from engine.families.ngram import NgramConfig
from playground import session
from playground.exports import MAX_UPLOAD_MB
from playground.lab import Lab

FIRST_YEAR, LAST_YEAR = 1790, 2026
KINDS = {
    "speeches": "Presidents' speeches",
    "bible": "King James Bible",
    "python": "Python source code",
    "names": "First names",
    "stories": "Made-up stories",
    texts.OWN: "Your own text",
}
DEFAULTS = {"speeches": "speeches:1961-2026", "names": "names:en_US"}
SECONDS = {
    "": "none",
    "bible": "King James Bible",
    "speeches:1790-1859": "Speeches 1790-1859",
    "speeches:1961-2026": "Speeches 1961-2026",
    "python": "Python source code",
    "stories": "Made-up stories",
    "names:en_US": "First names",
}
MAX_PASTED, MAX_TOGETHER = 1_000_000, 4
MB = 1_000_000
FEW_LINES = 20
"""A text of fewer lines is learned from as a whole."""


def only_named(values: Mapping[str, Any]) -> None:
    """A link or a file may name the texts of this page, and no other file of this computer."""
    for name in ("text", "second"):
        value = str(values.get(name, ""))
        if value and not texts.is_named(value):
            raise ConfigError(name, value, "must be one of " + ", ".join((*TEXTS, texts.OWN)))


def text_settings(lab: Lab) -> None:
    """Which text is counted."""
    config: NgramConfig = lab.run.start_config
    kind, _, detail = config.text.split(texts.AND)[0].partition(":")
    asked = session.get("language asked")  # 'your own' was chosen, and there is none yet
    session.put("language.kind", asked or kind)

    def choose() -> None:
        new = session.get("language.kind")
        session.put("language asked", new if new == texts.OWN else None)
        if new != texts.OWN:
            lab.change("text", _with_others(config, DEFAULTS.get(new, new)))

    st.selectbox("Text", list(KINDS), format_func=KINDS.__getitem__, key="language.kind", on_change=choose)
    if (asked or kind) == "speeches":
        _years(lab, detail)
    elif (asked or kind) == "names":
        _locale(lab, detail)
    elif (asked or kind) == texts.OWN:
        _own(lab)
    _together(lab)
    about = texts.open_text(config.text)
    st.caption(f"{session.plain(about.title)}: {_size(len(about))}. {about.licence}; {about.source}.")


def _with_others(config: NgramConfig, first: str) -> str:
    """Another text in the place of the first one; those together with it stay."""
    return texts.AND.join(dict.fromkeys([first, *config.text.split(texts.AND)[1:]]))


def _together(lab: Lab) -> None:
    """Several texts at once: one after the other, as if they were one."""
    first, *others = lab.run.start_config.text.split(texts.AND)
    session.put("language.together", others)

    def choose() -> None:
        lab.change("text", texts.AND.join([first, *session.get("language.together")]))

    options = [name for name in dict.fromkeys([*SECONDS, *others]) if name not in ("", first)]
    st.multiselect(
        "Together with", options, format_func=lambda name: SECONDS.get(name, name), key="language.together",
        on_change=choose, max_selections=MAX_TOGETHER, placeholder="no other text",
    )  # fmt: skip


def second_text(lab: Lab) -> None:
    """A second text, counted after the first when it is added."""
    config: NgramConfig = lab.run.config
    options = list(dict.fromkeys([*SECONDS, config.second]))
    session.put("language.second", config.second)

    def choose() -> None:
        lab.change("second", session.get("language.second"))

    st.selectbox(
        "Second text", options, format_func=lambda name: SECONDS.get(name, name), key="language.second",
        on_change=choose, help="Counted after the first one, when it is added. Starts a new run.",
    )  # fmt: skip


def _years(lab: Lab, detail: str) -> None:
    first, _, last = detail.partition("-")
    low, high = (int(first), int(last or first)) if detail else (FIRST_YEAR, LAST_YEAR)
    session.put("language.years", (max(low, FIRST_YEAR), min(high, LAST_YEAR)))

    def choose() -> None:
        a, b = session.get("language.years")
        chosen = "speeches" if (a, b) == (FIRST_YEAR, LAST_YEAR) else f"speeches:{a}-{b}"
        lab.change("text", _with_others(lab.run.start_config, chosen))

    st.slider("Years", FIRST_YEAR, LAST_YEAR, key="language.years", on_change=choose)


def _locale(lab: Lab, detail: str) -> None:
    session.put("language.locale", detail or "")

    def choose() -> None:
        new = session.get("language.locale")
        lab.change("text", _with_others(lab.run.start_config, f"names:{new}" if new else "names"))

    st.selectbox(
        "Language and country", ["", *name_locales()], format_func=lambda code: code or "all of them",
        key="language.locale", on_change=choose,
    )  # fmt: skip


def _own(lab: Lab) -> None:
    """Paste or upload; it stays on this computer."""

    def take(data: bytes, name: str) -> None:
        try:
            spec = _with_others(lab.run.start_config, texts.keep(data, name))
            held_out = 0.0 if data.count(b"\n") < FEW_LINES else lab.family.build({"text": spec}).held_out
            lab.start({**lab.values, "text": spec, "held_out": held_out}, play=True)
            session.put("language asked", None)
        except ConfigError as error:
            lab.problems = [f"{error} The text on the stage stays."]

    def uploaded() -> None:
        upload = session.get("language.upload")
        if upload is not None:
            take(upload.getvalue(), upload.name)

    def pasted() -> None:
        take(session.get("language.paste", "").encode(errors="replace"), "The pasted text")

    st.file_uploader(
        "Upload a .txt file", type=["txt"], key="language.upload", max_upload_size=MAX_UPLOAD_MB, on_change=uploaded
    )
    with st.form("language.own", border=False):
        st.text_area("or paste a text", key="language.paste", max_chars=MAX_PASTED, height=120)
        st.form_submit_button("Count it", icon=":material/calculate:", on_click=pasted, width="stretch")
    st.caption(f"UTF-8, up to {MAX_UPLOAD_MB} MB. It stays on this computer, and so does a link to it.")


def _size(n: int) -> str:
    return f"{n / MB:.1f} MB" if n >= MB / 10 else f"{n / 1000:.1f} kB"
