"""What a person takes away from the Language Models page: the text, the model as ARPA, a figure."""

import gzip

import numpy as np
from matplotlib.figure import Figure

from engine.families.ngram import NgramConfig, arpa
from playground import session
from playground.exports import File
from playground.figures import text as figures
from playground.lab import Lab
from playground.pieces import language_measures as measures
from playground.pieces.language_counted import counted
from playground.pieces.language_write import Desk


def files(lab: Lab) -> list[File]:
    """Text and ARPA, once there is something; the format can't say what add-k does with a new context."""
    found: list[File] = []
    if lab.run.step:
        found.append(("Text (TXT)", "description", "text.txt", "text/plain", lambda: written().encode()))
        if lab.run.config.smoothing != "add_k":
            found.append(("Model (ARPA, gzip)", "grid_on", "model.arpa.gz", "application/gzip", lambda: model(lab)))
    return found


def written() -> str:
    """Every draft on the stage, as far as it was drawn."""
    desk: Desk = session.keep("language desk", Desk)
    parts = []
    for draft in desk.drafts:
        text = draft.prompt + "".join(word.text for word in draft.words)
        parts.append(f"# order {draft.order}\n{text.rstrip()}\n" if len(desk.drafts) > 1 else text.rstrip() + "\n")
    return "\n".join(parts)


def model(lab: Lab) -> bytes:
    """The model on the stage in KenLM's format."""
    source, config = counted(lab.run), lab.run.config
    return gzip.compress(arpa.write(source.model(config.order, config.smoothing, config.add_k), source.words), mtime=0)


def figure(lab: Lab) -> Figure:
    """The commonest n-grams and the sizes, to take away."""
    source, config = counted(lab.run), lab.run.config
    view = lab.player.moment().view
    found = measures.sizes(source)
    return figures.summary(
        view.top_words,
        view.top_counts,
        np.array([one.dense for one in found]),
        np.array([one.distinct for one in found]),
        title=title(config, source.tokens),
    )


def title(config: NgramConfig, tokens: int) -> str:
    """What was counted, in one line."""
    return f"{config.text}, {tokens:,} tokens, order {config.order}, seed {config.seed}"
