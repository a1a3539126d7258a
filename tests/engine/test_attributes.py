"""Vectors of attributes on a latent space whose true directions are known, and what is measured of them."""

import dataclasses

import numpy as np
import pytest

from engine.config import ConfigError
from engine.data.picture_set import Factor
from engine.latent import attributes

ABOUT = (
    Factor("glasses", values=("none", "round")),
    Factor("beard", values=("none", "full", "moustache")),
    Factor("hair", values=("bun", "bob", "curly")),
    Factor("tilt", low=-15, high=15, unit="degrees"),
)
GLASSES = np.array([2.0, 0, 0, 0, 1.0])
N_NAMED = 3


@dataclasses.dataclass
class Space:
    """Codes (n, 5): glasses along (2, 0, 0, 0, 1), beard and hair along the next two axes, then noise twice. `leak`:
    so much does the picture's hair change with the glasses."""

    codes: np.ndarray
    factors: np.ndarray
    leak: float = 0.0
    about: tuple[Factor, ...] = ABOUT
    n_held_out: int = 200

    @property
    def lessons(self) -> tuple[np.ndarray, np.ndarray]:
        return self.codes[self.n_held_out :], self.factors[self.n_held_out :]

    def decode(self, z: np.ndarray) -> np.ndarray:
        return np.stack((z[:, 0] / 2, z[:, 1], z[:, 2] + self.leak * z[:, 0] / 2), 1)


class Reader:
    """A judge that reads the three numbers of such a picture, and calls unclear what is not near a whole one."""

    def __init__(self) -> None:
        self.accuracy = {"glasses": 1.0, "beard": 1.0, "hair": 0.9}

    def says(self, pictures: np.ndarray) -> np.ndarray:
        near = np.rint(pictures)
        most = [len(factor.values) - 1 for factor in ABOUT[:N_NAMED]]
        return np.where((np.abs(pictures - near) < 0.2) & (near >= 0) & (near <= most), near, -1).astype(int)


def space(n: int = 3000, leak: float = 0.0) -> Space:
    rng = np.random.default_rng(0)
    factors = np.stack([rng.integers(k, size=n) for k in (2, 3, 3)] + [rng.normal(size=n)], 1).astype(float)
    codes = factors[:, :1] * GLASSES + rng.normal(size=(n, 5)) * [0.02, 0.02, 0.02, 1, 0.5]
    codes[:, 1:3] += factors[:, 1:3]
    return Space(codes.astype(np.float32), factors, leak)


def vector(model: Space, name: str) -> np.ndarray:
    """Of the first face that lacks the attribute."""
    attribute = attributes.find(ABOUT, name)
    face = np.flatnonzero(attribute.lacks(model.factors))[0]
    return attributes.own_vectors(model, attribute, model.factors[[face]])[0]


def test_the_vector_is_the_true_direction():
    model = space()
    assert vector(model, "glasses") == pytest.approx(GLASSES, abs=0.12)
    assert vector(model, "beard=moustache")[1] == pytest.approx(2, abs=0.05)


def test_held_out_pictures_do_not_make_the_vector():
    model = space()
    before = vector(model, "glasses")
    model.codes[: model.n_held_out] += 100
    assert (vector(model, "glasses") == before).all()


def test_two_pictures_give_a_worse_vector_than_many():
    model = space()
    glasses = attributes.find(ABOUT, "glasses")
    with_it, without = (np.nonzero(rows)[0] for rows in (glasses.has(model.factors), glasses.lacks(model.factors)))
    error = {
        n: np.linalg.norm(attributes.of_rows(model.codes, with_it[:n], without[:n]) - GLASSES) for n in (1, 30, 1000)
    }
    assert error[1] > 2 * error[30] > 2 * error[1000]
    two = attributes.of_rows(model.codes, with_it[:1], without[:1])
    assert two == pytest.approx(model.codes[with_it[0]] - model.codes[without[0]])


def test_each_face_goes_from_its_own_kind():
    codes = np.array([[0.0, 0], [0, 2], [1, 0], [1, 2], [0, 7], [0, 9]])
    factors = np.zeros((6, 4))
    factors[:, 2] = [0, 0, 1, 1, 2, 2]
    bun = attributes.find(ABOUT, "hair=bun")
    found = attributes.own_vectors(Space(codes, factors, n_held_out=0), bun, factors[[2, 4, 0]])
    assert found[0] == pytest.approx([-1, 0])
    assert found[1] == pytest.approx([0, -7])
    assert found[2] == pytest.approx([-0.5, -3.5])  # what a bun itself has more than all other hair


