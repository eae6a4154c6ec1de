"""Whole networks of Keras 0.x: the description beside weights of the oldest layout."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from teni.errors import TeniError
from teni.weights import read
from teni.weights.architecture import read_description, with_description
from teni.weights.convert import convert

LAYERS: list[dict[str, Any]] = [
    {"name": "ZeroPadding2D", "padding": [1, 1], "dim_ordering": "th", "input_shape": [3, 8, 7]},
    {
        "name": "Convolution2D",
        "nb_filter": 4,
        "nb_row": 3,
        "nb_col": 3,
        "border_mode": "valid",
        "dim_ordering": "th",
        "activation": "relu",
        "subsample": [1, 1],
        "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01},
        "cache_enabled": True,
        "custom_name": "convolution2d",
    },
    {
        "name": "MaxPooling2D",
        "pool_size": [2, 2],
        "strides": [2, 2],
        "border_mode": "valid",
        "dim_ordering": "th",
    },
    {"name": "BatchNormalization", "epsilon": 1e-5, "mode": 0, "axis": 1, "momentum": 0.9},
    {"name": "Flatten"},
    {"name": "Dense", "output_dim": 5, "activation": "softmax", "init": "glorot_uniform"},
    {"name": "Reshape", "dims": [5, 1]},
]


def test_a_network_of_keras_0(tmp_path: Path, write_oldest_file: Callable[..., Path]):
    rng = np.random.default_rng(0)
    norm = [rng.uniform(0.5, 2.0, 4).astype("f4") for _ in range(4)]
    kernel, dense = rng.normal(size=(4, 3, 3, 3)).astype("f4"), rng.normal(size=(48, 5)).astype("f4")
    held = [[], [kernel, np.ones(4, "f4")], [], norm, [], [dense, np.zeros(5, "f4")], []]
    path = write_oldest_file(tmp_path / "w.h5", held)
    (tmp_path / "net.json").write_text(json.dumps({"name": "Sequential", "layers": LAYERS, "loss": "mse"}))
    done = convert(with_description(read(path), tmp_path / "net.json"))
    assert done.report.counts == {"kernel-flipped": 1, "loaded": 5, "squared": 1, "rows-permuted": 1}
    assert done.parity.why_not is None
    assert done.parity.holds
    assert done.model.output_shape == (None, 5, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"name": "Graph"}, "describes a 'Graph' of Keras 0.x; only a Sequential can be carried over"),
        ({"name": "Sequential", "layers": [{}]}, "layer 0 has no name; the description is damaged"),
        (
            {"name": "Sequential", "layers": [{"name": "Merge", "layers": []}]},
            r"layer 0 \(Merge\) holds networks of its own",
        ),
    ],
)
def test_what_keras_0_cannot_give(content: Any, message: str, tmp_path: Path):
    (tmp_path / "net.json").write_text(json.dumps(content))
    with pytest.raises(TeniError, match=message):
        read_description(tmp_path / "net.json")
