"""Radii by hand: errors at the right place, and held-out rows that they cover."""

import numpy as np
import pandas as pd

from fake_run import make_run
from teni.run import predictions_table
from teni.serve.radius import Residuals, read_residuals
from teni.task import Keypoints

TASK = Keypoints(("nose", "chin"), 96, 96, (0, 1))


def run_with(errors: dict[str, np.ndarray]):
    """Make a run whose predictions err by ``(n, 2, 2)`` in each part."""
    tables = []
    for part, error in errors.items():
        truth = np.full(error.shape, 40.0)
        ids = np.arange(len(error)).astype(str)
        tables.append(
            predictions_table(
                part, ids, None, truth + np.nan_to_num(error), np.where(np.isnan(error), np.nan, truth), TASK
            )
        )
    run = make_run(TASK.names, many=8)
    object.__setattr__(run, "predictions", pd.concat(tables, ignore_index=True))
    return run


def test_by_hand():
    """Nineteen errors 1 .. 19: 95% of 20 is place 19, 50% place 10; a 3-4-5 triangle for the chin."""
    errors = np.zeros((19, 2, 2))
    errors[:, 0, 0] = np.arange(19, 0, -1)
    errors[:, 1] = [-3, 4]
    residuals = read_residuals(run_with({"validation": errors}), TASK)
    assert residuals.radii(0.95) == [19.0, 5.0]
    assert residuals.radii(0.5) == [10.0, 5.0]
    assert residuals.radii(0.9) == [18.0, 5.0]


def test_too_few_labels_give_the_largest_error():
    errors = np.zeros((3, 2, 2))
    errors[:, 0, 1] = [1, 7, 2]
    residuals = read_residuals(run_with({"validation": errors}), TASK)
    assert residuals.radii(0.95)[0] == 7.0
    assert residuals.radii(0.5)[0] == 2.0


def test_cross_validated_errors_come_first_and_a_keypoint_without_any_has_no_radius():
    validation, test = np.full((4, 2, 2), np.nan), np.zeros((4, 2, 2))
    validation[:, 0] = [0, 2]
    test[:, 0], test[:, 1] = [0, 9], [6, 8]
    residuals = read_residuals(run_with({"validation": validation, "test": test}), TASK)
    assert residuals.radii(0.5) == [2.0, 10.0]
    assert residuals.part == ("validation", "test")
    nothing = read_residuals(run_with({"validation": validation}), TASK)
    assert nothing.radii(0.5) == [2.0, None]


def test_a_picture_of_other_proportions_stretches_the_errors_and_not_their_quantile():
    """Errors (4, 0) and (0, 5): twice as wide they are 8 and 5, three times as high 4 and 15."""
    errors = np.array([[4.0, 0.0], [0.0, 5.0]])
    residuals = Residuals((errors,), ("validation",))
    assert residuals.radii(0.3, 2, 1) == [5.0]
    assert residuals.radii(0.6, 2, 1) == [8.0]
    np.testing.assert_allclose(residuals.radii(0.6, 1, 3), [15.0], rtol=2e-3)  # the ratio has three digits
    assert residuals.radii(0.6, 2, 2) == [10.0]


def test_held_out_rows_are_covered_as_often_as_promised():
    """A thousand draws of 39 errors and one more: at 80% at least 80 of 100, and not many more, lie within."""
    random = np.random.default_rng(0)
    draws = random.gamma(2, 1, (1000, 40, 1)) * random.normal(size=(1000, 40, 2))
    covered = 0
    for known, new in zip(draws[:, :39], draws[:, 39], strict=True):
        radius = Residuals((known,), ("validation",)).radii(0.8)[0]
        covered += np.hypot(*new) <= radius
    assert 0.77 < covered / 1000 < 0.83


def test_the_test_rows_of_a_run_are_covered_as_counted_by_hand():
    """Validation errors 1 .. 99 give 90 at 90%; of test errors 1.5, 11.5 .. 91.5 nine in ten are within."""
    validation, test = np.zeros((99, 2, 2)), np.zeros((10, 2, 2))
    validation[:, 0, 0] = np.arange(1, 100)
    test[:, 0, 1] = np.arange(1.5, 100, 10)
    run = run_with({"validation": validation, "test": test})
    radius = read_residuals(run, TASK).radii(0.9)[0]
    assert radius == 90.0
    assert (np.abs(test[:, 0, 1]) <= radius).sum() == 9
