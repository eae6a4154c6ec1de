import keras
import numpy as np
import pytest

from teni.gradients import value_and_grad
from teni.task import Classes, Keypoints, loss

POINTS = Keypoints(("a", "b"), 4, 4, (0, 1))
CLASSES = Classes(("a", "b", "c"), 4, 4)


def test_squared_errors_over_what_is_labelled():
    targets = np.array([[[1.0, 2.0], [np.nan, np.nan]], [[0.0, 0.0], [5.0, np.nan]]], np.float32)
    outputs = np.array([[[2.0, 4.0], [9.0, 9.0]], [[0.0, 1.0], [8.0, 9.0]]], np.float32)
    assert float(loss(targets, outputs, POINTS)) == pytest.approx((1 + 4 + 0 + 1 + 9) / 5)


def test_cross_entropy_over_what_is_labelled():
    logits = np.log(np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]], np.float32)) + 4
    assert float(loss(np.array([2, 1, -1]), logits, CLASSES)) == pytest.approx(
        -np.log([0.5, 0.3]).mean(), rel=1e-5
    )


@pytest.mark.parametrize(
    ("task", "targets", "shape"),
    [
        (POINTS, np.full((2, 2, 2), np.nan, np.float32), (2, 2, 2)),
        (CLASSES, np.array([-1, -1]), (2, 3)),
    ],
)
def test_nothing_labelled_gives_nothing_and_moves_nothing(task, targets, shape):
    outputs = keras.ops.ones(shape)
    value, gradient = value_and_grad(lambda x: loss(targets, x, task))(outputs)
    assert float(value) == 0
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(gradient), np.zeros(shape))


def test_a_gap_does_not_spoil_the_gradient_of_the_rest():
    targets = np.array([[[1.0, 2.0], [np.nan, np.nan]]], np.float32)
    _, gradient = value_and_grad(lambda x: loss(targets, x, POINTS))(keras.ops.zeros((1, 2, 2)))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(gradient), [[[-1, -2], [0, 0]]])
