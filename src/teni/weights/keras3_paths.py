"""Keras 3's own way to find a variable in its files: by the layers' classes and order, not by name."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import keras

from teni.weights.fill import Fill, first, shape_of
from teni.weights.saved import SavedTensor, SavedWeights


def variable_paths(model: keras.Model) -> Iterator[tuple[str, str, Any]]:
    """List where Keras 3 would store each variable of a network.

    Args:
        model: a functional or sequential network.

    Returns:
        For each variable: the layer's name, the path in the file, the variable.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> [(layer, path) for layer, path, _ in variable_paths(model)]
    [('out', 'layers/dense/vars/0'), ('out', 'layers/dense/vars/1')]
    """
    for layer, path in _layer_paths(model.layers, "layers"):
        for place, variable in _variables(layer, path):
            yield layer.name, place, variable


def follows_paths(saved: SavedWeights, model: keras.Model) -> bool:
    """Tell whether a file of Keras 3 holds every variable of a network at its path and in its shape.

    Args:
        saved: the file.
        model: the network.
    """
    if saved.age != "keras-3":
        return False
    held = _tensors(saved)
    expected = list(variable_paths(model))
    return len(expected) == len(model.weights) and all(
        path in held and held[path].shape == shape_of(variable) for _, path, variable in expected
    )


def fill_by_path(saved: SavedWeights, model: keras.Model) -> list[tuple[str, Fill]]:
    """Decide what fills each variable of a network whose paths the file follows.

    Args:
        saved: the file.
        model: the network.

    Returns:
        The layer's name and the filling, for each variable.
    """
    held = _tensors(saved)
    return [
        (layer, Fill(variable, (held[path],), first, "loaded", f"into {variable.name}, found by its path"))
        for layer, path, variable in variable_paths(model)
    ]


def _tensors(saved: SavedWeights) -> dict[str, SavedTensor]:
    return {tensor.name: tensor for layer in saved.layers for tensor in layer.tensors}


def _layer_paths(layers: list[Any], prefix: str) -> Iterator[tuple[Any, str]]:
    used: Counter[str] = Counter()
    for layer in layers:
        name = _snake_case(type(layer).__name__)
        number = used[name]
        used[name] += 1
        yield layer, f"{prefix}/{name}_{number}" if number else f"{prefix}/{name}"


def _variables(layer: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(layer, keras.Model):
        for inner, place in _layer_paths(layer.layers, f"{path}/layers"):
            yield from _variables(inner, place)
        return
    own: dict[str, Any] = {}
    layer.save_own_variables(own)
    for key, variable in own.items():
        yield f"{path}/vars/{key}", variable
    for name, child in vars(layer).items():
        if isinstance(child, keras.Layer) and child.weights and name != "_cell":
            yield from _variables(child, f"{path}/{name}")


def _snake_case(name: str) -> str:
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
