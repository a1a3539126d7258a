"""The link: what is written is read back; whatever else is read gives sentences and a usable experiment."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import FAMILIES, Edit
from engine.config import ConfigError, Field, fields
from playground import link
from playground.link import Experiment

GAN = FAMILIES["gan"]


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Any value that the field takes."""
    match field.kind:
        case "choice":
            return st.sampled_from(field.options)
        case "bool":
            return st.booleans()
        case "int":
            return st.integers(int(field.low), int(field.high))
        case "float":
            return st.floats(field.low, field.high)
        case _:
            return st.text(max_size=40)


@st.composite
def experiments(draw: st.DrawFn, family: str) -> Experiment:
    """A valid experiment: some values, changes in order of their steps, a step within the run."""
    about = fields(FAMILIES[family].config)
    names = draw(st.lists(st.sampled_from([f.name for f in about]), unique=True))
    values = {f.name: draw(values_of(f)) for f in about if f.name in names}
    try:
        config = FAMILIES[family].build(values)
    except ConfigError:  # two fields that do not fit together
        values, config = {}, FAMILIES[family].build({})
    live = [f for f in about if f.live]
    edits: dict[tuple[int, str], Edit] = {}
    for step in sorted(draw(st.lists(st.integers(0, 10**9), max_size=6))):
        if draw(st.booleans()) and live:
            field = draw(st.sampled_from(live))
            edits[step, field.name] = Edit(step, field.name, draw(values_of(field)))
        elif FAMILIES[family].actions:
            edits[step, ""] = Edit(step, draw(st.sampled_from(FAMILIES[family].actions)))
    return Experiment(values, tuple(edits.values()), draw(st.integers(0, getattr(config, "steps", 10**9 - 1))))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=150)
@given(data=st.data())
def test_what_is_written_is_read_back(family: str, data: st.DataObject):
    experiment = data.draw(experiments(family))
    written = link.write(FAMILIES[family], experiment)
    assert all(isinstance(text, str) for text in written.values())
    assert link.read(FAMILIES[family], written) == (experiment, [])


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=100)
@given(data=st.data())
def test_the_shortest_link_means_the_same(family: str, data: st.DataObject):
    values = data.draw(experiments(family)).values
    kept = link.chosen(FAMILIES[family], values)
    assert kept.items() <= dict(values).items()
    assert FAMILIES[family].build(kept) == FAMILIES[family].build(values)


NAMES = [f.name for f in fields(GAN.config)]
NASTY = st.sampled_from(
    ["", "NaN", "inf", "-1", "1e999", "٣", "²", "0x10", "1_0", "<b>", "a" * 5000, "8,8", "80:expert,1:x", "0:seed=1"]
)


@settings(max_examples=400)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from([*NAMES, link.STEP, link.EDITS, "present"]), st.text(max_size=20)),
        st.one_of(NASTY, st.text(max_size=60), st.integers().map(str), st.floats().map(str)),
        max_size=8,
    )
)
def test_garbage_gives_sentences_and_a_usable_experiment(parameters: dict[str, str]):
    experiment, problems = link.read(GAN, parameters)
    config = GAN.build(experiment.values)
    assert 0 <= experiment.step <= config.steps
    assert link.read(GAN, link.write(GAN, experiment)) == (experiment, [])
    for problem in problems:
        assert problem.endswith(".")
        assert len(problem) < 800
        assert "\n" not in problem
    if not problems:
        known = {name for name in parameters if name not in (link.STEP, link.EDITS, *link.OWN)}
        assert set(experiment.values) == known


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"size": "abc"}, "size = abc: must be a whole number from 2 to 16. The default is used instead."),
        ({"size": "99"}, "size = 99"),
        ({"size": "2.5"}, "size = 2.5"),
        ({"colour": "red"}, "field = colour: must be one of seed, steps,"),
        ({"cosine": "maybe"}, "cosine = maybe: must be true or false."),
        ({"lr_g": "nan"}, "lr_g = nan: must be a number from 1e-06 to 0.1."),
        ({"loss": "magic"}, "loss = magic: must be one of"),
        ({"at": "-1"}, "at = -1: must be a whole number from 0 to 5000. The run starts at 0."),
        ({"at": "9" * 30}, "at = 999"),
        ({"at": "20", "steps": "10"}, "at = 20: must be a whole number from 0 to 10."),
        ({"edits": "5:size=4"}, "size: can't change during a run"),
        ({"edits": "5:lr_g=9"}, "lr_g = 9"),
        ({"edits": "nonsense"}, "They are left out."),
        ({"seed": "1" * link.MAX_LENGTH}, "longer than 4,000 characters"),
    ],
)
def test_a_bad_parameter_is_named_with_its_value_and_range(parameters: dict[str, str], sentence: str):
    experiment, problems = link.read(GAN, parameters)
    assert len(problems) == 1
    assert sentence in problems[0]
    assert not experiment.edits
    assert experiment.step == 0


def test_the_good_part_of_a_bad_link_is_kept():
    experiment, problems = link.read(GAN, {"seed": "7", "size": "abc", "at": "12"})
    assert (dict(experiment.values), experiment.step, len(problems)) == ({"seed": 7}, 12, 1)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_field_is_taken_for_a_parameter_of_the_page(family: str):
    assert link.OWN.isdisjoint(f.name for f in fields(FAMILIES[family].config))


def test_defaults_are_no_part_of_a_link():
    assert link.write(GAN, Experiment()) == {}
    assert link.chosen(GAN, {"seed": 0, "size": 8, "loss": "non_saturating"}) == {}
    # What another choice would change by itself is said when it differs from that.
    assert link.chosen(GAN, {"size": 2, "lr_g": 2e-3}) == {"size": 2, "lr_g": 2e-3}
    assert link.chosen(GAN, {"size": 2, "lr_g": 0.1}) == {"size": 2}
