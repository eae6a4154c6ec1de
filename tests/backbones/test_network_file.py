"""Networks from files: what comes back, and what is refused."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from teni.backbones import backbone, tap_shape
from teni.backbones.network_file import load_network
from teni.errors import TeniError

# Keras's own saving of a network with weights, under NumPy 2.4.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)


def small(channels: int = 1) -> keras.Model:
    x = keras.Input((6, 6, channels), name="image")
    h = keras.layers.Conv2D(2, 3, name="conv")(x)
    return keras.Model(x, keras.layers.BatchNormalization(name="norm")(h), name="small")


def rewritten(path: Path, change: Any) -> Path:
    """Save the small network with its description changed."""
    small().save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = json.dumps(change(json.loads(parts["config.json"]))).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def first_layer_as(**changes: Any) -> Any:
    def change(config: dict[str, Any]) -> dict[str, Any]:
        config["config"]["layers"][1].update(changes)
        return config

    return change


def test_an_archive_comes_back_with_its_numbers(tmp_path: Path) -> None:
    model = small()
    model.save(tmp_path / "m.keras")
    found, _ = load_network(tmp_path / "m.keras")
    image = np.random.default_rng(0).random((2, 6, 6, 1), np.float32)
    np.testing.assert_array_equal(found(image), model(image))
    assert json.dumps(found.get_config()) == json.dumps(model.get_config())


def test_a_sequential_network_becomes_a_functional_one(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((6, 6, 3)), keras.layers.Conv2D(1, 3, name="conv")]).save(
        tmp_path / "s.keras"
    )
    found, _ = load_network(tmp_path / "s.keras")
    assert not isinstance(found, keras.Sequential)
    assert found.get_layer("conv").output.shape == (None, 4, 4, 1)


def test_whole_hdf5_comes_back_with_its_numbers(tmp_path: Path) -> None:
    model = small()
    model.save(tmp_path / "m.h5")
    image = np.random.default_rng(0).random((2, 6, 6, 1), np.float32)
    found, _ = load_network(tmp_path / "m.h5")
    np.testing.assert_array_equal(found(image), model(image))


def test_whole_hdf5_of_keras_2_comes_with_an_account_of_its_tensors(tmp_path: Path) -> None:
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1)
    settings = {"name": "conv", "trainable": True, "batch_input_shape": [None, 6, 6, 1], "dtype": "float32"}
    settings |= {
        "filters": 1,
        "kernel_size": [3, 3],
        "strides": [1, 1],
        "padding": "valid",
        "use_bias": False,
    }
    settings |= {"data_format": "channels_last", "dilation_rate": [1, 1], "activation": "linear"}
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["keras_version"] = b"2.1.4"
        file.attrs["backend"] = b"tensorflow"
        layers = [{"class_name": "Conv2D", "config": settings}]
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers}).encode()
        file.create_group("model_weights").attrs["layer_names"] = [b"conv"]
        file["model_weights"].attrs["keras_version"] = b"2.1.4"
        file["model_weights"].attrs["backend"] = b"tensorflow"
        file["model_weights"].create_group("conv").attrs["weight_names"] = [b"conv/kernel:0"]
        file["model_weights/conv/conv/kernel:0"] = kernel
    model, report = load_network(tmp_path / "old.h5")
    assert report is not None
    assert report.counts == {"loaded": 1}
    assert model(np.ones((1, 6, 6, 1), np.float32))[0, 0, 0, 0] == kernel.sum()


@pytest.mark.real
def test_mini_xception_of_2017_computes_what_keras_computes(real_data: Path) -> None:
    path = real_data / "weights" / "fer2013_mini_XCEPTION_keras2.hdf5"
    image = np.random.default_rng(0).random((2, 64, 64, 1), np.float32)
    theirs = keras.models.load_model(path, compile=False).predict(image, verbose=0)
    np.testing.assert_allclose(load_network(path)[0].predict(image, verbose=0), theirs, atol=1e-6)


def test_weights_alone_are_no_network(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"conv"]
        group = file.create_group("conv")
        group.attrs["weight_names"] = [b"conv/kernel:0"]
        group["conv/kernel:0"] = np.zeros((3, 3, 1, 2), np.float32)
    with pytest.raises(TeniError, match=r"w\.h5: holds weights and no network; .* as its --weights"):
        load_network(tmp_path / "w.h5")


@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_a_lambda_is_refused(tmp_path: Path, suffix: str) -> None:
    x = keras.Input((6, 6, 1))
    model = keras.Model(x, keras.layers.Lambda(lambda v: v + 1)(x))
    path = tmp_path / f"m.{suffix}"
    model.save(path)
    with pytest.raises(TeniError, match=r"'lambda\S*' is a Lambda, code that teni does not run"):
        load_network(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"module": "my_layers", "class_name": "Wiggle", "registered_name": "Mine>Wiggle"},
        {"module": "os", "class_name": "system", "registered_name": None},
        {"module": None, "class_name": "Wiggle", "registered_name": "Mine>Wiggle"},
    ],
)
def test_code_of_others_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = rewritten(tmp_path / "m.keras", first_layer_as(**changes))
    with pytest.raises(TeniError, match=r"code that is not Keras's and that teni does not run"):
        load_network(path)


def test_a_layer_that_keras_does_not_know_is_explained(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "m.keras", first_layer_as(class_name="Wiggle"))
    with pytest.raises(TeniError, match=r"m\.keras: Keras cannot rebuild this network \(.*Wiggle"):
        load_network(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"no archive at all"])
def test_what_is_no_network_is_explained(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(content)
    with pytest.raises(TeniError, match=r"m\.keras: not a"):
        load_network(path)


def test_an_archive_without_a_description_is_explained(tmp_path: Path) -> None:
    for name, content in [("other.txt", "x"), ("config.json", "["), ("config.json", "[]")]:
        with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
            archive.writestr(name, content)
        with pytest.raises(TeniError, match=r"m\.keras: .*save the network anew"):
            load_network(tmp_path / "m.keras")


def test_an_archive_that_swells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small().save(tmp_path / "m.keras")
    monkeypatch.setattr("teni.backbones.network_file.LARGEST_ARCHIVE", 1000)
    with pytest.raises(TeniError, match=r"m\.keras: would unpack to [\d,]+ bytes; at most 1,000 are read"):
        load_network(tmp_path / "m.keras")


@pytest.mark.parametrize("shape", [(6, 6, 2), (2, 48, 48), (6,)])
def test_what_takes_no_image_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = keras.Input(shape)
    keras.Model(x, keras.layers.ReLU()(x)).save(tmp_path / "m.keras")
    with pytest.raises(TeniError, match=r"expected one image \(None, height, width, 1 or 3\), channels last"):
        load_network(tmp_path / "m.keras")


def test_an_image_with_its_channels_first_is_turned_in_front_of_the_network(tmp_path: Path) -> None:
    x = keras.Input((1, 5, 4))
    model = keras.Sequential([x, keras.layers.Conv2D(2, 1, name="rows"), keras.layers.Flatten(name="flat")])
    model.save(tmp_path / "m.keras")
    found, _ = load_network(tmp_path / "m.keras")
    assert found.input_shape == (None, 5, 4, 1)
    image = np.random.default_rng(0).random((2, 5, 4, 1), np.float32)
    np.testing.assert_allclose(found(image), model(np.moveaxis(image, -1, 1)), atol=1e-6)


@pytest.mark.real
def test_the_keypoints_of_keras_1_take_faces(real_data: Path) -> None:
    found = backbone(real_data / "weights" / "facial_keypoints_keras1_full_model.h5")
    assert found.size == (96, 96)
    assert found.model.output_shape == (None, 30)
    # The network takes the rows of the face for channels, as its file says: its maps are one row high.
    assert tap_shape(found, "maxpooling2d_5")[0] == 1


def test_two_inputs_are_refused(tmp_path: Path) -> None:
    x, y = keras.Input((6, 6, 1)), keras.Input((6, 6, 1))
    keras.Model([x, y], keras.layers.Add()([x, y])).save(tmp_path / "m.keras")
    with pytest.raises(TeniError, match=r"takes \(None, 6, 6, 1\) and \(None, 6, 6, 1\); expected one image"):
        load_network(tmp_path / "m.keras")
