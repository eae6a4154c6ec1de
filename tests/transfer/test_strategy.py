"""The contract of every strategy, once for each of them and for each task."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest

from blobs import blobs, same_split, split_of, tiny_network
from shapes import shapes
from teni.data import Dataset, Split
from teni.features import View
from teni.progress import silent
from teni.task import image_errors, labelled, mean_prediction, measure_name, output_shape
from teni.training import TrainingSettings, flips_only
from teni.transfer import (
    Fitted,
    Mlp,
    MlpSettings,
    Specialists,
    Strategy,
    Tuned,
    closed_form,
    freeze_below,
    gradual,
    layerwise,
    probe_then_tune,
    scratch,
    svm,
    two_phase,
)

QUICK = TrainingSettings(epochs=20, batch=8, learning_rate=3e-3, augment=flips_only())
VIEWS = (View((16, 20), "p1"),)
RECIPE = MlpSettings((40, 20), (0.2, 0.0), (0.02, 0.005), epochs=40, patience=20, batch=16)
GROUPS = {"eyes": ("left_eye", "right_eye"), "nose": ("nose",)}
# Every strategy that leaves its backbone as it is and whose result depends on its seed alone belongs in here.
STRATEGIES: dict[str, Strategy] = {
    "ridge": closed_form("ridge", VIEWS),
    "kernel": closed_form("kernel", VIEWS),
    "ridge-without-mirror-images": closed_form("ridge", VIEWS, mirror=False),
    "svm": svm(VIEWS),
    "mlp": Mlp(VIEWS[0], RECIPE),
    "freeze-below": Tuned(partial(freeze_below, layer="b1"), VIEWS, QUICK),
    "two-phase": Tuned(two_phase, VIEWS, QUICK),
    "gradual": Tuned(gradual, VIEWS, QUICK),
    "layerwise": Tuned(layerwise, VIEWS, QUICK),
    "probe-then-tune": Tuned(probe_then_tune, VIEWS, QUICK),
    "scratch": Tuned(scratch, (), TrainingSettings(epochs=16, batch=8)),
}
FOR_KEYPOINTS: dict[str, Strategy] = {
    "specialists-mlp": Specialists(Mlp(VIEWS[0], RECIPE), GROUPS),
    "specialists-ridge": Specialists(closed_form("ridge", VIEWS), GROUPS),
}
DATA = {
    "keypoints": lambda: (blobs(48, 12, gap=0.1), 3, 2),
    "classes": lambda: (shapes(72, 36, gap=0.1), 9, 6),
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
    images[rows] = 255
    targets[rows] = np.nan if targets.dtype.kind == "f" else -1
    return replace(data, images=images, targets=targets)


def error(predicted, data):
    """Return the root of the mean of squared errors of images: RMSE, or for classes nearly the log loss."""
    each = image_errors(np.asarray(predicted, np.float64), data.targets, data.task)
    return float(np.sqrt(np.nanmean(each**2)))


CASES = [(task, name) for task in DATA for name in STRATEGIES] + [
    ("keypoints", name) for name in FOR_KEYPOINTS
]


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def outcome(request):
    task, name = request.param
    (data, test, validation), strategy, backbone = (
        DATA[task](),
        (STRATEGIES | FOR_KEYPOINTS)[name],
        tiny_network(),
    )
    split = split_of(data, test=test, validation=validation)
    before = [w.copy() for w in backbone.model.get_weights()]
    fitted = strategy.fit(data, split, backbone, seed=3, on_progress=silent)
    other = poisoned(data, split.rows("test"))
    again = strategy.fit(other, same_split(split, other), backbone, seed=3, on_progress=silent)
    return Outcome(data, split, fitted, again, before, backbone.model.get_weights())


def test_raw_images_to_predictions(outcome):
    model = outcome.fitted.model
    assert (model.input.dtype, model.input_shape) == ("uint8", (None, 16, 20, 1))
    found = np.asarray(model(outcome.data.images[:5]))
    assert (found.dtype, found.shape) == (np.float32, (5, *output_shape(outcome.data.task)))


def test_classes_get_probabilities(outcome):
    if measure_name(outcome.data.task) == "log_loss":
        found = np.asarray(outcome.fitted.model(outcome.data.images))
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
        assert found.min() >= 0


def test_it_learns(outcome):
    test = outcome.data.take(outcome.split.rows("test"))
    found = np.asarray(outcome.fitted.model(test.images))
    mean = np.broadcast_to(mean_prediction(outcome.data.targets, outcome.data.task), found.shape)
    assert error(found, test) < 0.75 * error(mean, test)


def test_the_announced_error_holds_on_the_test_rows(outcome):
    test = outcome.data.take(outcome.split.rows("test"))
    announced = error(outcome.fitted.predicted, outcome.data.take(outcome.fitted.rows))
    assert error(outcome.fitted.model(test.images), test) < 1.5 * announced


def test_honest_predictions_for_labelled_rows_that_are_no_test_rows(outcome):
    fitted = outcome.fitted
    assert not np.isin(fitted.rows, outcome.split.rows("test")).any()
    assert fitted.predicted.shape == (len(fitted.rows), *output_shape(outcome.data.task))
    targets = outcome.data.targets[fitted.rows]
    known = ~np.isnan(targets) if targets.ndim > 1 else labelled(targets, outcome.data.task)
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
    fitted, name = outcome.fitted, measure_name(outcome.data.task)
    assert fitted.history.columns.tolist() == ["stage", "size", "taps", "kernel", "lambda", name, "chosen"]
    curve = ["subjects", "images", name, f"{name}_low", f"{name}_high"]
    assert fitted.learning_curve.columns.tolist() == curve
    assert {"choice", "flip", "compression"} <= set(fitted.about)
    assert all(seconds >= 0 for seconds in fitted.seconds.values())
    assert all(note.endswith(".") for note in fitted.notes)
    assert fitted.parameters > 0
