"""Support vector machines on features: against scikit-learn on doubled rows, gaps dropped, mirror images as rows."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.svm import LinearSVC, LinearSVR

from blobs import TASK, blobs, split_of, tiny_network
from shapes import TASK as SHAPES
from shapes import shapes
from teni.errors import TeniError
from teni.features import View
from teni.fitting import predict_points
from teni.transfer import Svm, svm
from teni.transfer.labels import make_labels
from teni.transfer.parts import training_parts
from teni.transfer.svm_columns import EPSILON, INTERCEPT, fit_columns, left_out_scores, make_rows

VIEWS = (View((16, 20), "p1"),)


def pixel_rows(data, mirror=True):
    x = data.images[..., 0].astype(np.float32)[:, ::4, ::4]
    return make_rows(training_parts(np.stack([x, x[:, :, ::-1]] if mirror else [x])))


def test_rows_have_length_1_and_a_mirror_turns_the_odd_part():
    rows = pixel_rows(blobs(12, 6))
    np.testing.assert_allclose(np.linalg.norm(rows.values, axis=2), 1, rtol=1e-6)
    even = rows.turn > 0
    np.testing.assert_array_equal(rows.values[0][:, even], rows.values[1][:, even])
    np.testing.assert_array_equal(rows.values[0][:, ~even], -rows.values[1][:, ~even])


def test_a_coordinate_is_a_regression_on_images_and_mirror_images_without_its_gaps():
    data = blobs(30, 10)
    data.targets[5:9, 0] = np.nan
    rows, labels = pixel_rows(data), make_labels(data.targets, TASK, "halves", True)
    found = fit_columns(rows, labels, TASK, 10.0)
    for column in (0, 2):  # x of the left eye, and of the right, which is not solved but turned round
        known = ~np.isnan(labels.values[:, :, column])
        y = labels.values[:, :, column][known]
        machine = LinearSVR(
            C=10.0,
            epsilon=EPSILON,
            loss="squared_epsilon_insensitive",
            dual=False,
            intercept_scaling=INTERCEPT,
        )
        machine.fit(rows.values[known], (y - y.mean()) / y.std())
        expected = machine.predict(rows.values[0]) * y.std() + y.mean()
        np.testing.assert_allclose(found(rows)[:, column], expected, atol=2e-3)


def test_a_class_is_told_from_the_rest():
    data = shapes(30, 30, noise=40.0)
    rows, labels = pixel_rows(data, mirror=False), make_labels(data.targets, SHAPES, "halves", False)
    found = fit_columns(rows, labels, SHAPES, 1.0)
    for c in range(3):
        machine = LinearSVC(C=1.0, dual=False, intercept_scaling=INTERCEPT)
        machine.fit(rows.values[0], data.targets == c)
        np.testing.assert_allclose(found(rows)[:, c], machine.decision_function(rows.values[0]), atol=1e-3)


def test_nobody_is_scored_by_machines_that_have_seen_their_group():
    data = shapes(30, 10, noise=40.0)
    groups = np.arange(30) % 10
    rows = pixel_rows(data, mirror=False)
    labels = make_labels(data.targets, SHAPES, "halves", False)
    before = left_out_scores(rows, labels, groups, SHAPES, 1.0, seed=0)
    changed = data.targets.copy()
    changed[groups == 3] = (changed[groups == 3] + 1) % 3
    after = left_out_scores(rows, make_labels(changed, SHAPES, "halves", False), groups, SHAPES, 1.0, seed=0)
    np.testing.assert_array_equal(before[groups == 3], after[groups == 3])
    assert not np.array_equal(before, after)


def test_labels_that_do_not_differ():
    data = blobs(12, 6)
    data.targets[:, 2] = 7.0
    rows, labels = pixel_rows(data, mirror=False), make_labels(data.targets, TASK, "halves", False)
    found = fit_columns(rows, labels, TASK, 1.0)(rows) + labels.middle
    np.testing.assert_allclose(found[:, 4:], 7.0)
    only = make_labels(np.zeros(12, np.int64), SHAPES, "halves", False)
    assert fit_columns(rows, only, SHAPES, 1.0).bias.tolist() == [1.0, -1.0, -1.0]


@pytest.fixture(scope="module")
def fitted():
    data = blobs(36, 12)
    return data, svm(VIEWS).fit(data, split_of(data), tiny_network(), seed=0)


def test_the_history_tells_views_and_costs(fitted):
    _, found = fitted
    assert found.history["stage"].unique().tolist() == ["views", "mirror", "cost", "final"]
    last = found.history.iloc[-1]
    assert (last["kernel"], last["chosen"]) == ("svm", True)
    costs = found.history[found.history["stage"] == "cost"]
    assert last["lambda"] == costs.loc[costs["rmse_px"].idxmin(), "lambda"] == found.about["choice"]["lambda"]


def test_the_model_says_what_the_machines_say(fitted):
    data, found = fitted
    model = np.asarray(found.model(data.images))
    np.testing.assert_allclose(predict_points(found.model, data.images), model, atol=1e-3)
    # Mirrored labels were learned from: a mirrored image gives mirrored points.
    back = np.asarray(found.model(data.images[:, :, ::-1]))[:, [1, 0, 2]] * [-1, 1] + [20, 0]
    np.testing.assert_allclose(back, model, atol=1e-2)


def test_what_is_refused():
    data = blobs(12, 6)
    for strategy, change, message in (
        (Svm(()), data, "no tap to choose from"),
        (svm(VIEWS), replace(data, targets=None), "no keypoints to learn from"),
        (svm(VIEWS), blobs(12, 6, seed=1), "made for other data"),
    ):
        split = split_of(data)
        split = replace(split, data=change.fingerprint) if "other" not in message else split
        with pytest.raises(TeniError, match=message):
            strategy.fit(change, split, tiny_network(), seed=0)
