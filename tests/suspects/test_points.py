"""Errors planted in honest data are found and named, and what is merely unusual is not."""

import numpy as np
import pytest

from fake_run import FLIP, MEAN, NAMES
from teni.suspects.points import suspect_points
from teni.suspects.residuals import residuals

EACH, PEOPLE = 10, 40
MANY = EACH * PEOPLE
SUBJECTS = np.repeat([f"p{i:02d}" for i in range(PEOPLE)], EACH)


def honest(seed=0, gaps=0.3):
    """Predictions that are off a little, by subject and by image, as those of a good model are."""
    random = np.random.default_rng(seed)
    truth = MEAN + random.normal(0, 3, (MANY, 1, 2)) + random.normal(0, 1, (MANY, 15, 2))
    of_subject = np.repeat(random.normal(0, 0.5, (PEOPLE, 15, 2)), EACH, axis=0)
    predicted = (
        truth + of_subject + random.lognormal(0, 0.3, (MANY, 1, 1)) * random.normal(0, 1, (MANY, 15, 2))
    )
    truth[random.random((MANY, 15)) < gaps] = np.nan
    return predicted, truth


def found(predicted, truth, subjects=SUBJECTS):
    return {(s.row, s.kind): s.where for s in suspect_points(predicted, truth, FLIP, subjects)}


def test_little_is_suspect_where_nothing_is_wrong():
    assert len(found(*honest(1))) <= MANY // 100
    assert len(found(*honest(1), subjects=None)) <= MANY // 100


def test_swapped_left_and_right_are_found_and_named():
    predicted, truth = honest(gaps=0)
    truth[33] = truth[33, list(FLIP)]
    mouth = [NAMES.index("mouth_left_corner"), NAMES.index("mouth_right_corner")]
    truth[77, mouth] = truth[77, mouth[::-1]]
    said = found(predicted, truth)
    assert said[33, "swapped"] == tuple(k for k in range(15) if FLIP[k] != k)
    assert said[77, "swapped"] == tuple(mouth)
    assert not [key for key in said if key[0] in (33, 77) and key[1] != "swapped"]


def test_one_point_far_off_is_found_and_the_others_of_its_image_are_not_blamed():
    predicted, truth = honest(gaps=0)
    nose = NAMES.index("nose_tip")
    truth[5, nose] += (14, -9)
    truth[200, 0] = truth[200, nose]  # the eye was clicked on the nose
    said = found(predicted, truth)
    assert said[5, "far"] == (nose,)
    assert said[200, "far"] == (0,)


def test_a_whole_row_that_is_shifted_is_one_suspect():
    predicted, truth = honest()
    truth[120] += (9, 4)
    said = found(predicted, truth)
    assert said[120, "shifted"] == tuple(np.flatnonzero(~np.isnan(truth[120, :, 0])))
    assert (120, "far") not in said


def test_labels_of_another_image_are_scattered():
    predicted, truth = honest(gaps=0)
    truth[60] = np.random.default_rng(3).uniform(5, 90, (15, 2))
    said = found(predicted, truth)
    assert len(said[60, "scattered"]) > 9
    assert not [key for key in said if key[0] == 60 and key[1] != "scattered"]


def test_a_subject_whom_the_model_always_gets_wrong_is_no_suspect():
    predicted, truth = honest(gaps=0)
    rows = SUBJECTS == "p07"
    predicted[rows, 10] += (8, 0)  # somebody with a long nose
    before = found(predicted, truth, subjects=None)
    assert any(rows[row] for row, _ in before)
    after = found(predicted, truth)
    assert not any(rows[row] for row, _ in after)
    truth[70, 10] += (0, 15)  # but an error on one of these images still is
    assert found(predicted, truth)[70, "far"] == (10,)


def test_a_hard_image_raises_its_own_bar():
    predicted, truth = honest(gaps=0)
    predicted[9] += np.random.default_rng(0).normal(0, 3.2, (15, 2))  # the face is turned away
    assert not [key for key in found(predicted, truth) if key[0] == 9]


def test_many_errors_at_once_do_not_hide_each_other():
    predicted, truth = honest(gaps=0)
    random = np.random.default_rng(5)
    rows = random.choice(MANY, 32, replace=False)  # of every hundred images eight
    for row in rows:
        angle = random.uniform(0, 2 * np.pi)
        truth[row, random.integers(15)] += 16 * np.array([np.cos(angle), np.sin(angle)])
    said = {row for row, _ in found(predicted, truth)}
    assert len(said & set(rows.tolist())) >= 30
    assert len(said - set(rows.tolist())) <= 4


def test_scores_by_hand():
    # Lengths 0, 0.7071 (twice), 1.4142 and 10 after the median (0, 0) is taken off.
    truth = np.array([[0, 0], [0.5, 0.5], [-0.5, -0.5], [1, 1], [-6, -8]], float)[:, None]
    left = residuals(np.zeros((5, 1, 2)), truth, None)
    ninth = 1.4142136 + 0.6 * (10 - 1.4142136)
    assert left.spread[0, 0] == pytest.approx(ninth / 2.1460, rel=1e-6)
    assert left.scores[4, 0] == pytest.approx(10 / left.spread[0, 0])


def test_nothing_labelled_and_nothing_predicted():
    nothing = np.full((3, 2, 2), np.nan)
    assert suspect_points(np.zeros((3, 2, 2)), nothing, (1, 0), None) == []
    assert suspect_points(nothing, np.zeros((3, 2, 2)), (1, 0), None) == []
    assert suspect_points(np.zeros((0, 2, 2)), np.zeros((0, 2, 2)), (1, 0), None) == []


def test_perfect_predictions_are_no_division_by_nothing():
    truth = np.zeros((20, 1, 2))
    truth[3] = 1.0
    assert [s.row for s in suspect_points(np.zeros((20, 1, 2)), truth, (0,), None)] == [3]
