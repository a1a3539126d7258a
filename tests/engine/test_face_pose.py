"""Faces made straight: the pose that is estimated, the way there and back, and autoencoders that see them so."""

import dataclasses

import numpy as np
import pytest
import torch

from engine import Budget, files, start
from engine.config import ConfigError
from engine.data import faces
from engine.data.picture_set import as_floats
from engine.families.autoencoder import face_pose as poses
from engine.families.autoencoder.lens import POSE_SCALE
from engine.families.autoencoder.model import of_learner
from engine.families.autoencoder.posed_judge import judge_for
from engine.latent.pca import pca
from engine.metrics.pictures import psnr
from engine.starters import packing
from tests.engine import contract

N_NAMED = len(faces.FACTORS)
SMALL = {"data": "faces", "jitter": True, "n_train": 60, "coefficients": 8, "width": 16, "batch": 8, "steps": 120}


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    """Forty faces in [0, 1] that no net was taught with, and their factors."""
    factors = faces.draw_factors(40, seed=0, jitter=True, stream="pose test")
    return as_floats(np.stack([faces.draw(row, 64) for row in factors])), factors


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A small run on sixty faces, with a cache of its own for as long as the module needs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_CACHE", str(tmp_path_factory.mktemp("posed")))
        run = start("vae", **SMALL)
        run.advance(Budget())
        yield run


def true_pose(factors: np.ndarray) -> torch.Tensor:
    return poses.standardised(factors[:, N_NAMED:])


def test_a_face_made_straight_is_the_face_drawn_straight(drawn):
    pictures, factors = drawn
    straight, known = poses.straighten(pictures, true_pose(factors))
    still = as_floats(np.stack([faces.draw(row[:N_NAMED], 64) for row in factors]))
    seen = np.broadcast_to(poses.in_view(known), still.shape)
    error = np.abs(poses.in_view(straight) - still)[seen]
    as_it_is = np.abs(pictures - still)[seen]
    assert error.mean() < 0.02 < 0.1 < as_it_is.mean()


def test_there_and_back_is_the_picture(drawn):
    pictures, factors = drawn
    pose = true_pose(factors)
    assert psnr(poses.put_back(poses.straighten(pictures, pose)[0], pose), pictures) > 33


def test_each_number_of_a_pose_moves_a_face_its_own_way():
    dot = np.zeros((1, 1, 80, 80), np.float32)
    dot[..., 38:42, 48:52] = 1  # 10 pixels right of the middle

    def place(right: float = 0, down: float = 0, size: float = 1, tilt: float = 0) -> np.ndarray:
        found = poses.put_back(dot, poses.standardised(np.array([[right, down, size, tilt]])))[0, 0]
        rows, columns = np.indices(found.shape)
        return np.array([(columns * found).sum(), (rows * found).sum()]) / found.sum() - 31.5

    assert place() == pytest.approx([10, 0], abs=0.1)
    assert place(right=1 / 16) == pytest.approx([14, 0], abs=0.1)
    assert place(down=1 / 16) == pytest.approx([10, 4], abs=0.1)
    assert place(size=1.1) == pytest.approx([11, 0], abs=0.1)
    assert place(tilt=15) == pytest.approx([10 * np.cos(np.pi / 12), 10 * np.sin(np.pi / 12)], abs=0.1)


