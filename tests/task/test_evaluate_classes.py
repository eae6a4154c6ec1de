import json

import numpy as np
import pytest

from teni.errors import TeniError
from teni.task import Classes, evaluate, mean_prediction

TASK = Classes(("cat", "dog", "owl"), 8, 8)
SHARES = np.array([0.5, 0.25, 0.25])
PREDICTED = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])
TRUTH = np.array([0, 1, 1, 0, -1])
WHO = np.array(["ann", "ann", "bob", "bob", "bob"])


def test_the_whole_block_by_hand():
    block = evaluate(PREDICTED, TRUTH, TASK, WHO, SHARES, seed=0)
    assert block["accuracy"] == 0.5
    assert block["accuracy_ci95"] == [0.5, 0.5]  # whoever is drawn, one of two is right
    assert block["balanced_accuracy"] == 0.5
    loss = -np.log([0.8, 0.3, 0.8, 0.2])
    assert block["log_loss"] == pytest.approx(loss.mean())
    assert block["log_loss_ci95"] == pytest.approx([loss[:2].mean(), loss[2:].mean()])
    assert block["calibration_error"] == pytest.approx((2 * abs(1 - 0.8) + 0.6 + 0.7) / 4)
    assert block["mean_predictor"]["accuracy"] == 0.5
    assert block["mean_predictor"]["log_loss"] == pytest.approx(-np.log([0.5, 0.25]).mean())
    assert block["confusion"] == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    cat, owl = block["per_class"]["cat"], block["per_class"]["owl"]
    assert (cat["recall"], cat["precision"], cat["labels"], cat["predicted"]) == (0.5, 0.5, 2, 2)
    # Of the draws only those of both, and of each alone, are possible: recall 1 (ann), 0 (bob), 0.5.
    assert cat["recall_ci95"] == [0, 1]
    assert (owl["recall"], owl["recall_ci95"], owl["precision"], owl["labels"]) == (None, None, None, 0)
    assert block["per_subject"]["accuracy_quartiles"] == [0.5, 0.5, 0.5]
    assert block["per_subject"]["worst"][1] == {"subject": "bob", "accuracy": 0.5, "images": 2}
    assert (block["images"], block["labels"], block["subjects"], block["subjects_known"]) == (5, 4, 2, True)
    assert set(block) == {
        "accuracy", "accuracy_ci95", "balanced_accuracy", "log_loss", "log_loss_ci95", "calibration_error",
        "mean_predictor", "per_class", "confusion", "reliability", "per_subject", "images", "labels", "subjects",
        "subjects_known",
    }  # fmt: skip
    json.dumps(block, allow_nan=False)


def test_the_interval_is_over_subjects_not_images():
    random = np.random.default_rng(0)
    people = np.repeat([f"p{i}" for i in range(40)], 10)
    right = np.repeat(random.random(40) < 0.7, 10)
    truth = np.where(right, 0, 1)
    predicted = np.tile([0.9, 0.05, 0.05], (400, 1))
    ends = [evaluate(predicted, truth, TASK, who, SHARES, seed=1)["accuracy_ci95"] for who in (people, None)]
    assert (ends[0][1] - ends[0][0]) / (ends[1][1] - ends[1][0]) == pytest.approx(10**0.5, rel=0.25)


def test_one_subject_has_no_interval():
    block = evaluate(PREDICTED, TRUTH, TASK, np.full(5, "ann"), SHARES, seed=0)
    assert block["accuracy_ci95"] is None
    assert block["per_class"]["cat"]["recall_ci95"] is None


def test_the_majority_class_stands_beside_it():
    truth = np.array([1, 1, 1, 0, -1])
    mean = mean_prediction(truth, TASK)
    block = evaluate(PREDICTED, truth, TASK, None, mean, seed=0)
    assert mean.tolist() == [0.25, 0.75, 0]
    assert block["mean_predictor"]["accuracy"] == 0.75


def test_errors_that_say_what_is_wrong():
    def said(predicted=PREDICTED, truth=TRUTH, mean=SHARES) -> str:
        with pytest.raises(TeniError) as error:
            evaluate(predicted, truth, TASK, None, mean, seed=0)
        return str(error.value)

    assert said(predicted=PREDICTED[:, :2]).startswith("the predictions have shape (5, 2), expected (5, 3)")
    assert said(truth=TRUTH.astype(float)).startswith("the labels have shape (5,) and type float64")
    assert said(mean=SHARES[:2]) == "the mean prediction has shape (2,), expected (3,) or (5, 3)"
    assert said(truth=TRUTH + 2) == "a label is 3, but there are 3 classes, counted from 0"
    assert said(truth=np.full(5, -1)).startswith("nothing to measure: no class of these images is known")
    assert said(predicted=PREDICTED * 2).startswith("4 predictions are no probabilities that add up to 1")
    broken = np.where(np.arange(5)[:, None] == 2, np.nan, PREDICTED)
    assert said(predicted=broken).startswith(
        "1 predictions are no probabilities that add up to 1, first that of image 2"
    )
