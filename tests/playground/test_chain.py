"""What a chain of frames sends: the new, all of it, and nothing twice."""

from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from playground.chain import Changes, is_click

RUN = ["fragment"]


def element(*place: int, says: str) -> ForwardMsg:
    message = ForwardMsg(hash=says)
    message.metadata.delta_path.extend(place)
    message.delta.new_element.markdown.body = says
    return message


def block(*place: int, height: int) -> ForwardMsg:
    message = ForwardMsg(hash=f"block {height}")
    message.metadata.delta_path.extend(place)
    message.delta.add_block.height_config.pixel_height = height
    return message


@pytest.fixture
def sent() -> list[ForwardMsg]:
    return []


@pytest.fixture
def changes(sent: list[ForwardMsg]) -> Changes:
    context = SimpleNamespace(fragment_ids_this_run=RUN)
    made = Changes(context, RUN, sent.append)
    context._enqueue = context.enqueue = made
    return made


def test_what_is_there_is_not_sent_again(changes: Changes, sent: list[ForwardMsg]):
    for says in ("one", "one", "two", "two", "one"):
        changes(element(0, 1, says=says))
    assert [m.hash for m in sent] == ["one", "two", "one"]


def test_the_same_in_two_places_is_sent_to_both(changes: Changes, sent: list[ForwardMsg]):
    changes(element(0, 1, says="one"))
    changes(element(0, 2, says="one"))
    assert len(sent) == 2


def test_a_reference_to_what_the_browser_keeps_stands_for_it(changes: Changes, sent: list[ForwardMsg]):
    reference = ForwardMsg(ref_hash="one")
    reference.metadata.delta_path.extend((0, 1))
    changes(element(0, 1, says="one"))
    changes(reference)
    assert len(sent) == 1


@pytest.mark.parametrize("other", [block(0, 1, height=2), element(0, 1, says="no container")])
def test_what_stands_in_a_new_container_is_sent_anew(changes: Changes, sent: list[ForwardMsg], other: ForwardMsg):
    frame = [block(0, 1, height=1), element(0, 1, 0, says="inside"), element(0, 2, says="beside")]
    for message in (*frame, *frame, other, *frame):
        changes(message)
    assert [m.hash for m in sent] == [*(m.hash for m in frame), other.hash, frame[0].hash, frame[1].hash]


def test_what_passes_is_no_element_and_leaves_its_place_unknown(changes: Changes, sent: list[ForwardMsg]):
    spinner = ForwardMsg(hash="spinner")
    spinner.metadata.delta_path.extend((0, 1))
    spinner.delta.new_transient.SetInParent()
    for message in (element(0, 1, says="one"), spinner, spinner, element(0, 1, says="one")):
        changes(message)
    assert len(sent) == 4


def test_other_messages_are_sent_each_time(changes: Changes, sent: list[ForwardMsg]):
    message = ForwardMsg(hash="address")
    message.page_info_changed.query_string = "step=3"
    changes(message)
    changes(message)
    assert len(sent) == 2


def test_a_frame_with_fewer_elements_is_noticed(changes: Changes):
    for places, fewer in (((1, 2), False), ((1, 2, 3), False), ((1, 3), True), ((1, 3), False)):
        for place in places:
            changes(element(0, place, says="same"))
        assert changes.are_fewer() == fewer


def test_what_is_gone_is_emptied_and_no_place_in_a_container_that_is_gone(changes: Changes, sent: list[ForwardMsg]):
    for message in (block(0, 1, height=9), element(0, 1, 0, says="in it"), element(0, 2, says="one")):
        changes(message)
    assert not changes.are_fewer()
    changes(element(0, 2, says="one"))
    sent.clear()
    assert changes.are_fewer()
    assert [tuple(m.metadata.delta_path) for m in sent] == [(0, 1)]
    assert sent[0].delta.new_element.HasField("empty")
    changes(element(0, 2, says="one"))
    assert not changes.are_fewer()


def test_the_next_run_is_sent_everything(changes: Changes, sent: list[ForwardMsg]):
    changes(element(0, 1, says="one"))
    changes.context.fragment_ids_this_run = list(RUN)
    changes(element(0, 1, says="one"))
    assert len(sent) == 2
    assert changes.context._enqueue == changes.send


def test_a_frame_is_handed_on_when_it_is_drawn_and_what_comes_after_at_once(changes: Changes, sent: list[ForwardMsg]):
    changes.held = []
    for place in (1, 2):
        changes(element(0, place, says=f"place {place}"))
    assert not sent
    changes.hand_on()
    changes(element(0, 3, says="place 3"))
    assert [m.hash for m in sent] == ["place 1", "place 2", "place 3"]


def test_what_is_held_is_not_lost_when_another_run_begins(changes: Changes, sent: list[ForwardMsg]):
    changes.held = []
    changes(element(0, 1, says="one"))
    changes.context.fragment_ids_this_run = list(RUN)
    changes(element(0, 1, says="two"))
    assert [m.hash for m in sent] == ["one", "two"]


def test_what_is_expected_at_a_place_stays_there_and_counts_as_drawn(changes: Changes, sent: list[ForwardMsg]):
    def stand_in(place: int) -> ForwardMsg:
        return element(0, place, says="empty")

    changes(element(0, 1, says="chart"))
    assert changes.newest == "chart"
    assert not changes.are_fewer()
    changes.expected = "chart"
    changes(stand_in(1))
    assert changes.expected == ""
    assert not changes.are_fewer()
    changes.expected = "chart"
    changes(stand_in(2))  # the chart has moved: here it has to be drawn
    assert changes.expected == "chart"
    assert [m.hash for m in sent] == ["chart", "empty"]


def test_only_triggers_are_clicks():
    def asks(**value: object) -> RerunData:
        return RerunData(widget_states=WidgetStates(widgets=[WidgetState(id="w", **value)]))  # type: ignore[arg-type]

    assert is_click(asks(trigger_value=True))
    assert is_click(asks(json_trigger_value='{"seek": 3}'))
    assert not any(is_click(r) for r in (asks(trigger_value=False), asks(int_value=3), asks(bool_value=True)))
    assert not is_click(RerunData())
