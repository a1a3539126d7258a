"""Five seeds of a method, trained one after another in front of the learner."""

from engine import FAMILIES
from engine.run import Run
from playground.pieces import latent_seeds
from playground.pieces.latent_seeds import N_SEEDS, Trial, purities

FACTORS = ("height", "radius", "orientation", "colour")


def trial() -> Trial:
    """A method that is trained for one update only."""
    family = FAMILIES["vae"]
    return Trial("vae", Run(family, family.build({"latent_dim": 4, "n_train": 100, "steps": 1})))


def test_a_trained_seed_is_measured_and_the_next_one_begins():
    now = trial()
    latent_seeds._work(now)
    assert [set(found) for found in now.found] == [set(FACTORS)]
    assert (now.seed, now.run.config.seed, now.run.step) == (1, 1, 0)
    assert not now.is_done


def test_the_last_seed_ends_it():
    now = trial()
    now.found = [dict.fromkeys(FACTORS, 0.5)] * (N_SEEDS - 1)
    assert not now.is_done
    now.found.append(now.found[0])
    assert now.is_done


def test_who_stops_keeps_what_was_measured():
    now = trial()
    now.found = [dict.fromkeys(FACTORS, 0.25), dict.fromkeys(FACTORS, 0.75)]
    now.stop()
    assert now.is_done
    rows = purities("VAE", now.found)
    assert rows["VAE"] == ["seed 0", "seed 1", "median (least–greatest)"]
    assert rows["purity, height"] == ["0.25", "0.75", "0.50 (0.25–0.75)"]
