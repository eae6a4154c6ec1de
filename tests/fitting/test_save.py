"""A run folder is written whole or not at all."""

import keras
import numpy as np
import pytest

from fake_run import make_run
from teni.errors import TeniError
from teni.fitting import save_run
from teni.run import read_run


@pytest.fixture(scope="module")
def model():
    x = keras.Input((4, 4, 1), dtype="uint8")
    return keras.Model(x, keras.layers.Reshape((8, 2))(x))


def save(out, model, **more):
    return save_run(out, model, make_run(), report=lambda run: f"report of {run.about['backbone']}", **more)


def test_everything_is_there(tmp_path, model):
    run = save(tmp_path / "run", model, more={"submission.csv": "RowId,Location\n"})
    assert run.path == tmp_path / "run"
    names = {path.name for path in run.path.iterdir()}
    assert {
        "run.json",
        "metrics.json",
        "history.csv",
        "model.keras",
        "report.html",
        "submission.csv",
    } <= names
    assert (run.path / "report.html").read_text().startswith("report of ")
    assert read_run(run.path).metrics == run.metrics
    images = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
    again = keras.models.load_model(run.path / "model.keras")
    np.testing.assert_array_equal(again(images), model(images))


def test_nothing_is_left_where_the_report_fails(tmp_path, model):
    def broken(run):
        raise RuntimeError("no report")

    with pytest.raises(RuntimeError):
        save_run(tmp_path / "run", model, make_run(), report=broken)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_refused(tmp_path, model):
    save(tmp_path / "run", model)
    with pytest.raises(TeniError, match="overwrite"):
        save(tmp_path / "run", model)
    save(tmp_path / "run", model, overwrite=True)
