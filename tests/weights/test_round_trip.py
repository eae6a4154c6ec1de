"""Round trips: a function of today, written in an old layout, read and remapped, is the same function."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from teni.weights import apply, choose_reading
from teni.weights.hdf5_layers import read_layers
from teni.weights.hdf5_oldest import read_oldest


def network(rows: int, cols: int, channels: int, filters: int, units: int) -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((6, 5, channels)),
            layers.Conv2D(filters, (rows, cols), padding="same", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dense(units, name="dense"),
        ]
    )


def values(layer: Any) -> list[NDArray[Any]]:
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in layer.weights]


def as_theano(kernel: NDArray[Any]) -> NDArray[Any]:
    """Give (rows, cols, in, out) of a correlation as Theano's (out, in, rows, cols) of a convolution."""
    out = np.empty((kernel.shape[3], kernel.shape[2], *kernel.shape[:2]), kernel.dtype)
    for row in range(kernel.shape[0]):
        for col in range(kernel.shape[1]):
            out[:, :, row, col] = kernel[-1 - row, -1 - col].T
    return out


def as_channels_first_rows(kernel: NDArray[Any], filters: int) -> NDArray[Any]:
    """Give the rows of a Dense layer over (6, 5, filters) in the order of (filters, 6, 5)."""
    index = np.arange(6 * 5 * filters).reshape(6, 5, filters).transpose(2, 0, 1).ravel()
    return kernel[index]


sizes = st.sampled_from([1, 2, 3, 4])


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(["oldest", "theano", "tf", "keras2"]), sizes, sizes, st.sampled_from([1, 3]), sizes, sizes
)
def test_the_same_function_comes_back(
    write_layers_file: Callable[..., Path],
    write_oldest_file: Callable[..., Path],
    layout: str,
    rows: int,
    cols: int,
    channels: int,
    filters: int,
    units: int,
):
    rng = np.random.default_rng(rows * 64 + cols * 16 + filters)
    model, fresh = (network(rows, cols, channels, filters, units) for _ in range(2))
    for variable in model.weights:
        variable.assign(rng.uniform(0.5, 1.5, variable.shape))
    (kernel, bias), norm, (dense, offset) = (values(model.get_layer(n)) for n in ("conv", "norm", "dense"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old.h5"
        if layout == "oldest":
            # Keras 0 divided by (deviation + 1e-6), today's by the root of (variance + epsilon).
            old_norm = [*norm[:3], np.sqrt(norm[3] + 1e-3) - 1e-6]
            held = [[as_theano(kernel), bias], old_norm, [], [as_channels_first_rows(dense, filters), offset]]
            saved = read_oldest(write_oldest_file(path, held))
            reading = choose_reading(saved, kernels="convolution", ordering="channels_first")
        else:
            theano = layout == "theano"
            names = {
                "theano": ("_W", "_b", ""),
                "tf": ("_W", "_b", ":0"),
                "keras2": ("/kernel", "/bias", ":0"),
            }[layout]
            first, end = names[:2], names[2]
            held = {
                "conv": [
                    (f"conv{first[0]}{end}", as_theano(kernel) if theano else kernel),
                    (f"conv{first[1]}{end}", bias),
                ],
                "norm": [
                    (f"norm_{part}{end}", v) for part, v in zip(("g", "b", "m", "v"), norm, strict=True)
                ],
                "flatten": [],
                "dense": [
                    (f"dense{first[0]}{end}", as_channels_first_rows(dense, filters) if theano else dense),
                    (f"dense{first[1]}{end}", offset),
                ],
            }
            version = "2.1.4" if layout == "keras2" else "1.2.2"
            saved = read_layers(write_layers_file(path, held, version=version))
            assert saved.backend == ("theano" if theano else "tensorflow")
            reading = choose_reading(saved, ordering="channels_first" if theano else "channels_last")
        apply(saved, fresh, reading=reading)
    images = rng.normal(size=(2, 6, 5, channels)).astype("f4")
    expected, found = (np.asarray(keras.ops.convert_to_numpy(m(images))) for m in (model, fresh))
    np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-4)
