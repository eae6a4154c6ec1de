"""Arc-cosine kernels against closed values and against many random ReLU units."""

import numpy as np
import pytest

from teni.transfer.kernels import KERNELS, apply_kernel, arc_cosine, layers


def test_closed_values():
    # Cho and Saul 2009: J1(theta) / pi = (sin theta + (pi - theta) cos theta) / pi.
    half = (np.sqrt(3) / 2 + (2 * np.pi / 3) / 2) / np.pi  # theta = 60 degrees
    found = arc_cosine(np.array([1.0, 0.5, 0.0, -1.0]))
    assert found.tolist() == pytest.approx([1.0, half, 1 / np.pi, 0.0])


def test_rounding_beyond_one_is_harmless():
    assert arc_cosine(np.array([1 + 1e-12, -1 - 1e-12])).tolist() == [1.0, 0.0]


def random_layer(x, units, rng):
    """Pass features through random ReLU units whose mean product is the kernel: E[2 relu(wx) relu(wy)]."""
    return np.maximum(x @ rng.normal(size=(x.shape[1], units)), 0) * np.sqrt(2 / units)


@pytest.mark.parametrize("kernel", KERNELS[1:])
def test_against_random_units(kernel):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 4)) * np.array([0.1, 1.0, 2.0, 3.0, 0.5])[:, None]
    draws = []
    for _ in range(24):  # one wide network is off by several percent; their mean is not
        h = x
        for _ in range(layers(kernel)):
            h = random_layer(h, 1_500, rng)
        draws.append(h @ h.T)
    lengths = np.linalg.norm(x, axis=1)
    expected = apply_kernel(kernel, x @ x.T, lengths, lengths)
    products = lengths[:, None] * lengths
    np.testing.assert_allclose(np.mean(draws, axis=0) / products, expected / products, atol=0.05)


@pytest.mark.parametrize("kernel", KERNELS)
def test_lengths_are_kept_and_the_kernel_is_positive(kernel):
    x = np.random.default_rng(1).normal(size=(12, 5))
    lengths = np.linalg.norm(x, axis=1)
    found = apply_kernel(kernel, x @ x.T, lengths, lengths)
    np.testing.assert_allclose(np.diag(found), lengths**2)
    assert np.linalg.eigvalsh(found).min() > -1e-9


@pytest.mark.parametrize("kernel", KERNELS)
def test_an_image_without_features(kernel):
    found = apply_kernel(kernel, np.zeros((1, 2)), np.zeros(1), np.array([0.0, 3.0]))
    assert found.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("kernel", KERNELS)
def test_between_different_images(kernel):
    x = np.random.default_rng(1).normal(size=(6, 3))
    lengths = np.linalg.norm(x, axis=1)
    whole = apply_kernel(kernel, x @ x.T, lengths, lengths)
    part = apply_kernel(kernel, x[:2] @ x[2:].T, lengths[:2], lengths[2:])
    np.testing.assert_allclose(part, whole[:2, 2:])
