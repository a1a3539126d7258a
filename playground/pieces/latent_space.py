"""The latent space that a browser session walks in: which model, where in it, what was chosen; and its link."""

import dataclasses
import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from engine import ConfigError, starters
from engine.config import bounded, choice, config, field, fields, text
from engine.data.picture_set import as_floats
from engine.families.autoencoder.model import LatentModel, of_learner
from engine.latent.paths import PATHS
from engine.latent.pca import pca
from engine.latent.projection import METHODS, most_perplexity
from engine.latent.sampling import SAMPLERS
from playground import chain, link, session
from playground.address import Address
from playground.components.frames import MAX_CODE
from playground.pieces.latent_labels import alike_in, options
from playground.shell import PRESENT

RUN = "run"
CARRIED = "latent carried"
FAMILY_NAMES = {"autoencoder": "Autoencoder", "vae": "VAE", "ada_gvae": "Ada-GVAE"}
MAX_ON_PATH = 8
N_TURNS = 10_000
DRAWN_SLOWLY = ("faces",)
PAIRS = {"faces": (202, 275), "letters": (379, 300)}
"""Pictures A and B that go with a model's question, unless a link names one: a face without glasses and one with, alike
but for the clothes; an E and an F of one font."""


@config
class Place:
    """Where in a latent space the page stands. Pictures by number: held-out ones first."""

    model: str = choice("shapes", (*starters.STARTERS, RUN), doc="A model that comes with the page, or your own.")
    z: str = text("", max_length=900, doc="The code, number by number; empty: that of picture a.")
    across: int = bounded(0, 0, 64, doc="The axis to the right; 0: the first that matters.")
    up: int = bounded(0, 0, 64, doc="The axis upwards; 0: the second that matters.")
    plane: str = choice("axes", ("axes", "principal"), doc="Two axes of the code, or its principal ones.")
    colour: str = text("", doc="The factor that colours the codes.")
    a: int = bounded(0, 0, 9_999, doc="Number of the picture that a walk begins at.")
    b: int = bounded(3, 0, 9_999, doc="Number of the picture that a walk ends at.")
    via: str = text("", doc="Numbers of pictures on the way, with commas.")
    t: float = bounded(0.5, 0.0, 1.0, doc="How far the walk is, from 0 to 1.")
    path: str = choice("lerp", PATHS, doc="Straight, or on a great circle.")
    face: int = bounded(40, 0, 9_999, doc="Number of the picture that a vector is added to.")
    strength: float = bounded(1.0, -2.0, 2.0, doc="How much of the vector.")
    vector: str = text("", doc="The label that a vector adds; empty: one that the picture has not got.")
    each: str = choice("all", ("1", "5", "50", "all"), doc="How many pictures of each kind make the vector.")
    turn: int = bounded(0, 0, N_TURNS - 1, doc="Which pictures these are: the number of the draw.")
    alike: str = text("", doc="The factor in which they are like the picture that the vector is added to.")
    map: str = choice("pca", METHODS, doc="How the codes are laid out.")
    dims: int = bounded(2, 2, 3, doc="Dimensions of the map.")
    near: int = bounded(30, 5, 100, doc="Neighbours that count on the map.")
    codes: str = choice("auto", ("auto", *SAMPLERS), doc="Where new codes are drawn from; auto: what fits the model.")
    again: int = bounded(0, 0, N_TURNS - 1, doc="Which new codes these are: the number of the draw.")


SHOWN_TWICE = ("colour", "a", "b", "face")
"""What more than one section of the page shows."""


