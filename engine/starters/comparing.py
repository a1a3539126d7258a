"""Four methods on the same shapes, and sampling with and without a prior on the same digits, several seeds each.

`python -m engine.starters compared` writes what the page shows: engine/starters/compared.json.
"""

from collections.abc import Callable
from typing import Any

from engine.families.autoencoder.blends import midpoints
from engine.families.autoencoder.model import of_learner
from engine.families.autoencoder.scores import BASELINES, latent_scores, sampling_scores
from engine.latent.paths import PATHS
from engine.starters.making import tidy, train

SEEDS = range(5)
METHODS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "autoencoder": ("Autoencoder", "autoencoder", {"latent_dim": 4}),
    "vae": ("VAE", "vae", {"latent_dim": 4}),
    "beta_vae": ("beta-VAE", "vae", {"latent_dim": 4, "beta": 4.0}),
    "ada_gvae": ("Ada-GVAE, from pairs", "ada_gvae", {"latent_dim": 4}),
}
"""Title, family and config; each has as many numbers as the shapes have factors."""
SAMPLED = {
    f"{family}_{latent_dim}": (family, {"data": "digits", "latent_dim": latent_dim} | more)
    for latent_dim in (2, 8)
    for family, more in (("autoencoder", {"noise": 0.0}), ("vae", {}))
}
KEPT = ("mig", "dci", "r2", "purity", "purity_min", "axis")
Tell = Callable[[str, int, int], None]
"""Is told what was done, how many runs, and of how many."""


def compared(tell: Tell = lambda *_: None, seeds: range = SEEDS) -> dict[str, Any]:
    """For each method one row of scores for each seed, and the baselines, which no seed changes; then the samplings."""
    done, total = 0, (len(METHODS) + len(SAMPLED)) * len(seeds)
    shapes: dict[str, Any] = {}
    baselines: dict[str, Any] = {}
    for name, (title, family, values) in METHODS.items():
        shapes[name] = {"title": title, "family": family, "values": values, "runs": []}
        for seed in seeds:
            run, seconds = train(family, {**values, "seed": seed})
            model = of_learner(run.learner, family)
            scores, half = latent_scores(model, () if baselines else BASELINES), midpoints(model)
            baselines = baselines or {other: _kept(scores[other]) for other in BASELINES}
            row = {"seed": seed, "psnr": run.snapshot().scores["psnr"], "cpu_seconds": round(seconds, 1)}
            row["midpoints"] = {path: half[path] for path in (*PATHS, "fade")}
            shapes[name]["runs"].append(row | _kept(scores))
            done += 1
            tell(name, done, total)
    sampled: dict[str, Any] = {}
    for name, (family, values) in SAMPLED.items():
        sampled[name] = {"family": family, "values": values, "runs": []}
        for seed in seeds:
            run, _ = train(family, {**values, "seed": seed})
            sampled[name]["runs"].append({"seed": seed} | sampling_scores(of_learner(run.learner, family)))
            done += 1
            tell(name, done, total)
    return tidy({"shapes": shapes, "baselines": baselines, "digits": sampled})


def _kept(scores: dict[str, Any]) -> dict[str, Any]:
    return {name: scores[name] for name in KEPT}
