"""The Language Models page under AppTest: texts, settings, writing, and what the sections say."""

import gzip
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine import Budget, files, start
from playground.figures import export
from playground.pieces import language_exports
from playground.pieces.language_write import Desk
from tests.pages.apptest import lab, link, opened, said

SMALL = {"text": "stories"}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))


def language(**query: str) -> AppTest:
    """The page with its text counted to the end."""
    app = opened("pages/language.py", **{**SMALL, **query})
    run = lab(app, "ngram").run
    run.advance(Budget(steps=10_000))
    lab(app, "ngram").player.pause()
    app.run()
    assert not app.exception
    return app


def desk(app: AppTest) -> Desk:
    return app.session_state["language desk"]


def test_it_writes_when_the_text_is_counted():
    app = language()
    assert "the text is used up" in said(app)
    (draft,) = desk(app).drafts
    assert draft.prompt == "the cat"
    assert len(draft) > 0
    assert draft.bars[0][0].p == max(bar.p for bar in draft.bars[0])


def test_orders_stand_side_by_side_from_the_same_beginning():
    app = language()
    app.segmented_control(key="language.beside").set_value("orders 1, 2, 3, 5 side by side").run()
    assert not app.exception
    assert [draft.order for draft in desk(app).drafts] == [1, 2, 3, 5]
    assert len({draft.prompt for draft in desk(app).drafts}) == 1


@pytest.mark.parametrize("prompt", ["", "<img src=x onerror=alert(1)>", "שלום 🍎", "xyzzy " * 30, "a\u0000b"])
def test_any_beginning_works(prompt: str):
    app = language()
    app.text_input(key="language.prompt").set_value(prompt).run()
    assert not app.exception
    assert len(desk(app).drafts[0]) > 0


@pytest.mark.parametrize("name", ["text", "second"])
def test_a_link_opens_no_other_file_of_this_computer(name: str):
    app = opened("pages/language.py", **{name: "/etc/hostname"})
    assert not app.exception
    assert "must be one of speeches" in app.warning[0].value.replace("\\", "")
    assert lab(app, "ngram").run.config.text.startswith("speeches")


def test_years_and_locales_are_part_of_the_link():
    app = language(text="names:nl_NL")
    assert lab(app, "ngram").run.config.tokenizer == "characters"
    app.selectbox(key="language.locale").set_value("de_DE").run()
    assert not app.exception
    assert link(app)["text"] == "names:de_DE"
    app.selectbox(key="language.kind").set_value("speeches").run()
    app.slider(key="language.years").set_value((1790, 1799)).run()
    assert not app.exception
    assert lab(app, "ngram").run.config.text == "speeches:1790-1799"


def test_several_texts_are_counted_at_once():
    app = language()
    app.multiselect(key="language.together").set_value(["names:en_US"]).run()
    assert not app.exception
    assert lab(app, "ngram").run.config.text == link(app)["text"] == "stories+names:en_US"
    app.selectbox(key="language.kind").set_value("names").run()
    assert not app.exception
    assert lab(app, "ngram").run.config.text == "names:en_US"
    assert "Made-up stories; First names" not in said(app)


def test_a_pasted_text_is_counted_and_named_in_the_link():
    app = language()
    app.selectbox(key="language.kind").set_value("own").run()
    app.text_area(key="language.paste").set_value("to be or not to be\n" * 3)
    next(button for button in app.button if button.label == "Count it").click().run()
    assert not app.exception
    assert not app.warning
    config = lab(app, "ngram").run.config
    assert (config.text[:4], config.held_out) == ("own:", 0.0)
    assert "Your own text" in said(app)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\x89PNG\0\0", "zero bytes"),
        ("fa\u00e7ade".encode("latin1"), "UTF-8"),
        ("abc".encode("utf-16"), "UTF-16"),
        (b" \n \n", "empty"),
    ],
)
def test_a_bad_upload_is_one_sentence_and_the_text_stays(content: bytes, sentence: str):
    app = language()
    run = lab(app, "ngram").run
    app.selectbox(key="language.kind").set_value("own").run()
    app.file_uploader(key="language.upload").set_value(("bad <b>.txt", content, "text/plain")).run()
    assert not app.exception
    assert [sentence in warning.value.replace("\\", "") for warning in app.warning] == [True]
    assert lab(app, "ngram").run is run


