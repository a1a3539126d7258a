"""Every page under AppTest, which runs scripts and widgets but no JavaScript: nothing ticks, so runs stand still."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine import FAMILIES
from engine.config import fields
from engine.run import Status
from playground.pages import PAGES
from tests.pages.apptest import ENTRY, WAIT, lab, link, opened, said, toggle

NEEDS_AN_UPLOAD = "own"
FEW = {("high", "n_train"): 200}  # ten thousand pictures take some seconds to draw
PLAYED = [page for page in PAGES if page.family in FAMILIES]
by_address = pytest.mark.parametrize("page", PLAYED, ids=lambda page: page.address)


def test_home_shows_every_page_and_a_picture_of_each():
    app = AppTest.from_file(ENTRY, default_timeout=WAIT).run()
    assert not app.exception
    assert not app.sidebar  # nothing to set
    assert len(app.get("page_link")) == len(PAGES)
    assert len(app.get("image")) == len(PAGES)
    for page in PAGES:
        assert page.question in said(app)


@by_address
def test_a_page_opens_and_plays(page: Any):
    app = opened(page.path)
    assert not app.exception
    assert not app.warning
    assert [title.value for title in app.title] == [page.question]
    assert toggle(app).label == "Pause"
    assert lab(app, page.family).player.playing
    assert link(app) == {}


@by_address
def test_a_bad_link_says_what_was_wrong_and_the_page_works(page: Any):
    app = opened(page.path, seed="abc", colour="red", at="-3")
    assert not app.exception
    assert [warning.value.split(" =")[0] for warning in app.warning] == ["seed", "field", "at"]
    assert lab(app, page.family).player.playing
    toggle(app).click().run()
    assert not app.exception
    assert not lab(app, page.family).player.playing
    assert len(app.warning) == 3  # there is time to read it
    lab(app, page.family).change("seed", 5)
    assert not app.run().warning


@by_address
@pytest.mark.parametrize(
    "nasty", ["<img src=x onerror=alert(1)>", "**bold** [a](javascript:alert(1))", "$x$ :red[y] `z`"]
)
def test_what_a_link_says_is_shown_as_it_stands(page: Any, nasty: str):
    app = opened(page.path, seed=nasty)
    assert not app.exception
    (warning,) = app.warning
    assert nasty in warning.value.replace("\\", "")
    assert re.search(r"(?<!\\)[<>\[\]*$:`]", warning.value.split(": must be")[0]) is None


@by_address
def test_a_very_long_link_and_every_field_s_extremes_open(page: Any):
    app = opened(page.path, seed="1" * 20_000)
    assert not app.exception
    assert "longer than" in app.warning[0].value
    config = FAMILIES[page.family].config
    for end in ("low", "high"):
        bounded = [f for f in fields(config) if f.low is not None]
        query = {f.name: f.format(f.check(FEW.get((end, f.name), getattr(f, end)))) for f in bounded}
        app = opened(page.path, **query)
        assert not app.exception
        opened_at = lab(app, page.family).run.step
        if lab(app, page.family).run.status is Status.DONE:  # the page of judges opens with all examples counted
            assert app.button(key="step").disabled
            continue
        app.button(key="step").click().run()
        assert not app.exception
        assert lab(app, page.family).run.step == opened_at + 1


@by_address
@pytest.mark.parametrize("option", ["first", "last"])
def test_every_choice_opens(page: Any, option: str):
    config = FAMILIES[page.family].config
    options = {f.name: [o for o in f.options if o != NEEDS_AN_UPLOAD] for f in fields(config) if f.options}
    query = {name: names[0 if option == "first" else -1] for name, names in options.items()}
    app = opened(page.path, **query)
    assert not app.exception
    assert not app.warning
