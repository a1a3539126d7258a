"""Measures of latent spaces on codes where the answer is known, and PCA against an exact decomposition."""

import numpy as np
import pytest

from engine.latent.pca import pca
from engine.metrics import latents
from engine.metrics.dci import dci
from engine.metrics.pictures import psnr, ssim

N = 2000


def factors(n: int = N, k: int = 3) -> np.ndarray:
    return np.random.default_rng(0).random((n, k)).astype(np.float32)


HELMERT = np.array([[1, 1, 1], [1, -1, 0], [1, 1, -2]]).T / np.sqrt([3, 2, 6])
"""A rotation in which each axis holds a part of two factors or three."""


def rotated(x: np.ndarray) -> np.ndarray:
    return (x - 0.5) @ HELMERT


def noise(n: int = N) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(n, 3)).astype(np.float32)


def test_a_perfect_code():
    f = factors()
    code = f[:, [2, 0, 1]] * [3, -2, 1] + 5
    assert latents.mig(code, f) > 0.9
    found = dci(code, f)
    assert found.disentanglement > 0.95
    assert found.completeness > 0.95
    assert found.informativeness > 0.98
    assert latents.linear_r2(code, f) == pytest.approx([1, 1, 1], abs=1e-6)
    assert np.argmax(found.importance, 0).tolist() == [1, 2, 0]


def test_a_random_code():
    f = factors()
    assert latents.mig(noise(), f) < 0.05
    found = dci(noise(), f)
    assert found.disentanglement < 0.1
    assert found.informativeness < 0.05
    assert (latents.linear_r2(noise(), f) < 0.02).all()


def test_a_rotated_code_is_informative_but_entangled():
    f = factors()
    code = rotated(f)
    assert latents.mig(code, f) < 0.4
    assert dci(code, f).disentanglement < 0.6
    assert dci(code, f).informativeness > 0.8
    assert latents.linear_r2(code, f) == pytest.approx([1, 1, 1], abs=1e-6)


def test_one_latent_and_one_that_does_not_vary():
    f = factors(k=1)
    assert latents.mig(f, f) == pytest.approx(1)
    assert latents.mig(np.concatenate((f, np.ones_like(f)), 1), f) == pytest.approx(1)
    assert latents.linear_r2(np.ones_like(f), f) == pytest.approx([0])


def test_a_factor_of_names_is_read_name_by_name():
    n = 600
    names = np.arange(n) % 3
    code = np.eye(3)[names] + 0.01 * noise(n)[:, :3]  # its number, 0 to 2, means nothing
    order = np.array([2, 0, 1])[names]
    for numbered in (names, order):
        assert latents.linear_r2(code, numbered[:, None], [True])[0] > 0.99
    ring = code[:, [0]] - code[:, [2]]  # of the three names it tells two apart from the third, along a line
    assert latents.linear_r2(ring, order[:, None])[0] < 0.5
    assert latents.linear_r2(noise(n), names[:, None], [True])[0] < 0.05


def test_mutual_information_by_hand():
    code = np.array([[0.0], [0], [1], [1]])
    same, other = code, np.array([[0.0], [1], [0], [1]])
    assert latents.mutual_information(code, same)[0, 0] == pytest.approx(np.log(2))
    assert latents.mutual_information(code, other)[0, 0] == pytest.approx(0, abs=1e-12)
    assert latents.entropy(code) == pytest.approx([np.log(2)])


def test_sweeps_move_one_axis_at_a_time():
    codes = noise(500)
    moved = latents.sweeps(codes, n_bases=4, n_points=5)
    assert moved.shape == (3, 4, 5, 3)
    for axis in range(3):
        others = [k for k in range(3) if k != axis]
        assert (moved[axis][:, :, others] == codes[:4, None, others]).all()
        low, high = np.percentile(codes[:, axis], latents.SWEEP_ENDS)
        assert moved[axis][0, :, axis] == pytest.approx(np.linspace(low, high, 5))


def measured(mixing: np.ndarray) -> latents.Purity:
    """The purity of a decoder that draws factors = codes @ mixing."""
    moved = latents.sweeps(np.random.default_rng(0).random((500, len(mixing))))
    return latents.purity(latents.changes(moved @ mixing, np.ones(mixing.shape[1])))


