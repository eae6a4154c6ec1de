"""The reader of TensorFlow.js layers models: ``model.json`` and its shards, quantised ones too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.errors import TeniError
from teni.weights.json_file import read_json
from teni.weights.owner import owner
from teni.weights.parse import layer_names
from teni.weights.saved import SavedLayer, SavedTensor, SavedWeights

MAX_TENSOR_BYTES = 4 * 2**30
DTYPES = {"float32": "<f4", "int32": "<i4", "bool": "|u1", "uint8": "|u1", "uint16": "<u2", "float16": "<f2"}


@dataclass(frozen=True)
class _Place:
    """Where a tensor lies in its group of shards, and how to make numbers of its bytes."""

    shards: tuple[tuple[Path, int], ...]
    start: int
    stored: str
    shape: tuple[int, ...]
    scale: float
    offset: float
    whole: bool


def read_tfjs(path: Path) -> SavedWeights:
    """List the layers and tensors of a TensorFlow.js layers model; no tensor is read yet.

    Args:
        path: its ``model.json``; the shards lie beside it.

    Returns:
        What the model holds, with the network's description.

    Raises:
        TeniError: not a layers model, a shard that is missing, too short or elsewhere, or an absurd shape.
    """
    content = read_json(path, "a TensorFlow.js model.json")
    if not isinstance(content, dict) or not isinstance(content.get("weightsManifest"), list):
        raise TeniError(f"{path}: no 'weightsManifest' in it; expected a TensorFlow.js layers model")
    if content.get("format") == "graph-model":
        raise TeniError(f"{path}: a TensorFlow.js graph model; only layers models can be read")
    topology = content.get("modelTopology")
    topology = topology if isinstance(topology, dict) else {}
    config = topology.get("model_config", topology if "class_name" in topology else None)
    version = topology.get("keras_version")
    try:
        tensors = [tensor for group in content["weightsManifest"] for tensor in _group(path, group)]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TeniError(
            f"{path}: its 'weightsManifest' is damaged ({type(error).__name__}: {error})"
        ) from error
    return SavedWeights(
        source=str(path),
        age="tensorflow.js",
        version=version if isinstance(version, str) else None,
        backend="tensorflow",
        ordering=None,
        layers=_layers(tensors, layer_names(config)),
        model_config=config if isinstance(config, dict) else None,
    )


def _group(path: Path, group: Mapping[str, Any]) -> list[SavedTensor]:
    shards = tuple((shard, shard.stat().st_size) for shard in (_shard(path, name) for name in group["paths"]))
    there = sum(size for _, size in shards)
    tensors: list[SavedTensor] = []
    start = 0
    for entry in group["weights"]:
        name, shape = str(entry["name"]), tuple(int(size) for size in entry["shape"])
        place = _place(path, entry, shape, shards, start)
        size = prod(shape) * np.dtype(place.stored).itemsize
        if min(shape, default=0) < 0 or size > MAX_TENSOR_BYTES:
            raise TeniError(f"{path}: tensor {name!r} has the shape {shape}; at most 4 GiB is read")
        start += size
        if start > there:
            raise TeniError(
                f"{path}: tensor {name!r} of shape {shape} ends at byte {start:,}, its shards at {there:,}; "
                "a shard is incomplete or missing"
            )
        dtype = "int32" if place.whole else "float32"
        tensors.append(SavedTensor(name, shape, dtype, partial(_read, path, name, place)))
    if start != there:
        raise TeniError(
            f"{path}: {there - start:,} bytes of its shards belong to no tensor; model.json is damaged"
        )
    return tensors


def _shard(path: Path, name: Any) -> Path:
    """Find a shard beside ``model.json``; a path that leads elsewhere is refused."""
    if not isinstance(name, str) or not name or "\0" in name:
        raise TeniError(f"{path}: a shard must be named by text; found {name!r:.60}")
    shard = path.parent / name
    if path.parent.resolve() not in shard.resolve().parents:
        raise TeniError(f"{path}: shard {name!r} lies outside the model's folder, which is never read")
    if not shard.is_file():
        raise TeniError(f"{path}: no shard {name!r} beside it; put all files of the model into one folder")
    return shard


def _place(
    path: Path,
    entry: Mapping[str, Any],
    shape: tuple[int, ...],
    shards: tuple[tuple[Path, int], ...],
    start: int,
) -> _Place:
    quantised = entry.get("quantization") or {}
    dtype = str(quantised.get("dtype", entry["dtype"]))
    if dtype not in DTYPES or str(entry["dtype"]) not in DTYPES:
        raise TeniError(
            f"{path}: tensor {entry['name']!r} holds {dtype[:20]}; expected one of {', '.join(DTYPES)}"
        )
    scale, offset = float(quantised.get("scale", 1.0)), float(quantised.get("min", 0.0))
    if not np.isfinite([scale, offset]).all():
        raise TeniError(
            f"{path}: tensor {entry['name']!r} is quantised with {scale} and {offset}; expected numbers"
        )
    whole = str(entry["dtype"]) not in ("float32", "float16")
    return _Place(shards, start, DTYPES[dtype], shape, scale, offset, whole)


def _read(path: Path, name: str, place: _Place) -> NDArray[Any]:
    """Read the bytes of one tensor, which may begin in one shard and end in another."""
    wanted = prod(place.shape) * np.dtype(place.stored).itemsize
    parts: list[bytes] = []
    first = 0
    try:
        for shard, size in place.shards:
            begin, end = max(place.start - first, 0), min(place.start + wanted - first, size)
            if begin < end:
                with shard.open("rb") as file:
                    file.seek(begin)
                    parts.append(file.read(end - begin))
            first += size
    except OSError as error:
        raise TeniError(f"{path}: a shard of tensor {name!r} cannot be read ({error})") from error
    content = b"".join(parts)
    if len(content) != wanted:
        raise TeniError(f"{path}: a shard of tensor {name!r} has become shorter; copy the model again")
    values = np.frombuffer(content, place.stored).reshape(place.shape)
    if (place.scale, place.offset) == (1.0, 0.0):
        return values.astype("int32" if place.whole else "float32")
    restored = values * np.float64(place.scale) + place.offset
    return np.rint(restored).astype("int32") if place.whole else restored.astype("float32")


def _layers(tensors: Sequence[SavedTensor], known: Collection[str]) -> tuple[SavedLayer, ...]:
    """Group the tensors by layer: the one of the network that the name tells, else the name's first part."""
    layers: dict[str, list[SavedTensor]] = {}
    for tensor in tensors:
        name = owner(tensor.name, known) or tensor.name.partition("/")[0]
        layers.setdefault(name, []).append(tensor)
    return tuple(SavedLayer(name, tuple(held)) for name, held in layers.items())
