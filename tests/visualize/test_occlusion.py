"""What hiding changes, by hand; squares that end at the border."""

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.visualize.baselines import black
from teni.visualize.occlusion import occlusion, starts

from .nets import layers


def weighted(kernel):
    kernel = np.array(kernel, np.float32)
    x = keras.Input((*kernel.shape[:2], 1))
    dense = layers.Dense(kernel.shape[2], use_bias=False)
    model = keras.Model(x, dense(layers.Flatten()(x)), name="weighted")
    dense.set_weights([kernel.reshape(-1, kernel.shape[2])])
    return model


def test_each_pixel_is_the_mean_over_the_squares_that_hide_it():
    model = weighted([[[1.0], [2.0], [4.0]]] * 2)
    image = np.ones((1, 2, 3, 1), np.float32)
    found = occlusion(model, window=2, stride=1, fill=black)(image, [(0,)])[0, 0]
    # The left square hides 2 * (1 + 2), the right one 2 * (2 + 4); the middle is hidden by both.
    assert found.tolist() == [[6, 9, 12], [6, 9, 12]]


def test_a_point_is_moved_as_far_as_both_coordinates_say():
    kernel = np.zeros((1, 2, 2), np.float32)
    kernel[0, 0] = [3, 4]
    hide = occlusion(weighted(kernel), window=1, stride=1, fill=black)
    assert hide(np.ones((1, 1, 2, 1), np.float32), [(0, 1), (0,), (1,)])[0, :, 0].tolist() == [
        [5, 0],
        [3, 0],
        [4, 0],
    ]


def test_grey_hides_by_each_images_own_mean():
    found = occlusion(weighted([[[1.0], [1.0]]]), window=1, stride=1)(
        np.array([[[[1.0], [3.0]]], [[[10.0], [30.0]]]], np.float32), [(0,)]
    )
    assert found[:, 0, 0].tolist() == [[-1, 1], [-10, 10]]


def test_squares_end_at_the_border_and_cover_all():
    for length, window, stride in ((96, 12, 3), (97, 12, 5), (7, 7, 3), (5, 2, 2), (3, 1, 1)):
        begin = starts(length, window, stride)
        covered = np.zeros(length)
        for start in begin:
            assert 0 <= start <= length - window
            covered[start : start + window] += 1
        assert covered.min() > 0
        assert begin[-1] + window == length


def test_more_squares_than_fit_into_memory_at_once():
    kernel = np.random.default_rng(0).normal(size=(20, 20, 1))
    image = np.random.default_rng(1).normal(size=(1, 20, 20, 1)).astype(np.float32)
    found = occlusion(weighted(kernel), window=1, stride=1, fill=black)(image, [(0,)])[0, 0]
    np.testing.assert_allclose(found, kernel[..., 0] * image[0, ..., 0], atol=1e-4)


@pytest.mark.parametrize(("window", "stride"), [(4, 1), (2, 3), (2, 0)])
def test_squares_that_do_not_fit_are_refused(window, stride):
    hide = occlusion(weighted(np.ones((3, 5, 1))), window=window, stride=stride)
    with pytest.raises(
        TeniError, match=f"square of {window} pixels, moved by .*, on images of 5x3: expected"
    ):
        hide(np.ones((1, 3, 5, 1), np.float32), [(0,)])


def test_an_output_that_there_is_not():
    with pytest.raises(TeniError, match="weighted has 1 outputs, counted from 0; there is no 1"):
        occlusion(weighted(np.ones((3, 5, 1))))(np.ones((1, 3, 5, 1), np.float32), [(1,)])
