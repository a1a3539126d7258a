"""The stage of the Latent Space page: the pad with its sliders, the code as numbers, and what each axis does."""

import numpy as np
import streamlit as st

from engine.data.picture_set import Factor
from engine.latent.effects import Effects, effects
from engine.metrics.latents import entropy, mutual_information
from playground import session
from playground.components import Axis, Dots, Panel, Plane, latent_pad, panels
from playground.pieces.latent_chooser import written
from playground.pieces.latent_fields import field, placed
from playground.pieces.latent_labels import plainly
from playground.pieces.latent_space import Space, principal, write_code
from playground.shell import enlarged
from playground.written import digits

STRIP, STRIP_PX = 9, 64
MOST_STRIPS = 8
TOLD = 0.5
"""An axis is called after a factor if it tells so much of it, in parts of the factor's entropy."""
REACH = 3.0
"""Half the side of the plane, in standard deviations of the codes."""
MINUS = "−"
ASKED = "glasses"
"""The factor that the question about faces is about."""
PLANES = {"axes": "Two axes", "principal": "Principal axes"}


def stage(space: Space, decoder_id: str) -> None:
    """The pad, what it stands on, and its code as numbers."""
    model = space.model
    order = ordered(space)
    _controls(space, order)
    plane = _plane(space, order)
    latent_pad(
        decoder_id, z=space.z, plane=plane, axes=_axes(space, order), dots=dots_of(space), key=f"pad {model.name}",
        on_release=lambda z: space.set(z=write_code(z)),
    )  # fmt: skip
    st.markdown(f"z = **{written(space.z, 12)}** → decode → the picture. Each dot is a picture the model knows.")
    if model.lens.pose is not None:
        st.caption("The pad draws these faces straight; the pictures below show them moved, sized and tilted as well.")


def strips(space: Space) -> None:
    """What each axis does: a strip of pictures for each, strongest first; the rest of the code as on the pad when they
    were drawn, as so many pictures are not sent again with each move of the point."""
    model, order, effect = space.model, ordered(space), does(space)
    shown = order if session.get("strips.all") else order[:MOST_STRIPS]
    low, high = _range(space)
    z = np.repeat(space.z[None], STRIP, 0)
    sets = []
    for k in shown:
        moved = z.copy()
        moved[:, k] = np.linspace(low[k], high[k], STRIP)
        share = effect.change[k] / max(float(effect.change.max()), 1e-9)
        name = axis_name(space, k)
        idle = " · does nothing" if effect.idle[k] else ""
        sets.append(
            Panel(title=f"z{k + 1}{f': {name}' if name else ''}{idle}", role="plain", pictures=model.decode(moved),
                  columns=STRIP, row=True,
                  subtitle=f"from {digits(low[k], '.2g')} to {digits(high[k], '.2g')} · effect {share:.0%}",
                  alt=f"Axis z{k + 1} from its least to its greatest value, the rest of the code kept")
        )  # fmt: skip
    panels(sets, key="strips", picture_px=STRIP_PX, arrows=[None] * (len(sets) - 1))
    falling = [name for k in shown if (name := axis_name(space, k)).startswith(MINUS)]
    if falling:
        st.caption(f"{falling[-1]}: the greater the number, the less {falling[-1].removeprefix(MINUS)}.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Draw them from where the pad stands now", icon=":material/refresh:", key="strips.anew")
        if len(order) > MOST_STRIPS:
            st.toggle(f"All {len(order)} axes", key="strips.all")


def does(space: Space) -> Effects:
    """What each axis does to the picture."""
    return space.derived("effects", lambda: effects(space.model.decode, space.model.codes))


def ordered(space: Space) -> list[int]:
    """The axes, those that change most first."""
    return [int(k) for k in does(space).order]


def axis_name(space: Space, k: int) -> str:
    """The true factor that an axis has become, where the decoder was measured, else the one that it tells most of; with
    a minus if it falls as the axis grows."""
    axis = space.model.card.get("scores", {}).get("latent", {}).get("axis")
    if axis is not None:
        name = next((factor for factor, number in axis.items() if number == k), "")
    else:
        name = space.derived("told", lambda: _told(space)).get(k, "")
    return f"{MINUS}{name}" if falls(space, k, name) else name


def falls(space: Space, k: int, factor: str) -> bool:
    """Whether a factor falls as a number of the code grows; never for factors whose values have no order."""
    model = space.model
    column = next((j for j, f in enumerate(model.about) if f.name == factor and not f.values), None)
    if column is None:
        return False
    z, values = model.codes[:, k], model.factors[:, column]
    return float(((z - z.mean()) * (values - values.mean())).sum()) < 0


def information(space: Space) -> np.ndarray:
    """Mutual information of each axis with each factor, in nats, (latent_dim, n_factors)."""
    return space.derived("information", lambda: mutual_information(space.model.codes, space.model.factors))


def _told(space: Space) -> dict[int, str]:
    """The factor of each axis that tells at least half of it."""
    model = space.model
    if not model.about:
        return {}
    share = information(space) / np.maximum(entropy(model.factors), 1e-9)
    return {k: model.about[int(row.argmax())].name for k, row in enumerate(share) if row.max() >= TOLD}