@dataclasses.dataclass(slots=True)
class Space:
    """What the page works on. `problems` are sentences to show; `stale`: since the page was drawn as a whole, one
    section changed what others show, too. `own`: the newest model of one's own, to come back to."""

    model: LatentModel
    place: Place
    problems: list[str] = dataclasses.field(default_factory=list)
    address: Address = dataclasses.field(default_factory=Address)
    kept: dict[str, Any] = dataclasses.field(default_factory=dict)
    stale: bool = False
    own: LatentModel | None = None

    def set(self, **changes: Any) -> None:
        """Stand somewhere else; raises ConfigError, and nothing is changed."""
        before, self.place = self.place, dataclasses.replace(self.place, **changes)
        self.stale |= any(getattr(before, name) != getattr(self.place, name) for name in SHOWN_TWICE)
        self.problems = []

    @property
    def z(self) -> np.ndarray:
        """The code that the pad stands at, float32 (latent_dim,)."""
        written = self.place.z
        return read_code(written, self.model.latent_dim) if written else self.model.codes[self.number("a")]

    def number(self, name: str) -> int:
        """A picture's number, 'a', 'b' or 'face', within those that are known."""
        return min(getattr(self.place, name), len(self.model.codes) - 1)

    def keep(self, name: str, make: Callable[[], Any]) -> Any:
        """Something of this session and this model: what was chosen, made, or is under way."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def derived(self, name: str, make: Callable[[], Any]) -> Any:
        """Something that follows from the model alone: worked out once for all sessions."""
        return derived(self.model, name, make)

    def go(self, model: LatentModel) -> None:
        """Walk in another model, from its first picture; raises ConfigError for one that has diverged."""
        if not (np.isfinite(model.codes).all() and bool(model.coder.flat.isfinite().all())):
            raise ConfigError("model", model.family, "has diverged: its weights are no numbers")
        known = model.name if model.name in starters.STARTERS else RUN
        self.model, self.place, self.kept, self.problems = model, beginning(known), {}, []
        self.own = model if known == RUN else self.own

    def write_link(self) -> None:
        """Let the address of the page say where it stands."""
        here = {about: getattr(self.place, about.name) for about in fields(Place)}
        written = {about.name: about.format(value) for about, value in here.items() if value != about.default}
        pair = PAIRS.get(self.place.model)
        if pair == (self.place.a, self.place.b):
            written = {name: value for name, value in written.items() if name not in ("a", "b")}
        elif pair:
            written |= {"a": str(self.place.a), "b": str(self.place.b)}
        self.address.write(written, keep={PRESENT})

    def finish(self) -> None:
        """Call last in each section that runs by itself: write the link, and draw the page anew if it is stale."""
        self.write_link()
        if self.stale and chain.is_fragment_run():
            st.rerun()


_derived: weakref.WeakKeyDictionary[LatentModel, dict[str, Any]] = weakref.WeakKeyDictionary()


def derived(model: LatentModel, name: str, make: Callable[[], Any]) -> Any:
    """Something that follows from a model alone. Two sessions that ask at once may both work it out, to one end."""
    known = _derived.setdefault(model, {})
    if name not in known:
        known[name] = make()
    return known[name]


def open_page() -> Space:
    """The session's space; a link that was opened just now decides where it stands."""
    space: Space | None = session.get("latent space")
    parameters = {name: value for name, value in st.query_params.items() if name != PRESENT}
    carried: LatentModel | None = session.get(CARRIED)
    if space is None or (parameters and not space.address.is_own(parameters)):
        place, problems = read(parameters)
        own = space.own if space is not None else None
        model, more = _model(place, own)
        if more:
            place = beginning(model.name)
        wrong = check(model, place)
        space = Space(model, beginning(place.model) if wrong else place, [*problems, *more, *wrong], own=own)
        session.put("latent space", space)
    if carried is not None:
        session.put(CARRIED, None)
        try:
            space.go(carried)
        except ConfigError as error:
            space.problems = [f"{error} The model that was there stays."]
    return space


def carry(learner: Any, family: str) -> None:
    """Bring a model from another page: it is there when the Latent Space page opens next."""
    session.put(CARRIED, of_learner(learner, family))


def read(parameters: Mapping[str, str]) -> tuple[Place, list[str]]:
    """The place that a link describes, and a sentence for each part that can't be used."""
    if sum(len(name) + len(value) for name, value in parameters.items()) > link.MAX_LENGTH:
        return Place(), [f"The link is longer than {link.MAX_LENGTH:,} characters: the page starts afresh."]
    found, problems = {}, []
    for name, value in parameters.items():
        try:
            found[name] = field(Place, name).parse(value)
        except ConfigError as error:
            problems.append(f"{error} It is left out.")
    place = Place(**found)
    return (place if {"a", "b"} & found.keys() else beside_question(place)), problems


def beginning(model: str) -> Place:
    """Where one stands in a model that was just opened."""
    return beside_question(Place(model=model))


