"""Old tensors into today's, with arrays worked out by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from teni.weights import remap

small = st.integers(1, 4)


def test_a_theano_kernel_becomes_rows_cols_channels_filters():
    kernel = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    moved = remap.kernel_to_last(kernel)
    assert moved.shape == (4, 5, 3, 2)
    assert moved[1, 2, 0, 1] == kernel[1, 0, 1, 2]


def test_turning_swaps_both_axes_of_space_and_nothing_else():
    kernel = np.array([[1, 2], [3, 4]])[..., None, None]
    assert remap.turn_kernel(kernel)[..., 0, 0].tolist() == [[4, 3], [2, 1]]


@given(small, small, small, small)
def test_permuted_rows_read_a_channels_last_image_as_the_old_ones_read_a_channels_first_one(c, h, w, units):
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(c, h, w)), rng.normal(size=(c * h * w, units))
    old = image.ravel() @ kernel
    new = np.moveaxis(image, 0, -1).ravel() @ remap.permute_rows(kernel, (c, h, w))
    np.testing.assert_allclose(new, old, rtol=1e-9, atol=1e-12)


def test_a_deviation_becomes_the_variance_that_divides_by_the_same():
    deviation = np.array([0.001, 0.5, 30.0], "f4")
    variance = remap.deviation_to_variance(deviation, 1e-6, 1e-3)
    np.testing.assert_allclose(np.sqrt(variance.astype("f8") + 1e-3), deviation + 1e-6, rtol=1e-4)


def test_only_the_marked_gates_are_scaled():
    values = np.ones((2, 6), "f4")
    scaled = remap.scale_gates(values, (True, False, True), 1.2)
    np.testing.assert_allclose(scaled[0], [1.2, 1.2, 1, 1, 1.2, 1.2], rtol=1e-6)
    assert scaled.dtype == np.float32


def test_in_and_out_are_swapped():
    assert remap.swap_in_out(np.zeros((3, 3, 2, 8))).shape == (3, 3, 8, 2)
