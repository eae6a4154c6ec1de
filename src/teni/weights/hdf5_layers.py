"""The reader of what Keras 1.0 to 2.x wrote: ``layer_names``, and each layer's ``weight_names``."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import h5py

from teni.errors import TeniError
from teni.weights import hdf5_guard as guard
from teni.weights.guess import kernel_ordering, known_backend
from teni.weights.saved import Age, SavedLayer, SavedTensor, SavedWeights

MAX_LAYERS = 20_000


def holds_layers(file: h5py.File) -> bool:
    """Tell whether a file is of this layout, at its root or under ``model_weights``.

    >>> with h5py.File("x", "w", driver="core", backing_store=False) as file:
    ...     holds_layers(file)
    False
    """
    return any(name in group.attrs for group in _roots(file) for name in ("layer_names", "layer_names0"))


def read_layers(path: Path) -> SavedWeights:
    """List the layers and tensors of a file that Keras 1.0 to 2.x wrote; no tensor is read yet.

    Args:
        path: an HDF5 file with ``layer_names`` at its root or under ``model_weights``.

    Returns:
        What the file holds; the tensors are read one by one, when wanted.

    Raises:
        TeniError: not that layout, damaged, or with anything that a weights file never has.
    """
    with guard.open_hdf5(path) as file:
        root = next((g for g in _roots(file) if {"layer_names", "layer_names0"} & set(g.attrs)), None)
        if root is None:
            raise TeniError(f"{path}: no 'layer_names' in it; this is not a weights file of Keras 1 or 2")
        prefix = "" if root.name == "/" else "model_weights/"
        names = guard.attribute_names(root, "layer_names", str(path)) or ()
        if len(names) > MAX_LAYERS:
            raise TeniError(f"{path}: lists {len(names):,} layers; at most {MAX_LAYERS:,} are read")
        if len(set(names)) < len(names):
            twice = next(name for i, name in enumerate(names) if name in names[:i])
            raise TeniError(f"{path}: lists layer {twice!r} twice; every layer must have its own name")
        layers = tuple(_layer(path, root, prefix, name) for name in names)
        version = guard.attribute_text(root, "keras_version", str(path)) or guard.attribute_text(
            file, "keras_version", str(path)
        )
        stated = guard.attribute_text(root, "backend", str(path)) or guard.attribute_text(
            file, "backend", str(path)
        )
        config = _model_config(file, path)
    age = _age(version, layers)
    return SavedWeights(
        source=str(path),
        age=age,
        version=version,
        backend=known_backend(stated, layers),
        ordering=kernel_ordering(layers, age),
        layers=layers,
        model_config=config,
    )


def _roots(file: h5py.File) -> list[h5py.Group]:
    link = file.get("model_weights", getlink=True)
    inner = file["model_weights"] if isinstance(link, h5py.HardLink) else None
    return [file, inner] if isinstance(inner, h5py.Group) else [file]


def _layer(path: Path, root: h5py.Group, prefix: str, name: str) -> SavedLayer:
    where = f"{path}: layer {name!r}"
    group = guard.subgroup(root, name, where)
    tensors: list[SavedTensor] = []
    for tensor in guard.attribute_names(group, "weight_names", where) or ():
        dataset = guard.check_dataset(guard.member(group, tensor, where), f"{where}, tensor {tensor!r}")
        read = partial(guard.read_tensor, path, f"{prefix}{name}/{tensor}")
        tensors.append(SavedTensor(tensor, tuple(map(int, dataset.shape)), dataset.dtype.name, read))
    return SavedLayer(name, tuple(tensors))


def _model_config(file: h5py.File, path: Path) -> Mapping[str, Any] | None:
    text = guard.attribute_text(file, "model_config", str(path))
    if text is None:
        return None
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TeniError(f"{path}: its 'model_config' is not JSON; the file is damaged") from error
    if not isinstance(config, dict):
        raise TeniError(f"{path}: its 'model_config' is not a JSON object; the file is damaged")
    return config


def _age(version: str | None, layers: tuple[SavedLayer, ...]) -> Age:
    """Tell Keras 1 from 2: by the stated version, else by the tensors' names (``_W`` against ``kernel``)."""
    if version is not None and version.startswith("3."):
        return "keras-3"
    if version is not None:
        return "keras-1" if version.startswith(("0.", "1.")) else "keras-2"
    names = [tensor.name.split(":")[0] for layer in layers for tensor in layer.tensors]
    new = ("kernel", "bias", "gamma", "beta", "embeddings", "moving_mean", "moving_variance", "alpha")
    return "keras-2" if any(name.endswith(tuple(f"/{n}" for n in new)) for name in names) else "keras-1"
