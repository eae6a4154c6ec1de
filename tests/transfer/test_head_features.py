import numpy as np
import pytest

from blobs import blobs, tiny_network
from teni.features import View
from teni.transfer.head_features import SQUARED_LENGTH, head_features, one_scale


def test_rows_have_the_squared_length_that_training_is_made_for():
    x = np.random.default_rng(0).gamma(1.0, 3.0, (200, 40)).astype(np.float32)
    mean, factor = one_scale(x)
    scaled = (x - mean) * factor
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-4)
    assert (scaled**2).sum(axis=1).mean() == pytest.approx(SQUARED_LENGTH, rel=1e-4)


def test_features_that_hardly_differ_are_not_blown_up():
    x = np.zeros((100, 3), np.float32)
    x[:, 0], x[:, 1], x[0, 2] = np.arange(100), np.arange(100)[::-1], 1e-3
    mean, factor = one_scale(x)
    assert np.abs((x - mean) * factor)[:, 2].max() < 0.01
    flat = one_scale(np.ones((4, 2), np.float32))
    assert np.isfinite(flat[1]).all()


def test_mirror_images_stand_behind_the_images_and_validation_is_scaled_alike():
    images, view = blobs(10).images, View((16, 20), "p1")
    both = head_features(tiny_network(), view, images, images[:4], mirror=True)
    flipped = head_features(tiny_network(), view, images[:, :, ::-1], images[:4], mirror=True)
    assert both.train.shape == (20, 640)
    np.testing.assert_allclose(both.train[:4], both.validation, atol=1e-3)
    np.testing.assert_allclose(both.train[10:], flipped.train[:10], atol=1e-2)