def beside_question(place: Place) -> Place:
    """The same with the pair of pictures that goes with the question."""
    a, b = PAIRS.get(place.model, (place.a, place.b))
    return dataclasses.replace(place, a=a, b=b)


def check(model: LatentModel, place: Place) -> list[str]:
    """What of a place is not in this model, each in one sentence; nobody is sent to a place that is not there."""
    n, d, found = len(model.codes), model.latent_dim, []
    for name, most in (("a", n - 1), ("b", n - 1), ("face", n - 1), ("across", d), ("up", d)):
        if getattr(place, name) > most:
            found.append(ConfigError(name, getattr(place, name), f"must be from 0 to {most:,} in this model"))
    if place.up and place.up == place.across:
        found.append(ConfigError("up", place.up, f"must be another one than across, from 1 to {d:,} in this model"))
    names = [factor.name for factor in model.about]
    labels = list(options(model.about))
    for name, offered in (("colour", names), ("vector", labels), ("alike", alike_in(model.about))):
        value = getattr(place, name)
        if value and value not in offered:
            allowed = f"must be one of {', '.join(offered)} in this model" if offered else "must be left out"
            found.append(ConfigError(name, value, allowed))
    if place.near > max(most_near(model), field(Place, "near").default):
        found.append(ConfigError("near", place.near, f"must be from 5 to {most_near(model)} in this model"))
    for attempt in (lambda: place.z and read_code(place.z, d), lambda: read_numbers(place.via, n)):
        try:
            attempt()
        except ConfigError as error:
            found.append(error)
    return [f"{error} The page starts afresh." for error in found]


def most_near(model: LatentModel) -> int:
    """How many neighbours may count on the map of a model, at most."""
    return min(int(field(Place, "near").high or 0), int(most_perplexity(len(model.codes))))


def read_code(written: str, latent_dim: int) -> np.ndarray:
    """A code from its text, numbers with commas; raises ConfigError."""
    try:
        values = [float(part) for part in written.split(",")]
    except ValueError:
        values = []
    if len(values) != latent_dim or not all(math.isfinite(v) and abs(v) <= MAX_CODE for v in values):
        raise ConfigError("z", written, f"must be {latent_dim} numbers from -1,000 to 1,000 with commas between them")
    return np.array(values, np.float32)


def write_code(z: np.ndarray) -> str:
    """A code as `read_code` reads it back, to the last bit."""
    return ",".join(str(value) for value in z.astype(np.float32))


def read_numbers(written: str, n: int) -> list[int]:
    """Numbers of pictures, with commas between them; raises ConfigError."""
    parts = [part.strip() for part in written.split(",") if part.strip()]
    good = all(part.isascii() and part.isdigit() and len(part) < 6 and int(part) < n for part in parts)
    if not good or len(parts) > MAX_ON_PATH:
        raise ConfigError("via", written, f"must be at most {MAX_ON_PATH} numbers from 0 to {n - 1:,} with commas")
    return [int(part) for part in parts]


def shown(model: LatentModel, numbers: Sequence[int]) -> np.ndarray:
    """Known pictures in [0, 1] (n, channels, height, width): the true ones, or, of a kind that takes milliseconds each
    to draw, as the model paints them."""
    if model.config.data in DRAWN_SLOWLY and model.name in starters.STARTERS:
        return model.decode(model.codes[list(numbers)])
    return as_floats(model.real(numbers))


def principal(space: Space) -> np.ndarray:
    """The directions that the codes spread along most, (k, latent_dim), orthonormal."""
    return space.derived("principal", lambda: pca(space.model.codes, space.model.latent_dim).basis)


def _model(place: Place, own: LatentModel | None) -> tuple[LatentModel, list[str]]:
    if place.model != RUN:
        return starters.load(place.model), []
    if own is not None:
        return own, []
    problem = ConfigError("model", RUN, "was trained in another browser; load its file to see it here")
    return starters.load("shapes"), [f"{problem} The shapes are shown instead."]


def written_codes(model: LatentModel) -> dict[str, np.ndarray]:
    """The codes and factors as columns of a table."""
    codes = {f"z{k + 1}": model.codes[:, k] for k in range(model.latent_dim)}
    factors = {factor.name: model.factors[:, k] for k, factor in enumerate(model.about)}
    return {"picture": np.arange(len(model.codes)), **codes, **factors}