def test_purity_of_a_known_decoder():
    pure = measured(np.eye(4)[:, [1, 3, 0, 2]])
    assert pure.purity == pytest.approx([1, 1, 1, 1])
    assert pure.axis.tolist() == [1, 3, 0, 2]
    mixed = measured(np.array([[3.0, 1.0], [0.0, 1.0]]))
    assert mixed.purity == pytest.approx([0.75, 1.0])
    assert mixed.axis.tolist() == [0, 1]


def test_one_axis_is_not_given_to_two_factors():
    both = measured(np.array([[1.0, 1.0], [0.0, 0.0]]))
    assert sorted(both.axis.tolist()) == [0, 1]
    assert both.purity.min() == 0
    idle = measured(np.array([[1.0, 0.1], [0.0, 0.01]]))  # the second axis is pure, but does next to nothing
    assert idle.purity[1] == 0
    few = measured(np.array([[1.0, 0.2, 0.1]]))
    assert few.axis.tolist() == [0, -1, -1]
    assert few.purity[1:].tolist() == [0, 0]


def test_pca_is_the_exact_one():
    rng = np.random.default_rng(3)
    x = (rng.normal(size=(300, 40)) * 0.9 ** np.arange(40) + 1).astype(np.float32)
    found = pca(x, 5)
    centred = x - x.mean(0)
    u, s, vt = np.linalg.svd(centred, full_matrices=False)
    assert found.spread == pytest.approx(s[:5] / np.sqrt(300), rel=1e-3)
    assert np.abs((found.basis * vt[:5]).sum(1)) == pytest.approx(np.ones(5), abs=1e-3)
    best = ((centred - u[:, :5] * s[:5] @ vt[:5]) ** 2).sum()
    assert ((found.decode(found.encode(x)) - x) ** 2).sum() == pytest.approx(best, rel=1e-4)
    assert (found.basis == pca(x, 5).basis).all()
    assert found.basis @ found.basis.T == pytest.approx(np.eye(5), abs=1e-5)


def test_pca_of_few_points():
    x = np.random.default_rng(0).random((4, 50)).astype(np.float32)
    found = pca(x, 30)
    assert len(found.basis) == 4
    assert found.decode(found.encode(x)) == pytest.approx(x, abs=1e-4)


def test_psnr():
    x = np.zeros((2, 1, 4, 4), np.float32)
    y = x.copy()
    assert psnr(x, y) == np.inf
    y += 0.1
    assert psnr(y, x) == pytest.approx(20)
    y[0] = 0  # half of the error: 3 dB more, not the mean of 20 and infinity
    assert psnr(y, x) == pytest.approx(23.0103, abs=1e-3)


def ssim_slowly(x: np.ndarray, y: np.ndarray, reach: int) -> float:
    """Wang et al. 2004, window by window, for one channel."""
    at = np.arange(-reach, reach + 1)
    window = np.exp(-(at[:, None] ** 2 + at**2) / (2 * 1.5**2))
    window /= window.sum()
    found = []
    for i in range(reach, x.shape[0] - reach):
        for j in range(reach, x.shape[1] - reach):
            a, b = (p[i - reach : i + reach + 1, j - reach : j + reach + 1].astype(float) for p in (x, y))
            ma, mb = (window * a).sum(), (window * b).sum()
            va, vb = (window * a * a).sum() - ma**2, (window * b * b).sum() - mb**2
            vab = (window * a * b).sum() - ma * mb
            c1, c2 = 0.01**2, 0.03**2
            found.append((2 * ma * mb + c1) * (2 * vab + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2)))
    return float(np.mean(found))


@pytest.mark.parametrize(("side", "reach"), [(16, 5), (8, 3), (12, 5)])
def test_ssim_against_its_definition(side, reach):
    rng = np.random.default_rng(0)
    x = rng.random((1, 1, side, side)).astype(np.float32)
    y = np.clip(x + rng.normal(0, 0.1, x.shape), 0, 1).astype(np.float32)
    assert ssim(x, x) == pytest.approx(1)
    assert ssim(y, x) == pytest.approx(ssim_slowly(y[0, 0], x[0, 0], reach), abs=1e-4)
