"""Scores to probabilities: against scikit-learn's logistic regression, and what must never be learned."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from teni.task.class_metrics import log_loss
from teni.transfer.calibrate import Calibration, cross_fitted, cross_fitted_log_loss, fit_calibration


def scored(images=400, noise=0.5, seed=0):
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, 3, images)
    return np.eye(3)[classes] + rng.normal(0, noise, (images, 3)), classes


def test_two_classes_are_a_logistic_regression_on_the_difference():
    scores, classes = scored()
    two = classes < 2
    pair = np.stack([scores[two, 0] - scores[two, 1], scores[two, 1] - scores[two, 0]], axis=1) / 2
    found = fit_calibration(pair, classes[two])
    # One imagined image of the other class beside each label, spread over all images.
    many = int(two.sum())
    weights = np.concatenate([np.full(many, (many + 1) / (many + 2)), np.full(many, 1 / (many + 2))])
    difference = np.concatenate([pair[:, 1] - pair[:, 0]] * 2)[:, None]
    plain = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000)
    plain.fit(difference, np.concatenate([classes[two], 1 - classes[two]]), sample_weight=weights)
    assert found.scale == pytest.approx(plain.coef_.item(), rel=1e-3)
    assert found.bias[1] - found.bias[0] == pytest.approx(plain.intercept_.item(), abs=1e-3)


def test_it_finds_the_scale_that_made_the_labels():
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 1, (20_000, 4))
    truth = Calibration(2.0, np.array([0.5, 0.0, -0.2, -0.3]))
    classes = (truth(scores).cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    found = fit_calibration(scores, classes)
    assert found.scale == pytest.approx(2.0, abs=0.06)
    np.testing.assert_allclose(found.bias, truth.bias, atol=0.06)


def test_left_out_shares_are_not_taken_for_knowledge():
    classes = np.array([0, 1] * 10)
    others = (10 - np.eye(2)[classes]) / 19  # the share of each class among all other images
    assert others.argmax(axis=1).tolist() == (1 - classes).tolist()
    assert fit_calibration(others, classes).scale == 0.0
    values = np.eye(2)[classes]
    assert cross_fitted_log_loss(values, others, np.arange(20)) > 0.65


def test_a_perfect_head_gets_a_finite_scale():
    scores, classes = scored(noise=0.0)
    found = fit_calibration(scores, classes)
    assert found(scores)[np.arange(400), classes].min() == pytest.approx(401 / 403, abs=1e-3)


def test_probabilities_of_a_group_come_from_the_others():
    scores, classes = scored(60)
    groups = np.arange(60) // 2
    before = cross_fitted(scores, classes, groups)
    changed = classes.copy()
    changed[:2] = (changed[:2] + 1) % 3
    after = cross_fitted(scores, changed, groups)
    # What an image of the group is called moves the others' calibration (and where all start from), hardly its own.
    np.testing.assert_allclose(after[:2], before[:2], atol=1e-3)
    assert np.abs(after - before).max() > 1e-2


def test_unlabelled_and_unsolved_rows():
    scores, classes = scored(60)
    classes[3] = -1
    scores[4] = np.nan
    found = cross_fitted(scores, classes, np.arange(60))
    assert np.isfinite(found[3]).all()
    assert np.isnan(found[4]).all()
    np.testing.assert_allclose(np.delete(found, 4, axis=0).sum(axis=1), 1)


def test_cross_fitting_is_no_better_than_fitting():
    scores, classes = scored(60, noise=0.8)
    seen = log_loss(fit_calibration(scores, classes)(scores), classes)
    values = np.eye(3)[classes]
    assert seen < cross_fitted_log_loss(values, scores, np.arange(60)) < seen + 0.2
