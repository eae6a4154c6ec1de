"""Classes in closed form: mirror images only where they help, probabilities that hold, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from blobs import split_of, tiny_network
from shapes import shapes
from teni.errors import TeniError
from teni.features import View
from teni.task.class_metrics import hits, log_loss
from teni.transfer import closed_form

VIEWS = (View((16, 20), "r1"), View((16, 20), "p1"))


def fit(data, name="ridge", split=None, **options):
    strategy = closed_form(name, VIEWS[1:], **options)
    return strategy.fit(data, split_of(data) if split is None else split, tiny_network(), seed=0)


@pytest.fixture(scope="module")
def upright():
    data = shapes(90, 45, upright=True, noise=40.0)
    return data, fit(data)


def test_a_class_that_a_mirror_changes_is_not_mirrored():
    data = shapes(90, 45)
    fitted = fit(data)
    assert fitted.about["flip"]["center"] is None
    errors = fitted.about["flip"]["validation_log_loss"]
    assert errors["none"] < errors["halves"]
    assert any("Mirror images were tried and left out" in note for note in fitted.notes)
    test = data.take(split_of(data).rows("test"))
    assert hits(np.asarray(fitted.model(test.images)), test.targets).all()


def test_a_class_that_a_mirror_leaves_is_mirrored_and_seen_both_ways(upright):
    data, fitted = upright
    assert fitted.about["flip"]["center"] == "halves"
    there, back = (np.asarray(fitted.model(x)) for x in (data.images, data.images[:, :, ::-1]))
    np.testing.assert_allclose(there, back, atol=1e-3)


def test_nobody_is_mirrored_against_the_user(upright):
    fitted = fit(upright[0], mirror=False)
    assert fitted.about["flip"] == {"center": None, "validation_log_loss": {}}


def test_validation_announces_the_cross_fitted_log_loss(upright):
    data, fitted = upright
    announced = log_loss(fitted.predicted, data.targets[fitted.rows])
    assert fitted.history.loc[fitted.history["chosen"], "log_loss"].item() == pytest.approx(announced)
    assert fitted.learning_curve["log_loss"].iloc[-1] == pytest.approx(announced)
    assert fitted.about["calibration"]["scale"] > 0


def test_left_out_predictions_are_those_of_a_model_without_the_image():
    data = shapes(30, 30, noise=30.0)
    whole, split = fit(data, split=split_of(data, test=0)), split_of(data, test=0)
    lam = whole.about["choice"]["lambda"]
    # The same scores by ridge regression on the features, image by image.
    from teni.features import extract, feature_network

    x = extract(feature_network(tiny_network(), (16, 20, 1), VIEWS[1:]), data.images, mirror=False)[0][0]
    x = x.reshape(30, -1).astype(np.float64)
    x -= x.mean(axis=0)
    x /= np.sqrt((x**2).sum() / 30)
    rows = np.concatenate([x, np.full((30, 1), np.sqrt(50.0))], axis=1)
    ones = np.eye(3)[data.targets]
    scores = np.zeros((30, 3))
    for i in range(30):
        others = np.arange(30) != i
        a = rows[others].T @ rows[others] + lam * np.eye(rows.shape[1])
        scores[i] = rows[i] @ np.linalg.solve(a, rows[others].T @ ones[others])
    from teni.transfer.calibrate import cross_fitted

    expected = cross_fitted(scores, data.targets, split.groups)
    np.testing.assert_allclose(whole.predicted, expected, atol=1e-4)


def test_probabilities_are_as_sure_as_they_are_right():
    data = shapes(300, 100, noise=90.0, seed=4)
    fitted = fit(data, split=split_of(data, test=40))
    test = data.take(split_of(data, test=40).rows("test"))
    found = np.asarray(fitted.model(test.images))
    right = hits(found, test.targets).mean()
    assert 0.5 < right < 0.98
    assert found.max(axis=1).mean() == pytest.approx(right, abs=0.12)


def test_views_are_chosen_and_a_kernel_is_compressed(upright):
    data, _ = upright
    fitted = closed_form("kernel", VIEWS).fit(data, split_of(data), tiny_network(), seed=0)
    assert fitted.history["stage"].unique().tolist() == ["views", "sums", "kernels", "mirror", "final"]
    assert fitted.about["compression"]["validation_log_loss"] > 0
    assert any("moved the validation log loss by" in note for note in fitted.notes)


def test_a_class_in_one_subject_alone_can_be_fitted():
    data = shapes(36, 36)
    data.targets[(data.targets == 2) & (np.arange(36) != 35)] = 1
    data.targets[35] = 2
    fitted = fit(data, split=split_of(data, test=0))
    assert np.isfinite(fitted.predicted).all()


def refusal(data, **options):
    with pytest.raises(TeniError) as caught:
        fit(data, **options)
    return str(caught.value)


def test_what_cannot_be_learned_from():
    data = shapes(24, 12)
    one = replace(data, targets=np.full(24, 1))
    assert "all labelled training images show one class, left; expected at least two" in refusal(one)
    none = replace(data, targets=np.full(24, -1))
    assert "no training image has a class" in refusal(none)
    assert "the data have no classes to learn from" in refusal(replace(data, targets=None))
