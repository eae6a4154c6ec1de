"""From a run to a folder that another runtime can use: what is in it, and what is refused."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import onnxruntime
import pytest
from PIL import Image

from blobs import blobs, split_of, tiny_network
from shapes import shapes
from spot_run import save_spot_run
from teni.backbones import backbone
from teni.errors import TeniError
from teni.export import FORMATS, export
from teni.export import formats as formats_module
from teni.export.rows import rows_of
from teni.export.script import MOST_LINES, script
from teni.features import View
from teni.fitting import fit, save_run
from teni.prediction import image_shape, load_model, predict_given, predictions_csv, read_given
from teni.run import read_run
from teni.training import Budget
from teni.transfer import Tuned, closed_form, scratch
from teni.transfer.specialists import Specialists

# The script runs as it would on a machine that has neither of these.
ALONE = (
    "import runpy, sys; sys.modules['teni'] = sys.modules['keras'] = sys.modules['jax'] = None; "
    "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)
VIEW = View((16, 20), "p1")


def saved(folder, data, strategy, network=None, **split):
    network = network or tiny_network(data.images.shape[3])
    model, run = fit(data, split_of(data, **split), network, strategy, budget=Budget(epochs=1))
    return save_run(folder, model, run, report=lambda run: "")


def kernel(folder):
    return saved(folder, blobs(48, 12, gap=0.1), closed_form("kernel", (VIEW,)))


def classes(folder):
    return saved(folder, shapes(72, 36, channels=3, noise=40.0), closed_form("ridge", (VIEW,)), test=9)


def specialists(folder):
    groups = {"eyes": ("left_eye", "right_eye"), "nose": ("nose",)}
    return saved(folder, blobs(48, 12), Specialists(closed_form("ridge", (VIEW,)), groups))


def trained(folder):
    return saved(folder, blobs(24, 12), Tuned(scratch), backbone("facial-cnn-5", size=(16, 20)), validation=3)


def face(folder):
    data = blobs(24, 12)
    return saved(
        folder, data, closed_form("kernel", (View((32, 40), "block4_relu"),)), backbone("face", size=(32, 40))
    )


KINDS = {each.__name__: each for each in (kernel, classes, specialists, trained, face)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    home, made = tmp_path_factory.mktemp("runs"), {}

    def get(kind):
        if kind not in made:
            made[kind] = read_run(KINDS[kind](home / kind).path)
        return made[kind]

    return get


@pytest.fixture
def pictures(tmp_path):
    """Write pictures of several sizes and kinds."""
    folder, random = tmp_path / "pictures", np.random.default_rng(0)
    folder.mkdir()
    for name, shape in (
        ("a.png", (16, 20, 3)),
        ("b.png", (40, 50, 3)),
        ("c.png", (30, 20, 4)),
        ("d.png", (33, 71)),
    ):
        Image.fromarray(random.integers(0, 256, shape, np.uint8)).save(folder / name)
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(random.integers(0, 256, (24, 36, 3), np.uint8)).save(folder / "e.jpg", exif=turned)
    return folder


def by_teni(run, folder):
    model = load_model(run)
    given = read_given(folder, image_shape(model), run.task)
    return predictions_csv(given.ids, predict_given(run, model, given), run.task)


def by_script(exported, pictures):
    command = [
        sys.executable,
        "-I",
        "-c",
        ALONE,
        str(exported / "predict.py"),
        *map(str, sorted(pictures.iterdir())),
    ]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def same_table(one, other, within=0.01):
    rows, others = ([line.split(",") for line in text.strip().splitlines()] for text in (one, other))
    assert rows[0] == others[0]
    assert [row[0] for row in rows] == [row[0] for row in others]
    for row, there in zip(rows[1:], others[1:], strict=True):
        for cell, cell_there in zip(row[1:], there[1:], strict=True):
            if cell.replace(".", "").lstrip("-").isdigit():
                assert float(cell) == pytest.approx(float(cell_there), abs=within)
            else:
                assert cell == cell_there


@pytest.mark.parametrize("kind", KINDS)
def test_as_the_model_and_as_teni_predict(runs, kind, tmp_path, pictures):
    run = runs(kind)
    found = export(run, tmp_path / "out")
    assert {path.name for path in found.folder.iterdir()} == {
        "model.onnx", "preprocessing.json", "predict.py", "card.md", "export.json",
    }  # fmt: skip
    session = onnxruntime.InferenceSession(found.folder / "model.onnx", providers=["CPUExecutionProvider"])
    expected = load_model(run).predict_on_batch(run.examples.images)
    for many in (1, 2, len(expected)):
        (answer,) = session.run(None, {"image": run.examples.images[:many]})
        np.testing.assert_allclose(answer, expected[:many], atol=1e-3)
    assert found.checked.relative <= 1e-4
    same_table(by_script(found.folder, pictures), by_teni(run, pictures))


def test_the_script_is_short_and_knows_no_teni(runs):
    for kind in ("kernel", "classes"):
        for name in FORMATS:
            lines = script(runs(kind), name).splitlines()
            assert len(lines) <= MOST_LINES
            assert "teni" not in script(runs(kind), name)
            compile("\n".join(lines), "predict.py", "exec")


@pytest.mark.parametrize("resize", ["crop", "stretch"])
def test_other_ways_to_make_pictures_fit(runs, resize, tmp_path, pictures):
    run = runs("classes")
    other = replace(run, about={**run.about, "task": {**run.about["task"], "resize": resize}})
    same_table(by_script(export(other, tmp_path / "out").folder, pictures), by_teni(other, pictures))


def test_pixel_centres_at_integers(tmp_path, pictures):
    run = read_run(save_spot_run(tmp_path / "run", center="integers"))
    same_table(by_script(export(run, tmp_path / "out").folder, pictures), by_teni(run, pictures))


def test_preprocessing_is_spelled_out(runs, tmp_path):
    told = json.loads((export(runs("classes"), tmp_path / "a").folder / "preprocessing.json").read_text())
    assert (told["height"], told["width"], told["channels"], told["mode"]) == (16, 20, 3, "RGB")
    assert told["other_sizes"] == {"how": "pad", "resampling": "bicubic", "bars": 128}
    assert told["columns"] == ["top", "left", "right", "class"]
    told = json.loads((export(runs("kernel"), tmp_path / "b").folder / "preprocessing.json").read_text())
    assert told["columns"][:2] == ["left_eye_x", "left_eye_y"]
    assert (told["colour"][:4], told["first_pixel_center"]) == ("grey", 0.5)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_what_precision_costs_is_measured(runs, precision, tmp_path):
    run, data = runs("kernel"), blobs(48, 12, gap=0.1)
    found = export(run, tmp_path / "out", precision=precision, data=data)
    test = data.take(split_of(data).rows("test"))
    session = onnxruntime.InferenceSession(found.folder / "model.onnx", providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"image": test.images})
    known = ~np.isnan(test.targets)
    expected = np.sqrt(((answer - test.targets)[known] ** 2).mean())
    assert found.cost["after"] == pytest.approx(expected, abs=1e-4)
    assert found.cost["before"] == pytest.approx(run.metrics["test"]["rmse_px"], abs=1e-3)
    assert found.cost["measured_on"] == f"{len(test)} test images of the run"
    assert abs(found.cost["after"] - found.cost["before"]) < 0.5
    assert found.megabytes[precision] < 0.7 * found.megabytes["float32"]
    assert found.checked.relative <= 1e-4
    assert json.loads((found.folder / "export.json").read_text())["cost"]["after"] == found.cost["after"]


def test_without_data_the_examples_of_the_run_are_measured_on(runs, tmp_path):
    found = export(runs("classes"), tmp_path / "out", precision="float16")
    assert found.cost["measure"] == "log_loss"
    assert found.cost["measured_on"].endswith("examples of its test images that the run folder keeps")


def test_which_rows_calibrate_and_which_are_measured(runs):
    run, data = runs("trained"), blobs(24, 12)
    rows, split = rows_of(run, data, 0), split_of(data, validation=3)
    np.testing.assert_array_equal(rows.calibrate, data.images[split.rows("train")])
    np.testing.assert_array_equal(rows.images, data.images[split.rows("validation")])
    solved = run.about["choice"] | {"kernel": "linear"}
    again = rows_of(replace(run, about=run.about | {"choice": solved}), data, 0)
    np.testing.assert_array_equal(again.images, data.images[split.rows("test")])
    table = run.split.assign(part="train")
    told = rows_of(replace(run, split=table), data, 0).told
    assert (
        told == "24 train images of the run, which it learned from: look at the difference, not at the error"
    )
    other = replace(data, ids=np.array([f"x{i}" for i in range(24)]))
    assert rows_of(run, other, 0).told == "24 images of the data given, which are not those of the fit"
    unnamed = replace(data, subjects=None)  # the same data with another fingerprint
    assert unnamed.fingerprint != data.fingerprint
    assert rows_of(run, unnamed, 0).told == rows.told
    moved = replace(unnamed, targets=data.targets + 1)  # other data whose rows are counted alike
    assert rows_of(run, moved, 0).told == "24 images of the data given, which are not those of the fit"
    darker = replace(unnamed, images=data.images // 2)  # the same labels on other pixels
    assert rows_of(run, darker, 0).told == "24 images of the data given, which are not those of the fit"
    with pytest.raises(TeniError, match="--data: images of 8x8x1, the model takes 16x20x1"):
        rows_of(run, replace(data, images=np.zeros((24, 8, 8, 1), np.uint8)), 0)


def test_nothing_is_written_where_the_answers_differ(runs, tmp_path, monkeypatch):
    right = FORMATS["onnx"]
    wrong = replace(right, open=lambda folder: lambda images: right.open(folder)(images) + 0.02)
    monkeypatch.setitem(FORMATS, "onnx", wrong)
    with pytest.raises(TeniError, match=r"onnx: the exported model differs from the model by 0\.02 px"):
        export(runs("kernel"), tmp_path / "out")
    monkeypatch.setitem(FORMATS, "onnx", replace(right, open=lambda folder: lambda images: np.zeros((1, 2))))
    with pytest.raises(TeniError, match="the exported model gives"):
        export(runs("kernel"), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_layer_that_cannot_be_exported_is_named(runs, tmp_path, monkeypatch):
    image = keras.Input((16, 20, 1), dtype="uint8")
    x = keras.layers.LSTM(6, name="odd")(keras.layers.Reshape((16, 20))(keras.layers.Rescaling(1.0)(image)))
    odd = keras.Model(image, keras.layers.Reshape((3, 2))(x))
    monkeypatch.setattr("teni.export.folder.load_model", lambda run: odd)
    with pytest.raises(TeniError, match="the layer odd is a LSTM"):
        export(runs("kernel"), tmp_path / "out")


@pytest.mark.parametrize(
    ("format", "precision", "message"),
    [
        ("caffe", "float32", "--format caffe: expected one of onnx, litert, saved-model, openvino"),
        ("onnx", "int4", "--precision int4: expected one of float32, float16, int8"),
        ("saved-model", "int8", "--precision int8: saved-model is written in float32 alone"),
    ],
)
def test_what_is_not_there_is_said(runs, format, precision, message, tmp_path):
    with pytest.raises(TeniError, match=message):
        export(runs("kernel"), tmp_path / "out", format=format, precision=precision)


def test_a_missing_package_is_one_sentence(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(
        formats_module, "_is_there", lambda package: package not in ("onnxruntime", "openvino")
    )
    with pytest.raises(
        TeniError, match=r"needs onnxruntime, which is not installed; pip install 'teni\[export\]'"
    ):
        export(runs("kernel"), tmp_path / "out")
    with pytest.raises(TeniError, match=r"onnxruntime and openvino, which are not.*'teni\[openvino\]'"):
        export(runs("kernel"), tmp_path / "out", format="openvino")


def test_only_an_export_is_replaced(runs, tmp_path):
    out = tmp_path / "out"
    export(runs("kernel"), out)
    with pytest.raises(TeniError, match="exists already"):
        export(runs("kernel"), out)
    export(runs("kernel"), out, overwrite=True)
    (tmp_path / "mine").mkdir()
    Path(tmp_path, "mine", "thesis.txt").write_text("years of work")
    with pytest.raises(TeniError, match="teni did not write it"):
        export(runs("kernel"), tmp_path / "mine", overwrite=True)


def test_classes_of_other_data_are_no_validation_rows(runs):
    run, data = runs("classes"), shapes(72, 36, channels=3, noise=40.0)
    unnamed = replace(data, subjects=None)
    assert "test images of the run" in rows_of(run, unnamed, 0).told
    turned = replace(unnamed, targets=(data.targets + 1) % len(run.task.names))
    assert rows_of(run, turned, 0).told.endswith("images of the data given, which are not those of the fit")
