"""Charts while a run plays: each in its turn, one in a frame, at once when a person chose something else."""

import itertools

from playground.steady import EVERY, OVERDUE, Steady

FRAME_SECONDS = 0.1
NAMES = ("losses", "verdicts", "histogram", "scores")


def frames(n: int, seconds: float, names: tuple[str, ...] = NAMES, every: float = 0.0) -> list[list[str]]:
    """The charts that are made in each of n frames; the first frame makes all."""
    steady, found = Steady(), []
    for frame in range(n):
        made: list[str] = []
        for k, name in enumerate(names):
            shown = steady.spec(name, None, lambda name=name, made=made: made.append(name), frame * seconds + k / 1000,
                                every=every)  # fmt: skip
            assert shown == "null"  # what `make` returned, also when it is kept
        found.append(made)
    return found


def test_one_chart_a_frame_and_each_in_its_turn():
    first, *rest = frames(60, FRAME_SECONDS)
    assert first == list(NAMES)
    assert max(len(made) for made in rest) == 1
    order = [name for made in rest for name in made]
    assert order[:8] == list(NAMES) * 2


def test_a_chart_is_drawn_three_or_four_times_a_second_at_most():
    seconds = 20.0
    for n_charts in (1, 2, 4):
        made = frames(int(seconds / FRAME_SECONDS), FRAME_SECONDS, NAMES[:n_charts])
        assert 2 * seconds <= sum("losses" in names for names in made) <= seconds / EVERY + 1


def test_with_few_frames_no_chart_waits_longer_than_a_second():
    made = frames(40, 0.55)
    for name in NAMES:
        at = [frame * 0.55 for frame, names in enumerate(made) if name in names]
        assert max(after - before for before, after in itertools.pairwise(at)) < OVERDUE + 2 * 0.55


def test_in_a_class_a_frame_makes_one_chart_and_each_has_its_turn():
    _, *rest = frames(40, 0.6, every=0.55)
    assert {len(made) for made in rest} == {1}
    assert [name for made in rest for name in made][:8] == list(NAMES) * 2


def test_the_first_is_made_at_any_time():
    for k in range(100):
        assert Steady().spec("losses", None, lambda: "made", 1234.567 + k / 7, every=0.55) == '"made"'


def test_what_a_person_chose_is_shown_at_once():
    steady = Steady()
    assert steady.spec("codes", (0, 1), lambda: "z1", 0.0) == '"z1"'
    assert steady.spec("codes", (0, 1), lambda: "later", 0.05) == '"z1"'
    assert steady.spec("codes", (0, 2), lambda: "z2", 0.06) == '"z2"'


def test_text_is_made_a_few_times_a_second():
    steady, made = Steady(), []
    for k in range(40):
        made.append(steady.text("recipe", lambda k=k: f"round {k}", k * EVERY * 0.26))
    assert made == [f"round {k // 4 * 4}" for k in range(40)]
