"""The one door: names, files, weights given, missing, allowed to be missing, and every refusal."""

from collections.abc import Iterable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from teni.backbones import (
    Backbone,
    Preprocessing,
    at_size,
    backbone,
    backbone_names,
    check_tap,
    cut,
    propose_taps,
)
from teni.backbones import load as door
from teni.errors import TeniError

# Keras's own saving of a network with weights, under NumPy 2.4.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"
)


def write_keras2(path: Path, model: keras.Model, without: Iterable[str] = (), shift: int = 0) -> Path:
    """Write a network's weights as Keras 2 did, by layer name; self-numbered names may be shifted."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = b"2.1.4", b"tensorflow"
        names: list[bytes] = []
        for layer in model.layers:
            if not layer.weights or layer.name in without:
                continue
            name = shifted(layer.name, shift)
            names.append(name.encode())
            group = file.create_group(name)
            variables = [*layer.trainable_weights, *layer.non_trainable_weights]
            group.attrs["weight_names"] = [f"{name}/{each.name}:0".encode() for each in variables]
            for each in variables:
                group[f"{name}/{each.name}:0"] = np.asarray(each.value)
        file.attrs["layer_names"] = names
    return path


def shifted(name: str, shift: int) -> str:
    family, _, number = name.rpartition("_")
    if not shift or not (number.isdigit() or name in ("conv2d", "batch_normalization")):
        return name
    return f"{family}_{int(number) + shift}" if number.isdigit() else f"{name}_{shift}"


def same(one: keras.Model, other: keras.Model) -> bool:
    pairs = zip(one.weights, other.weights, strict=True)
    return all(np.array_equal(a.value, b.value) for a, b in pairs)


def small_network() -> keras.Model:
    x = keras.Input((16, 16, 1), name="image")
    h = keras.layers.Conv2D(4, 3, name="conv")(x)
    h = keras.layers.ReLU(name="relu")(h)
    return keras.Model(x, keras.layers.Conv2D(2, 3, name="last")(h), name="small")


def test_any_spelling_of_a_name_will_do() -> None:
    assert backbone("MobileNet-V2", weights="random", size=(32, 32)).name == "mobilenet_v2"
    assert backbone("Facial_CNN_1", size=(16, 16)).name == "facial-cnn-1"


def test_every_name_is_listed() -> None:
    names = backbone_names()
    assert len(names) == len(set(names)) >= 38 + 8 + 1


def test_the_seed_decides_random_weights() -> None:
    first, again, other = (backbone("facial-cnn-2", size=(16, 16), seed=seed) for seed in (1, 1, 2))
    assert same(first.model, again.model)
    assert not same(first.model, other.model)


def test_a_whole_weights_file_fills_the_network(tmp_path: Path) -> None:
    first = backbone("mobilenet", weights="random", size=(32, 32), seed=1)
    path = write_keras2(tmp_path / "w.h5", first.model)
    found = backbone("mobilenet", weights=path, size=(64, 64))
    assert same(first.model, found.model)
    assert found.size == (64, 64)
    assert found.load_report is not None
    assert found.load_report.counts == {"loaded": len(first.model.weights)}
    assert (found.unusable, found.notes) == ({}, ())


def test_missing_weights_end_the_network_and_say_so(tmp_path: Path) -> None:
    first = backbone("mobilenet", weights="random", size=(64, 64), seed=1)
    path = write_keras2(tmp_path / "w.h5", first.model, without=["conv_pw_13"])
    found = backbone("mobilenet", weights=path, size=(64, 64))
    assert found.model.layers[-1].name == "conv_dw_13_relu"
    assert list(found.unusable) == ["conv_pw_13", "conv_pw_13_bn", "conv_pw_13_relu"]
    (note,) = found.notes
    assert "w.h5 does not hold the weights of conv_pw_13: mobilenet ends at conv_dw_13_relu, and 3" in note
    assert propose_taps(found)[-1] == "conv_pw_12_relu"
    with pytest.raises(
        TeniError, match=r"'conv_pw_13_relu' of mobilenet cannot .*w\.h5 does not hold its weights"
    ):
        check_tap(found, "conv_pw_13_relu")
    assert at_size(found, 96, 96).unusable == found.unusable


def test_what_is_allowed_to_be_missing_keeps_initial_values(tmp_path: Path) -> None:
    first = backbone("facial-cnn-2", size=(16, 16), seed=1)
    path = write_keras2(tmp_path / "w.h5", first.model, without=["hidden1", "hidden2"])
    found = backbone(
        "facial-cnn-2", weights=path, size=(16, 16), seed=3, allow_missing=["hidden1", "hidden2"]
    )
    assert found.unusable == {}
    assert found.notes == ("facial-cnn-2: hidden1, hidden2 kept initial values, as allowed",)
    assert same(
        keras.Model(found.model.inputs[0], found.model.get_layer("pool3").output), cut(first, ["pool3"])
    )
    assert np.asarray(found.model.get_layer("hidden1").kernel.value).std() > 0


def test_weights_of_another_shape_are_an_error(tmp_path: Path) -> None:
    path = write_keras2(tmp_path / "w.h5", backbone("facial-cnn-6", size=(16, 16)).model)
    with pytest.raises(TeniError, match=r"hidden1.*expected .*\(128, 500\).*found .*\(128, 1000\)"):
        backbone("facial-cnn-2", weights=path, size=(16, 16))


def test_a_whole_network_of_another_kind_is_no_weights_file(tmp_path: Path) -> None:
    small_network().save(tmp_path / "m.keras")
    with pytest.raises(TeniError, match=r"hold.* a network of its own: .* give the file as --backbone"):
        backbone("facial-cnn-2", weights=tmp_path / "m.keras", size=(16, 16))


def test_what_a_file_does_not_say_is_told(tmp_path: Path) -> None:
    first = backbone("facial-cnn-1", size=(16, 16), seed=1)
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = 1
        group = file.create_group("layer_0")
        group.attrs["nb_params"] = 2
        for number, variable in enumerate(first.model.weights):
            group[f"param_{number}"] = np.asarray(variable.value)
    found = backbone("facial-cnn-1", weights=path, size=(16, 16))
    assert same(first.model, found.model)
    assert len(found.notes) == 2
    assert found.notes[0].startswith(f"{path.name}: assumed channels_first: the file does not say")


def test_numbers_that_keras_gave_by_itself_are_settled(tmp_path: Path) -> None:
    first = backbone("inception_v3", weights="random", size=(75, 75), seed=1)
    path = write_keras2(tmp_path / "w.h5", first.model, shift=1)
    assert same(first.model, backbone("inception_v3", weights=path, size=(75, 75)).model)


def test_efficientnet_without_its_published_layer_is_known_by_its_description(tmp_path: Path) -> None:
    first = backbone("efficientnetb0", weights="random", size=(32, 32), seed=1)
    path = write_keras2(tmp_path / "w.h5", first.model)
    published = backbone("efficientnetb0", weights=path, size=(32, 32))
    with h5py.File(path, "a") as file:
        file.attrs["model_config"] = first.model.to_json().encode()
    own = backbone("efficientnetb0", weights=path, size=(32, 32))
    assert "imagenet_rescaling" not in [layer.name for layer in own.model.layers]
    assert "imagenet_rescaling" in [layer.name for layer in published.model.layers]
    assert same(own.model, published.model)
    assert "imagenet_rescaling" in [layer.name for layer in at_size(published, 64, 64).model.layers]


def test_a_file_brings_its_own_weights_and_says_what_it_assumes(tmp_path: Path) -> None:
    path = tmp_path / "mine.keras"
    model = small_network()
    model.save(path)
    found = backbone(path, size=(20, 20))
    assert same(model, found.model)
    assert (found.name, found.size) == (str(path), (20, 20))
    assert found.preprocessing == Preprocessing(1, (1 / 255,), (0.0,))
    assert found.notes == (
        f"{path}: nothing says what it expects of an image; values from 0 to 1 are assumed",
    )
    told = backbone(path, preprocessing=Preprocessing(1, (1.0,), (-3.0,)))
    assert told.notes == ()
    assert told.preprocessing.offset == (-3.0,)


def test_a_file_that_scales_by_itself_is_left_to_it(tmp_path: Path) -> None:
    x = keras.Input((16, 16, 3))
    h = keras.layers.Rescaling(1 / 255)(x)
    keras.Model(x, keras.layers.Conv2D(2, 3)(h)).save(tmp_path / "m.keras")
    found = backbone(tmp_path / "m.keras", size=(16, 16))
    assert found.preprocessing == Preprocessing(3, (1.0,) * 3, (0.0,) * 3)


def test_a_file_without_its_weights_or_with_others(tmp_path: Path) -> None:
    path = tmp_path / "mine.keras"
    model = small_network()
    model.save(path)
    fresh = backbone(path, weights="random", seed=5, size=(16, 16))
    assert not same(model, fresh.model)
    weights = write_keras2(tmp_path / "w.h5", fresh.model)
    assert same(fresh.model, backbone(path, weights=weights, size=(16, 16)).model)


def test_the_face_backbone_is_grey_and_scaled_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_network().save(tmp_path / "face.keras")
    monkeypatch.setattr(door, "FACE_FILE", tmp_path / "face.keras")
    found = backbone("face", size=(16, 16))
    assert found.preprocessing.apply(np.array([[[[0], [255]]]], np.uint8)).ravel().tolist() == [-1.0, 1.0]
    assert found.licence == "Apache-2.0, pretrained on synthetic faces"
    assert found.notes == ()
    scratch = backbone("face", weights="random", size=(16, 16))
    assert not same(found.model, scratch.model)
    assert scratch.licence is None


def test_a_face_backbone_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "FACE_FILE", tmp_path / "face.keras")
    with pytest.raises(
        TeniError, match=r"face backbone is not part of this installation \(.*face\.keras is missing"
    ):
        backbone("face")


@pytest.mark.parametrize(
    ("name", "weights", "size", "message"),
    [
        ("moblenet", None, (96, 96), r"no backbone and no file 'moblenet'; did you mean mobilenet"),
        ("qqq", None, (96, 96), r"no backbone and no file 'qqq'; names are mobilenet"),
        ("nowhere.keras", None, (96, 96), r"nowhere\.keras: no such file"),
        ("mobilenet", None, (96, 96), r"mobilenet needs weights: --weights FILE .*random.*download"),
        ("mobilenet", "nowhere.h5", (96, 96), r"nowhere\.h5: no such file"),
        (
            "facial-cnn-2",
            "download",
            (96, 96),
            r"no weights of facial-cnn-2 to download; give --weights FILE",
        ),
        ("mobilenet", "random", (0, 96), r"an image of 0 x 96 pixels is none"),
        ("inception_v3", "random", (32, 32), r"inception_v3 does not take images of 32 x 32 pixels"),
    ],
)
def test_refusals(name: str, weights: str | None, size: tuple[int, int], message: str) -> None:
    with pytest.raises(TeniError, match=message):
        backbone(name, weights=weights, size=size)


def in_numpy(path: Path, image: np.ndarray) -> dict[str, np.ndarray]:
    """Compute MobileNet (Howard et al., 2017) in float64 from the file's tensors alone."""

    def convolve(x: np.ndarray, kernel: np.ndarray, step: int) -> np.ndarray:
        rows, columns = kernel.shape[:2]
        high, wide = ((x.shape[axis] - size) // step + 1 for axis, size in ((1, rows), (2, columns)))
        seen = [
            (x[:, i : i + step * (high - 1) + 1 : step, j : j + step * (wide - 1) + 1 : step], kernel[i, j])
            for i in range(rows)
            for j in range(columns)
        ]
        depthwise = kernel.shape[3] == 1
        return sum(part * weight[:, 0] if depthwise else part @ weight for part, weight in seen)

    def pad(x: np.ndarray, step: int) -> np.ndarray:
        return np.pad(x, ((0, 0), (2 - step, 1), (2 - step, 1), (0, 0)))

    with h5py.File(path, "r") as file:

        def tensor(layer: str, name: str) -> np.ndarray:
            return file[layer][layer][f"{name}:0"][()].astype(np.float64)

        def normalise(x: np.ndarray, layer: str) -> np.ndarray:
            gamma, beta, mean, variance = (
                tensor(layer, name) for name in ("gamma", "beta", "moving_mean", "moving_variance")
            )
            return np.clip((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta, 0, 6)

        x = normalise(convolve(pad(image / 127.5 - 1, 2), tensor("conv1", "kernel"), 2), "conv1_bn")
        found = {"conv1_relu": x}
        for block in range(1, 13):
            step = 2 if block in (2, 4, 6, 12) else 1
            kernel = tensor(f"conv_dw_{block}", "depthwise_kernel")
            x = normalise(convolve(pad(x, step), kernel, step), f"conv_dw_{block}_bn")
            x = normalise(convolve(x, tensor(f"conv_pw_{block}", "kernel"), 1), f"conv_pw_{block}_bn")
            found[f"conv_pw_{block}_relu"] = x
    return found


@pytest.mark.real
def test_real_mobilenet_computes_what_its_tensors_say(real_data: Path) -> None:
    path = real_data / "weights" / "mobilenet_1_0_224_imagenet_without_conv_pw_13.h5"
    found: Backbone = backbone("mobilenet", weights=path)
    assert list(found.unusable) == ["conv_pw_13", "conv_pw_13_bn", "conv_pw_13_relu"]
    with h5py.File(path, "r") as file:
        for layer in found.model.layers:
            for variable in layer.weights:
                group = file[layer.name][layer.name]
                stored = f"depthwise_{variable.name}:0"
                saved = group[stored if stored in group else f"{variable.name}:0"][()]
                np.testing.assert_array_equal(variable.value, saved)
    image = np.random.default_rng(0).integers(0, 256, (2, 96, 96, 3)).astype(np.uint8)
    expected = in_numpy(path, image.astype(np.float64))
    outputs = cut(found, list(expected)).predict(found.preprocessing.apply(image), verbose=0)
    for name, output in zip(expected, outputs, strict=True):
        np.testing.assert_allclose(output, expected[name], atol=1e-4, err_msg=name)


def test_none_is_no_file() -> None:
    """As `teni compare` has it for networks that need none."""
    assert same(
        backbone("facial-cnn-1", weights="none", seed=3).model, backbone("facial-cnn-1", seed=3).model
    )
    with pytest.raises(TeniError, match="mobilenet needs weights"):
        backbone("mobilenet", weights="none")
