"""From pictures of classes to a measured run, and to what can be read back from its folder."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from blobs import split_of, tiny_network
from shapes import TASK, shapes
from teni.errors import TeniError
from teni.features import View
from teni.fitting import fit, predict_points, save_run
from teni.report import build_report
from teni.run import read_run
from teni.task.class_metrics import hits, log_loss
from teni.transfer import closed_form

RIDGE = closed_form("ridge", (View((16, 20), "p1"),))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    data = shapes(72, 36, gap=0.1, noise=40.0)
    split = split_of(data, test=9)
    model, run = fit(data, split, tiny_network(), RIDGE, seed=5)
    return (
        data,
        split,
        model,
        save_run(tmp_path_factory.mktemp("runs") / "a", model, run, report=build_report),
    )


def test_accuracy_and_log_loss_of_the_test_rows(whole):
    data, split, model, run = whole
    test = data.take(split.rows("test"))
    found, known = predict_points(model, test.images), test.targets >= 0
    block = run.metrics["test"]
    assert block["accuracy"] == pytest.approx(hits(found[known], test.targets[known]).mean())
    assert block["log_loss"] == pytest.approx(log_loss(found, test.targets))
    assert (block["labels"], set(block["per_class"])) == (known.sum(), set(TASK.names))
    assert run.about["parity"] < 1e-3


def test_the_mean_prediction_is_the_shares_of_the_classes(whole):
    data, split, _, run = whole
    learned = data.targets[split.parts != "test"]
    shares = [(learned == c).sum() / (learned >= 0).sum() for c in range(3)]
    np.testing.assert_allclose(run.about["mean_prediction"], shares)
    assert run.metrics["test"]["mean_predictor"]["accuracy"] <= 0.7


def test_validation_is_the_announced_log_loss(whole):
    _, _, _, run = whole
    assert run.metrics["validation"]["log_loss"] == pytest.approx(
        run.history.loc[run.history["chosen"], "log_loss"].item()
    )


def test_the_folder_read_back(whole):
    data, _, _, run = whole
    back = read_run(run.path)
    assert back.task == TASK
    columns = ["part", "id", "subject", "top", "left", "right", "class", "class_true"]
    assert back.predictions.columns.tolist() == columns
    row = back.predictions.iloc[0]
    position = data.ids.tolist().index(row["id"])
    assert row["class_true"] == ("" if data.targets[position] < 0 else TASK.names[data.targets[position]])
    assert row["class"] in (*TASK.names, "")
    assert back.examples.predicted.shape[1:] == (3,)
    with Image.open(run.path / "figures" / "worst.png") as sheet:
        assert sheet.width > 300


def test_the_report_speaks_of_classes(whole):
    _, _, _, run = whole
    page = (run.path / "report.html").read_text(encoding="utf-8")
    body = page.split("<script")[0]
    assert "3 classes from tiny" in page
    assert f"{100 * run.metrics['test']['accuracy']:.1f} <small>%</small>" in page
    assert "the majority class" in body
    assert "Table of who is taken for whom" in body
    assert "one class against the rest" in body
    assert "Every image, the worst first" in body
    for wrong in ("mean face", "keypoint", "RMSE", "0 px", "Faces"):
        assert wrong not in body


def test_a_test_set_of_other_classes():
    data = shapes(24, 12)
    other = replace(shapes(6, 6, seed=1), task=replace(TASK, names=("a", "b", "c")))
    with pytest.raises(
        TeniError, match="the test set has the classes a, b, c, the training set top, left, right"
    ):
        fit(data, split_of(data), tiny_network(), RIDGE, test=other)


def test_a_test_set_without_labels_is_predicted_only():
    data, test = shapes(24, 12), replace(shapes(6, 6, seed=1), targets=None)
    _, run = fit(data, split_of(data, test=0), tiny_network(), RIDGE, test=test)
    assert run.metrics["test"] is None
    rows = run.predictions[run.predictions["part"] == "test"]
    assert (len(rows), rows["class_true"].unique().tolist()) == (6, [""])


def test_a_class_of_a_single_image_is_refused():
    data = shapes(24, 12)
    data.targets[data.targets == 2] = 1
    data.targets[0] = 2
    with pytest.raises(TeniError, match=r"1 class has a single image \(right\); expected at least two"):
        fit(data, split_of(data), tiny_network(), RIDGE)
