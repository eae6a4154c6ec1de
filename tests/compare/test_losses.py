"""What each image adds to the error, by hand."""

import numpy as np
import pytest

from teni.compare.losses import image_losses
from teni.task import Keypoints
from teni.task.metrics import rmse_px

TASK = Keypoints(("eye", "nose"), 8, 8, (0, 1))


def test_squares_of_labelled_coordinates():
    truth = np.array([[[1.0, 2.0], [np.nan, np.nan]], [[0.0, 0.0], [1.0, np.nan]]])
    predicted = np.array([[[4.0, 6.0], [9.0, 9.0]], [[0.0, 1.0], [3.0, 5.0]]])
    found = image_losses(predicted, truth, TASK)
    assert found.sums.tolist() == [25.0, 5.0]
    assert found.counts.tolist() == [2.0, 3.0]
    assert found.is_root
    assert np.sqrt(found.sums.sum() / found.counts.sum()) == pytest.approx(rmse_px(predicted, truth))


def test_minus_log_of_the_true_class():
    found = image_losses(np.array([[0.25, 0.75], [0.5, 0.5], [1.0, 0.0]]), np.array([1, -1, 1]), object())
    assert found.counts.tolist() == [1.0, 0.0, 1.0]
    assert found.sums[:2].tolist() == pytest.approx([-np.log(0.75), 0.0])
    assert 30 < found.sums[2] < 40  # a probability of 0 is not infinitely wrong
    assert (found.name, found.is_root) == ("log_loss", False)
