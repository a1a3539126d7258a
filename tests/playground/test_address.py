"""The address: what a link says is read once, and what the page itself wrote is never taken for a link."""

import pytest
from streamlit.testing.v1 import AppTest

from playground import address

NAME = "write"


def page() -> None:
    import streamlit as st

    from playground import session
    from playground.address import Address, Parameter

    part = session.keep("part", lambda: Parameter("write"))
    whole = session.keep("whole", Address)
    st.session_state.setdefault("read", [])
    if said := part.opened():
        st.session_state.read.append(said)
    st.session_state.own = whole.is_own(dict(st.query_params))
    part.write(st.session_state.get("part says", ""))
    whole.write(st.session_state.get("page says", {}), keep={"write"})


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page)


def says(app: AppTest, text: str) -> None:
    app.session_state["part says"] = text
    app.run()
    assert not app.exception


def test_a_link_is_read_once_and_again_when_it_is_opened_again(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    app.query_params[NAME] = "a"
    says(app, "a")
    says(app, "a")
    assert app.session_state.read == ["a"]
    says(app, "b")
    assert app.query_params[NAME] == "b"
    monkeypatch.setattr(address, "ECHO_SECONDS", 0.0)  # time goes by
    app.query_params[NAME] = "a"
    says(app, "a")
    assert app.session_state.read == ["a", "a"]


def test_a_message_that_was_on_its_way_still_carries_what_the_page_wrote_before(app: AppTest):
    for text in ("a", "b", "c"):
        says(app, text)
    app.query_params[NAME] = "b"
    says(app, "d")
    assert app.session_state.read == []
    assert app.query_params[NAME] == "d"
    del app.query_params[NAME]
    says(app, "d")
    assert app.session_state.read == []


def test_nothing_to_say_leaves_no_parameter(app: AppTest):
    says(app, "a")
    says(app, "")
    assert NAME not in app.query_params


def test_the_parameters_of_a_page_are_its_own_until_a_moment_later(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    for value in ("1", "2"):
        app.session_state["page says"] = {"seed": value}
        app.run()
    app.query_params["seed"] = "1"
    app.run()
    assert app.session_state.own
    app.query_params["seed"] = "3"
    app.run()
    assert not app.session_state.own
    monkeypatch.setattr(address, "ECHO_SECONDS", 0.0)
    app.query_params["seed"] = "1"
    app.run()
    assert not app.session_state.own
