"""Projections: t-SNE against scikit-learn's, the same however it is sliced, dropped at any time; what is refused."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from engine.config import ConfigError
from engine.latent import projection
from engine.latent.projection import Projection, Tsne, Umap, has_umap, project
from engine.rng import generator


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    return (x[:400] / 16).astype(np.float32), y[:400]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    projection._kept.clear()


def finish(found: Projection, seconds: float = 1.0) -> np.ndarray:
    while found.done < 1:
        found.advance(seconds)
    return found.points


def few(n: int = 60, d: int = 5) -> np.ndarray:
    return generator(3, "test codes").standard_normal((n, d)).astype(np.float32)


def own_class_nearby(points: np.ndarray, y: np.ndarray) -> float:
    """Share of points whose class is that of most of their five nearest others."""
    nearest = KNeighborsClassifier(6).fit(points, y).kneighbors(points, return_distance=False)[:, 1:]
    return float(np.mean([np.bincount(y[row]).argmax() == label for row, label in zip(nearest, y, strict=True)]))


def test_pca_is_done_at_once_and_keeps_the_distances_it_can():
    flat = np.column_stack([few(d=2), np.zeros((60, 3), np.float32)])  # a plane in five dimensions
    found = project(flat, "pca")
    assert found.done == 1
    gaps = [np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (flat, found.points)]
    np.testing.assert_allclose(*gaps, atol=1e-5)


def test_codes_of_one_dimension_still_have_places():
    for method in ("pca", "tsne"):
        assert finish(project(few(d=1), method, dims=3, perplexity=5)).shape == (60, 3)


def test_tsne_separates_digits_as_well_as_scikit_learn(digits):
    x, y = digits
    found = Tsne(x, 2, 30.0)
    points = finish(found)
    with threadpool_limits(1):
        reference = TSNE(perplexity=30, init="pca", random_state=0, n_jobs=1).fit(x)
    assert found.divergence == pytest.approx(reference.kl_divergence_, rel=0.15)
    assert own_class_nearby(points, y) > own_class_nearby(reference.embedding_, y) - 0.03
    assert own_class_nearby(points, y) > 0.93


def test_tsne_in_space_separates_digits_better_than_pca(digits):
    x, y = digits
    points = finish(project(x, "tsne", dims=3))
    assert points.shape == (400, 3)
    assert own_class_nearby(points, y) > own_class_nearby(project(x, "pca", dims=3).points, y) + 0.1


def test_slices_change_nothing_and_perplexity_does():
    whole = finish(Tsne(few(), 2, 8.0), 60)
    sliced = Tsne(few(), 2, 8.0)
    shares = []
    while sliced.done < 1:
        sliced.advance(0)
        shares.append(sliced.done)
    assert len(shares) == 1 + 150  # first the neighbours
    assert (np.diff(shares) > 0).all()
    assert np.array_equal(whole, sliced.points)
    assert not np.allclose(whole, finish(Tsne(few(), 2, 4.0)))


def test_tsne_starts_from_the_principal_components_and_can_be_dropped():
    found = project(few(), "tsne", perplexity=8)
    assert np.array_equal(found.points, project(few(), "pca").points)
    assert found.done == 0
    found.advance(0)
    found.advance(0)
    share, points = found.done, found.points
    found.cancel()
    found.advance(1)
    assert (found.done, share > 0) == (share, True)
    assert found.points is points


def test_what_was_made_is_kept_by_codes_method_dims_and_perplexity():
    first = finish(project(few(), "tsne", perplexity=8))
    again = project(few(), "tsne", perplexity=8)
    assert (again.done, again.points is first) == (1, True)
    again.advance(1)  # nothing to do
    for changed in ((few() + 1, 2, 8), (few(), 3, 8), (few(), 2, 9)):
        assert project(changed[0], "tsne", dims=changed[1], perplexity=changed[2]).done == 0
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 7


def test_only_the_newest_are_kept():
    for k in range(projection.KEPT + 5):
        project(few() + k, "pca")
    assert len(projection._kept) == projection.KEPT


@pytest.mark.parametrize(
    ("codes", "method", "dims", "perplexity", "message"),
    [
        (few(), "mds", 2, 5, "method = mds: must be one of pca, tsne, umap"),
        (few(), "pca", 4, 5, "dims = 4: must be 2 or 3"),
        (few(9), "pca", 2, 5, "must be at least 10 rows of finite numbers"),
        (few() * np.nan, "tsne", 2, 5, "must be at least 10 rows of finite numbers"),
        (few() * 0, "tsne", 2, 5, "must differ"),
        (few(), "tsne", 2, 20, "perplexity = 20: must be a number from 2 to 19.67"),
        (few(), "tsne", 2, 1, "perplexity = 1: must be a number from 2"),
        (few(), "tsne", 2, float("nan"), "perplexity = nan: must be a number from 2"),
    ],
)
def test_what_cannot_be_projected_is_refused(codes, method, dims, perplexity, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        project(codes, method, dims=dims, perplexity=perplexity)


def test_umap_runs_in_a_process_that_ends_when_it_is_dropped():
    found = Umap(few(), 2, 8.0)
    folder = Path(found._folder.name)
    assert found._process.poll() is None
    found.cancel()
    found.advance(1)
    assert found._process.poll() is not None
    assert not folder.exists()
    assert found.done == 0


def test_umap_can_be_dropped_while_another_thread_waits_for_it(tmp_path, monkeypatch):
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(projection, "WORKER", tmp_path / "slow.py")
    found = Umap(few(), 2, 8.0)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(found.advance, 60)
        while not found._lock.locked():
            pass
        found.cancel()
        assert waits.result(30) is None
    assert not Path(found._folder.name).exists()
    assert found.done == 0


@pytest.mark.skipif(has_umap(), reason="umap-learn is installed")
def test_without_umap_it_says_how_to_get_it():
    with pytest.raises(ConfigError, match="pip install umap-learn"):
        project(few(), "umap", perplexity=8)
    found = Umap(few(), 2, 8.0)  # and if it went away since: what the process said last
    with pytest.raises(ConfigError, match="No module named 'umap'"):
        finish(found, 60)


@pytest.mark.skipif(not has_umap(), reason="umap-learn is not installed: pip install umap-learn")
def test_umap_separates_digits(digits):
    x, y = digits
    points = finish(project(x, "umap", perplexity=15), 60)
    assert points.shape == (400, 2)
    assert own_class_nearby(points, y) > 0.93
