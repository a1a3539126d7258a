"""Between two pictures: halfway in one click, straight beside a great circle beside the cross-fade of pixels."""

import math

import numpy as np
import streamlit as st

from engine import ConfigError, pictures
from engine.latent.paths import PATHS, along, angle_between, lerp, slerp
from engine.latent_cli import strip
from engine.metrics.pictures import nearest
from engine.rng import generator
from playground import session
from playground.charts import chart
from playground.components import Way, walk
from playground.figures.live import nice_above
from playground.figures.plane import Axis, Series, plane
from playground.pieces.latent_chooser import chooser, written
from playground.pieces.latent_fields import field, placed
from playground.pieces.latent_space import MAX_ON_PATH, Space, read_numbers, shown
from playground.shell import enlarged
from playground.theme import current

N_STEPS = 9
GIF_STEPS = 25
PER_LEG = 4
"""Pictures of a strip from one stop to the next."""
ON_THE_WAY = "On the way"
SHORT, LONG = 3, 8
"""Of a code of more than eight numbers the first three are written."""


def between(space: Space, decoder_id: str) -> None:
    """The whole section."""
    model, place = space.model, space.place
    a, b = space.number("a"), space.number("b")
    st.markdown("Choose two pictures. What is **halfway** between them: a mixture of pixels, or something of its kind?")

    def pick(target: str, number: int) -> None:
        if target == "via":
            numbers = read_numbers(place.via, len(model.codes))
            space.set(via=",".join(map(str, [*numbers, number][-MAX_ON_PATH:])))
        else:
            space.set(**{target: number})

    chooser(space, {"a": "A", "b": "B", "via": ON_THE_WAY}, key="between", on_pick=pick,
            chosen={"A": [a], "B": [b], "via": read_numbers(place.via, len(model.codes))})  # fmt: skip
    _choice(space)
    za, zb = model.codes[a], model.codes[b]
    walk(
        decoder_id,
        [
            Way("Straight in the code", "lerp", za, zb, "z = A + t (B − A)"),
            Way("On a great circle", "slerp", za, zb, "the direction turns evenly"),
            Way("Cross-fade of pixels", "fade", za, zb, "no code at all: the baseline"),
        ],
        t=place.t, low=0.0, high=1.0, key="walk", on_release=lambda t: space.set(t=round(t, 4)),
    )  # fmt: skip
    _formula(space, za, zb)
    _distances(space, za, zb)
    _path(space)


def _choice(space: Space) -> None:
    n = len(space.model.codes)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for name in ("a", "b"):
            field(space, st.number_input, f"Picture {name.upper()}", f"between.{name}", name, value=space.number(name),
                  min_value=0, max_value=n - 1, width=enlarged(120))  # fmt: skip
        st.button("Random pair", icon=":material/shuffle:", key="between.random", on_click=_random, args=(space,))


def _random(space: Space) -> None:
    a, b = generator(session.count("between.drawn"), "pair").choice(len(space.model.codes), 2, replace=False)
    space.set(a=int(a), b=int(b))


def _formula(space: Space, za: np.ndarray, zb: np.ndarray) -> None:
    t, most = space.place.t, SHORT if len(za) > LONG else LONG
    straight, circle = (way(za, zb, np.array([t]))[0] for way in (lerp, slerp))
    a, b = written(za, most), written(zb, most)
    rule, share = ("halfway: z = A + (B − A) / 2", f"({b} − {a}) / 2") if t == 0.5 else ("", "")
    angle = math.degrees(angle_between(za, zb))
    st.markdown(
        f"{rule or 'z = A + t (B − A)'} = {a} + {share or f'{t:.3g} · ({b} − {a})'} = **{written(straight, most)}**  \n"
        f"great circle: A and B stand {angle:.0f}° apart, {t * angle:.0f}° from A on, at a length of "
        f"{np.linalg.norm(za):.2f} + {t:.3g} · ({np.linalg.norm(zb):.2f} − {np.linalg.norm(za):.2f}) = "
        f"{np.linalg.norm(circle):.2f}: **{written(circle, most)}**  \n"
        f"cross-fade: each pixel = {1 - t:.3g} · pixel of A + {t:.3g} · pixel of B"
    )


