"""Pictures of classes on the command line: fit, predict, evaluate, and what is refused, one sentence each."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from shapes import shapes, write_shapes
from teni.cli.commands import app, main
from teni.errors import TeniError

NETWORK = ("--backbone", "facial-cnn-2", "--tap", "pool1")


def run(*words, capsys):
    app([str(word) for word in words], standalone_mode=False)
    return capsys.readouterr()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_shapes(tmp_path_factory.mktemp("shapes"), shapes(72, 72, noise=30.0))


@pytest.fixture(scope="module")
def fitted(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "shapes"
    app(
        [
            "fit",
            str(folder),
            "--backbone",
            "facial-cnn-2",
            "--tap",
            "pool1",
            "--strategy",
            "ridge",
            "--out",
            str(out),
        ],
        standalone_mode=False,
    )
    return out


def test_a_folder_of_classes_becomes_a_run(fitted):
    metrics = json.loads((fitted / "metrics.json").read_text())
    assert metrics["test"]["accuracy"] > 0.6
    assert set(metrics["test"]["per_class"]) == {"left", "right", "top"}
    assert (fitted / "report.html").is_file()


def test_fit_prints_accuracy_or_json(folder, tmp_path, capsys):
    words = [*NETWORK, "--strategy", "svm"]
    told = run("fit", folder, *words, "--out", tmp_path / "a", "--json", capsys=capsys)
    assert json.loads(told.out)["metrics"]["test"]["accuracy"] > 0.6
    told = run("report", tmp_path / "a", "--json", capsys=capsys)
    assert json.loads(told.out)["report"].endswith("report.html")
    table = tmp_path / "labels.csv"
    files = sorted(file for file in folder.rglob("*.png"))
    rows = [f"{file.relative_to(folder)},{file.parent.name}" for file in files]
    (folder / "labels.csv").write_text("\n".join(["file,class", *rows]))
    told = run("fit", folder / "labels.csv", *words[:-1], "ridge", "--out", tmp_path / "b", capsys=capsys)
    (folder / "labels.csv").unlink()
    assert "test: accuracy " in told.out
    assert "the majority class has" in told.out
    assert "mean face" not in told.out + told.err
    assert not table.exists()


def test_predictions_as_csv_and_json(fitted, folder, tmp_path, capsys):
    told = run("predict", fitted, folder / "top", capsys=capsys)
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert list(rows[0]) == ["id", "left", "right", "top", "class"]
    assert np.mean([row["class"] == "top" for row in rows]) > 0.8
    assert sum(float(rows[0][name]) for name in ("left", "right", "top")) == pytest.approx(1, abs=1e-3)
    picture = next((folder / "left").glob("*.png"))
    told = run("predict", fitted, picture, "--json", capsys=capsys)
    (found,) = json.loads(told.out)["predictions"]
    assert found["classes"][found["class"]] == max(found["classes"].values())
    told = run("predict", fitted, folder, "--overlay", tmp_path / "drawn", capsys=capsys)
    assert len(list(csv.DictReader(io.StringIO(told.out)))) == 72
    assert len(list((tmp_path / "drawn").glob("*.png"))) == 72


def test_a_picture_of_another_size_is_padded_as_in_training(fitted, tmp_path, capsys):
    Image.fromarray(np.full((30, 60), 120, np.uint8)).save(tmp_path / "wide.png")
    told = run("predict", fitted, tmp_path / "wide.png", capsys=capsys)
    assert "given grey bars" in told.err
    assert "keypoints" not in told.err


def test_mirror_images_that_may_show_another_class_are_no_help(fitted, folder, capsys):
    about = json.loads((fitted / "run.json").read_text())
    if about["flip"]["center"] is None:
        with pytest.raises(TeniError, match="may show another class: predict without --tta"):
            run("predict", fitted, folder / "top", "--tta", capsys=capsys)


def test_measured_on_other_pictures(fitted, tmp_path, capsys):
    other = write_shapes(tmp_path / "other", shapes(30, 30, noise=30.0, seed=9))
    told = run("evaluate", fitted, other, capsys=capsys)
    assert "accuracy  " in told.out
    assert "recall  precision     labels" in told.out
    told = run("evaluate", fitted, other, "--json", capsys=capsys)
    assert json.loads(told.out)["metrics"]["test"]["accuracy"] > 0.6
    (other / "left").rename(other / "owl")
    with pytest.raises(TeniError, match="the class 'owl' is unknown to the model"):
        run("evaluate", fitted, other, capsys=capsys)


def test_a_submission_is_for_keypoints(fitted, folder, tmp_path, capsys):
    (tmp_path / "lookup.csv").write_text("RowId,ImageId,FeatureName,Location\n1,1,nose_x,\n")
    with pytest.raises(TeniError, match="a Kaggle submission is for keypoints, but this is about classes"):
        run("predict", fitted, folder / "top", "--lookup", tmp_path / "lookup.csv", capsys=capsys)


def picture(file, value=0):
    file.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(value).integers(0, 255, (16, 20)).astype(np.uint8)
    Image.fromarray(noise).save(file)


def one_class(folder):
    for i in range(4):
        picture(folder / "cat" / f"{i}.png", i)


def single_image(folder):
    one_class(folder)
    picture(folder / "dog" / "0.png", 9)


def no_label(folder):
    picture(folder / "1.png", 1)
    picture(folder / "2.png", 2)
    (folder / "labels.csv").write_text("file,class\n1.png,\n2.png,\n")


def empty(folder):
    folder.mkdir()


def missing_file(folder):
    picture(folder / "1.png", 1)
    (folder / "labels.csv").write_text("file,class\n1.png,cat\n2.png,dog\n")


def loose_pictures(folder):
    picture(folder / "1.png", 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (one_class, "all images show one class, cat; expected at least two to tell apart"),
        (single_image, "1 class has a single image (dog); expected at least two of each"),
        (no_label, "no"),
        (empty, "no folders with pictures (found nothing); expected a folder of pictures for each class"),
        (missing_file, "2.png"),
        (
            loose_pictures,
            "no folders with pictures (found 1.png); expected a folder of pictures for each class",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_said_in_one_sentence(make, message, tmp_path, monkeypatch, capsys):
    make(tmp_path / "data")
    monkeypatch.setattr("sys.argv", ["teni", "fit", str(tmp_path / "data"), "--out", str(tmp_path / "run")])
    with pytest.raises(SystemExit) as end:
        main()
    told = capsys.readouterr()
    assert end.value.code == 1
    assert told.out == ""
    (line,) = [line for line in told.err.splitlines() if line.startswith("Error: ")]
    assert message in line
    assert not (tmp_path / "run").exists()


def test_strategies_are_compared_by_log_loss_with_advice(folder, tmp_path, capsys):
    words = [*NETWORK[:2], "--strategy", "ridge", "--strategy", "svm", "--out", tmp_path / "run"]
    told = run("compare", folder, *words, "--json", capsys=capsys)
    found = json.loads(told.out)
    assert {row["strategy"] for row in found["strategies"]} == {"ridge", "svm"}
    losses = [row["validation"]["log_loss"] for row in found["strategies"]]
    assert losses == sorted(losses)
    assert found["strategies"][0]["test"]["log_loss"] < found["mean_prediction"]["test"]
    assert found["advice"]["quadrant"] in told.err
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "won over 1 other" in page
    assert "mean face" not in page.split("<script>")[0]
