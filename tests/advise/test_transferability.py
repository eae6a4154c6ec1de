"""Transferability scores against the definitions: a maximised likelihood, and traces of covariances."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from teni.advise.transferability import h_score, log_evidence


def by_definition(x, y):
    """Maximise log N(y; 0, I / beta + x x' / alpha) over both precisions, in the directions left by centring."""
    basis = np.linalg.svd(np.ones((1, len(y))))[2][1:]
    x, y = basis @ x, basis @ (y / y.std())

    def minus(logs):
        covariance = np.eye(len(y)) * np.exp(-logs[1]) + x @ x.T * np.exp(-logs[0])
        return -multivariate_normal.logpdf(y, np.zeros(len(y)), covariance)

    found = [minimize(minus, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 2000})
             for start in ([0.0, 0.0], [2.0, 2.0])]  # fmt: skip
    return -min(f.fun for f in found) / len(y)


@pytest.mark.parametrize("width", [3, 40])
def test_log_evidence_is_the_maximised_likelihood(width):
    rng = np.random.default_rng(width)
    x = rng.normal(size=(25, width))
    y = x[:, :2] @ [1.0, -2.0] + rng.normal(size=25)
    assert log_evidence(x, y[:, None]) == pytest.approx(by_definition(x, y), abs=2e-3)


def test_the_unit_of_labels_and_features_does_not_count():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 5)), rng.normal(size=(30, 2))
    y[:, 0] += x[:, 0]
    score = log_evidence(x, y)
    assert log_evidence(100 * x + 3, y) == pytest.approx(score, abs=1e-4)
    assert log_evidence(x, 7 * y - 2) == pytest.approx(score, abs=1e-9)


def test_constant_columns_are_left_out():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    assert log_evidence(x, np.hstack([y, np.ones((20, 1))])) == pytest.approx(log_evidence(x, y))
    with pytest.raises(ValueError, match="no column of labels varies"):
        log_evidence(x, np.ones((20, 2)))
    with pytest.raises(ValueError, match="20 rows of features for 19 rows of labels"):
        log_evidence(x, y[1:])


@pytest.mark.parametrize("width", [2, 30])
def test_h_score_is_the_trace_of_its_definition(width):
    rng = np.random.default_rng(width)
    labels = rng.integers(0, 3, 18)
    x = rng.normal(size=(18, width)) + labels[:, None]
    centred = x - x.mean(axis=0)
    means = np.stack([centred[labels == label].mean(axis=0) for label in labels])
    covariance = centred.T @ centred / 18
    held = covariance + 1e-3 * np.trace(covariance) / width * np.eye(width)
    expected = np.trace(np.linalg.solve(held, means.T @ means / 18))
    assert h_score(x, labels) == pytest.approx(expected, rel=1e-6)
    assert h_score(np.vstack([x, x[:2] + 9]), np.append(labels, [-1, -1])) == pytest.approx(
        expected, rel=1e-6
    )
