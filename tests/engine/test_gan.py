"""The GAN: gradients against autograd, one 2 x 2 round by hand, explain against step, and that it learns."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn.functional import leaky_relu

import engine
from engine.families.gan import GanConfig, GanLearner, recipe
from engine.families.gan.config import PENALTIES
from engine.families.gan.failures import FAILURES
from engine.families.gan.losses import LOSSES
from engine.families.gan.nearest import nearest_paintings
from engine.families.gan.supply import CODE_SCALE
from engine.nets import SLOPE, Mlp
from engine.rng import torch_generator

SMALL = {"size": 5, "batch": 6, "width_g": 7, "width_d": 9, "codes": 3, "latent_dim": 2, "steps": 1000}


def learner(**values: object) -> GanLearner:
    return GanLearner(GanConfig(**{**recipe(values), **values}))  # type: ignore[arg-type]


def forward(net: Mlp, flat: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The net in plain torch, so that autograd sees it."""
    at = 0
    shapes = list(itertools.pairwise(net.sizes))
    for k, (n_in, n_out) in enumerate(shapes):
        weight = flat[at : at + n_in * n_out].view(n_in, n_out)
        bias = flat[at + n_in * n_out : at + n_in * n_out + n_out]
        at += n_in * n_out + n_out
        x = x @ weight + bias
        if k < len(shapes) - 1:
            x = leaky_relu(x, SLOPE)
    return torch.sigmoid(x) if net.squash else x


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_experts_gradient_is_autograds(loss: str, penalty: str) -> None:
    gan = learner(**SMALL, loss=loss, penalty=penalty, penalty_weight=0.7, lr_d=1e-6)
    real, z = gan.supply.batch(0, 0)
    real, fake = real.clone(), gan.g.forward(z)[-1].clone()
    flat = gan.d.flat.clone().requires_grad_()
    with torch.inference_mode():
        gan.train_d(0, real, fake)
    r, f = forward(gan.d, flat, real), forward(gan.d, flat, fake)
    value = LOSSES[loss].expert(r, f)[0].mean()
    points = {"none": [], "r1": [real], "r1_r2": [real, fake], "gp": []}[penalty]
    if penalty == "gp":
        share = torch.rand(len(real), 1, generator=torch_generator(gan.config.seed, "gp", 0))
        points = [real.lerp(fake, share)]
    for point in points:
        at = point.clone().requires_grad_()
        (slope,) = torch.autograd.grad(forward(gan.d, flat, at).sum(), at, create_graph=True)
        squared = (slope.norm(dim=1) - 1).square() if penalty == "gp" else slope.square().sum(1) / 2
        value = value + 0.7 * squared.mean()
    (expected,) = torch.autograd.grad(value, flat)
    torch.testing.assert_close(gan.d.grad, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_forgers_gradient_is_autograds(loss: str) -> None:
    gan = learner(**SMALL, loss=loss, lr_g=1e-6)
    real, z = (x.clone() for x in gan.supply.batch(0, 0))
    flat_g, flat_d = gan.g.flat.clone().requires_grad_(), gan.d.flat.clone()
    with torch.inference_mode():
        gan.train_g(0, gan.g.forward(z), gan.d.forward(real)[-1])
    f = forward(gan.d, flat_d, forward(gan.g, flat_g, z))
    value = LOSSES[loss].forger(forward(gan.d, flat_d, real), f)[0].mean()
    (expected,) = torch.autograd.grad(value, flat_g)
    torch.testing.assert_close(gan.g.grad, expected, atol=1e-6, rtol=1e-4)


def test_one_round_of_two_by_two_by_hand() -> None:
    """One painting, one fake, plain gradient descent; every product in Python's own numbers."""
    gan = learner(size=2, seed=3)
    assert (gan.config.batch, gan.config.optimiser, gan.g.sizes, gan.d.sizes) == (1, "sgd", (1, 4), (4, 1))
    real, z = gan.supply.batch(0, 0)
    x, z0 = real[0].tolist(), float(z[0, 0])
    g, d = gan.g.flat.tolist(), gan.d.flat.tolist()
    wg, bg, wd, bd = g[:4], g[4:], d[:4], d[4]
    stages = {stage.name: stage for stage in gan.explain(0)}
    metrics = gan.step(0)

    def s(a: float) -> float:
        return 1 / (1 + math.exp(-a))

    fake = [s(w * z0 + b) for w, b in zip(wg, bg, strict=True)]  # x~ = s(z w + b)
    d_real = s(sum(w * p for w, p in zip(wd, x, strict=True)) + bd)  # D(x) = s(x . w + b)
    d_fake = s(sum(w * p for w, p in zip(wd, fake, strict=True)) + bd)
    # L_D = -log D(x) - log(1 - D(x~)):  dL/dw_k = (D(x) - 1) x_k + D(x~) x~_k,  dL/db = (D(x) - 1) + D(x~)
    new_wd = [w - 0.1 * ((d_real - 1) * p + d_fake * q) for w, p, q in zip(wd, x, fake, strict=True)]
    new_bd = bd - 0.1 * ((d_real - 1) + d_fake)
    assert gan.d.flat.tolist() == pytest.approx([*new_wd, new_bd], abs=1e-6)
    learned = stages["train_d"]
    assert learned.arrays["after"].tolist() == gan.d.flat.tolist()
    assert learned.numbers["loss"] == metrics["loss_d"] == pytest.approx(-math.log(d_real) - math.log(1 - d_fake))
    assert learned.arrays["grad_r"][0, 0] == pytest.approx(d_real - 1)
    assert learned.arrays["grad_f"][0, 0] == pytest.approx(d_fake)
    assert (metrics["d_real"], metrics["d_fake"]) == pytest.approx((d_real, d_fake))
    # L_G = -log D(x~), by the D that has just learned: dL/dx~_k = (D(x~) - 1) w_k, and x~_k = s(a_k), da_k/dw_k = z
    judged = s(sum(w * p for w, p in zip(new_wd, fake, strict=True)) + new_bd)
    slopes = [(judged - 1) * w * p * (1 - p) for w, p in zip(new_wd, fake, strict=True)]
    new_wg = [w - 0.1 * slope * z0 for w, slope in zip(wg, slopes, strict=True)]
    new_bg = [b - 0.1 * slope for b, slope in zip(bg, slopes, strict=True)]
    assert gan.g.flat.tolist() == pytest.approx([*new_wg, *new_bg], abs=1e-6)
    learned = stages["train_g"]
    assert learned.arrays["after"].tolist() == gan.g.flat.tolist()
    assert learned.numbers["loss"] == metrics["loss_g"] == pytest.approx(-math.log(judged))
    assert learned.arrays["grad_fake"][0].tolist() == pytest.approx([(judged - 1) * w for w in new_wd])
    assert learned.arrays["grad"].tolist() == pytest.approx([*(s * z0 for s in slopes), *slopes], abs=1e-7)


@pytest.mark.parametrize("values", [{}, {"size": 2}, {"loss": "wgan_gp", "d_steps": 2}, {"offsets": "continuous"}])
def test_explain_gives_the_numbers_of_the_step_that_follows(values: dict[str, object]) -> None:
    run = engine.start("gan", **values)
    run.advance(engine.Budget(steps=5))
    before = run.learner.state_dict()
    trace = run.explain()
    after = run.learner.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert [stage.name for stage in trace][-2:] == ["sample_fakes", "train_g"]
    run.advance(engine.Budget(steps=1))
    updates = {stage.name: stage for stage in trace}
    assert updates["train_d"].numbers["loss"] == run.metrics["loss_d"]
    assert updates["train_g"].numbers["loss"] == run.metrics["loss_g"]
    now = run.learner.state_dict()
    assert np.array_equal(updates["train_d"].arrays["after"], now["d"])
    assert np.array_equal(updates["train_g"].arrays["after"], now["g"])


def test_it_learns_every_offset() -> None:
    run = engine.start("gan", steps=1500, seed=11)
    run.advance(engine.Budget())
    scores = run.snapshot().scores
    assert scores["validity"] > 0.9
    assert scores["offsets_covered"] == 1


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_fails_and_its_cure_cures(name: str) -> None:
    failure = FAILURES[name]
    for values, holds in ((failure.values, failure.fails), (failure.cure, failure.cured)):
        run = engine.start("gan", **values, seed=21)
        run.advance(engine.Budget())
        assert holds(run.snapshot().scores, run.tables()[1])


def test_stopping_rules_say_why() -> None:
    run = engine.start("gan", stop_score=0.5, seed=1)
    run.advance(engine.Budget())
    assert (run.status, "valid" in run.reason) == (engine.Status.DONE, True)
    assert run.step < run.config.steps
    run = engine.start("gan", size=2, stop_weight_change=0.001)
    run.advance(engine.Budget())
    assert run.metrics["weight_change"] <= 0.001
    assert "weight" in run.reason


def test_the_nearest_painting_of_a_painting_is_near() -> None:
    run = engine.start("gan")
    view = run.snapshot().view
    paintings, distance = nearest_paintings(run.config, view.real)
    assert paintings.shape == view.real.shape
    assert distance.max() < 0.2


@pytest.mark.parametrize("size", range(2, 17))
@pytest.mark.parametrize("offsets", ["whole", "continuous"])
def test_the_recipe_fits_every_size(size: int, offsets: str) -> None:
    run = engine.start("gan", size=size, offsets=offsets)
    run.advance(engine.Budget(steps=2))
    view = run.snapshot().view
    assert view.fake.shape == (16, 1, size, size)
    assert (view.fake.min() >= 0, view.fake.max() <= 1) == (True, True)


@pytest.mark.parametrize(("size", "offsets"), [(4, "whole"), (8, "continuous")])
def test_a_short_run_learns_the_diagonals_too(size: int, offsets: str) -> None:
    run = engine.start("gan", size=size, offsets=offsets, seed=11, steps=1500)
    run.advance(engine.Budget())
    scores = run.snapshot().scores
    assert scores["validity"] >= 0.98
    assert scores["offsets_covered"] == 1
    assert scores["offset_tv"] <= 0.1


def test_two_by_two_learns_one_example_at_a_time() -> None:
    run = engine.start("gan", size=2, seed=5)
    run.advance(engine.Budget())
    assert run.snapshot().scores["validity"] > 0.9
    assert (len(run.snapshot().view.weights_g), len(run.snapshot().view.weights_d)) == (8, 5)


@pytest.mark.parametrize("latent", ["sphere", "uniform", "normal"])
def test_noise_has_each_code_equally_often(latent: str) -> None:
    gan = learner(latent=latent, codes=5, latent_dim=3, batch=20)
    z = gan.supply.z(4000, "test")
    assert z[:, :5].sum(0).tolist() == [CODE_SCALE * 800] * 5
    rest = z[:, 5:]
    assert rest.mean(0).abs().max() < 0.05
    assert rest.square().mean().item() == pytest.approx(1 if latent == "normal" else 1 / 3, rel=0.05)
    if latent == "sphere":
        torch.testing.assert_close(rest.norm(dim=1), torch.ones(4000))


@pytest.mark.parametrize("action", ["expert", "forger"])
def test_an_action_moves_one_player_only(action: str) -> None:
    run = engine.start("gan", **SMALL)
    before = run.learner.state_dict()
    run.act(action)
    after = run.learner.state_dict()
    moved = {name for name in ("g", "d") if not np.array_equal(before[name], after[name])}
    assert moved == {"expert": {"d"}, "forger": {"g"}}[action]


def test_with_ema_1_the_average_is_the_mean_of_all_rounds() -> None:
    run = engine.start("gan", **SMALL, ema=1.0)
    seen = []
    for _ in range(3):
        run.advance(engine.Budget(steps=1))
        seen.append(run.learner.state_dict()["g"])
    # The newest of n has weight 1 / n.
    np.testing.assert_allclose(run.learner.state_dict()["average"], np.mean(seen, axis=0), atol=1e-6)
