import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as independent

from teni.task.class_metrics import (
    LEAST,
    calibration_error,
    confusion,
    hits,
    image_log_loss,
    log_loss,
    reliability,
)

PREDICTED = np.array([[0.7, 0.2, 0.1], [0.1, 0.5, 0.4], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6]])
TRUTH = np.array([0, 2, 1, -1])


def test_log_loss_by_hand():
    assert log_loss(PREDICTED, TRUTH) == pytest.approx(-(np.log(0.7) + 2 * np.log(0.4)) / 3)
    each = image_log_loss(PREDICTED, TRUTH)
    np.testing.assert_allclose(each[:3], -np.log([0.7, 0.4, 0.4]))
    assert np.isnan(each[3])
    assert np.isnan(log_loss(PREDICTED, np.full(4, -1)))


def test_a_probability_of_nothing_costs_much_but_not_everything():
    assert log_loss(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx(-np.log(LEAST))


def test_hits_and_confusion_by_hand():
    assert hits(PREDICTED, TRUTH).tolist() == [True, False, True, False]
    assert confusion(PREDICTED, TRUTH).tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]


def test_calibration_by_hand():
    # Confidences 0.7 (right), 0.5 (wrong), 0.4 (right), each in a step of its own.
    assert [step["images"] for step in reliability(PREDICTED, TRUTH)] == [1, 1, 1]
    assert calibration_error(PREDICTED, TRUTH) == pytest.approx((0.3 + 0.5 + 0.6) / 3)


def test_full_confidence_belongs_to_the_last_step():
    assert reliability(np.array([[1.0, 0.0], [0.95, 0.05]]), np.array([0, 1])) == [
        {"confidence": 0.975, "accuracy": 0.5, "images": 2}
    ]


def test_calibrated_probabilities_have_a_small_error_and_boasting_ones_a_large_one():
    random = np.random.default_rng(0)
    sure = random.uniform(0.5, 1, 20_000)
    truth = (random.random(20_000) > sure).astype(np.int64)
    honest = np.stack([sure, 1 - sure], axis=1)
    boast = honest**4 / (honest**4).sum(axis=1, keepdims=True)
    assert calibration_error(honest, truth) < 0.015
    assert calibration_error(boast, truth) > 0.1


@given(st.integers(2, 5), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_the_same_numbers_as_scikit_learn(classes: int, images: int, seed: int):
    random = np.random.default_rng(seed)
    predicted = random.dirichlet(np.ones(classes), images)
    truth = random.integers(0, classes, images)
    labels = list(range(classes))
    assert log_loss(predicted, truth) == pytest.approx(independent.log_loss(truth, predicted, labels=labels))
    assert hits(predicted, truth).mean() == independent.accuracy_score(truth, predicted.argmax(1))
    expected = independent.confusion_matrix(truth, predicted.argmax(1), labels=labels)
    np.testing.assert_array_equal(confusion(predicted, truth), expected)
