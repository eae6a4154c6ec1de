"""The 37-layer file of the oldest layout into keras.applications' VGG16, and transfer in part."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights import apply, choose_reading, missing_layers, read
from teni.weights.convert import convert

BLOCKS = (2, 2, 3, 3, 3)


@pytest.fixture(scope="module")
def vgg16() -> keras.Model:
    return keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))


@pytest.fixture(scope="module")
def old_file(
    tmp_path_factory: pytest.TempPathFactory, write_oldest_file: Callable[..., Path], vgg16: keras.Model
):
    """Write paddings, convolutions, poolings, flatten and three dense layers with dropouts: 37 in all."""
    rng = np.random.default_rng(0)
    shapes = iter([tuple(layer.kernel.shape) for layer in vgg16.layers if layer.weights])
    layers: list[list[NDArray[Any]]] = []
    for convolutions in BLOCKS:
        for _ in range(convolutions):
            rows, cols, channels, filters = next(shapes)
            kernel = rng.normal(0, (2 / (9 * channels)) ** 0.5, (filters, channels, rows, cols))
            layers += [[], [kernel.astype("f4"), rng.normal(0, 0.1, filters).astype("f4")]]
        layers.append([])
    dense = [[rng.normal(size=(8, 8)).astype("f4"), np.zeros(8, "f4")] for _ in range(3)]
    layers += [[], dense[0], [], dense[1], [], dense[2]]
    assert len(layers) == 37
    return write_oldest_file(tmp_path_factory.mktemp("vgg") / "vgg16_weights.h5", layers)


def test_it_fits_and_computes_what_theano_computed(old_file: Path, vgg16: keras.Model):
    saved = read(old_file)
    assert (saved.age, saved.ordering, saved.backend) == ("keras-oldest", "channels_first", None)
    done = convert(saved, architecture=vgg16)
    assert done.parity.why_not is None
    assert done.parity.difference is not None
    assert done.parity.difference < 1e-4
    assert done.report.counts == {"kernel-flipped": 13, "loaded": 13, "skipped": 6}
    assert "true convolution turned by 180 degrees" in done.report.rows[0].why
    assert any("convolution kernels" in sentence for sentence in done.reading.assumed)


def test_the_other_reading_computes_something_else(old_file: Path, vgg16: keras.Model):
    saved = read(old_file)
    images = np.random.default_rng(1).normal(size=(1, 32, 32, 3)).astype("f4")
    outputs = []
    for kernels in ("convolution", "correlation"):
        apply(saved, vgg16, reading=choose_reading(saved, kernels=kernels))
        outputs.append(np.asarray(keras.ops.convert_to_numpy(vgg16(images))))
    assert np.abs(outputs[0] - outputs[1]).max() > 0.01


def test_in_order_up_to_a_named_layer(old_file: Path, vgg16: keras.Model):
    report = apply(read(old_file), vgg16, upto="block2_pool")
    assert report.counts == {"kernel-flipped": 4, "loaded": 4, "missing": 18, "skipped": 24}
    assert {row.layer for row in report.rows if row.action == "missing"} == {
        layer.name for layer in vgg16.layers if layer.weights and layer.name[5] in "345"
    }


def test_by_an_explicit_map(old_file: Path, vgg16: keras.Model):
    told = {"block1_conv2": "layer_3"}
    allowed = [layer.name for layer in vgg16.layers if layer.weights and layer.name != "block1_conv2"]
    report = apply(read(old_file), vgg16, match=told, allow_missing=allowed)
    assert [row.layer for row in report.rows if row.action == "kernel-flipped"] == ["block1_conv2"]
    with pytest.raises(TeniError, match="no layer 'layer_99' in the file for 'block1_conv2' of the network"):
        apply(read(old_file), vgg16, match={"block1_conv2": "layer_99"}, allow_missing=allowed)
    with pytest.raises(TeniError, match="no layer 'block9' in the network; the mapping goes from its names"):
        apply(read(old_file), vgg16, match={"block9": "layer_3"}, allow_missing=allowed)


def test_a_layer_to_load_up_to_must_exist(old_file: Path, vgg16: keras.Model):
    with pytest.raises(TeniError, match="no layer 'block7' in the network to load up to"):
        apply(read(old_file), vgg16, upto="block7")


def test_by_name_finds_nothing_in_a_file_without_names(old_file: Path, vgg16: keras.Model):
    assert len(missing_layers(read(old_file), vgg16, "name")) == 13
    assert missing_layers(read(old_file), vgg16) == ()


def test_dense_rows_are_permuted_behind_a_flatten(tmp_path: Path, write_oldest_file: Callable[..., Path]):
    rng = np.random.default_rng(2)
    kernel, dense = rng.normal(size=(4, 3, 3, 3)).astype("f4"), rng.normal(size=(4 * 6 * 5, 7)).astype("f4")
    layers = [[kernel, np.ones(4, "f4")], [], [dense, np.zeros(7, "f4")]]
    saved = read(write_oldest_file(tmp_path / "w.h5", layers))
    model = keras.Sequential(
        [
            keras.Input((6, 5, 3)),
            keras.layers.Conv2D(4, 3, padding="same"),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(7),
        ]
    )
    done = convert(saved, architecture=model)
    assert done.report.counts == {"kernel-flipped": 1, "loaded": 2, "rows-permuted": 1}
    assert done.parity.difference is not None
    assert done.parity.difference < 1e-4


def test_a_layer_with_weights_behind_a_flatten_is_refused(
    tmp_path: Path, write_oldest_file: Callable[..., Path]
):
    saved = read(write_oldest_file(tmp_path / "w.h5", [[np.zeros((4, 3, 3, 3), "f4"), np.zeros(4, "f4")]]))
    model = keras.Sequential(
        [keras.Input((6, 5, 3)), keras.layers.Flatten(), keras.layers.BatchNormalization(name="norm")]
    )
    with pytest.raises(TeniError, match="layer 'norm' comes after the Flatten"):
        apply(saved, model)
