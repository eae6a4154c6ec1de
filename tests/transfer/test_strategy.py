"""The contract of every strategy, once for each of them."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from blobs import blobs, same_split, split_of, tiny_network
from teni.data import Dataset, Split
from teni.features import View
from teni.progress import silent
from teni.task.metrics import rmse_px
from teni.transfer import Fitted, Strategy, closed_form

VIEWS = (View((16, 20), "p1"),)
# Every strategy that leaves its backbone as it is and whose result depends on its seed alone belongs in here.
STRATEGIES: dict[str, Strategy] = {
    "ridge": closed_form("ridge", VIEWS),
    "kernel": closed_form("kernel", VIEWS),
    "ridge-without-mirror-images": closed_form("ridge", VIEWS, mirror=False),
}


@dataclass(frozen=True)
class Outcome:
    """A fit, and the same fit again on data whose test rows were made worthless."""

    data: Dataset
    split: Split
    fitted: Fitted
    again: Fitted
    weights_before: list[np.ndarray]
    weights_after: list[np.ndarray]


def poisoned(data, rows):
    images, targets = data.images.copy(), data.targets.copy()
    images[rows], targets[rows] = 255, np.nan
    return replace(data, images=images, targets=targets)


@pytest.fixture(scope="module", params=STRATEGIES)
def outcome(request):
    data, strategy, backbone = blobs(48, 12, gap=0.1), STRATEGIES[request.param], tiny_network()
    split = split_of(data, test=3, validation=2)
    before = [w.copy() for w in backbone.model.get_weights()]
    fitted = strategy.fit(data, split, backbone, seed=3, on_progress=silent)
    other = poisoned(data, split.rows("test"))
    again = strategy.fit(other, same_split(split, other), backbone, seed=3, on_progress=silent)
    return Outcome(data, split, fitted, again, before, backbone.model.get_weights())


def test_raw_images_to_points(outcome):
    model = outcome.fitted.model
    assert (model.input.dtype, model.input_shape) == ("uint8", (None, 16, 20, 1))
    found = np.asarray(model(outcome.data.images[:5]))
    assert (found.dtype, found.shape) == (np.float32, (5, 3, 2))


def test_it_learns(outcome):
    test = outcome.data.take(outcome.split.rows("test"))
    found = np.asarray(outcome.fitted.model(test.images))
    mean = np.broadcast_to(np.nanmean(outcome.data.targets, axis=0), found.shape)
    assert rmse_px(found, test.targets) < 0.75 * rmse_px(mean, test.targets)


def test_the_announced_error_holds_on_the_test_rows(outcome):
    test = outcome.data.take(outcome.split.rows("test"))
    learned = outcome.data.take(outcome.fitted.rows)
    announced = rmse_px(outcome.fitted.predicted, learned.targets)
    assert rmse_px(np.asarray(outcome.fitted.model(test.images)), test.targets) < 1.5 * announced


def test_honest_predictions_for_labelled_rows_that_are_no_test_rows(outcome):
    fitted = outcome.fitted
    assert not np.isin(fitted.rows, outcome.split.rows("test")).any()
    assert fitted.predicted.shape == (len(fitted.rows), 3, 2)
    known = ~np.isnan(outcome.data.targets[fitted.rows])
    assert np.isfinite(fitted.predicted[known]).all()


def test_the_backbone_is_left_as_it_was(outcome):
    for before, after in zip(outcome.weights_before, outcome.weights_after, strict=True):
        np.testing.assert_array_equal(before, after)


def test_test_rows_are_never_looked_at_and_the_seed_decides(outcome):
    first, second = outcome.fitted, outcome.again
    for ours, theirs in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(first.predicted, second.predicted)
    assert first.history.equals(second.history)
    assert first.learning_curve.equals(second.learning_curve)
    assert first.about == second.about


def test_the_tables_that_a_run_needs(outcome):
    fitted = outcome.fitted
    columns = ["stage", "size", "taps", "kernel", "lambda", "rmse_px", "chosen"]
    assert fitted.history.columns.tolist() == columns
    assert fitted.learning_curve.columns.tolist()[:3] == ["subjects", "images", "rmse_px"]
    assert {"choice", "flip", "compression"} <= set(fitted.about)
    assert all(seconds >= 0 for seconds in fitted.seconds.values())
    assert all(note.endswith(".") for note in fitted.notes)
