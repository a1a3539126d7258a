"""Generative adversarial network: a forger learns to paint what an expert can't tell from the artist's own work.

The forger (generator G) turns random numbers z into pictures; the expert (discriminator D) sees pictures of both kinds
and says how real each is; they learn by turns, each from the other's mistakes.

    min over G, max over D of   E_x log D(x) + E_z log(1 - D(G(z)))

Goodfellow et al. 2014, arXiv:1406.2661; the other losses are in losses.py, what is simplified in learner.py.
"""

from operator import attrgetter

from engine.families.gan.config import GanConfig, recipe
from engine.families.gan.learner import GanLearner, GanView
from engine.learner import Family, Rule

__all__ = ["FAMILY", "GanConfig", "GanLearner", "GanView"]


def _rules(config: GanConfig) -> tuple[Rule, ...]:
    found = [Rule.after(config.steps)]
    if config.stop_score:
        reason = f"at least {config.stop_score:.1%} of the fakes are valid"
        found.append(Rule(metric="validity", at_least=config.stop_score, reason=reason))
    if config.stop_weight_change:
        reason = f"no weight of the forger changed by more than {config.stop_weight_change:g}"
        found.append(Rule(metric="weight_change", at_most=config.stop_weight_change, reason=reason))
    return tuple(found)


FAMILY = Family(
    name="gan",
    title="Generative adversarial network",
    config=GanConfig,
    learner=GanLearner,
    rules=_rules,
    recipe=recipe,
    actions=("expert", "forger"),
    pictures=attrgetter("fake"),
    smoke={"steps": 120, "size": 4, "batch": 8, "width_g": 16, "width_d": 16},
)
