"""The Language Models page under AppTest: the neural contrast, what is written, and the link that holds both."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from engine import Budget
from engine.families.ngram.sampling import Choice
from playground.pieces.language_counted import counted
from tests.pages.apptest import lab, link, said
from tests.pages.test_language import desk, language


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))


def test_a_network_learns_the_same_text_and_joins_the_chart():
    app = language(tokenizer="words")
    app.session_state["language.tabs"] = "One neural contrast"
    app.run()
    app.button(key="neural.start").click().run()
    assert not app.exception
    contrast = app.session_state["language neural"]
    assert contrast.lab.run.config.text == "stories"
    contrast.lab.run.advance(Budget(steps=100))
    app.run()
    assert re.search("Counting wins so far|The network wins", said(app))
    app.segmented_control(key="neural.context").set_value(1).run()
    assert contrast.lab.run.config.context == 1
    assert contrast.newest(lab(app, "ngram").run.config)[0] == "neural net, k = 1"
    app.session_state["language.tabs"] = "Held-out text"
    app.run()
    assert not app.exception
    app.session_state["language.tabs"] = "One neural contrast"
    lab(app, "ngram").start({"text": "stories", "seed": 5}, play=False)
    lab(app, "ngram").run.advance(Budget())
    app.run()
    assert not app.exception
    assert app.button(key="neural.start")  # the other lines are held out: another network
    assert not [button for button in app.button if button.key == "neural.play"]


def test_the_network_and_the_step_where_it_stands_are_part_of_the_link():
    app = language(tokenizer="words")
    app.session_state["language.tabs"] = "One neural contrast"
    app.run()
    app.button(key="neural.start").click().run()
    net = app.session_state["language neural"].lab
    net.player.pause()
    net.run.advance(Budget(steps=30))
    app.segmented_control(key="neural.width").set_value(16).run()
    net.run.advance(Budget(steps=20))
    app.select_slider(key="neural.lr").set_value(0.02).run()
    net.run.advance(Budget(steps=20))
    app.run()
    address = link(app)
    assert (address["part"], dict(parse_qsl(address["neural"]))["at"]) == ("One neural contrast", "40")
    other = language(**address)
    assert other.session_state["language.tabs"] == "One neural contrast"
    theirs = other.session_state["language neural"].lab
    assert theirs.player.target == 40
    theirs.player.tick(60.0)
    other.run()
    assert (theirs.run.step, theirs.run.config) == (40, net.run.config)
    np.testing.assert_array_equal(theirs.run.learner.state_dict()["weights"], net.run.learner.state_dict()["weights"])
    other.session_state["language.tabs"] = "Size"
    other.run()
    assert "part" not in link(other)
    assert link(other)["neural"] == address["neural"]
    lab(other, "ngram").start({"text": "stories", "seed": 5}, play=False)
    lab(other, "ngram").run.advance(Budget())
    other.run()
    assert "neural" not in link(other)  # it learned other lines


@pytest.mark.parametrize("nasty", ["x" * 9000, "context=99&width=a&at=-1", "at=1e9&edits=%00", "%ff=&text=/etc/passwd"])
def test_a_bad_network_in_the_link_is_left_out(nasty: str):
    app = language(neural=nasty, part="One neural contrast")
    assert not app.exception
    assert app.session_state["language neural"].lab.run.config.text == "stories"


def test_what_is_written_is_part_of_the_link():
    app = language()
    assert "write" not in link(app)
    source, config = counted(lab(app, "ngram").run), lab(app, "ngram").run.config
    one = desk(app)
    one.pick(source, config, 0, 4, one.drafts[0].bars[4][2].id)
    one.choose(source, config, 7, Choice(temperature=0.5))
    app.text_input(key="language.prompt").set_value("the cat").run()
    address = link(app)
    assert address["write"].startswith("did=")
    other = language(**address)
    assert desk(other).drafts == one.drafts
    assert desk(other).choice == one.choice
    app.text_input(key="language.prompt").set_value("my <sister> & מה").run()
    app.segmented_control(key="language.beside").set_value("orders 1, 2, 3, 5 side by side").run()
    other = language(**link(app))
    assert desk(other).drafts == one.drafts
    assert len(one.drafts) == 4


@pytest.mark.parametrize(
    "nasty", ["x" * 9000, "did=1,2;a,b,c;nan,1,2;1e999,0,0;0,-5,9e15;9,9,9;3,99,-1,7", "prompt=%ff%00&draw=-1&beside"]
)
def test_a_bad_part_of_the_link_is_left_out(nasty: str):
    app = language(write=nasty)
    assert len(desk(app).drafts[0]) > 0
