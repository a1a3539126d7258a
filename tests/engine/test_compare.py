"""What an autoencoder is measured against: quantised codes, file formats, PCA."""

import numpy as np
import pytest

import engine
from engine.families.autoencoder.compare import (
    baseline_ssim,
    code_rates,
    decoder_bytes,
    format_rates,
    pca_psnr,
    quantise,
)
from engine.families.autoencoder.lens import baselines, data_key


@pytest.fixture(scope="module")
def learner():
    run = engine.start("autoencoder", data="digits", width=16, depth=1, latent_dim=4, steps=300)
    run.advance(engine.Budget(steps=300))
    return run.learner


def test_quantising_takes_the_nearest_level():
    z = np.array([[0.0, -1.0], [0.3, 5.0], [1.0, 0.2]], np.float32)
    low, high = np.array([0, -1], np.float32), np.array([1, 1], np.float32)
    assert np.allclose(quantise(z, low, high, 1), [[0, -1], [0, 1], [1, 1]])
    assert np.allclose(quantise(z, low, high, 2), [[0, -1], [1 / 3, 1], [1, 1 / 3]])
    assert np.allclose(quantise(z[:, :1], z[0, :1], z[0, :1], 3), 0)  # a number that never changes


def test_more_bits_are_more_bytes_and_no_less_quality(learner):
    rates = code_rates(learner, (1, 4, 12))
    assert [r.n_bytes for r in rates] == [0.5, 2.0, 6.0]
    assert rates[0].psnr < rates[1].psnr < rates[2].psnr + 0.5
    assert decoder_bytes(learner) == 4 * (4 * 16 + 16 + 16 * 64 + 64)


def test_formats_lose_less_with_more_bytes_and_png_nothing(learner):
    rates = format_rates(data_key(learner.config))
    jpeg = rates["JPEG"]
    assert jpeg[0].n_bytes < jpeg[-1].n_bytes
    assert jpeg[0].psnr < jpeg[-1].psnr
    assert rates["PNG"][0].psnr == np.inf


def test_pca_is_that_of_the_score(learner):
    key = data_key(learner.config)
    few, same = pca_psnr(key, (1, 4))
    assert few < same == pytest.approx(baselines(key, 4)["psnr_pca"], abs=0.01)
    beside = baseline_ssim(key, 4)
    assert 0 < beside["ssim_mean"] < beside["ssim_pca"] < 1
