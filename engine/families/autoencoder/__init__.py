"""Autoencoders: can a picture be written as a few numbers, so that a net makes the same picture from them again?

An encoder turns a picture x into a code z, a decoder turns z back into a picture; both learn together to make the
squared difference small. The code is a bottleneck, so they must find what the pictures have in common.

    min over encoder, decoder of   E_x |decode(encode(x)) - x|^2

A variational autoencoder (Kingma & Welling 2013, arXiv:1312.6114) makes each code a small cloud and all clouds
together a standard normal distribution, with weight beta (Higgins et al. 2017); an Ada-GVAE (Locatello et al. 2020,
arXiv:2002.02886) sees pairs that differ in one factor, and finds the factors as axes.
"""

from dataclasses import replace

from engine.families.autoencoder.ada import AdaLearner
from engine.families.autoencoder.config import AdaConfig, AutoencoderConfig, VaeConfig, recipe, recipe_vae
from engine.families.autoencoder.learner import AutoencoderLearner
from engine.families.autoencoder.view import AutoencoderView, picture_view
from engine.learner import Family, Rule

__all__ = [
    "FAMILIES",
    "AdaConfig",
    "AdaLearner",
    "AutoencoderConfig",
    "AutoencoderLearner",
    "AutoencoderView",
    "VaeConfig",
]


def _rules(config: AutoencoderConfig) -> tuple[Rule, ...]:
    found = [Rule.after(config.steps)]
    if config.stop_error:
        reason = f"the error on the training set is at most {config.stop_error:g}"
        found.append(Rule(metric="error_train", at_most=config.stop_error, reason=reason))
    if config.stop_weight_change:
        reason = f"no weight changed by more than {config.stop_weight_change:g}"
        found.append(Rule(metric="weight_change", at_most=config.stop_weight_change, reason=reason))
    return tuple(found)


def _ada_rules(config: AdaConfig) -> tuple[Rule, ...]:
    return (
        Rule(metric="updates_left", at_most=0, reason="the attempt has run its length"),
        Rule.after(config.steps),
    )


AUTOENCODER = Family(
    name="autoencoder",
    title="Autoencoder",
    config=AutoencoderConfig,
    learner=AutoencoderLearner,
    rules=_rules,
    recipe=recipe,
    score_every=500,
    pictures=picture_view,
    smoke={"data": "digits", "steps": 120, "n_train": 60, "latent_dim": 2, "width": 8, "depth": 1, "batch": 8},
)

VAE = replace(AUTOENCODER, name="vae", title="Variational autoencoder", config=VaeConfig, recipe=recipe_vae)

ADA_GVAE = Family(
    name="ada_gvae",
    title="Ada-GVAE: factors from pairs",
    config=AdaConfig,
    learner=AdaLearner,
    rules=_ada_rules,
    score_every=600,
    pictures=picture_view,
    smoke={
        "steps": 200,
        "trial": 30,
        "finish": 90,
        "n_train": 60,
        "coefficients": 8,
        "width": 8,
        "depth": 1,
        "batch": 8,
        "lr": 0.1,
        "alarm": 1e-6,
    },
)

FAMILIES = (AUTOENCODER, VAE, ADA_GVAE)
