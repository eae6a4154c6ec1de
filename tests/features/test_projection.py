"""Channels in their principal directions: which are kept, how many, and what is left alone."""

import numpy as np
import pytest

from teni.features import fit_projection
from teni.features.projection import FEWEST_CHANNELS, FEWEST_OF_LARGE


def test_the_strongest_directions_are_kept():
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(30, 20, 20, 3)) * [5, 3, 2]
    mixing = np.linalg.qr(rng.normal(size=(64, 64)))[0]
    features = (hidden @ mixing[:3] + 100).astype(np.float32)
    found = fit_projection(features)
    assert found.matrix.shape == (64, FEWEST_CHANNELS)
    assert found.kept == pytest.approx(1.0)
    np.testing.assert_allclose(found.matrix.T @ found.matrix, np.eye(FEWEST_CHANNELS), atol=1e-5)
    # The three directions are among those kept, in this order.
    np.testing.assert_allclose(np.abs(np.diag(mixing[:3] @ found.matrix[:, :3])), 1.0, atol=1e-2)


def test_the_share_that_is_kept_by_hand():
    # 33 channels of variance 1 at every one of 400 places: 32 are kept.
    signs = np.where(np.eye(33)[np.newaxis] > 0, 1.0, 0.0)
    features = np.concatenate([signs, -signs]).reshape(2, 33, 33)
    maps = np.repeat(np.repeat(features[:, :, np.newaxis], 20, axis=2)[:, :20], 1, axis=2)
    maps = np.concatenate([np.roll(maps, shift, axis=3) for shift in range(33)]).astype(np.float32)
    assert fit_projection(maps).kept == pytest.approx(32 / 33, rel=1e-4)


@pytest.mark.parametrize(
    ("places", "channels", "kept"),
    [
        ((12, 12), 256, 64),
        ((32, 32), 64, FEWEST_CHANNELS),
        ((33, 32), 64, FEWEST_OF_LARGE),
        ((96, 1), 97, 96),
    ],
)
def test_how_many_channels_stay(places, channels, kept):
    features = np.random.default_rng(0).normal(size=(4, *places, channels)).astype(np.float32)
    assert fit_projection(features).matrix.shape == (channels, kept)


@pytest.mark.parametrize("shape", [(5, 20_000), (5, 100, 200), (5, 6, 6, 256), (2, 1, 2, 3, 9_999)])
def test_flat_and_small_taps_are_left_alone(shape):
    found = fit_projection(np.zeros(shape, np.float32))
    assert (found.matrix, found.kept) == (None, 1.0)


def test_images_that_do_not_differ():
    found = fit_projection(np.ones((3, 12, 12, 100), np.float32))
    assert found.matrix.shape == (100, 64)
    assert found.kept == 1.0
