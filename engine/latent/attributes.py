"""Vectors of attributes: 'glasses' as a direction in a latent space, what it does, and what it changes besides.

    v = mean of z over faces with it - mean of z over faces without      z' = z + strength v

Larsen et al. 2016, arXiv:1512.09300 (a VAE/GAN there; any encoder and decoder here). The measure: decode z' of faces
that were held out and lack the attribute, and let a judge, who never saw a decoded picture, name what is there.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from engine.config import ConfigError
from engine.data.picture_set import Factor

NONE = "none"
STRENGTHS = tuple(np.linspace(-2, 2, 9).tolist())
N_JUDGED = 250
"""Faces that a number is taken of, at most."""


class Codes(Protocol):
    """What is known of a latent space: the codes of pictures, the first `n_held_out` of them held out, and what the
    pictures show. `lessons`: codes and factors of pictures that were not held out, which vectors are made of."""

    @property
    def codes(self) -> np.ndarray: ...  # (n, latent_dim)
    @property
    def factors(self) -> np.ndarray: ...  # (n, n_factors)
    @property
    def about(self) -> tuple[Factor, ...]: ...
    @property
    def n_held_out(self) -> int: ...
    @property
    def lessons(self) -> tuple[np.ndarray, np.ndarray]: ...  # (m, latent_dim), (m, n_factors)
    def decode(self, z: np.ndarray) -> np.ndarray: ...


class Judge(Protocol):
    """Names the value of each of the first factors of pictures, int (n, n_named); -1 where it is unclear."""

    @property
    def accuracy(self) -> Mapping[str, float]: ...  # by factor, on real pictures that it was not taught with
    def says(self, pictures: np.ndarray) -> np.ndarray: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Attribute:
    """A value of a named factor, both by number. `opposed`: the number of 'none'; None if there is no such value, and
    faces 'without' are those with any other."""

    name: str
    factor: int
    value: int
    opposed: int | None

    def has(self, factors: np.ndarray) -> np.ndarray:
        """Which pictures have it, given the factors of all (n, n_factors)."""
        return factors[:, self.factor] == self.value

    def lacks(self, factors: np.ndarray) -> np.ndarray:
        """Which pictures are without."""
        values = factors[:, self.factor]
        return values != self.value if self.opposed is None else values == self.opposed


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What adding `strength` times a vector did to `n` held-out faces without the attribute, as shares of them.

    `appeared`: the attribute is there. `kept`: each other factor is as it was drawn; `kept_all`: appeared and all kept.
    `changed`: each other factor that was right at strength 0 and is not now: the side effects.
    """

    strength: float
    n: int
    appeared: float
    kept_all: float
    kept: dict[str, float]
    changed: dict[str, float]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The effect of an attribute's vector; `removed`: the share of held-out faces with the attribute from which it was
    taken without a trace; `judge_accuracy`: how often the judge is right on real pictures, the ceiling of all this."""

    effect: Effect
    removed: float
    judge_accuracy: float


def names(about: Sequence[Factor]) -> list[str]:
    """Every attribute by the name that `find` takes: 'glasses' where there is one kind, else 'hair=bun'."""
    return [_name(factor, value) for factor in about for value in _values(factor)]


def find(about: Sequence[Factor], name: str) -> Attribute:
    """The attribute of a name; raises ConfigError."""
    for k, factor in enumerate(about):
        for value in _values(factor):
            if name in (_name(factor, value), f"{factor.name}={factor.values[value]}"):
                return Attribute(name, k, value, 0 if factor.values[0] == NONE else None)
    raise ConfigError("attribute", name, "must be one of " + ", ".join(names(about) or ["none: no factor has names"]))


def _values(factor: Factor) -> range:
    return range(1 if factor.values[:1] == (NONE,) else 0, len(factor.values))


def _name(factor: Factor, value: int) -> str:
    return factor.name if len(_values(factor)) == 1 else f"{factor.name}={factor.values[value]}"


def of_rows(codes: np.ndarray, with_it: Sequence[int] | np.ndarray, without: Sequence[int] | np.ndarray) -> np.ndarray:
    """The vector (d,) from the pictures of some numbers with it and some without; one of each is the two-sample
    version. Raises ConfigError if either is empty."""
    for field, rows in (("with", with_it), ("without", without)):
        if not len(rows):
            raise ConfigError(field, "", "needs at least one picture")
    with_it, without = (np.asarray(rows, int) for rows in (with_it, without))
    return codes[with_it].mean(0) - codes[without].mean(0)


def analogy(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """A : B = C : ?  as codes (d,): c + (b - a). Mikolov et al. 2013, arXiv:1301.3781, for words."""
    return c + (b - a)


def own_vectors(model: Codes, attribute: Attribute, factors: np.ndarray, like: int | None = None) -> np.ndarray:
    """The vector for each of some faces with `factors` (m, n_factors), as (m, d): for one without the attribute from
    its own kind to it, for one with it from all that are without. Raises ConfigError if too few pictures are known.

    `like` is a factor, by number: vectors are then made of pictures that share its value with the face. A beard's mean
    vector has a mean of all beards' colours; made of faces with the same hair colour it has the right one.
    """
    codes, known = model.lessons
    found = np.empty((len(factors), codes.shape[1]), np.float32)
    for face in np.unique(factors[:, [attribute.factor] if like is None else [attribute.factor, like]], axis=0):
        own = factors[:, attribute.factor] == face[0]
        start = attribute.lacks(known) if face[0] == attribute.value else known[:, attribute.factor] == face[0]
        alike = np.ones(len(known), bool)
        if like is not None:
            own, alike = own & (factors[:, like] == face[1]), known[:, like] == face[1]
        ends = np.nonzero(attribute.has(known) & alike)[0], np.nonzero(start & alike)[0]
        if not all(map(len, ends)):
            raise ConfigError("attribute", attribute.name, "can't be measured: too few pictures of a kind are known")
        found[own] = of_rows(codes, *ends)
    return found


def effects(
    model: Codes,
    attribute: Attribute,
    judge: Judge,
    strengths: Sequence[float] = STRENGTHS,
    n: int = N_JUDGED,
    like: int | None = None,
    v: np.ndarray | None = None,
) -> list[Effect]:
    """What the attribute's vector (from a face's own kind), or `v` (d,) in its place, does at each strength, on at most
    `n` held-out faces without it; raises ConfigError if there are none, or if nothing is known to make it of."""
    z, factors = _held_out(model, attribute.lacks(model.factors), n)
    v = own_vectors(model, attribute, factors, like) if v is None else v
    at_rest = judge.says(model.decode(z))
    true = factors[:, : at_rest.shape[1]]
    return [
        _effect(strength, attribute, model.about, true, at_rest, judge.says(model.decode(z + np.float32(strength) * v)))
        for strength in strengths
    ]


def _effect(
    strength: float, attribute: Attribute, about: Sequence[Factor], true: np.ndarray, at_rest: np.ndarray,
    said: np.ndarray,
) -> Effect:  # fmt: skip
    appeared = said[:, attribute.factor] == attribute.value
    right = said == true  # (n, n_named)
    lost = (at_rest == true) & ~right
    others = [k for k in range(true.shape[1]) if k != attribute.factor]
    return Effect(
        strength=float(strength), n=len(true), appeared=float(appeared.mean()),
        kept_all=float((appeared & right[:, others].all(1)).mean()),
        kept={about[k].name: float(right[:, k].mean()) for k in others},
        changed={about[k].name: float(lost[:, k].mean()) for k in others},
    )  # fmt: skip


def removed(
    model: Codes,
    attribute: Attribute,
    judge: Judge,
    strength: float = 1.0,
    n: int = N_JUDGED,
    like: int | None = None,
    v: np.ndarray | None = None,
) -> float:
    """The share of held-out faces with the attribute from which `strength` times its vector, or `v` (d,) in its place,
    takes it without a trace: the judge says 'none', or, where there is no such value, clearly another one."""
    z, factors = _held_out(model, attribute.has(model.factors), n)
    v = own_vectors(model, attribute, factors, like) if v is None else v
    said = judge.says(model.decode(z - np.float32(strength) * v))[:, attribute.factor]
    gone = (said != attribute.value) & (said >= 0) if attribute.opposed is None else said == attribute.opposed
    return float(gone.mean())


def side_effects(effect: Effect, least: float = 0.005) -> list[str]:
    """What else changes, the most first: 'also changes hair: 3 %'."""
    found = sorted(effect.changed.items(), key=lambda item: -item[1])
    return [f"also changes {name}: {share:.0%}".replace("%", " %") for name, share in found if share >= least]


def _held_out(model: Codes, chosen: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.nonzero(chosen[: model.n_held_out])[0][:n]
    if not len(rows):
        raise ConfigError("attribute", "", "can't be measured: no held-out picture is left to try it on")
    return model.codes[rows], model.factors[rows]


def measure(model: Codes, attribute: Attribute, strength: float, judge: Judge, like: int | None = None) -> Measured:
    """What adding, and taking away, `strength` times the attribute's vector does; raises ConfigError if there are no
    faces to try it on, or to make it of. `like`: see `own_vectors`."""
    (effect,) = effects(model, attribute, judge, [strength], like=like)
    gone = removed(model, attribute, judge, strength, like=like)
    return Measured(effect=effect, removed=gone, judge_accuracy=judge.accuracy[model.about[attribute.factor].name])
