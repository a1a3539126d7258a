"""n-grams: a word is predicted from the n - 1 words before it, by counting what followed them in a text.

Counting is all the learning there is. What was never seen after a context is not impossible, so smoothing takes a
little from what was seen and gives it to the rest, by the next shorter context.

    p(w | w1 .. w(n-1)) = c(w1 .. w(n-1) w) / c(w1 .. w(n-1)),   smoothed (smoothing.py)

Shannon 1948; modified Kneser-Ney: Chen & Goodman 1999; the numbers are those of KenLM (Heafield 2011).
"""

from engine.families.ngram import arpa
from engine.families.ngram.config import NgramConfig, recipe
from engine.families.ngram.learner import NgramLearner, NgramView, total_chunks
from engine.learner import Family, Rule

__all__ = ["FAMILY", "NgramConfig", "NgramLearner", "NgramView"]


def _rules(config: NgramConfig) -> tuple[Rule, ...]:
    n = total_chunks(config)
    return (Rule(metric="step", at_least=n, reason="the text is used up"),)


FAMILY = Family(
    name="ngram",
    title="n-gram language model",
    config=NgramConfig,
    learner=NgramLearner,
    rules=_rules,
    recipe=recipe,
    score_every=10,
    writers={"arpa": lambda learner: arpa.write(learner.model(), learner.words())},
    report=NgramLearner.report,
    smoke={"text": "stories", "second": "names:nl_NL", "tokenizer": "words", "order": 3},
)
