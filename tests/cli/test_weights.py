"""The commands over old weights, as they are typed."""

import json
from pathlib import Path

import h5py
import keras
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


def test_convert_with_a_description_of_today(old_file: Path, tmp_path: Path):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="d")])
    (tmp_path / "net.json").write_text(network.to_json())
    words = (old_file, tmp_path / "n.keras", "--architecture", tmp_path / "net.json", "--json")
    told = json.loads(run("convert", *words))
    assert (told["built_by"], told["report"]["counts"]) == ("architecture", {"loaded": 2})
    assert told["parity"]["difference"] < 1e-4


def test_a_description_of_today_that_makes_no_network(old_file: Path, tmp_path: Path):
    (tmp_path / "net.json").write_text(
        '{"module": "keras", "class_name": "Sequential", "config": {"layers": 3}}'
    )
    with pytest.raises(TeniError, match="Keras cannot build the network that it describes"):
        run("convert", old_file, tmp_path / "n.keras", "--architecture", tmp_path / "net.json")


def test_words_that_are_none(old_file: Path, tmp_path: Path):
    result = CliRunner().invoke(
        app, ["convert", str(old_file), str(tmp_path / "n.keras"), "--kernels", "flipped"]
    )
    assert result.exit_code == 2
    assert "must be convolution or correlation" in " ".join(result.output.split())


def test_what_is_wrong_is_a_teni_error(tmp_path: Path):
    with pytest.raises(TeniError, match="no such file"):
        run("inspect", tmp_path / "nowhere.h5")


@pytest.fixture
def nameless_file(tmp_path: Path) -> Path:
    """Write two layers of Keras 0, which are not named; the second fits the first of VGG16."""
    path = tmp_path / "nameless.h5"
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = 2
        for number, shape in enumerate([(8, 3, 5, 5), (64, 3, 3, 3)]):
            group = file.create_group(f"layer_{number}")
            group.attrs["nb_params"] = 2
            group["param_0"], group["param_1"] = np.ones(shape, "f4"), np.ones(shape[0], "f4")
    return path


def test_layers_are_paired_as_told_and_others_may_be_missing(nameless_file: Path, tmp_path: Path):
    words = (
        "convert",
        nameless_file,
        tmp_path / "n.keras",
        "--architecture",
        "vgg16",
        "--upto",
        "block1_conv2",
    )
    with pytest.raises(TeniError, match=r"'block1_conv1' .* from 'layer_0' of the file: expected kernel"):
        run(*words)
    told = ("--pair", "block1_conv1=layer_1")
    with pytest.raises(TeniError, match=r"'block1_conv2' .*found no such layer .*\(--allow-missing\)"):
        run(*words, *told)
    text = run(*words, *told, "--allow-missing", "block1_conv2")
    assert "1 kernel-flipped, 1 loaded, 2 missing, 2 skipped" in text
    assert (
        "assumed: convolution kernels: the file does not say its backend (convert --kernels decides)" in text
    )
    assert "not checked against the file's own network: layers were allowed to be missing" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--match", "shape"], "must be auto, name or order; got 'shape'"),
        (["--match", "name", "--pair", "a=b"], "must be auto, name or order; with --pair leave it out"),
        (["--pair", "a"], "expected one layer of the network and one of the file"),
        (["--pair", "a=b", "--pair", "a=c"], "one of the file, conv1=layer_1; got 'a=c'"),
    ],
)
def test_pairings_that_are_none(words: list[str], message: str, old_file: Path, tmp_path: Path):
    result = CliRunner().invoke(app, ["convert", str(old_file), str(tmp_path / "n.keras"), *words])
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


def test_what_cannot_be_written_is_told_before_the_work(old_file: Path):
    with pytest.raises(TeniError, match=r"n\.h5: the converted network is written as \.keras"):
        run("convert", old_file, "n.h5", "--architecture", "nothing of the kind")


def test_a_network_that_the_file_describes_is_paired_with_its_own_weights(old_file: Path, tmp_path: Path):
    with pytest.raises(TeniError, match="the network that the file describes takes its own weights"):
        run("convert", old_file, tmp_path / "n.keras", "--match", "order")
