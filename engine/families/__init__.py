"""The families of models. A new one is one file (or folder) here and one line in FAMILIES."""

from engine.families import autoencoder, classifiers, gan, neural_lm, ngram
from engine.learner import Family

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (gan.FAMILY, *autoencoder.FAMILIES, *classifiers.FAMILIES, ngram.FAMILY, neural_lm.FAMILY)
}