@pytest.mark.parametrize("side", [64, 32])
def test_the_net_that_comes_along_estimates_poses(drawn, side):
    pictures, factors = drawn
    small = pictures.reshape(40, 3, side, 64 // side, side, 64 // side).mean((3, 5))
    error = (poses.face_pose().estimate(small) - true_pose(factors)).square().mean(0).sqrt()
    assert error.max() < 0.25  # of a standard deviation


def test_components_make_a_pose_better(drawn):
    pictures, factors = drawn
    pose = true_pose(factors)
    straight, known = poses.straighten(pictures, pose)
    found = pca(np.where(known, straight, (straight * known).mean(0)).reshape(40, -1), 30)
    rough = pose + 0.15
    better = poses.refine(pictures, rough, found)
    before, after = ((p - pose).square().mean(0).sqrt() for p in (rough, better))
    assert (after < before / 2).all()
    assert torch.equal(better, poses.refine(pictures, rough, found))


def test_a_lesson_moved_once_more_has_the_pose_that_it_says(drawn):
    pictures, factors = drawn
    extra = torch.tensor([[0.03, -0.02, 0.05, 4.0]]).repeat(40, 1)
    moved, pose = poses._moved(torch.from_numpy(pictures), true_pose(factors), extra)
    straight = poses.straighten(moved.numpy(), pose)[0]
    expected = poses.straighten(pictures, true_pose(factors))[0]
    middle = (..., slice(24, 56), slice(24, 56))
    assert np.abs(straight - expected)[middle].mean() < 0.02
    assert (pose - true_pose(factors)).abs().max() > 0.3


def test_it_learns(drawn):
    pictures, factors = drawn
    shown = np.rint(pictures * 255).astype(np.uint8)
    net = poses.teach(shown, factors[:, N_NAMED:], steps=60, batch=16)
    error = (poses.FacePose(net, {}).estimate(pictures) - true_pose(factors)).square().mean()
    untaught = (poses.FacePose(poses.untaught(), {}).estimate(pictures) - true_pose(factors)).square().mean()
    assert error < 0.7 * untaught


def test_a_missing_net_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(poses, "PATH", tmp_path / "none")
    poses.face_pose.cache_clear()
    with pytest.raises(ConfigError, match="is missing or damaged"):
        poses.face_pose()
    poses.face_pose.cache_clear()


# -- an autoencoder that sees faces straight


def test_the_net_sees_the_pose_and_what_is_painted_has_it(learned):
    lens, pictures = learned.learner.lens, as_floats(learned.learner.pictures.held_out)
    seen = lens.see(pictures)
    assert seen.shape == (len(pictures), lens.n_inputs) == (len(pictures), 8 + 4)
    true = true_pose(learned.learner.pictures.factors_held_out)
    assert (lens.coordinates(pictures) == pictures.reshape(len(pictures), -1)).all()  # distances of the posed ones
    assert (seen[:, -4:] / POSE_SCALE - true).square().mean().sqrt() < 0.3
    turned = seen.clone()
    turned[:, -4:] = POSE_SCALE * poses.standardised(np.array([[0.0, 0.0, 1.0, 0.0]]))
    straight = lens.paint(turned)
    assert np.abs(straight - lens.paint(seen)).mean() > 0.02
    weight, bias = lens.linear()
    flat = np.clip(turned.numpy() @ weight.T + bias, 0, 1).reshape(straight.shape)
    assert psnr(flat, straight) > 30  # what the page draws; only the cubics are left out


def test_a_run_keeps_the_contract(learned):
    def again(seed: int):
        return start("vae", **SMALL, seed=seed)

    for check in (contract.check_slices, contract.check_looking, contract.check_state, contract.check_divergence):
        check(again)


def test_a_saved_run_has_the_same_codes_and_pictures(learned, tmp_path):
    files.save(learned, tmp_path / "run.safetensors")
    model = of_learner(learned.learner, "vae")
    other = of_learner(files.load(tmp_path / "run.safetensors").learner, "vae")
    assert model.shape == (3, 64, 64)
    assert (model.codes == other.codes).all()
    assert (model.decode(model.codes[:5]) == other.decode(other.codes[:5])).all()
    assert model.steps()[-1].weight.shape == (3 * 64 * 64, 8 + 4)
    assert (model.steps()[-1].weight[:, 8:] == 0).all()
    with pytest.raises(ConfigError, match="jitter"):
        packing.rounded(model)


def test_vectors_are_made_of_every_face_learned_from(learned):
    learner = learned.learner
    model = dataclasses.replace(of_learner(learner, "vae"), codes=np.zeros((20, 1)), factors=np.zeros((20, 1)))
    codes, factors = model.lessons  # though only twenty pictures are known
    assert (factors == learner.pictures.factors_train).all()
    found = learner.encode(as_floats(learner.pictures.train))  # which has to estimate the poses
    assert np.abs(codes - found).mean() < 0.1 * found.std()


def test_a_diverged_run_can_be_looked_at(learned):
    model = of_learner(learned.learner, "vae")
    for value in (np.nan, np.inf, 1e30):
        assert model.decode(np.full((2, model.latent_dim), value, np.float32)).shape == (2, 3, 64, 64)


def test_pixels_are_seen_as_they_are(learned):
    learner = start("vae", **{**SMALL, "coefficients": 0}).learner
    assert learner.lens.pose is None
    assert learner.lens.n_inputs == 3 * 64 * 64


def test_the_judge_sees_posed_faces_straight(learned, drawn):
    judge = judge_for(of_learner(learned.learner, "vae"))
    assert min(judge.accuracy.values()) >= 0.75  # thirty faces; a moved face may show hardly any clothes
    pictures, factors = drawn
    assert (judge.says(pictures) == factors[:, :N_NAMED]).mean() >= 0.96