def _range(space: Space) -> tuple[np.ndarray, np.ndarray]:
    return space.derived("range", lambda: tuple(np.percentile(space.model.codes, (1, 99), axis=0)))


def _axes(space: Space, order: list[int]) -> list[Axis]:
    low, high = _range(space)
    idle, z = does(space).idle, space.z
    return [
        Axis(index=k, name=f"z{k + 1}", does=axis_name(space, k), idle=bool(idle[k]),
             low=float(min(low[k] - 0.01, z[k])), high=float(max(high[k] + 0.01, z[k])))
        for k in dict.fromkeys((*_first_two(space, order), *order))
    ]  # fmt: skip


def _plane(space: Space, order: list[int]) -> Plane:
    d, place = space.model.latent_dim, space.place
    if place.plane == "principal" or d == 1:
        basis = principal(space)
        right, up = basis[0], basis[1] if d > 1 else np.zeros(d)
        titles = ("first principal axis", "second principal axis" if d > 1 else "")
    else:
        across, above = _drawn(space, order)
        right, up = np.eye(d, dtype=np.float32)[[across, above]]
        titles = tuple(f"z{k + 1}{' ' + name if (name := axis_name(space, k)) else ''}" for k in (across, above))
    spread = np.array([(space.model.codes @ v).std() for v in (right, up)])
    middle = np.array([(space.model.codes @ v).mean() for v in (right, up)])
    at = np.array([space.z @ v for v in (right, up)]) - middle
    reach = max(REACH * float(spread.max()), 1e-3)
    while reach < float(np.abs(at).max()):
        reach *= 2  # so that a point at the edge does not move the plane
    return Plane(right=right, up=up, titles=titles, reach=reach, middle=(float(middle[0]), float(middle[1])))


def _first_two(space: Space, order: list[int]) -> tuple[int, int]:
    """The axes that the plane begins with: of faces those that tell most of the glasses, else those that do most."""
    names = [factor.name for factor in space.model.about]
    if ASKED not in names or len(order) == 1:
        return order[0], order[min(1, len(order) - 1)]
    tells = information(space)[:, names.index(ASKED)]
    across, up = np.argsort(-tells, kind="stable")[:2]
    return int(across), int(up)


def _controls(space: Space, order: list[int]) -> None:
    d, place = space.model.latent_dim, space.place
    about = coloured(space)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if about:
            names = [factor.name for factor in about]
            now = place.colour if place.colour in names else names[0]
            field(space, st.selectbox, "Colour of the dots", "latent.colour", "colour", value=now, options=names,
                  width=enlarged(150))  # fmt: skip
        if d > 2:
            field(space, st.segmented_control, "The plane", "latent.plane", "plane", options=tuple(PLANES),
                  format_func=PLANES.__getitem__, required=True)  # fmt: skip
            if place.plane == "axes":
                for name, label, k in zip(("across", "up"), ("Across", "Up"), _drawn(space, order), strict=True):
                    placed(
                        space, st.selectbox, label, f"latent.{name}", k + 1,
                        lambda new, name=name: _set_axis(space, order, name, new - 1),
                        options=range(1, d + 1), width=enlarged(160),
                        format_func=lambda k: f"z{k} {axis_name(space, k - 1)}".strip(),
                    )  # fmt: skip


def _drawn(space: Space, order: list[int]) -> tuple[int, int]:
    """The two axes of the plane, from 0: those that were chosen; else the first two, but not one of them twice."""
    first, across, up = _first_two(space, order), space.place.across - 1, space.place.up - 1
    if across < 0:
        across = next(k for k in (*first, *order) if k != up)
    if up in (-1, across):
        up = next(k for k in (first[1], first[0], *order) if k != across)
    return across, up


def _set_axis(space: Space, order: list[int], name: str, k: int) -> None:
    """Draw an axis across or up; the other one stays, or takes the place that this one leaves."""
    before = dict(zip(("across", "up"), _drawn(space, order), strict=True))
    other = "up" if name == "across" else "across"
    if before[other] == k:
        before[other] = before[name]
    space.set(**{name: k + 1, other: before[other] + 1})


def coloured(space: Space) -> tuple[Factor, ...]:
    """The factors that dots can be coloured by: numbers, and those of a few values."""
    return tuple(f for f in space.model.about if len(f.values) <= 26)


def dots_of(space: Space) -> Dots:
    """The known codes, with the factor that colours them."""
    model, about = space.model, coloured(space)
    if not about:
        return Dots(codes=model.codes, values=np.zeros(len(model.codes)), title="pictures", classes=("known",))
    names = [factor.name for factor in model.about]
    k = names.index(space.place.colour if space.place.colour in names else about[0].name)
    factor = model.about[k]
    title = f"{factor.name} ({factor.unit})" if factor.unit else factor.name
    return Dots(codes=model.codes, values=model.factors[:, k], title=title, classes=tuple(map(plainly, factor.values)))
