"""From a data set to a measured run: what is measured on whom, and what the run remembers."""

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from blobs import TASK, blobs, split_of, tiny_network
from teni.backbones import backbone, weights_fingerprint
from teni.data import split
from teni.errors import TeniError
from teni.features import View
from teni.fitting import fit
from teni.fitting.fit import predict_points
from teni.task.metrics import rmse_px
from teni.transfer import Fitted, closed_form

RIDGE = closed_form("ridge", (View((16, 20), "p1"),))


@pytest.fixture(scope="module")
def whole():
    data = replace(blobs(48, 12, gap=0.1), notes=("A note of the reader.",))
    return data, split_of(data), *fit(data, split_of(data), tiny_network(), RIDGE, seed=5)


def test_the_test_rows_of_the_split_are_measured(whole):
    data, split, model, run = whole
    test = data.take(split.rows("test"))
    found = predict_points(model, test.images)
    assert run.metrics["test"]["rmse_px"] == pytest.approx(rmse_px(found, test.targets))
    assert run.metrics["test"]["images"] == len(test)
    told = dict(run.about["fingerprints"])
    assert len(told.pop("weights")) == 64
    assert told == {"data": data.fingerprint, "split": split.fingerprint, "test": test.fingerprint}


def test_the_mean_face_comes_from_the_rows_that_were_learned_from(whole):
    data, split, _, run = whole
    learned = data.take(np.flatnonzero(split.parts != "test"))
    expected = np.nanmean(learned.targets.astype(np.float64), axis=0)
    np.testing.assert_allclose(run.about["mean_prediction"], expected)
    test = data.take(split.rows("test"))
    told = run.metrics["test"]["mean_predictor"]["rmse_px"]
    assert told == pytest.approx(rmse_px(np.broadcast_to(expected, test.targets.shape), test.targets))


def test_validation_is_the_error_of_leaving_subjects_out(whole):
    _, _, _, run = whole
    chosen = run.history.loc[run.history["chosen"], "rmse_px"].item()
    assert run.metrics["validation"]["rmse_px"] == pytest.approx(chosen)


def test_the_run_can_be_told_from_others(whole):
    data, split, _, run = whole
    assert run.about["seed"] == 5
    assert run.about["backbone"] == "tiny"
    assert run.about["task"]["names"] == list(TASK.names)
    assert {"python", "keras", "jax", "numpy"} <= set(run.about["versions"])
    assert run.about["notes"][0] == "A note of the reader."
    assert run.metrics["cost"]["seconds"] > 0
    assert run.metrics["cost"]["peak_rss_mb"] > 10
    assert run.split["part"].tolist() == split.parts.tolist()
    assert run.split["group"].tolist() == data.subjects.tolist()
    assert run.predictions["part"].value_counts().to_dict() == {
        part: int((split.parts == part).sum() if part == "test" else (split.parts != "test").sum())
        for part in ("test", "validation")
    }


def test_the_quick_form_predicts_as_the_model(whole):
    data, _, model, run = whole
    expected = np.asarray(model(data.images))
    np.testing.assert_allclose(predict_points(model, data.images), expected, atol=0.01)
    assert run.about["parity_px"] < 0.01


def test_a_test_set_of_its_own():
    data, test = blobs(36, 12), blobs(20, 5, seed=9)
    model, run = fit(data, split_of(data, test=0), tiny_network(), RIDGE, test=test)
    assert run.metrics["test"]["rmse_px"] == pytest.approx(
        rmse_px(predict_points(model, test.images), test.targets)
    )
    assert any("both in the training set and in the test set" in note for note in run.about["notes"])


def test_what_a_split_keeps_for_a_test_is_not_lost_in_silence_beside_another_test_set():
    data, other = blobs(30, 6), blobs(6, 3, seed=4)
    _, run = fit(data, split_of(data, test=2), tiny_network(), RIDGE, test=other)
    assert any(
        note.startswith("10 images of the data that the split keeps for a test")
        for note in run.about["notes"]
    )


def test_the_fingerprint_of_the_weights_is_of_their_values():
    one, same, other = (fingerprint_of(seed) for seed in (0, 0, 1))
    assert one == same
    assert one != other


def fingerprint_of(seed: int) -> str:
    return weights_fingerprint(backbone("facial-cnn-1", size=(16, 16), seed=seed))


def test_a_test_set_without_labels_is_predicted_only():
    data, test = blobs(36, 12), replace(blobs(7, 5, seed=9), targets=None, subjects=None)
    _, run = fit(data, split_of(data, test=0), tiny_network(), RIDGE, test=test)
    assert run.metrics["test"] is None
    assert (run.predictions["part"] == "test").sum() == 7


def test_no_test_rows_at_all():
    data = blobs(36, 12)
    _, run = fit(data, split_of(data, test=0), tiny_network(), RIDGE)
    assert run.metrics["test"] is None
    assert run.about["fingerprints"]["test"] is None


@dataclass(frozen=True)
class Constant:
    """Predicts one place for everything, and was validated on the validation rows alone."""

    def fit(self, dataset, split, backbone, *, seed, budget, checkpoints, on_progress) -> Any:
        image = keras.Input(dataset.images.shape[1:], dtype="uint8")
        zeros = keras.layers.Dense(6, kernel_initializer="zeros")(keras.layers.Flatten()(image))
        model = keras.Model(image, keras.layers.Reshape((3, 2))(zeros))
        rows = split.rows("validation")
        nothing = pd.DataFrame()
        return Fitted(model, rows, np.zeros((len(rows), 3, 2)), nothing, nothing, {"choice": {}}, {})


def test_any_strategy_is_measured_against_the_mean_of_all_that_it_could_learn_from():
    data = blobs(48, 12)
    split = split_of(data, validation=1)
    data.targets[split.rows("validation"), 1] = np.nan
    split = replace(split, data=data.fingerprint)
    _, run = fit(data, split, tiny_network(), Constant())
    learned = data.targets[split.parts != "test"].astype(np.float64)
    np.testing.assert_allclose(run.about["mean_prediction"], np.nanmean(learned, axis=0))
    assert run.metrics["validation"]["images"] == (split.parts == "validation").sum()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: replace(d, images=d.images[:, :, :18]), "test images are 18x16 pixels with 1 channels"),
        (lambda d: replace(d, images=np.repeat(d.images, 3, axis=3)), "with 3 channels"),
        (
            lambda d: replace(d, task=replace(d.task, names=("nose", "a", "b"))),
            "keypoints nose, a, b, the training",
        ),
    ],
)
def test_a_test_set_that_does_not_fit(change, message):
    data = blobs(12, 6)
    with pytest.raises(TeniError, match=message):
        fit(data, split_of(data), tiny_network(), RIDGE, test=change(blobs(6, 3)))


@pytest.mark.parametrize("apart", [False, True])
def test_who_the_test_shows_is_asked_for_where_it_can_be_said(apart):
    """Of another test set `--test-subjects` tells; of the split's own rows `--subjects`, which the split asks for."""
    data = replace(blobs(48, 12), subjects=None)
    test = replace(blobs(12, 3, seed=9), subjects=None) if apart else None
    parts = split(data, validation=0.0)
    notes = fit(data, parts, tiny_network(), RIDGE, test=test, seed=0)[1].about["notes"]
    assert any("--test-subjects" in note for note in notes) == apart
