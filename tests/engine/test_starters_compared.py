"""The comparison of methods that comes with the project, and how it is made."""

import json

import pytest

from engine import starters
from engine.families.autoencoder import blends, judge
from engine.starters import comparing

FACTORS = ["height", "radius", "orientation", "colour"]


@pytest.fixture(scope="module")
def found():
    return json.loads(starters.COMPARED.read_text())


def test_every_method_has_five_seeds_on_the_same_shapes(found):
    assert list(found["shapes"]) == list(comparing.METHODS)
    for name, method in found["shapes"].items():
        title, family, values = comparing.METHODS[name]
        assert (method["title"], method["family"], method["values"]) == (title, family, values)
        assert [run["seed"] for run in method["runs"]] == list(comparing.SEEDS)
        for run in method["runs"]:
            assert list(run["purity"]) == list(run["r2"]) == FACTORS
            assert 0 <= run["purity_min"] == min(run["purity"].values()) <= 1


def test_what_it_says(found):
    """Pairs give all four factors on every seed; no method without labels does on any; a random code knows nothing."""
    least = {name: [run["purity_min"] for run in method["runs"]] for name, method in found["shapes"].items()}
    assert min(least["ada_gvae"]) >= 0.8
    assert max(max(least[name]) for name in ("autoencoder", "vae", "beta_vae")) < 0.8
    assert found["baselines"]["random"]["mig"] < 0.05
    for value in found["baselines"]["random"]["purity"].values():
        assert value == pytest.approx(0.25, abs=0.1)
    prior, gaussian = (
        [run[how]["stray"] for run in found["digits"][name]["runs"]]
        for name, how in (("vae_8", "prior"), ("autoencoder_8", "gaussian"))
    )
    assert max(prior) < min(gaussian)


def test_it_is_made_by_training(monkeypatch, tmp_path, found):
    monkeypatch.setenv("PLAYGROUND_CACHE", str(tmp_path))
    for module, name, value in ((judge, "N_TRAIN", 400), (judge, "STEPS", 30), (blends, "N_TRAIN", 400)):
        monkeypatch.setattr(module, name, value)
    for name, value in (("N_TEST", 50), ("STEPS", 5)):
        monkeypatch.setattr(blends, name, value)
    small = {"n_train": 60, "width": 8, "depth": 1, "coefficients": 16, "latent_dim": 4, "steps": 20}
    monkeypatch.setattr(comparing, "METHODS", {"vae": ("VAE", "vae", small)})
    monkeypatch.setattr(comparing, "SAMPLED", {"vae_2": ("vae", {"data": "digits", "steps": 20})})
    judge.judge_for.cache_clear()
    blends.blend_judge_for.cache_clear()
    told = []
    made = comparing.compared(lambda *what: told.append(what), seeds=range(2))
    judge.judge_for.cache_clear()
    blends.blend_judge_for.cache_clear()
    assert told == [("vae", 1, 4), ("vae", 2, 4), ("vae_2", 3, 4), ("vae_2", 4, 4)]
    assert made.keys() == found.keys()
    assert made["baselines"].keys() == found["baselines"].keys()
    for part, name in (("shapes", "vae"), ("digits", "vae_2")):
        ours, theirs = made[part][name], found[part][name]
        assert ours.keys() == theirs.keys()
        assert [run.keys() for run in ours["runs"]] == [theirs["runs"][0].keys()] * 2
