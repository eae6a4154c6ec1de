import json

import numpy as np
import pytest

from teni.errors import TeniError
from teni.task import evaluate
from teni.task.keypoints import Keypoints

TASK = Keypoints(("left_eye_center", "right_eye_center", "nose_tip"), 96, 96, (1, 0, 2))
FACE = np.array([[60.0, 40.0], [40.0, 40.0], [50.0, 60.0]])


def faces(shifts: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Give one face a shift: truth, and the prediction that is wrong by that much in x and in y."""
    truth = np.repeat(FACE[None], len(shifts), 0).astype(np.float32)
    return truth + np.array(shifts, np.float32)[:, None, None], truth


def test_the_whole_block_by_hand():
    predicted, truth = faces([1, 1, 3])
    truth[2, 2] = np.nan
    block = evaluate(predicted, truth, TASK, np.array(["ann", "ann", "bob"]), FACE + 4, seed=0)
    # 12 coordinates wrong by 1 and 4 wrong by 3; drawn: ann twice -> 1, both -> the sample, bob twice -> 3
    assert block["rmse_px"] == pytest.approx((48 / 16) ** 0.5)
    assert block["rmse_px_ci95"] == pytest.approx([1, 3])
    assert block["mean_predictor"]["rmse_px"] == pytest.approx(4)
    assert block["mean_predictor"]["rmse_px_ci95"] == pytest.approx([4, 4])
    root = 2**0.5
    assert block["nme_percent"] == pytest.approx(100 * (6 * root + 2 * 3 * root) / 8 / 20)
    assert block["nme_percent_ci95"] == pytest.approx([100 * root / 20, 300 * root / 20])
    assert block["pck_05"] == 0
    assert block["pck_10"] == pytest.approx(6 / 8)
    nose = block["per_keypoint"]["nose_tip"]
    assert nose["labels"] == 2
    assert nose["rmse_px"] == pytest.approx(1)
    assert nose["rmse_px_ci95"] == pytest.approx([1, 1])
    assert block["per_subject"]["worst"][0] == {"subject": "bob", "rmse_px": pytest.approx(3), "images": 1}
    assert block["per_subject"]["rmse_px_quartiles"] == pytest.approx([1.5, 2, 2.5])
    assert (block["images"], block["labels"], block["subjects"]) == (3, 8, 2)
    assert set(block) == {
        "rmse_px", "rmse_px_ci95", "nme_percent", "nme_percent_ci95", "pck_05", "pck_10", "mean_predictor",
        "per_keypoint", "per_subject", "images", "labels", "subjects", "subjects_known",
    }  # fmt: skip


def test_the_interval_is_over_people_not_images():
    random = np.random.default_rng(0)
    people = np.repeat([f"p{i}" for i in range(30)], 20)
    predicted, truth = faces(np.repeat(random.uniform(0.5, 3, 30), 20).tolist())
    by_person = evaluate(predicted, truth, TASK, people, FACE, seed=1)["rmse_px_ci95"]
    by_image = evaluate(predicted, truth, TASK, None, FACE, seed=1)["rmse_px_ci95"]
    ratio = (by_person[1] - by_person[0]) / (by_image[1] - by_image[0])
    assert ratio == pytest.approx(20**0.5, rel=0.25)  # twenty twins are worth one image


def test_strict_json_and_the_same_for_the_same_seed():
    predicted, truth = faces([1, 2, 3])
    truth[:, 2] = np.nan
    block = evaluate(predicted, truth, TASK, None, FACE, seed=4)
    text = json.dumps(block, allow_nan=False)
    assert text == json.dumps(evaluate(predicted, truth, TASK, None, FACE, seed=4), allow_nan=False)
    assert block["per_keypoint"]["nose_tip"]["rmse_px"] is None
    assert block["per_keypoint"]["nose_tip"]["rmse_px_ci95"] is None


def test_one_subject_has_no_interval():
    predicted, truth = faces([1, 2])
    block = evaluate(predicted, truth, TASK, np.array(["ann", "ann"]), FACE, seed=0)
    assert block["rmse_px_ci95"] is None
    assert block["nme_percent_ci95"] is None
    assert block["per_keypoint"]["nose_tip"]["rmse_px_ci95"] is None


def test_a_task_without_eyes_has_no_nme():
    predicted, truth = faces([1, 2])
    block = evaluate(predicted, truth, Keypoints(("a", "b", "c"), 96, 96, (0, 1, 2)), None, FACE, seed=0)
    assert block["nme_percent"] is None
    assert block["nme_percent_ci95"] is None
    assert block["pck_05"] is None
    assert block["per_keypoint"]["a"]["nme_percent_ci95"] is None


def test_a_mean_prediction_an_image():
    predicted, truth = faces([1, 2])
    each = evaluate(predicted, truth, TASK, None, truth + np.array([1, 3])[:, None, None], seed=0)
    assert each["mean_predictor"]["rmse_px"] == pytest.approx(5**0.5)


def test_a_prediction_that_is_not_a_number_is_an_error_only_where_it_is_asked_for():
    predicted, truth = faces([1, 2, 3])
    predicted[1, 2] = np.nan
    with pytest.raises(TeniError, match=r"^2 predicted coordinates .* nose_tip of image 1:"):
        evaluate(predicted, truth, TASK, None, FACE, seed=0)
    truth[1, 2] = np.nan
    assert evaluate(predicted, truth, TASK, None, FACE, seed=0)["labels"] == 8


def test_errors_that_say_what_is_wrong():
    predicted, truth = faces([1, 2])
    with pytest.raises(TeniError, match=r"predictions have shape \(1, 3, 2\), expected \(2, 3, 2\)"):
        evaluate(predicted[:1], truth, TASK, None, FACE, seed=0)
    with pytest.raises(TeniError, match=r"labels have shape \(2, 2, 2\), expected \(2, 3, 2\)"):
        evaluate(predicted, truth[:, :2], TASK, None, FACE, seed=0)
    with pytest.raises(TeniError, match=r"mean prediction has shape \(2, 2\), expected \(3, 2\)"):
        evaluate(predicted, truth, TASK, None, FACE[:2], seed=0)
    with pytest.raises(TeniError, match="nothing to measure"):
        evaluate(predicted, np.full_like(truth, np.nan), TASK, None, FACE, seed=0)
    with pytest.raises(TeniError, match="the mean face has no nose_tip"):
        evaluate(predicted, truth, TASK, None, np.where([[False], [False], [True]], np.nan, FACE), seed=0)
