"""The readers of what Keras 3 writes: ``.weights.h5`` files and ``.keras`` archives."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import h5py
from h5py import h5o  # pyright: ignore[reportAttributeAccessIssue]

from teni.errors import TeniError
from teni.weights import hdf5_guard as guard
from teni.weights.archive import member_text
from teni.weights.parse import layer_names
from teni.weights.saved import SavedLayer, SavedTensor, SavedWeights
from teni.weights.tfkeras import as_keras2, is_tfkeras

WEIGHTS, CONFIG, METADATA = "model.weights.h5", "config.json", "metadata.json"
MAX_CONFIG_BYTES = 64 * 2**20
MAX_GROUPS = 200_000
# What is kept beside the network in order to go on with its training.
TRAINING = ("optimizer", "metrics", "compile_metrics")


def holds_keras3(file: h5py.File) -> bool:
    """Tell whether an HDF5 file is a ``.weights.h5`` of Keras 3: numbered tensors in groups named ``vars``.

    >>> with h5py.File("x", "w", driver="core", backing_store=False) as file:
    ...     holds_keras3(file)
    False
    """
    return any(isinstance(file.get(name, getlink=True), h5py.HardLink) for name in ("layers", "vars"))


def read_keras3(path: Path, inside: str | None = None) -> SavedWeights:
    """List the layers and tensors of a ``.weights.h5`` of Keras 3; no tensor is read yet.

    Args:
        path: the file.
        inside: if the file is a ``.keras`` archive, the name of the HDF5 file in it.

    Returns:
        What the file holds. A layer has the name that Keras noted beside its variables; a tensor's name is
        its whole path in the file, e.g. ``layers/conv2d_1/vars/0``.

    Raises:
        TeniError: not that layout, damaged, or with anything that a weights file never has.
    """
    with guard.open_hdf5(path, inside) as file:
        layers: dict[str, list[SavedTensor]] = {}
        names: dict[str, str] = {}
        for group, parts in _groups(file, path):
            if parts[0] in TRAINING:
                continue
            where = f"{path}: {'/'.join(parts)!r}"
            layer = _layer_of(parts)
            layers.setdefault(layer, [])
            noted = guard.attribute_text(group, "name", where)
            if noted is not None and len(parts) == len(layer.split("/")) + 1:
                names[layer] = noted
            layers[layer] += _tensors(path, inside, group, parts, where)
        found = _named(layers, names)
    return SavedWeights(str(path), "keras-3", None, None, None, found)


def read_keras_archive(path: Path) -> SavedWeights:
    """List the layers and tensors of a ``.keras`` archive, in its network's order; no tensor is read yet.

    Args:
        path: the archive.

    Returns:
        What the file holds, with the network's description.

    Raises:
        TeniError: not a ``.keras`` archive, or a damaged one.
    """
    config = _json(path, CONFIG)
    version = _json(path, METADATA).get("keras_version")
    saved = read_keras3(path, WEIGHTS)
    order = {name: place for place, name in enumerate(layer_names(config))}
    layers = sorted(saved.layers, key=lambda layer: order.get(layer.name, len(order)))
    stated = version if isinstance(version, str) else None
    found = SavedWeights(str(path), "keras-3", stated, None, None, tuple(layers), config)
    return as_keras2(found) if is_tfkeras(found) else found


def _json(path: Path, name: str) -> Mapping[str, Any]:
    try:
        found = json.loads(member_text(path, name, MAX_CONFIG_BYTES))
    except (ValueError, RecursionError) as error:
        raise TeniError(f"{path}: its {name!r} is not JSON; the file is damaged") from error
    if not isinstance(found, dict):
        raise TeniError(f"{path}: its {name!r} is not a JSON object; the file is damaged")
    return found


def _groups(file: h5py.File, path: Path) -> Iterator[tuple[h5py.Group, tuple[str, ...]]]:
    """Walk over all groups named ``vars``, along plain members only, no group twice."""
    waiting: list[tuple[h5py.Group, tuple[str, ...]]] = [(file, ())]
    seen: set[Any] = set()
    for _ in range(MAX_GROUPS):
        if not waiting:
            return
        group, parts = waiting.pop()
        if parts and parts[-1] == "vars":
            yield group, parts
            continue
        if len(group) > guard.MAX_NAMES or len(parts) > guard.MAX_DEPTH:
            raise TeniError(f"{path}: {'/'.join(parts)!r} holds too many groups, or too deep ones")
        for name in sorted(group, key=_natural, reverse=True):
            found = guard.member(group, name, str(path))
            if isinstance(found, h5py.Group):
                address = h5o.get_info(found.id).addr
                if address in seen:
                    raise TeniError(
                        f"{path}: group {name!r} is held twice or within itself; the file is damaged"
                    )
                seen.add(address)
                waiting.append((found, (*parts, name)))
    raise TeniError(f"{path}: holds more than {MAX_GROUPS:,} groups; a weights file has far fewer")


def _natural(name: str) -> tuple[str, int]:
    """Sort conv2d_10 after conv2d_9, and the two directions of a Bidirectional as Keras counts them."""
    name = {"forward_layer": "1", "backward_layer": "2"}.get(name, name)
    found = re.fullmatch(r"(.*?)_?(\d{0,9})", name, re.DOTALL)
    return (found[1], int(found[2] or 0)) if found else (name, 0)


def _layer_of(parts: tuple[str, ...]) -> str:
    if len(parts) == 1:
        return "(model)"
    return "/".join(parts[:2]) if parts[0] == "layers" else parts[0]


def _tensors(
    path: Path, inside: str | None, group: h5py.Group, parts: tuple[str, ...], where: str
) -> list[SavedTensor]:
    if len(group) > guard.MAX_NAMES:
        raise TeniError(f"{where}: holds {len(group):,} tensors; at most {guard.MAX_NAMES:,} are read")
    tensors: list[SavedTensor] = []
    for name in sorted(group, key=_natural):
        full = "/".join((*parts, name))
        dataset = guard.check_dataset(guard.member(group, name, where), f"{path}: tensor {full!r}")
        read = partial(guard.read_tensor, path, full, inside)
        tensors.append(SavedTensor(full, tuple(map(int, dataset.shape)), dataset.dtype.name, read))
    return tensors


def _named(layers: Mapping[str, list[SavedTensor]], names: Mapping[str, str]) -> tuple[SavedLayer, ...]:
    """Give the layers the names that Keras noted, unless two share one; the model's own variables if any."""
    noted = list(names.values())
    found: list[SavedLayer] = []
    for layer, tensors in layers.items():
        if layer == "(model)" and not tensors:
            continue
        name = names.get(layer, layer)
        found.append(SavedLayer(name if noted.count(name) == 1 else layer, tuple(tensors)))
    return tuple(found)
