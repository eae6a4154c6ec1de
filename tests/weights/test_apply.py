"""Loading into a network: everything is accounted for, nothing half-done."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights import SavedLayer, SavedTensor, SavedWeights, apply, missing_layers, read


def tensor(name: str, values: NDArray[np.float32]) -> SavedTensor:
    return SavedTensor(name, values.shape, values.dtype.name, lambda: values)


def values(layer: keras.Layer) -> list[NDArray[np.float32]]:
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in layer.weights]


def saved(layers: Mapping[str, list[NDArray[np.float32]]]) -> SavedWeights:
    held = tuple(
        SavedLayer(name, tuple(tensor(f"{name}/{i}:0", values) for i, values in enumerate(tensors)))
        for name, tensors in layers.items()
    )
    return SavedWeights("w.h5", "keras-2", "2.1.4", "tensorflow", None, held)


def two_layers() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(3, name="first"), layers.Dense(1, name="second")]
    )


KERNEL, BIAS = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(3, np.float32)


def test_a_layer_missing_from_the_file_is_an_error_that_names_it_and_changes_nothing():
    model = two_layers()
    before = values(model)
    with pytest.raises(
        TeniError, match=r"layer 'second' \(number 2 with weights\): expected kernel \(3, 1\), bias"
    ):
        apply(saved({"first": [KERNEL, BIAS]}), model)
    for old, new in zip(before, values(model), strict=True):
        np.testing.assert_array_equal(old, new)


def test_what_is_allowed_to_be_missing_stays_and_what_is_not_in_the_network_is_reported():
    model = two_layers()
    report = apply(saved({"first": [KERNEL, BIAS], "third": [BIAS]}), model, allow_missing=["second"])
    np.testing.assert_array_equal(values(model.get_layer("first"))[0], KERNEL)
    assert [(row.layer, row.action) for row in report.rows] == [
        ("first", "loaded"),
        ("first", "loaded"),
        ("second", "missing"),
        ("second", "missing"),
        ("third", "skipped"),
    ]
    assert report.rows[-1].why == "not in this network"


def test_another_shape_is_an_error_with_layer_position_expected_and_found():
    message = r"layer 'first' \(number 1 .*\): expected kernel of shape \(2, 3\); found first/0:0 .*\(3, 2\)"
    with pytest.raises(TeniError, match=message):
        apply(saved({"first": [KERNEL.T, BIAS]}), two_layers(), allow_missing=["second"])


def test_another_number_of_tensors_is_an_error():
    with pytest.raises(
        TeniError, match=r"expected 2 tensors \(kernel \(2, 3\), bias \(3,\)\); found 1 \(first/0:0"
    ):
        apply(saved({"first": [KERNEL]}), two_layers(), allow_missing=["second"])


def test_a_name_allowed_to_be_missing_must_be_in_the_network():
    with pytest.raises(
        TeniError, match="layer 'thrid' is allowed to be missing, but the network has no such layer"
    ):
        apply(saved({"first": [KERNEL, BIAS]}), two_layers(), allow_missing=["thrid"])


def test_missing_layers_come_in_the_networks_order():
    assert missing_layers(saved({"other": [KERNEL]}), two_layers(), "name") == ("first", "second")


@pytest.mark.real
def test_the_mobilenet_file_lacks_one_layer_and_loads_below_it(real_data: Path):
    file = read(real_data / "weights" / "mobilenet_1_0_224_imagenet_without_conv_pw_13.h5")
    model = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(96, 96, 3))
    assert missing_layers(file, model) == ("conv_pw_13",)
    below = keras.Model(model.input, model.get_layer("conv_pw_5_relu").output)
    assert apply(file, below).counts == {"loaded": 55, "skipped": 79}
