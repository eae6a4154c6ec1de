"""The commands over old weights, as they are typed."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from teni.cli.weights import app
from teni.errors import TeniError

DENSE = {"name": "d", "output_dim": 3, "batch_input_shape": [None, 2], "init": "uniform"}
CONFIG = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": DENSE}]}


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "old.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(CONFIG).encode()
        file.attrs["keras_version"] = b"1.1.2"
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [b"d"]
        group = root.create_group("d")
        group.attrs["weight_names"] = [b"d_W:0", b"d_b:0"]
        group["d_W:0"], group["d_b:0"] = np.ones((2, 3), "f4"), np.ones(3, "f4")
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_inspect(old_file: Path):
    assert "keras-1, version 1.1.2, backend tensorflow" in run("inspect", old_file)
    assert json.loads(run("inspect", old_file, "--json"))["parameters"] == 9


def test_convert(old_file: Path, tmp_path: Path):
    text = run("convert", old_file, tmp_path / "new.keras")
    assert "2 loaded" in text
    assert "largest difference from the file's own network, computed in NumPy" in text
    told = json.loads(run("convert", old_file, tmp_path / "new.keras", "--overwrite", "--json"))
    assert told["parity"]["difference"] < 1e-4
    assert told["report"]["counts"] == {"loaded": 2}
    assert (tmp_path / "new.keras").is_file()


def test_convert_with_a_description_beside_it(old_file: Path, tmp_path: Path):
    (tmp_path / "net.json").write_text(json.dumps(CONFIG))
    told = json.loads(
        run("convert", old_file, tmp_path / "n.keras", "--architecture", tmp_path / "net.json", "--json")
    )
    assert told["built_by"] == "teni"


def test_words_that_are_none(old_file: Path, tmp_path: Path):
    result = CliRunner().invoke(
        app, ["convert", str(old_file), str(tmp_path / "n.keras"), "--kernels", "flipped"]
    )
    assert result.exit_code == 2
    assert "must be convolution or correlation" in " ".join(result.output.split())


def test_what_is_wrong_is_a_teni_error(tmp_path: Path):
    with pytest.raises(TeniError, match="no such file"):
        run("inspect", tmp_path / "nowhere.h5")
