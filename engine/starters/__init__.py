"""Models that are opened, not trained: a saved run as a latent space, from its file."""

from engine import files
from engine.config import ConfigError
from engine.families.autoencoder.model import LatentModel, of_learner

__all__ = ["load_model"]


def load_model(source: str) -> LatentModel:
    """The latent space of a saved run, given its path; raises ConfigError for what is none."""
    run = files.load(source)
    try:
        return of_learner(run.learner, run.family.name)
    except ConfigError:
        raise ConfigError("file", source, "holds a model that has no codes for pictures") from None
