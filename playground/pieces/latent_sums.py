"""Sums of codes and vectors: the vectors that were kept, each with its amount, and analogies."""

import dataclasses

import numpy as np
import streamlit as st

from engine.latent import attributes
from playground import session
from playground.components import Panel, panels
from playground.pieces.latent_chooser import written
from playground.pieces.latent_fields import placed
from playground.pieces.latent_space import Space
from playground.shell import enlarged


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A direction with the name of what it adds, and the pictures that it was made of."""

    name: str
    v: np.ndarray
    n_with: int
    n_without: int
    attribute: str = ""
    """The factor that it is about, if it was made by a label."""
    whole: np.ndarray | None = None
    """The vector made of all pictures with the label and without."""

    @property
    def agreement(self) -> float:
        """The cosine of the angle to the vector made of all; 1 if it is that one."""
        if self.whole is None:
            return 1.0
        return float(self.v @ self.whole / max(float(np.linalg.norm(self.v) * np.linalg.norm(self.whole)), 1e-12))


def kept(space: Space, made: Vector | None) -> None:
    """The list of vectors made, each with its amount, summed on one picture; `made`: another one to keep."""
    vectors: list[Vector] = space.keep("vectors", list)
    with st.container(horizontal=True, gap="small"):
        if made is not None:
            known = any(k.name == made.name and np.array_equal(k.v, made.v) for k in vectors)
            st.button("Keep this vector", icon=":material/bookmark_add:", key="vector.keep", on_click=vectors.append,
                      args=(made,), disabled=known)  # fmt: skip
        if vectors:
            st.button("Forget them", icon=":material/delete:", key="vector.forget", on_click=vectors.clear)
    if not vectors:
        return
    total, terms = np.zeros(space.model.latent_dim, np.float32), []
    for number, vector in enumerate(vectors):
        name = session.plain(vector.name)
        amount = st.slider(name, -2.0, 2.0, 1.0, 0.1, key=f"vector.amount.{number}")
        total = total + np.float32(amount) * vector.v
        terms.append(f"+ {amount:.1f} · {written(vector.v)} ({name})".replace("+ -", "− "))
    z = space.model.codes[space.number("face")]
    panels(
        [
            Panel(title=f"Picture {space.number('face')}", role="plain", pictures=space.model.decode(z[None]),
                  columns=1, alt="The picture as it was"),
            Panel(title="With all of them", role="fake", pictures=space.model.decode((z + total)[None]), columns=1,
                  alt="The picture with every vector added"),
        ],
        key="vector.sum", picture_px=128, arrows=["+"],
    )  # fmt: skip
    st.markdown(f"z' = {written(z)} {' '.join(terms)} = **{written(z + total)}**")


def analogy(space: Space) -> None:
    """A is to B as C is to what? The pictures of the sections above, but for those that are chosen here."""
    chosen: dict[str, int] = space.keep("analogy", dict)
    numbers = []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for letter, shown in (("A", "a"), ("B", "b"), ("C", "face")):
            number = chosen.get(letter, space.number(shown))
            placed(space, st.number_input, letter, f"analogy.{letter}", number,
                   lambda new, letter=letter: chosen.update({letter: new}), min_value=0,
                   max_value=len(space.model.codes) - 1, width=enlarged(110))  # fmt: skip
            numbers.append(chosen.get(letter, number))
    a, b, c = space.model.codes[numbers]
    found = attributes.analogy(a, b, c)
    captions = [f"{name} = {n}" for name, n in zip("ABC", numbers, strict=True)]
    panels(
        [
            Panel(title="Given", role="plain", pictures=space.model.decode(np.stack((a, b, c))), columns=3,
                  captions=captions, alt="The three pictures A, B and C, decoded"),
            Panel(title="C + (B − A)", role="fake", pictures=space.model.decode(found[None]), columns=1,
                  captions=["?"], alt="What C would be if it changed as A did to B"),
        ],
        key="analogy", picture_px=96, arrows=[""],
    )  # fmt: skip
    st.markdown(f"z = C + (B − A) = {written(c)} + ({written(b)} − {written(a)}) = **{written(found)}**")
