"""Error over the number of subjects: which sizes, which draws, and the numbers of one head."""

import numpy as np
import pytest

from teni.task import Keypoints
from teni.transfer.gram import Gram
from teni.transfer.head import prepare, solve_head
from teni.transfer.labels import Labels, make_labels
from teni.transfer.learning_curve import COLUMNS, learning_curve

TASK = Keypoints(("eye", "nose"), 20, 20, (0, 1))


def case(subjects, noise=0.05, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(2 * subjects, 6))
    targets = 10 + (features @ rng.normal(size=(6, 4)) + noise * rng.normal(size=(len(features), 4)))
    gram = Gram(features @ features.T / 6 + 50, None)
    groups = np.repeat(np.arange(subjects), 2)
    return gram, targets.reshape(-1, 2, 2).astype(np.float32), groups


def test_the_error_falls_with_subjects():
    gram, targets, groups = case(60)
    curve = learning_curve(gram, make_labels(targets, TASK, "halves", False), groups, 0.01, seed=0)
    assert tuple(curve.columns) == COLUMNS
    assert curve["subjects"].tolist() == [3, 6, 12, 24, 42]
    assert curve["images"].tolist() == [6, 12, 24, 48, 84]
    assert curve["rmse_px"].iloc[-1] < 0.2 * curve["rmse_px"].iloc[0]
    assert (curve["rmse_px_low"] <= curve["rmse_px"]).all()
    assert (curve["rmse_px"] <= curve["rmse_px_high"]).all()


def test_a_point_is_the_error_of_a_head_on_those_subjects():
    gram, targets, groups = case(10)
    labels = make_labels(targets, TASK, "halves", False)
    curve = learning_curve(gram, labels, groups, 0.1, draws=1, seed=3)
    drawn = np.random.default_rng(3).choice(np.arange(10), 3, replace=False)
    rows = np.flatnonzero(np.isin(groups, drawn))
    some = Labels(labels.values[:, rows], labels.middle, labels.partner, labels.sign)
    head = solve_head(prepare(gram.take(rows, rows), some, groups[rows]), (0.1,))
    assert curve["rmse_px"].iloc[0] == pytest.approx(head.errors[0.1])


def test_deterministic_by_seed():
    gram, targets, groups = case(20)
    labels = make_labels(targets, TASK, "halves", False)
    first, again, other = (learning_curve(gram, labels, groups, 0.1, seed=seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_draws_in_which_one_subject_alone_labels_a_keypoint_are_left_out():
    gram, targets, groups = case(20)
    targets[groups >= 2, 1] = np.nan  # the nose is known of two subjects: a small draw seldom has both
    labels = make_labels(targets, TASK, "halves", False)
    curve = learning_curve(gram, labels, groups, 0.1, seed=0)
    rng, expected = np.random.default_rng(0), []
    for size, draws in ((3, 2), (4, 2), (8, 2), (14, 1)):
        drawn = [rng.choice(np.arange(20), size, replace=False) for _ in range(draws)]
        if any({0, 1} <= set(each.tolist()) for each in drawn):
            expected.append(size)
    assert curve["subjects"].tolist() == expected
    assert len(expected) < 4


@pytest.mark.parametrize("subjects", [2, 3])
def test_too_few_subjects_to_draw_from(subjects):
    gram, targets, groups = case(subjects)
    curve = learning_curve(gram, make_labels(targets, TASK, "halves", False), groups, 0.1, seed=0)
    assert curve.empty
    assert curve.dtypes.map(str).tolist() == ["int64", "int64", "float64", "float64", "float64"]
