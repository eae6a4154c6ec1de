"""Images on which candidates are compared: few, whatever the subjects are like, and with the labels that it takes."""

import numpy as np
import pytest

from teni.data import Dataset
from teni.task import Classes, Keypoints
from teni.transfer.screening import screening_rows

POINTS = Keypoints(("nose", "mouth"), 2, 2, (0, 1))


def data_of(targets, task=POINTS) -> Dataset:
    count = len(targets)
    return Dataset(np.zeros((count, 2, 2, 1), np.uint8), targets, task, None, np.arange(count).astype(str))


def points(count: int) -> np.ndarray:
    return np.ones((count, 2, 2), np.float32)


def test_whole_subjects_are_drawn():
    groups = np.arange(60) // 3
    rows = screening_rows(data_of(points(60)), groups, 0, 10, 20)
    assert len(rows) == 12
    assert set(np.bincount(groups[rows])) <= {0, 3}


def test_of_subjects_with_thousands_of_images_some_are_kept_spread_over_all():
    groups = np.repeat([0, 1, 2], [5000, 3000, 4])
    rows = screening_rows(data_of(points(len(groups))), groups, 0, 4000, 100)
    assert len(rows) <= 100
    assert np.array_equal(rows, np.unique(rows))
    who = groups[rows]
    for each, size in ((0, 5000), (1, 3000)):
        if (who == each).any():
            mine = rows[who == each]
            assert mine[0] % 5000 == 0
            assert np.ptp(np.diff(mine)) <= 1
            assert mine[-1] - mine[0] > 0.9 * size
    assert screening_rows(data_of(points(len(groups))), groups, 0, 4000).size >= 4000


def test_few_images_of_one_subject_leave_more_for_the_others():
    groups = np.repeat([0, 1], [4, 1000])
    rows = screening_rows(data_of(points(1004)), groups, 0, 900, 20)
    assert np.bincount(groups[rows]).tolist() == [4, 16]


def test_a_rare_keypoint_brings_its_own_subjects_and_no_others():
    targets, groups = points(3000), np.arange(3000) // 2
    targets[:, 1] = np.nan
    targets[[400, 2001, 2998], 1] = 1
    rows = screening_rows(data_of(targets), groups, 3, 20, 40)
    assert 20 <= len(rows) <= 24
    assert len(np.unique(groups[rows][~np.isnan(targets[rows, 1, 0])])) == 2


def test_labels_are_not_lost_with_images_that_are_left_out():
    targets, groups = points(2000), np.repeat([0, 1], 1000)
    targets[:, 1] = np.nan
    targets[[77, 1333], 1] = 1
    rows = screening_rows(data_of(targets), groups, 0, 1500, 30)
    assert len(rows) <= 32
    assert {77, 1333} <= set(rows.tolist())


@pytest.mark.parametrize("seed", range(4))
def test_two_classes_are_shown(seed):
    task = Classes(("cat", "dog", "owl"), 2, 2)
    targets = np.full(400, -1)
    targets[:300], targets[399] = 1, 2
    rows = screening_rows(data_of(targets, task), np.arange(400) // 4, seed, 8, 12)
    assert len(set(targets[rows]) - {-1}) >= 2
    assert len(rows) <= 16


def test_data_that_label_a_keypoint_on_one_subject_are_taken_as_they_are():
    targets = points(12)
    targets[1:, 1] = np.nan
    rows = screening_rows(data_of(targets), np.arange(12), 0, 4)
    assert 4 <= len(rows) <= 5
