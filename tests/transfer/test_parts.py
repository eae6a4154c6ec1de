"""Even and odd parts against the features of image and mirror image written side by side."""

import numpy as np
import pytest

from teni.transfer.parts import BLOCK, inner_products, other_parts, split_parts, training_parts


def features(flags, images, shape, seed=0):
    return (np.random.default_rng(seed).normal(size=(flags, images, *shape)) + 3).astype(np.float32)


def rows(given, center, scale):
    """Return for each image (a, f), and for each mirror image (f, a), centred; scaled so that both agree."""
    flat = given.reshape(*given.shape[:2], -1).astype(np.float64)
    flat = (flat - center) * scale / np.sqrt(2)
    return np.concatenate([flat[0], flat[1]], axis=1), np.concatenate([flat[1], flat[0]], axis=1)


@pytest.mark.parametrize("shape", [(3,), (4, 5, 2), (BLOCK + 3,)])
def test_same_and_cross_equal_rows_side_by_side(shape):
    given = features(2, 300, shape)  # more than the 256 that are split at a time
    parts = training_parts(given.copy())
    image, mirror = rows(given, parts.mean, parts.scale)
    inner = inner_products([parts])
    np.testing.assert_allclose(inner.same, image @ image.T, atol=2e-5)
    np.testing.assert_allclose(inner.cross, image @ mirror.T, atol=2e-5)
    assert np.trace(inner.same) / 300 == pytest.approx(1.0, rel=1e-5)


def test_without_mirror_images():
    given = features(1, 20, (7,))
    flat = given[0].astype(np.float64) - given[0].mean(axis=0)
    inner = inner_products([training_parts(given.copy())])
    np.testing.assert_allclose(inner.same, flat @ flat.T * 20 / (flat**2).sum(), atol=1e-6)
    assert inner.cross is None


def test_views_are_averaged():
    both = [training_parts(features(2, 9, (4,), seed)) for seed in range(2)]
    mean, (first, second) = inner_products(both), (inner_products([view]) for view in both)
    np.testing.assert_allclose(mean.same, (first.same + second.same) / 2)
    np.testing.assert_allclose(mean.cross, (first.cross + second.cross) / 2)


def test_other_images_are_centred_and_scaled_as_the_training_images():
    given, new = features(2, 9, (2, 2)), features(2, 4, (2, 2), seed=1)
    parts = training_parts(given.copy())
    image, _ = rows(new, parts.mean, parts.scale)
    training, mirror = rows(given, parts.mean, parts.scale)
    inner = inner_products([other_parts(new.copy(), parts)], [parts])
    np.testing.assert_allclose(inner.same, image @ training.T, atol=1e-5)
    np.testing.assert_allclose(inner.cross, image @ mirror.T, atol=1e-5)


def test_a_mirrored_image_changes_the_sign_of_the_odd_part():
    given = features(2, 3, (5,))
    even, odd = split_parts(given.copy())
    even_too, minus_odd = split_parts(given[::-1].copy())
    np.testing.assert_array_equal(even, even_too)
    np.testing.assert_array_equal(odd, -minus_odd)


@pytest.mark.parametrize("flags", [1, 2])
def test_images_that_do_not_differ_stay_at_zero(flags):
    given = np.full((flags, 5, 40), 0.1, np.float32)
    given[:, :, 1] *= 1 + 1e-7  # rounding that a scale must not turn into features
    given[0, 0, 2] = np.nextafter(given[0, 0, 2], np.float32(1))
    parts = training_parts(given)
    assert parts.scale == 1.0
    assert np.abs(inner_products([parts]).same).max() < 1e-12
