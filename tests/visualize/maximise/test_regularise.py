import numpy as np
import pytest

from teni.visualize.maximise.regularise import Regularisers, blur_matrix, blurred
from teni.visualize.units import to_numpy


def test_l2_is_the_squared_distance_from_grey():
    image = np.array([0.0, 255.0, 127.5, 127.5], np.float32).reshape(1, 2, 2, 1)
    assert to_numpy(Regularisers(l2=2.0).penalty(image)).tolist() == pytest.approx([2 * (0.25 + 0.25) / 4])


def test_total_variation_is_the_mean_difference_of_neighbours():
    image = np.array([[0.0, 255.0], [255.0, 255.0]], np.float32).reshape(1, 2, 2, 1)
    # down: 255 and 0, right: 255 and 0; each mean is a half
    assert to_numpy(Regularisers(total_variation=3.0).penalty(image)).item() == pytest.approx(3.0, rel=2e-3)


def test_a_blur_keeps_a_constant_and_spreads_a_point():
    np.testing.assert_allclose(to_numpy(blurred(np.full((1, 5, 6, 2), 7, np.float32), 1.0)), 7, rtol=1e-5)
    point = np.zeros((1, 7, 7, 1), np.float32)
    point[0, 3, 3] = 1
    found = to_numpy(blurred(point, 1.0))[0, ..., 0]
    row = np.exp(-(np.arange(-3, 4) ** 2) / 2)
    np.testing.assert_allclose(
        found[3] / found[3, 3], (row / blur_rows()) / (row / blur_rows())[3], rtol=1e-4
    )
    np.testing.assert_allclose(found, found.T, atol=1e-7)


def blur_rows():
    apart = np.arange(7)[:, None] - np.arange(7)
    return np.exp(-(apart**2) / 2).sum(axis=1)


def test_no_blur_is_the_identity():
    np.testing.assert_array_equal(blur_matrix(4, 0.0), np.eye(4))