def test_analogies_are_drawn():
    assert attributes.analogy(*np.array([[1.0, 2], [4, 2], [0, 0]])) == pytest.approx([3, 0])


def test_names_of_attributes():
    assert attributes.names(ABOUT) == ["glasses", "beard=full", "beard=moustache", "hair=bun", "hair=bob", "hair=curly"]
    assert attributes.find(ABOUT, "glasses=round").value == 1
    bun = attributes.find(ABOUT, "hair=bun")
    assert (bun.factor, bun.value, bun.opposed) == (2, 0, None)
    assert bun.lacks(np.array([[0, 0, 0], [0, 0, 2]])).tolist() == [False, True]


@pytest.mark.parametrize("name", ["", "glasses=none", "beard", "tilt", "hat"])
def test_unknown_names_are_told_in_one_sentence(name):
    with pytest.raises(ConfigError, match=r"must be one of glasses, beard=full, .*curly\.$"):
        attributes.find(ABOUT, name)


def test_a_clean_space_is_measured_as_clean():
    found = attributes.measure(space(), attributes.find(ABOUT, "glasses"), 1.0, Reader())
    assert found.effect.appeared == found.effect.kept_all == found.removed == 1
    assert found.effect.kept == {"beard": 1, "hair": 1}
    assert attributes.side_effects(found.effect) == []
    assert found.judge_accuracy == 1
    half = attributes.measure(space(), attributes.find(ABOUT, "glasses"), 0.5, Reader())
    assert half.effect.appeared == half.effect.kept_all == half.removed == 0
    assert half.effect.kept == {"beard": 1, "hair": 1}


def test_side_effects_are_named():
    model = space(leak=0.5)  # hair halfway to the next with each pair of glasses: true hair at rest is what it was
    found = attributes.measure(model, attributes.find(ABOUT, "glasses"), 1.0, Reader())
    assert found.effect.appeared == 1
    assert found.effect.kept_all == found.effect.kept["hair"] == 0
    assert attributes.side_effects(found.effect) == ["also changes hair: 100 %"]


def test_hair_is_reached_from_each_other_hair_but_is_not_taken_off_by_a_mean():
    model = space()
    hair = attributes.find(ABOUT, "hair=curly")
    found = attributes.effects(model, hair, Reader(), strengths=(0.0, 1.0))
    assert [effect.strength for effect in found] == [0, 1]
    assert found[0].appeared == 0
    assert found[1].appeared == found[1].kept_all == 1
    assert attributes.removed(model, hair, Reader()) == 0  # halfway between the two others


def test_a_given_vector_is_measured_in_place_of_one_that_is_made():
    model, glasses = space(), attributes.find(ABOUT, "glasses")
    v = attributes.own_vectors(model, glasses, model.factors[:1])[0]
    for part, share in ((1.0, 1), (0.0, 0)):
        (effect,) = attributes.effects(model, glasses, Reader(), strengths=[1.0], v=np.float32(part) * v)
        assert effect.appeared == attributes.removed(model, glasses, Reader(), v=np.float32(part) * v) == share


def test_a_vector_made_of_faces_alike():
    model = space()  # here the beard is seen twice as strong on curly hair
    curly = model.factors[:, 2] == 2
    model.codes[curly, 1] += model.factors[curly, 1]
    model.decode = lambda z: np.stack((z[:, 0] / 2, z[:, 1] / np.where(z[:, 2] > 1.5, 2, 1), z[:, 2]), 1)
    beard = attributes.find(ABOUT, "beard=full")
    mean, own = (attributes.measure(model, beard, 1.0, Reader(), like=like) for like in (None, 2))
    assert mean.effect.appeared < 0.1
    assert mean.removed < 0.1
    assert own.effect.appeared == own.effect.kept_all == own.removed == 1


def test_nothing_to_measure_on():
    model = space()
    model.factors[: model.n_held_out, 0] = 1
    with pytest.raises(ConfigError, match="no held-out picture is left"):
        attributes.measure(model, attributes.find(ABOUT, "glasses"), 1.0, Reader())
    for with_it, without in (([], [1]), ([1], [])):
        with pytest.raises(ConfigError, match="needs at least one picture"):
            attributes.of_rows(model.codes, with_it, without)
