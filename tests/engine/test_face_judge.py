"""The judge of faces: what it was taught to answer, that it learns, and that the one that comes along is strict."""

import numpy as np
import pytest

from engine.config import ConfigError
from engine.data import faces
from engine.data.picture_set import as_floats
from engine.families.autoencoder import face_judge as judges
from engine.families.autoencoder import face_judge_lessons as lessons

NAMES = [factor.name for factor in faces.FACTORS]
UNCLEAR_GLASSES, UNCLEAR_HAIR = 2, 8


@pytest.fixture(scope="module")
def pairs() -> lessons.Pairs:
    """Sixteen pairs, drawn as the lessons are but never part of them."""
    return lessons.draw_pairs(16, stream="test")


def test_pairs_differ_in_one_attribute_and_half_are_posed(pairs):
    differ = pairs.factors_a != pairs.factors_b
    assert (differ.sum(1) == 1).all()
    assert (differ.argmax(1) == pairs.differs).all()
    assert (pairs.differs[::2] == 0).all()
    assert not {NAMES[k] for k in pairs.differs[1::2]} & {"glasses", *judges.COLOURS}
    for i in (0, 1):  # not posed
        assert (pairs.a[i] == faces.draw(pairs.factors_a[i], 64)).all()
        assert (pairs.b[i] == faces.draw(pairs.factors_b[i], 64)).all()
    assert (pairs.a[2] != faces.draw(pairs.factors_a[2], 64)).any()


@pytest.mark.parametrize(("opacity", "answer"), [
    (0.0, 0), (0.03, 0), (0.08, lessons.IGNORED), (0.13, UNCLEAR_GLASSES), (0.59, UNCLEAR_GLASSES),
    (0.7, lessons.IGNORED), (0.81, 1), (1.0, 1),
])  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_half_transparent_glasses_are_neither_there_nor_gone(pairs, opacity, answer, turned):
    rows = np.nonzero((pairs.differs == 0) & (pairs.factors_a[:, 0] == turned))[0]
    found = lessons.answers(pairs.part(rows), np.full(len(rows), 1 - opacity if turned else opacity))
    assert (found[:, 0] == answer).all()
    assert (found[:, 1:] == pairs.factors_a[rows, 1:]).all()


@pytest.mark.parametrize(("share", "side"), [(0.1, "a"), (0.2, "a"), (0.3, None), (0.5, ""), (0.7, None), (0.9, "b")])
def test_half_of_one_hair_and_half_of_another_is_neither(share, side):
    factors = np.zeros((2, 1, 8))
    factors[:, 0, 1] = 3, 5
    pair = lessons.Pairs(np.zeros((1, 3, 64, 64)), np.zeros((1, 3, 64, 64)), *factors, np.array([1]))
    expected = {"a": 3, "b": 5, "": UNCLEAR_HAIR, None: lessons.IGNORED}[side]
    assert lessons.answers(pair, np.array([share]))[0, 1] == expected


def test_it_learns(pairs):
    net = lessons.teach(pairs, steps=60, batch=16)
    found = judges.accuracy(judges.FaceJudge(net, {}), pairs.a, pairs.factors_a)
    chance = judges.accuracy(judges.FaceJudge(judges.untaught(), {}), pairs.a, pairs.factors_a)
    assert set(found) == set(NAMES)
    assert np.mean(list(found.values())) > np.mean(list(chance.values())) + 0.3


def test_the_judge_that_comes_along_names_drawn_faces(pairs):
    judge = judges.face_judge()
    still = pairs.part(np.nonzero(np.arange(16) % 4 < 2)[0])
    for pictures, factors in ((still.a, still.factors_a), (still.b, still.factors_b)):
        assert np.mean(list(judges.accuracy(judge, pictures, factors).values())) >= 0.98
    assert min(judge.accuracy.values()) >= 0.99
    assert judge.accuracy != judges.face_judge(jitter=True).accuracy


def test_it_is_strict_with_glasses(pairs):
    rows = np.nonzero((pairs.differs == 0) & (pairs.factors_a[:, 0] == 0))[0]
    there, gone = judges.opacity_curve(
        judges.face_judge(), pairs.a[rows], pairs.b[rows], "glasses", 1, np.array([0, 0.3, 0.5, 1])
    )
    assert there.tolist() == [0, 0, 0, 1]
    assert gone.tolist() == [1, 0, 0, 0]


def test_its_file_is_small_and_gives_the_same_judge(pairs):
    data = judges.PATH.read_bytes()
    assert len(data) <= 800_000
    judge = judges.of_bytes(data)
    assert judges.to_bytes(judge) == data
    pictures = as_floats(pairs.a)
    assert (judge.says(pictures) == judges.face_judge().says(pictures)).all()


def test_what_it_cannot_see_or_read(tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="size = 32: must be 64"):
        judges.face_judge().says(np.zeros((1, 3, 32, 32), np.float32))
    for content in (b"", judges.PATH.read_bytes()[:1000]):
        (tmp_path / "damaged").write_bytes(content)
        monkeypatch.setattr(judges, "PATH", tmp_path / "damaged")
        judges.face_judge.cache_clear()
        with pytest.raises(ConfigError, match="missing or damaged"):
            judges.face_judge()
        monkeypatch.undo()
