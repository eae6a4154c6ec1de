import numpy as np
import pytest

from teni.task.keypoints import Keypoints
from teni.task.metrics import (
    eye_centers,
    image_rmse_px,
    nme_percent,
    nme_percent_each,
    pck,
    pck_each,
    rmse_px,
    rmse_px_each,
)

NAN = np.nan
TASK = Keypoints(("left_eye_center", "right_eye_center", "nose_tip"), 96, 96, (1, 0, 2))
# Eyes 20 px apart in the first image, 10 in the second; the third has lost an eye.
TRUTH = np.array(
    [
        [[60.0, 40.0], [40.0, 40.0], [50.0, 60.0]],
        [[50.0, 40.0], [44.0, 32.0], [NAN, NAN]],
        [[NAN, NAN], [40.0, 40.0], [50.0, 60.0]],
    ]
)
# Errors: (3, 4) -> 5, (0, 0) -> 0, (0, 2) -> 2; (1, 0) -> 1, (0, 0); and (0, 6) -> 6 on the third's nose.
SHIFT = np.array(
    [
        [[3.0, 4.0], [0.0, 0.0], [0.0, 2.0]],
        [[1.0, 0.0], [0.0, 0.0], [99.0, 99.0]],
        [[99.0, 99.0], [0.0, 0.0], [0.0, 6.0]],
    ]
)
PREDICTED = np.nan_to_num(TRUTH) + SHIFT


def test_rmse_counts_labelled_coordinates_one_by_one():
    # squares 9 + 16 + 4 + 1 + 36 = 66 over 6 + 4 + 4 = 14 labelled coordinates
    assert rmse_px(PREDICTED, TRUTH) == pytest.approx((66 / 14) ** 0.5)


def test_rmse_of_each_keypoint():
    expected = [(26 / 4) ** 0.5, 0.0, (40 / 4) ** 0.5]
    assert rmse_px_each(PREDICTED, TRUTH) == pytest.approx(expected)


def test_rmse_with_x_labelled_and_y_not():
    assert rmse_px(np.array([[[1.0, 50.0]]]), np.array([[[3.0, NAN]]])) == 2.0


def test_rmse_of_each_image():
    expected = [(29 / 6) ** 0.5, (1 / 4) ** 0.5, (36 / 4) ** 0.5]
    np.testing.assert_allclose(image_rmse_px(PREDICTED, TRUTH), expected)
    assert np.isnan(image_rmse_px(PREDICTED, np.full_like(TRUTH, NAN))).all()


def test_rmse_without_labels_is_not_a_number():
    assert np.isnan(rmse_px(PREDICTED, np.full_like(TRUTH, NAN)))
    assert rmse_px_each(PREDICTED, np.full_like(TRUTH, NAN)) == [None, None, None]


def test_nme_leaves_out_rows_without_both_eye_centres():
    # 5/20, 0/20, 2/20 and 1/10, 0/10: the third image does not count, though its nose is labelled
    assert nme_percent(PREDICTED, TRUTH, TASK) == pytest.approx(100 * (0.25 + 0 + 0.1 + 0.1 + 0) / 5)
    assert nme_percent_each(PREDICTED, TRUTH, TASK) == pytest.approx([17.5, 0.0, 10.0])


def test_pck_counts_errors_within_the_share_of_the_eye_distance():
    assert pck(PREDICTED, TRUTH, TASK, 0.05) == pytest.approx(2 / 5)
    assert pck(PREDICTED, TRUTH, TASK, 0.10) == pytest.approx(4 / 5)
    assert pck_each(PREDICTED, TRUTH, TASK, 0.10) == [0.5, 1.0, 1.0]


def test_nme_and_pck_are_not_defined_without_eye_centres():
    task = Keypoints(("a", "b", "c"), 96, 96, (0, 1, 2))
    assert nme_percent(PREDICTED, TRUTH, task) is None
    assert pck(PREDICTED, TRUTH, task, 0.05) is None
    assert nme_percent_each(PREDICTED, TRUTH, task) == [None] * 3
    assert pck_each(PREDICTED, TRUTH, task, 0.05) == [None] * 3


def test_nme_is_not_defined_where_both_eyes_lie_on_one_spot():
    truth = np.array([[[5.0, 5.0], [5.0, 5.0], [6.0, 6.0]]])
    assert nme_percent(truth + 1, truth, TASK) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("left_eye_center", "right_eye_center"),
        ("left_eye_centre", "right_eye_centre"),
        ("Left Eye", "Right Eye"),
        ("leftEye", "rightEye"),
        ("left-pupil", "right-pupil"),
        ("eye_left", "eye_right"),
    ],
)
def test_eye_centres_under_their_usual_names(left: str, right: str):
    assert eye_centers(("left_eye_inner_corner", right, left)) == (2, 1)


def test_eye_corners_are_no_eye_centres():
    assert eye_centers(("left_eye_inner_corner", "right_eye_inner_corner", "left_eye_center")) is None


def test_float32_input_is_measured_in_double_precision():
    truth = np.full((4000, 2, 2), 90.1, np.float32)
    assert rmse_px(truth + np.float32(1), truth) == pytest.approx(1, abs=1e-6)
