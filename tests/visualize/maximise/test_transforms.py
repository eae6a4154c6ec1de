"""Moves by hand, against SciPy, and their gradient as the transpose."""

import keras
import numpy as np
import pytest
from scipy import ndimage

from teni import gradients
from teni.visualize.maximise.transforms import Views, moved, two_passes
from teni.visualize.units import to_numpy


def passes(turn=0.0, zoom=1.0, right=0.0, down=0.0):
    return two_passes(*(np.array([v]) for v in (turn, zoom, right, down)))[0]


def smooth(height=30, width=24, channels=2):
    noise = np.random.default_rng(0).normal(size=(1, height, width, channels))
    return ndimage.gaussian_filter(noise, (0, 3, 3, 0)).astype(np.float32)


def test_no_move_changes_nothing():
    image = smooth()
    np.testing.assert_allclose(to_numpy(moved(image, passes())), image, atol=1e-6)


def test_a_shift_by_whole_and_half_pixels_repeats_the_border():
    image = np.array([[0.0, 1, 2], [10, 11, 12]], np.float32)[None, ..., None]
    assert to_numpy(moved(image, passes(right=1)))[0, ..., 0].tolist() == [[1, 2, 2], [11, 12, 12]]
    assert to_numpy(moved(image, passes(down=-0.5)))[0, ..., 0].tolist() == [[0, 1, 2], [5, 6, 7]]


@pytest.mark.parametrize(
    ("turn", "zoom", "right", "down"), [(0.2, 1.0, 0, 0), (-0.15, 1.1, 1.5, -2), (0, 0.9, 0, 1)]
)
def test_turn_zoom_and_shift_are_scipys(turn, zoom, right, down):
    image = smooth()
    height, width = image.shape[1:3]
    cos, sin = np.cos(turn) / zoom, np.sin(turn) / zoom
    # (x, y) from the middle shows R (x, y) / zoom + (right, down); SciPy's axes are y, x
    matrix = np.array([[cos, sin], [-sin, cos]])
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    offset = middle + np.array([down, right]) - matrix @ middle
    theirs = ndimage.affine_transform(image[0, ..., 0], matrix, offset, order=1, mode="nearest")
    ours = to_numpy(moved(image, passes(turn, zoom, right, down)))[0, ..., 0]
    inside = np.s_[8:-8, 8:-8]  # where no pass meets the border
    np.testing.assert_allclose(ours[inside], theirs[inside], atol=0.02 * np.abs(image).max())


def test_the_gradient_is_the_transpose():
    image, other = smooth(8, 9, 1), np.random.default_rng(1).normal(size=(1, 8, 9, 1)).astype(np.float32)
    move = passes(0.1, 1.05, 0.7, -0.4)
    _, back = gradients.value_and_grad(lambda x: keras.ops.sum(keras.ops.multiply(moved(x, move), other)))(
        image
    )
    forth = float((to_numpy(moved(image, move)) * other).sum())
    assert float((to_numpy(back) * image).sum()) == pytest.approx(forth, rel=1e-4)


def test_moves_stay_within_what_was_asked():
    views = Views(jitter=3, rotation=10, scale=0.1)
    *_, c, d, down = views.draw(500, np.random.default_rng(0)).T
    assert not views.still
    assert np.abs(np.rad2deg(np.arctan2(c, d))).max() <= 10
    assert np.abs(down).max() <= 3
    zoom = 1 / np.hypot(c, d)
    assert zoom.min() >= 0.9
    assert zoom.max() <= 1.1
