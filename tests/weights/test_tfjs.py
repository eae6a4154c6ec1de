"""TensorFlow.js layers models: shards, quantised ones, and what may not be trusted."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from teni.errors import TeniError
from teni.weights import apply, read
from teni.weights.convert import convert

KERNEL = np.arange(6, dtype="f4").reshape(2, 3) / 4
BIAS = np.array([0.5, -0.5, 1.0], "f4")


def manifest(weights: list[dict[str, Any]], paths: list[str]) -> dict[str, Any]:
    dense = {
        "name": "d",
        "units": 3,
        "use_bias": True,
        "activation": "linear",
        "batch_input_shape": [None, 2],
    }
    config = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": dense}]}
    topology = {"keras_version": "2.2.4", "backend": "tensorflow", "model_config": config}
    return {"modelTopology": topology, "weightsManifest": [{"paths": paths, "weights": weights}]}


def write(folder: Path, content: dict[str, Any], shards: dict[str, bytes]) -> Path:
    (folder / "model.json").write_text(json.dumps(content))
    for name, shard in shards.items():
        (folder / name).write_bytes(shard)
    return folder / "model.json"


PLAIN = [
    {"name": "d/kernel", "shape": [2, 3], "dtype": "float32"},
    {"name": "d/bias", "shape": [3], "dtype": "float32"},
]


def test_a_tensor_may_begin_in_one_shard_and_end_in_another(tmp_path: Path):
    content = KERNEL.tobytes() + BIAS.tobytes()
    path = write(tmp_path, manifest(PLAIN, ["a", "b"]), {"a": content[:10], "b": content[10:]})
    saved = read(path)
    assert (saved.age, saved.version, saved.names) == ("tensorflow.js", "2.2.4", ("d",))
    np.testing.assert_array_equal(saved.layers[0].tensors[0].read(), KERNEL)
    np.testing.assert_array_equal(saved.layers[0].tensors[1].read(), BIAS)
    assert read(tmp_path).names == ("d",)


@pytest.mark.parametrize(("dtype", "steps"), [("uint8", 255), ("uint16", 65535)])
def test_quantised_tensors_are_restored(dtype: str, steps: int, tmp_path: Path):
    scale, low = float(KERNEL.max() - KERNEL.min()) / steps, float(KERNEL.min())
    quantised = np.round((KERNEL - low) / scale).astype(dtype)
    weights = [PLAIN[0] | {"quantization": {"dtype": dtype, "scale": scale, "min": low}}, PLAIN[1]]
    path = write(tmp_path, manifest(weights, ["a"]), {"a": quantised.tobytes() + BIAS.tobytes()})
    restored = read(path).layers[0].tensors[0].read()
    assert restored.dtype == np.float32
    np.testing.assert_allclose(restored, KERNEL, atol=scale)


def test_half_precision_is_restored(tmp_path: Path):
    weights = [PLAIN[0] | {"quantization": {"dtype": "float16", "original_dtype": "float32"}}, PLAIN[1]]
    path = write(tmp_path, manifest(weights, ["a"]), {"a": KERNEL.astype("f2").tobytes() + BIAS.tobytes()})
    np.testing.assert_allclose(read(path).layers[0].tensors[0].read(), KERNEL, rtol=1e-3)


def test_it_converts_and_agrees_with_the_numpy_pass(tmp_path: Path):
    path = write(tmp_path, manifest(PLAIN, ["a"]), {"a": KERNEL.tobytes() + BIAS.tobytes()})
    done = convert(read(path))
    assert done.parity.holds
    assert done.parity.why_not is None


def test_names_of_a_model_that_was_built_twice_find_their_layer(tmp_path: Path):
    weights = [entry | {"name": entry["name"].replace("d/", "d_1/")} for entry in PLAIN]
    path = write(tmp_path, manifest(weights, ["a"]), {"a": KERNEL.tobytes() + BIAS.tobytes()})
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="d")])
    assert apply(read(path), model).counts == {"loaded": 2}


@pytest.mark.parametrize(
    ("content", "shards", "message"),
    [
        (manifest(PLAIN, ["../a"]), {}, r"shard '../a' lies outside the model's folder, which is never read"),
        (manifest(PLAIN, ["/etc/passwd"]), {}, r"shard '/etc/passwd' lies outside the model's folder"),
        (manifest(PLAIN, ["a"]), {}, r"no shard 'a' beside it; put all files of the model into one folder"),
        (manifest(PLAIN, ["a"]), {"a": b"1234"}, r"tensor 'd/kernel' of shape \(2, 3\) ends at byte 24"),
        (manifest(PLAIN, ["a"]), {"a": bytes(40)}, r"4 bytes of its shards belong to no tensor"),
        (
            manifest([PLAIN[0] | {"shape": [10**9, 10**9]}], ["a"]),
            {"a": b""},
            r"has the shape \(1000000000, 1000000000\); at most 4 GiB is read",
        ),
        (manifest([PLAIN[0] | {"shape": [-1, 3]}], ["a"]), {"a": b""}, r"has the shape \(-1, 3\)"),
        (
            manifest([PLAIN[0] | {"dtype": "string"}], ["a"]),
            {"a": b""},
            r"holds string; expected one of float32",
        ),
        (
            manifest([PLAIN[0] | {"quantization": {"dtype": "uint8", "scale": float("nan")}}], ["a"]),
            {"a": bytes(6)},
            r"is quantised with nan and 0.0; expected numbers",
        ),
        (manifest([{"name": "x"}], ["a"]), {"a": b""}, r"its 'weightsManifest' is damaged \(KeyError"),
        (manifest(PLAIN, [7]), {}, r"a shard must be named by text; found 7"),  # type: ignore[list-item]
        ({"modelTopology": {}}, {}, r"no 'weightsManifest' in it; expected a TensorFlow.js layers model"),
        (
            {"format": "graph-model", "weightsManifest": []},
            {},
            r"a TensorFlow.js graph model; only layers models can be read",
        ),
    ],
)
def test_bad_models(content: dict[str, Any], shards: dict[str, bytes], message: str, tmp_path: Path):
    with pytest.raises(TeniError, match=message):
        read(write(tmp_path, content, shards))


def test_not_json(tmp_path: Path):
    (tmp_path / "model.json").write_text("{")
    with pytest.raises(TeniError, match=r"not readable as JSON; expected a TensorFlow.js model.json"):
        read(tmp_path / "model.json")
