"""What stands on a card, against runs whose numbers are known."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
import yaml
from PIL import Image

from blobs import blobs, split_of, tiny_network
from fake_run import NAMES, make_run
from shapes import shapes
from teni.card import card_html, card_markdown
from teni.card.licence import licence_of
from teni.card.limits import limits_of
from teni.features import View
from teni.fitting import fit, save_run
from teni.run import read_run
from teni.transfer import closed_form

RIDGE = closed_form("ridge", (View((16, 20), "p1"),))


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    data = blobs(48, 12, gap=0.1)
    model, run = fit(data, split_of(data), tiny_network(), RIDGE)
    run.about["arguments"] = {"data": "/home/anna maria/faces/training.zip", "weights": None}
    run.about["notes"].append(
        "/home/anna maria/faces/training.zip: read; C:\\nets\\w.h5 too, and /srv/x/y.csv."
    )
    return save_run(tmp_path_factory.mktemp("runs") / "a", model, run, report=lambda run: "")


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    data = shapes(72, 36, noise=40.0)
    model, run = fit(data, split_of(data, test=9), tiny_network(), RIDGE)
    return save_run(tmp_path_factory.mktemp("runs") / "b", model, run, report=lambda run: "")


def _without_subjects(run):
    metrics = {
        part: run.metrics[part] and run.metrics[part] | {"subjects_known": False}
        for part in ("test", "validation")
    }
    return card_markdown(replace(run, metrics=run.metrics | metrics))


def head(text):
    return yaml.safe_load(text.split("---\n")[1])


def test_a_run_folder_has_its_card(real):
    text = (real.path / "card.md").read_text(encoding="utf-8")
    assert text == card_markdown(read_run(real.path))
    test = real.metrics["test"]
    low, high = test["rmse_px_ci95"]
    assert (
        f"| test | {test['rmse_px']:.2f} ({low:.2f} to {high:.2f}) | {test['mean_predictor']['rmse_px']:.2f} ("
        in text
    )
    assert f"| announced before the test | {real.metrics['validation']['rmse_px']:.2f} (" in text
    assert "48 images (training.zip) of 12 subjects." in text
    assert f"`{real.about['fingerprints']['data'][:16]}`" in text
    assert f"| train | {len(real.split) - test['images']} | 9 |" in text
    for name, row in test["per_keypoint"].items():
        assert re.search(rf"\| {name} \| {row['rmse_px']:.2f} .*\| {row['labels']} \|", text)
    worst = test["per_subject"]["worst"][0]
    assert f"The worst subject has {worst['rmse_px']:.2f} px ({worst['images']} images)" in text


def test_hubs_can_read_the_head(real, classes):
    found = head(card_markdown(real))
    assert (found["library_name"], found["pipeline_tag"]) == ("keras", "keypoint-detection")
    (result, _) = found["model-index"][0]["results"]
    assert result["dataset"] == {"type": "private", "name": "training.zip", "split": "test"}
    assert result["metrics"][0]["value"] == pytest.approx(real.metrics["test"]["rmse_px"], abs=1e-4)
    of_classes = head(card_markdown(classes))
    assert [m["type"] for m in of_classes["model-index"][0]["results"][0]["metrics"]] == [
        "log_loss",
        "accuracy",
    ]


def test_no_path_and_no_subject_gets_onto_it(real):
    text = card_markdown(real)
    assert "home" not in text
    assert "anna" not in text
    assert "nets" not in text
    assert "training.zip: read; w.h5 too, and y.csv." in text
    assert real.metrics["test"]["per_subject"]["worst"][0]["subject"] not in re.sub(r"\d", "", text)


def test_classes_have_recall_and_majority(classes):
    text = card_markdown(classes)
    assert "from a bootstrap over images, as nobody said whom they show" in _without_subjects(classes)
    test = classes.metrics["test"]
    assert "| majority class |" in text
    assert f"| {test['mean_predictor']['accuracy']:.0%} (" in text
    assert re.search(rf"\| left \| {test['per_class']['left']['recall']:.0%}", text)
    assert "Every image gets one of the 3 classes" in text


def test_its_five_lines_run_without_teni(real, tmp_path):
    code = card_markdown(real).split("```python\n")[1].split("```")[0]
    assert len(code.strip().splitlines()) == 5
    image = blobs(1, 1, seed=3).images
    Image.fromarray(image[0, ..., 0]).save(tmp_path / "picture.png")
    (tmp_path / "model.keras").write_bytes((real.path / "model.keras").read_bytes())
    checked = (
        "import sys; sys.modules['teni'] = None\n"
        + code.replace("print(", "print((").rstrip()[:-1]
        + ").tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", checked.replace("model.predict(", "model.predict_on_batch(")],
        cwd=tmp_path, env={"KERAS_BACKEND": "jax", "PATH": "/usr/bin:/bin"}, capture_output=True, check=True,
    )  # fmt: skip
    import keras

    expected = keras.models.load_model(real.path / "model.keras").predict_on_batch(image)
    np.testing.assert_allclose(json.loads(done.stdout), expected, atol=1e-3)


def test_limits_follow_from_the_numbers():
    run = make_run(NAMES)
    many = " ".join(limits_of(run))
    assert "learned from 0 subjects" in many  # all rows of this run are test rows
    assert "better than" not in many
    run.metrics["test"]["rmse_px_ci95"] = [0.5, 100.0]
    run.metrics["test"]["per_keypoint"]["nose_tip"]["rmse_px"] = 50.0
    run.metrics["test"]["per_keypoint"]["nose_tip"]["labels"] = 3
    run.metrics["validation"]["rmse_px"] = 0.01
    told = limits_of(run)
    assert told[0].startswith("It is not shown to be better than the mean face")
    assert any("nose_tip: half as wrong again" in each for each in told)
    assert any("nose_tip: measured on fewer than 30 labels" in each for each in told)
    assert any("more than the 0.01 px announced" in each for each in told)
    run.metrics["test"]["rmse_px_ci95"] = [0.001, 100.0]
    assert not any("announced" in each for each in limits_of(run))
    run.metrics["test"]["subjects_known"] = False
    assert any("Nobody said who" in each for each in limits_of(run))
    run.metrics["test"] = None
    assert any("There was no test set" in each for each in limits_of(run))


@pytest.mark.parametrize(
    ("about", "identifier", "text"),
    [
        ({"backbone": "face"}, "apache-2.0", "The weights of face are Apache-2.0, pretrained on synthetic faces."),
        ({"backbone": "resnet50", "licence": "MIT (Kaiming He)"}, "mit", "MIT (Kaiming He)"),
        ({"backbone": "/a/my.keras"}, "other", "Not known: ask whoever gave you my.keras."),
        ({"backbone": "face", "arguments": {"weights": "/b/w.h5"}}, "other", "whoever gave you w.h5."),
        ({"backbone": "mobilenet", "arguments": {"weights": "w.h5"}}, "other", "terms are Apache-2.0."),
        ({"backbone": "mobilenet", "arguments": {"weights": "random"}}, "other", "No pretrained weights"),
        ({"backbone": "facial-cnn-6"}, "other", "No pretrained weights"),
        ({"backbone": "face", "arguments": {"weights": ["a.h5", "b.h5"]}}, "other", "the weights of face"),
    ],
)  # fmt: skip
def test_the_licence_is_said_only_where_somebody_said_it(about, identifier, text):
    run = make_run()
    run.about.pop("arguments", None)
    run.about.update(about)
    found = licence_of(run)
    assert found.identifier == identifier
    assert text in found.text


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_as_html_it_is_well_formed_and_escaped():
    run = make_run(("<script>alert(1)</script>", "nose"))
    run.about["notes"] = ["<img src=x onerror=alert(1)>"]
    html = card_html(run)
    parser = _Tags()
    parser.feed(html)
    assert parser.open == []
    assert not {"script", "img", "style"} & set(parser.tags)
    assert "<script>" not in card_markdown(run).split("---\n", 2)[2]
    assert "Limits" in html


def test_what_was_trained_says_that_its_announced_error_is_kind():
    run = make_run()
    assert "left out of the fit" in card_markdown(run)
    run.about["choice"]["kernel"] = "trained"
    run.about["strategy"] = "two-phase"
    text = card_markdown(run)
    assert "so that it is a little kind" in text
    assert "a head that was trained (two-phase)" in text


def test_a_name_cannot_break_the_head_or_a_table():
    run = make_run(('a": [evil\n---\n# x', "b|c"))
    text = card_markdown(run)
    assert head(text)["library_name"] == "keras"
    assert "| b\\|c |" in text
    assert "\n# x" not in text


def test_an_ensemble_is_as_kind_as_its_kindest_member():
    run = make_run()
    run.about["choice"]["members"] = {
        "face ridge": {"weight": 0.67, "kernel": "linear"},
        "face mlp": {"weight": 0.33, "kernel": "linear"},
    }
    text = card_markdown(run)
    assert "The mean of what 2 models answer: face ridge (67%), face mlp (33%)." in text
    assert "left out of the fit" in text
    run.about["choice"]["members"]["face mlp"]["kernel"] = "mlp"
    assert "so that it is a little kind" in card_markdown(run)


def test_an_ensemble_tells_the_terms_of_each_network_that_it_has():
    run = make_run()
    run.about["backbone"] = "mobilenet + nets/mine.keras + face"
    run.about["arguments"] = {
        "backbone": ["mobilenet", "nets/mine.keras", "face"],
        "weights": ["w/imagenet.h5", "none", "none"],
    }
    run.about["choice"]["members"] = {
        "mobilenet ridge": {"weight": 0.5, "kernel": "linear", "backbone": "mobilenet", "licence": None},
        "nets/mine.keras ridge": {
            "weight": 0.3,
            "kernel": "linear",
            "backbone": "nets/mine.keras",
            "licence": None,
        },
        "face ridge": {"weight": 0.2, "kernel": "linear", "backbone": "face", "licence": None},
    }
    text = card_markdown(run)
    assert "ask whoever gave you imagenet.h5" in text
    assert "ask whoever gave you mine.keras" in text
    assert "The weights of face are Apache-2.0" in text
    assert "from mobilenet + mine.keras + face" in text
    assert "nets/" not in text
    assert head(text)["license"] == "other"


def test_support_vector_machines_are_no_closed_form():
    run = make_run()
    run.about["choice"]["kernel"] = "svm"
    text = card_markdown(run)
    assert "linear support vector machines" in text
    assert "closed form" not in text
