"""The loss of heads is the loss of the task."""

import numpy as np
import pytest

from teni.task import Classes, Keypoints, loss
from teni.training.heads import HeadData
from teni.training.heads.data import head_loss, mean_outputs

NOWHERE = np.zeros(0, np.intp)


def test_squares():
    rng = np.random.default_rng(0)
    targets, outputs = rng.normal(size=(2, 6, 4)).astype(np.float32)
    known = (rng.random((6, 4)) < 0.6).astype(np.float32)
    points = np.where(known > 0, targets, np.nan).reshape(6, 2, 2)
    task = Keypoints(("a", "b"), 8, 8, (0, 1))
    found = head_loss(outputs, targets, known, "squares")
    assert found == pytest.approx(float(loss(points, outputs.reshape(6, 2, 2), task)), rel=1e-6)


def test_cross_entropy():
    rng = np.random.default_rng(0)
    classes = np.array([0, 2, -1, 1])
    outputs = rng.normal(size=(4, 3)).astype(np.float32)
    known = np.repeat(classes[:, None] >= 0, 3, axis=1).astype(np.float32)
    found = head_loss(outputs, np.eye(3, dtype=np.float32)[np.maximum(classes, 0)], known, "cross-entropy")
    assert found == pytest.approx(float(loss(classes, outputs, Classes(("a", "b", "c"), 8, 8))), rel=1e-6)


def test_without_labels_there_is_no_loss():
    nothing = np.zeros((2, 3), np.float32)
    assert head_loss(nothing + 1, nothing, nothing, "squares") == 0.0
    assert head_loss(nothing + 1, nothing, nothing, "cross-entropy") == 0.0


def test_the_mean_is_over_what_is_known():
    targets = np.array([[1.0, 5.0], [3.0, 7.0]], np.float32)
    known = np.array([[1.0, 0.0], [1.0, 0.0]], np.float32)
    data = HeadData(np.arange(2), targets, known, NOWHERE, targets[:0], known[:0])
    assert mean_outputs(data).tolist() == [2.0, 0.0]


def test_logits_of_the_shares():
    targets = np.eye(3, dtype=np.float32)[[0, 0, 0, 1]]
    data = HeadData(
        np.arange(4), targets, np.ones((4, 3), np.float32), NOWHERE, targets[:0], targets[:0], "cross-entropy"
    )
    np.testing.assert_allclose(mean_outputs(data), np.log([0.75, 0.25, 0.001]), rtol=1e-6)