def test_a_saved_run_on_another_file_of_this_computer_is_refused_unopened(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody may read this\n" * 20)
    content = files.to_bytes(start("ngram", text=str(secret)))
    secret.unlink()
    app = language()
    run = lab(app, "ngram").run
    app.file_uploader(key="upload").set_value(("run.safetensors", content, "application/octet-stream")).run()
    assert not app.exception
    assert ["must be one of speeches" in warning.value for warning in app.warning] == [True]
    assert lab(app, "ngram").run is run


@pytest.mark.parametrize(
    "content",
    ["one giant line without an end " * 20_000, "שלום עולם. " * 40 + "\n", "🍎🍐 🍊\n" * 50, "\ufeffa b c\n" * 3, "x"],
)
def test_any_text_in_utf8_just_works(content: str):
    app = language()
    app.selectbox(key="language.kind").set_value("own").run()
    app.file_uploader(key="language.upload").set_value(("mine.txt", content.encode(), "text/plain")).run()
    lab(app, "ngram").run.advance(Budget(steps=10_000))
    lab(app, "ngram").player.pause()
    app.run()
    assert not app.exception
    assert not app.warning
    assert len(desk(app).drafts[0]) > 0


def order_before_bar() -> None:
    """A page whose setting is told of before its play bar, when both come with one message."""
    import streamlit as st

    from playground.lab import open_lab
    from playground.live import play_bar

    one = open_lab("ngram")
    st.slider("Order", 1, 7, 3, key="order", on_change=lambda: one.change("order", st.session_state["order"]))
    play_bar(one, one.player.moment(), {})
    one.write_link()


@pytest.mark.parametrize(("key", "playing"), [("speed", True), ("pause", False)])
def test_a_click_on_the_bar_and_a_setting_that_come_together_both_count(key: str, playing: bool):
    app = AppTest.from_function(order_before_bar, default_timeout=60)
    app.query_params["text"] = "stories"
    app.run().slider(key="order").set_value(4)
    click = app.selectbox(key=key).set_value("1 a second") if key == "speed" else app.button(key=key).click()
    click.run()
    assert not app.exception
    one = lab(app, "ngram")
    assert (one.run.config.order, one.player.playing) == (4, playing)
    assert one.player.speed == (1.0 if key == "speed" else float("inf"))


def test_a_second_text_is_counted_after_the_first():
    app = language(second="names:nl_NL", tokenizer="words")
    before = lab(app, "ngram").run.step
    app.button(key="add_second").click().run()
    assert not app.exception
    run = lab(app, "ngram").run
    assert run.step == before
    assert lab(app, "ngram").player.playing
    run.advance(Budget(steps=10_000))
    assert run.step > before


@pytest.mark.parametrize("tab", ["Size", "Copying", "Held-out text", "Style", "Counts", "One neural contrast"])
@pytest.mark.parametrize("held_out", ["0.1", "0.0"])
def test_every_section_opens(tab: str, held_out: str):
    app = language(held_out=held_out)
    app.session_state["language.tabs"] = tab
    app.run()
    assert not app.exception


def test_each_failure_breaks_and_is_cured_with_one_click():
    app = language()
    names = [button.key.removeprefix("break ") for button in app.button if button.key.startswith("break ")]
    assert len(names) == 3
    for name in names:
        app.button(key=f"break {name}").click().run()
        assert not app.exception
        assert lab(app, "ngram").lesson == name
        broken = link(app)
        assert "**Why.**" in said(app)
        app.button(key=f"cure {name}").click().run()
        assert not app.exception
        assert link(app) != broken


def test_what_is_taken_away_is_what_is_on_the_stage():
    app = language(order="2")
    one = lab(app, "ngram")
    assert {label for label, *_ in language_exports.files(one)} == {"Text (TXT)", "Model (ARPA, gzip)"}
    assert gzip.decompress(language_exports.model(one)).startswith(b"\\data\\\nngram 1=")
    assert export.image(language_exports.figure(one), "png").startswith(b"\x89PNG")
    one.run.edit(smoothing="add_k")
    assert [label for label, *_ in language_exports.files(one)] == ["Text (TXT)"]


@pytest.mark.parametrize("smoothing", ["mle", "add_k", "stupid_backoff", "witten_bell", "kneser_ney"])
@pytest.mark.parametrize("order", ["1", "4"])
def test_counts_show_any_context_and_any_word(smoothing: str, order: str):
    app = language(smoothing=smoothing, order=order)
    app.session_state["language.tabs"] = "Counts"
    app.run()
    assert len(app.latex) > 5
    app.text_input(key="language.asked.context").set_value("the <b>*cat*").run()
    assert not app.exception
    app.selectbox(key="language.asked.word").set_value(app.selectbox(key="language.asked.word").options[-1]).run()
    assert not app.exception
    if order != "1":
        app.text_input(key="language.asked.words").set_value("cat dog $x$").run()
        assert not app.exception
