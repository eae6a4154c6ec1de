"""Formats that need a heavy package: run where it is installed, 'teni[tensorflow]' or 'teni[openvino]'."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from blobs import blobs, split_of, tiny_network
from teni.errors import TeniError
from teni.export import by_tensorflow, export
from teni.features import View
from teni.fitting import fit, save_run
from teni.run import read_run
from teni.transfer import closed_form

WITH_TENSORFLOW = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="needs tensorflow: pip install 'teni[tensorflow]'"
)
WITH_OPENVINO = pytest.mark.skipif(
    find_spec("openvino") is None, reason="needs openvino: pip install 'teni[openvino]'"
)
CASES = [
    pytest.param("litert", "float32", marks=WITH_TENSORFLOW),
    pytest.param("litert", "float16", marks=WITH_TENSORFLOW),
    pytest.param("litert", "int8", marks=WITH_TENSORFLOW),
    pytest.param("saved-model", "float32", marks=WITH_TENSORFLOW),
    pytest.param("openvino", "float32", marks=WITH_OPENVINO),
    pytest.param("openvino", "float16", marks=WITH_OPENVINO),
    pytest.param("openvino", "int8", marks=WITH_OPENVINO),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    data = blobs(48, 12)
    model, run = fit(data, split_of(data), tiny_network(), closed_form("kernel", (View((16, 20), "p1"),)))
    return read_run(save_run(tmp_path_factory.mktemp("runs") / "a", model, run, report=lambda run: "").path)


@pytest.mark.parametrize(("format", "precision"), CASES)
def test_as_the_model(run, format, precision, tmp_path):
    found = export(run, tmp_path / "out", format=format, precision=precision, data=blobs(48, 12))
    assert found.checked.relative <= 1e-4
    if precision != "float32":
        assert found.megabytes[precision] < found.megabytes["float32"]
        assert abs(found.cost["after"] - found.cost["before"]) < 0.5
    runtime = {"litert": "ai_edge_litert", "saved-model": "tensorflow", "openvino": "openvino"}[format]
    if find_spec(runtime) is None:
        return
    from PIL import Image

    image = run.examples.images[0]
    Image.fromarray(image[..., 0]).save(tmp_path / "face.png")
    command = [sys.executable, str(found.folder / "predict.py"), str(tmp_path / "face.png")]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    values = np.array(done.stdout.decode().splitlines()[1].split(",")[1:], float)
    apart = 0.01 if precision == "float32" else 1.0
    np.testing.assert_allclose(values.reshape(-1, 2), run.examples.predicted[0], atol=apart)


def test_what_tensorflow_says_last_is_told(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(
        TeniError,
        match=r"litert: TensorFlow cannot run this model \(exit status 1\); export with --format onnx",
    ):
        by_tensorflow.run("litert", tmp_path, np.zeros((1, 4, 4, 1), np.uint8))
