"""Who says what of one input, on the page 'Generative or Discriminative': Bayes' rule with its numbers, and the
answers of all when a part of the input is hidden."""

import numpy as np
import streamlit as st

from engine.families.classifiers import DREAMERS, NAMES, SIDE
from engine.families.classifiers.density import posterior
from playground import session
from playground.components import Panel, panels
from playground.lab import Lab
from playground.pieces.judges import (
    COLOR_NAMES,
    COORDINATES,
    EVIDENCE_PX,
    EVIDENCE_SCALE,
    HIDE,
    MANY_COLUMNS,
    PICKED,
    PICTURE_PX,
    SHARES,
    TITLES,
    class_names,
    learner_of,
    percent,
    place_in_question,
)
from playground.player import Moment


def bayes(lab: Lab) -> None:
    """Bayes' rule with its numbers, under the pointer, at the cross, or for the picture picked."""
    learner = learner_of(lab)
    if not learner.task.is_plane:
        _bayes_of_picture(lab)
        return
    point, where = place_in_question()
    found, names = learner.bayes(point), class_names(lab)
    hidden = hidden_features(lab)
    p = np.where(hidden, 1.0, np.exp(found.log_likelihoods))
    product = found.prior * p.prod(1)
    rows = [("prior p(class)", found.prior)]
    for i, name in enumerate(("x₁", "x₂")):
        label = f"× p({name} hidden), summed out" if hidden[i] else f"× p({name} = {point[i]:.2f} given class)"
        rows.append((label, p[:, i]))
    rows += [
        ("= p(class, x)", product),
        (f"÷ p(x) = {product.sum():.3g}, their sum", np.full(len(names), product.sum())),
        ("**= p(class given x)**", posterior(learner.log_joint("naive_bayes", point[None], hidden))[0]),
    ]
    named = " | ".join(_named(lab, k) for k in range(len(names)))
    head = f"| {where} | {named} |\n|:--|" + "--:|" * len(names)
    bold = len(rows) - 1
    st.markdown(head + "\n" + "\n".join(
        f"| {label} | " + " | ".join(f"**{v:.3g}**" if i == bold else f"{v:.3g}" for v in values) + " |"
        for i, (label, values) in enumerate(rows)
    ))  # fmt: skip


def _named(lab: Lab, k: int) -> str:
    signs = ("●", "■", "▲")
    name = class_names(lab)[k]
    return f":{COLOR_NAMES[k]}[{signs[k]} {name}]" if learner_of(lab).task.is_plane else name


def _n_offered(lab: Lab) -> int:
    """So many held-out pictures can be picked: one a class, of two classes two."""
    n = len(class_names(lab))
    return min(2 * n if n == 2 else n, len(learner_of(lab).task.x_test))


def picked_picture(lab: Lab) -> int:
    """The number of the held-out picture that is asked about; other data may offer fewer than those it was picked
    from."""
    return min(session.get(PICKED, 0), _n_offered(lab) - 1)


def _bayes_of_picture(lab: Lab) -> None:
    learner, names = learner_of(lab), class_names(lab)
    t = learner.task
    n, picked = _n_offered(lab), picked_picture(lab)
    x = t.x_test[picked]
    found = learner.bayes(x)
    hidden = hidden_features(lab)
    joint = learner.log_joint("naive_bayes", x[None], hidden)
    p = posterior(joint)[0]
    first, second = np.argsort(-joint[0])[:2]
    evidence = np.where(hidden, 0, found.log_likelihoods[first] - found.log_likelihoods[second])
    shown = t.x_test[:n].reshape(-1, 1, SIDE, SIDE).astype(np.float32)
    panels(
        [
            Panel(title="Held-out: pick one", role="real", pictures=shown, columns=MANY_COLUMNS,
                  alt=f"{n} held-out pictures; number {picked + 1} is picked",
                  captions=["picked" if i == picked else "" for i in range(n)])
        ],
        key="picked", picture_px=PICTURE_PX, on_pick=lambda at: session.put(PICKED, at.picture),
    )  # fmt: skip
    why, table = st.container(), st.container()  # one above the other: the table needs the whole width
    with why:
        panels(
            [
                Panel(title=f"For {names[first]}, against {names[second]}", role="weights", columns=1,
                      scale=EVIDENCE_SCALE, pictures=evidence.reshape(1, 1, SIDE, SIDE),
                      alt="Difference of the two log likelihoods, pixel by pixel")
            ],
            key="evidence", picture_px=EVIDENCE_PX,
        )  # fmt: skip
    rows = "\n".join(
        f"| {names[k]} | {np.log(max(found.prior[k], 1e-300)):.2f} | {found.log_likelihoods[k][~hidden].sum():.1f} | "
        f"{joint[0, k]:.1f} | {p[k]:.3f} |"
        for k in np.argsort(-joint[0])[:3]
    )
    table.markdown(f"| class | log prior | + Σ log p(pixel) | = sum | posterior |\n|:--|--:|--:|--:|--:|\n{rows}")
    st.caption(
        f"The true class is {names[t.y_test[picked]]}. {int((~hidden).sum())} pixels are multiplied, as sums of logs."
    )


def hide(lab: Lab) -> None:
    """Which part of every input is hidden."""
    options = COORDINATES if learner_of(lab).task.is_plane else SHARES
    chosen = session.get(HIDE)
    session.put(HIDE, chosen if chosen in options else options[0])  # in every run: see judges_together
    st.segmented_control("Hide" if options == COORDINATES else "Hide pixels", options, key=HIDE, required=True)


def hidden_features(lab: Lab) -> np.ndarray:
    """(features,): true where hidden. Pixels are hidden from the right, column by column."""
    t, chosen = learner_of(lab).task, session.get(HIDE) or "nothing"
    n = t.x.shape[1]
    if t.is_plane:
        return np.array([chosen == name for name in COORDINATES[1:]])
    share = SHARES.index(chosen) if chosen in SHARES else 0
    columns = (0, 2, 4, 6, 7)[share]
    return np.arange(n) % SIDE >= SIDE - columns


def who_can_answer(lab: Lab, moment: Moment) -> None:
    """Each one's answer at the cross with that part hidden, and its held-out accuracy."""
    learner, hidden = learner_of(lab), hidden_features(lab)
    t, names = learner.task, class_names(lab)
    if moment.playing:
        st.caption("Pause to measure.")
        return
    x = (place_in_question()[0] if t.is_plane else t.x_test[picked_picture(lab)])[None]
    rows = []
    for name in NAMES:
        exact = name in DREAMERS
        if exact:
            p, how = posterior(learner.log_joint(name, x, hidden)), "sums it out"
        else:
            p, how = learner.probabilities(name, learner.filled(x, hidden)), "needs a guess: the mean"
        best = int(p[0].argmax())
        rows.append(
            f"| {TITLES[name]} | {how if hidden.any() else 'sees all'} | {names[best]} {p[0, best]:.2f} | "
            f"{percent(learner.accuracy_hidden(name, hidden))} |"
        )
    st.markdown("| | the hidden part | its answer | held-out accuracy |\n|:--|:--|:--|--:|\n" + "\n".join(rows))