def _distances(space: Space, za: np.ndarray, zb: np.ndarray) -> None:
    """How far each in-between is from the nearest known picture: the two ways and the cross-fade, and the floor."""
    t = np.append(np.linspace(0, 1, N_STEPS), space.place.t)  # the last one is where the walk stands
    ends = _painted(space, np.stack((za, zb)))
    ways = {
        "straight": _painted(space, lerp(za, zb, t)),
        "great circle": _painted(space, slerp(za, zb, t)),
        "cross-fade": ends[0] + t[:, None] * (ends[1] - ends[0]),
    }
    theme = current()
    looks = {"straight": (theme.latent, "solid"), "great circle": (theme.fake, "dashed"),
             "cross-fade": (theme.baseline, "dotted")}  # fmt: skip
    found = {name: _nearest(space, x, _known(space)) for name, x in ways.items()}
    floor = _floor(space)
    series = [Series("held-out pictures", np.array([0, 1]), np.array([floor, floor]), theme.floor, "solid")]
    series += [Series(name, t[:-1], y[:-1], *looks[name]) for name, y in found.items()]
    top = nice_above(max(floor, *(float(y.max()) for y in found.values())))
    chart(
        plane(theme, series, Axis("t", 0, 1), Axis("RMS distance", 0, top), right=140), height=220, key="distances",
        alt="Distance of each in-between from the nearest known picture, by the way that was taken",
    )  # fmt: skip
    where = "halfway" if t[-1] == 0.5 else f"at t = {t[-1]:.3g}"
    numbers = ", ".join(f"{name} {y[-1]:.3f}" for name, y in found.items())
    st.caption(
        f"How far from the nearest of {len(space.model.codes):,} known pictures (root mean square of a pixel's "
        f"difference), {where}: {numbers}; a held-out picture is {floor:.3f} away on average. "
        "Near is not all: a picture can be near a real one and still be none."
    )


def _path(space: Space) -> None:
    """A way through several pictures, to take away as a strip or an animation."""
    model, place = space.model, space.place
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        typed, refusal = _refused(space)
        placed(space, st.text_input, ON_THE_WAY, "between.via", typed or place.via,
               lambda new: _set_via(space, new), width=enlarged(200), placeholder="numbers, with commas")  # fmt: skip
        field(space, st.segmented_control, "Way", "between.path", "path", options=tuple(PATHS), required=True)
        stops = [space.number("a"), *read_numbers(place.via, len(model.codes)), space.number("b")]

        def painted(n: int) -> np.ndarray:
            return model.decode(along(model.codes[stops], n, place.path))

        n_shown = on_strip(len(stops))
        st.download_button("Strip (PNG)", lambda: strip(painted(n_shown)), "strip.png", "image/png", on_click="ignore",
                           icon=":material/view_column:", key="between.strip")  # fmt: skip

        def animation() -> bytes:
            frames = painted(GIF_STEPS * (len(stops) - 1))
            return pictures.gif([(k + 1, frame[None]) for k, frame in enumerate(frames)], word="picture")

        st.download_button("Animation (GIF)", animation, "walk.gif", "image/gif", on_click="ignore",
                           icon=":material/animated_images:", key="between.gif")  # fmt: skip
    if refusal:
        st.warning(session.plain(refusal), icon=":material/info:")
    if len(stops) > 2:
        st.image(
            strip(painted(n_shown)),
            alt=f"Pictures on the way {' to '.join(map(str, stops))}",
            width="stretch",
        )


def on_strip(n_stops: int) -> int:
    """Pictures of a strip through so many stops, all of them among the pictures."""
    return N_STEPS if n_stops == 2 else PER_LEG * (n_stops - 1) + 1


def _set_via(space: Space, new: str) -> None:
    try:
        read_numbers(new, len(space.model.codes))
        space.set(via=new)
        space.kept.pop("refused", None)
    except ConfigError as error:
        space.kept["refused"] = new, str(ConfigError(ON_THE_WAY, new, error.allowed)), _stops(space)


def _refused(space: Space) -> tuple[str, str]:
    """What was typed and can't be used, and why; nothing once the way has become another one."""
    typed, refusal, stops = space.kept.get("refused", ("", "", None))
    return (typed, refusal) if stops == _stops(space) else ("", "")


def _stops(space: Space) -> tuple[int, int, str]:
    return space.place.a, space.place.b, space.place.via


def _painted(space: Space, z: np.ndarray) -> np.ndarray:
    """What the decoder gives, as the model's lens has it (n, numbers), in units of pixels."""
    return space.model.lens.coordinates(space.model.decode(z))


def _known(space: Space) -> np.ndarray:
    """The known pictures in the same way. Of a lens that straightens they are pixels: too many numbers to keep."""
    model = space.model

    def made() -> np.ndarray:
        return model.lens.coordinates(shown(model, range(len(model.codes))))

    return space.derived("known", made) if model.lens.pose is None else made()


def _nearest(space: Space, x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Root mean square difference (n,) of a pixel from each `x` (n, numbers of the lens) to the nearest one known."""
    return nearest(x, known)[1] * np.sqrt(x.shape[1] / np.prod(space.model.shape))


def _floor(space: Space) -> float:
    """The same for held-out pictures among those learned from."""

    def measure() -> float:
        known, n = _known(space), space.model.n_held_out
        return float(_nearest(space, known[:n], known[n:]).mean()) if n < len(known) else 0.0

    return space.derived("floor", measure)
