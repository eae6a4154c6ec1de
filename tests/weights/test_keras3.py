"""What Keras 3 itself writes today, read without Keras."""

import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights import apply, read
from teni.weights.convert import convert


def network() -> keras.Model:
    layers = keras.layers
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="relu", name="inner_dense")], name="inner"
    )
    return keras.Sequential(
        [
            keras.Input((5, 2)),
            layers.Bidirectional(layers.LSTM(2, recurrent_activation="hard_sigmoid"), name="both"),
            layers.BatchNormalization(name="norm"),
            layers.Dropout(0.5),
            inner,
            layers.Dense(2, name="out"),
        ]
    )


def values(model: keras.Model) -> list[NDArray[np.float32]]:
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in model.weights]


def randomize(model: keras.Model) -> None:
    rng = np.random.default_rng(0)
    for variable in model.weights:
        variable.assign(rng.uniform(0.1, 1.0, variable.shape))


@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5"])
def test_what_keras_wrote_comes_back_bit_by_bit(name: str, tmp_path: Path):
    model, fresh = network(), network()
    randomize(model)
    model.save(tmp_path / name) if name.endswith(".keras") else model.save_weights(tmp_path / name)
    saved = read(tmp_path / name)
    assert saved.age == "keras-3"
    assert {"both", "norm", "inner", "out"} <= set(saved.names)
    report = apply(saved, fresh)
    assert report.counts["loaded"] == len(model.weights)
    for old, new in zip(values(model), values(fresh), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_generator_of_a_dropout_is_reported_not_loaded(tmp_path: Path):
    model = network()
    model.layers[2](np.ones((1, 4), "f4"), training=True)
    model.save_weights(tmp_path / "model.weights.h5")
    rows = apply(read(tmp_path / "model.weights.h5"), network()).rows
    skipped = [row for row in rows if row.action == "skipped"]
    assert all(row.why == "not a weight of this network" for row in skipped)


def test_an_archive_lists_its_layers_in_the_order_of_the_network(tmp_path: Path):
    model = network()
    model.save(tmp_path / "model.keras")
    saved = read(tmp_path / "model.keras")
    assert [name for name in saved.names if name in ("both", "norm", "inner", "out")] == [
        "both",
        "norm",
        "inner",
        "out",
    ]
    assert saved.version == keras.__version__


def test_by_name_where_the_classes_do_not_follow(tmp_path: Path):
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(3, name="a"), keras.layers.Dense(4, name="b")]
    )
    model.save_weights(tmp_path / "model.weights.h5")
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="b")])
    report = apply(read(tmp_path / "model.weights.h5"), other)
    np.testing.assert_array_equal(values(other)[0], values(model)[2])
    assert report.counts == {"loaded": 2, "skipped": 2}


def test_converting_checks_against_the_numpy_pass(tmp_path: Path):
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((6, 6, 2)), layers.Conv2D(3, 3, activation="relu"), layers.Flatten(), layers.Dense(2)]
    )
    model.save(tmp_path / "model.keras")
    done = convert(read(tmp_path / "model.keras"))
    assert done.builder == "keras"
    assert done.parity.holds


def test_a_lambda_is_refused(tmp_path: Path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x * 2)])
    model.save(tmp_path / "model.keras")
    with pytest.raises(TeniError, match=r"'lambda\S*' is a Lambda, code that teni does not run"):
        convert(read(tmp_path / "model.keras"))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {},
            "a zip archive without 'model.weights.h5'; this is no Keras model",
        ),
        ({"model.weights.h5": b"x"}, "a zip archive without 'config.json'"),
        (
            {"config.json": b"{", "metadata.json": b"{}", "model.weights.h5": b"x"},
            "its 'config.json' is not JSON",
        ),
        ({"config.json": b"[]", "metadata.json": b"{}", "model.weights.h5": b"x"}, "is not a JSON object"),
        ({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": b"x"}, "not an HDF5 file"),
    ],
)
def test_bad_archives(members: dict[str, bytes], message: str, tmp_path: Path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(TeniError, match=message):
        read(path)


def test_a_compressed_archive_is_refused(tmp_path: Path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", b"x" * 1_000)
    with pytest.raises(TeniError, match=r"'model.weights.h5' is compressed; save the model again"):
        read(path)


def test_a_link_in_the_place_of_a_tensor_is_refused(tmp_path: Path):
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_group("layers/dense/vars")["0"] = h5py.ExternalLink("/etc/passwd", "/x")
    with pytest.raises(TeniError, match="is a link to somewhere else, which is never followed"):
        read(path)
