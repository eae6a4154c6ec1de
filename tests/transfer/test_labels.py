"""Mirrored labels against the task's own flip; clusters cover every column once and keep every label."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teni.task import Keypoints, flip_keypoints
from teni.transfer.labels import MOST_GAPS, axis_position, cluster_columns, make_labels

TASK = Keypoints(("left_eye", "right_eye", "nose"), 30, 40, (1, 0, 2))
CENTERS = ["halves", "integers"]


def targets_with_gaps(seed, images, gap, task=TASK):
    rng = np.random.default_rng(seed)
    targets = rng.uniform(0, 30, size=(images, len(task.names), 2)).astype(np.float32)
    targets[rng.random(targets.shape[:2]) < gap] = np.nan
    targets[rng.random(targets.shape) < gap / 4] = np.nan  # x without y
    targets[0] = 1.0
    return targets


@settings(deadline=None)
@given(seed=st.integers(0, 999), gap=st.sampled_from([0.0, 0.3]), center=st.sampled_from(CENTERS))
def test_mirrored_labels_are_flipped_keypoints(seed, gap, center):
    targets = targets_with_gaps(seed, 6, gap)
    labels = make_labels(targets, TASK, center, True)
    axis = axis_position(TASK, center)
    middle = np.tile([axis / 2, 15.0], 3)
    np.testing.assert_allclose(labels.values[0], targets.reshape(6, 6) - middle, atol=1e-5)
    flipped = flip_keypoints(targets, TASK.flip_permutation, axis)
    np.testing.assert_allclose(labels.values[1], flipped.reshape(6, 6) - middle, atol=1e-5)
    np.testing.assert_array_equal(labels.middle, middle)
    np.testing.assert_array_equal(labels.known, ~np.isnan(labels.values))


@pytest.mark.parametrize(("center", "expected"), [("halves", 40.0), ("integers", 39.0)])
def test_the_axis_is_that_of_the_width(center, expected):
    assert axis_position(TASK, center) == expected


def test_without_mirror_images_every_column_is_its_own_partner():
    labels = make_labels(targets_with_gaps(0, 4, 0.0), TASK, "halves", False)
    assert labels.values.shape == (1, 4, 6)
    assert labels.partner.tolist() == list(range(6))


@settings(deadline=None)
@given(
    seed=st.integers(0, 9_999),
    images=st.integers(2, 25),
    gap=st.sampled_from([0.0, 0.05, 0.3, 0.8]),
    mirror=st.booleans(),
    eyes_only=st.integers(0, 10),
)
def test_clusters_cover_every_column_once_and_keep_every_label(seed, images, gap, mirror, eyes_only):
    targets = targets_with_gaps(seed, images, gap)
    targets[1 : 1 + eyes_only, 2] = np.nan
    labels = make_labels(targets, TASK, "halves", mirror)
    clusters = cluster_columns(labels)
    covered = np.concatenate([cluster.columns for cluster in clusters])
    partners = [labels.partner[c] for c in covered if labels.partner[c] != c]
    assert sorted([*covered, *partners]) == list(range(6))
    for cluster in clusters:
        assert (np.diff(cluster.rows) > 0).all()
        for pattern in cluster.patterns:
            for column in pattern.columns:
                known = labels.known[:, :, column]
                np.testing.assert_array_equal(pattern.known, known[:, cluster.rows])
                assert known.sum() == pattern.known.sum()  # no label lies outside the cluster's images


def columns_of(targets, task=TASK):
    return [
        (c.rows.tolist(), c.columns.tolist())
        for c in cluster_columns(make_labels(targets, task, "halves", True))
    ]


def test_few_gaps_share_a_decomposition():
    targets = np.ones((20, 3, 2), np.float32)
    targets[0, 2] = np.nan
    assert columns_of(targets) == [(list(range(20)), [0, 1, 4, 5])]


def test_many_gaps_get_their_own():
    targets = np.ones((20, 3, 2), np.float32)
    targets[10:, 2] = np.nan
    assert columns_of(targets) == [(list(range(20)), [0, 1]), (list(range(10)), [4, 5])]


def test_the_first_cluster_takes_in_images_that_only_others_label():
    targets = np.ones((20, 3, 2), np.float32)
    targets[10:, 2] = np.nan
    targets[0, :2] = np.nan
    assert columns_of(targets) == [(list(range(20)), [0, 1]), (list(range(10)), [4, 5])]


def test_not_if_they_are_many():
    targets = np.ones((20, 3, 2), np.float32)
    targets[9:, 2] = np.nan
    missing = int(20 * MOST_GAPS) + 1
    targets[:missing, :2] = np.nan
    assert columns_of(targets)[0] == (list(range(missing, 20)), [0, 1])


def test_a_later_cluster_may_have_more_images():
    # Left and right ears are labelled on different images: fewer labels than the nose, on more images.
    task = Keypoints(("left_ear", "right_ear", "nose"), 30, 40, (1, 0, 2))
    targets = np.full((20, 3, 2), np.nan, np.float32)
    targets[:14, 2] = 1
    targets[:10, 0] = 1
    targets[10:, 1] = 1
    assert columns_of(targets, task) == [(list(range(14)), [4, 5]), (list(range(20)), [0, 1])]


def test_one_keypoint():
    task = Keypoints(("nose",), 4, 4, (0,))
    assert columns_of(np.ones((3, 1, 2), np.float32), task) == [([0, 1, 2], [0, 1])]
