"""Keras 3's own way to find a variable in its files: by the layers' classes and order, not by name."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.fill import Ask, Fill, only, shape_of
from teni.weights.naming import snake_case
from teni.weights.saved import SavedTensor, SavedWeights


def variable_paths(network: Any, prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    """List where Keras 3 would store each variable of a network, or of a layer.

    Args:
        network: a functional or sequential network, or any other layer.
        prefix: the path of the network itself in the file, with a slash at its end.

    Returns:
        For each variable: the name of the layer, be it one of a network within the network; the path in the
        file; the variable.

    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    >>> [(layer, path) for layer, path, _ in variable_paths(model)]
    [('out', 'layers/dense/vars/0'), ('out', 'layers/dense/vars/1')]
    """
    if isinstance(network, keras.Model):
        for layer, path in _layer_paths(network.layers, f"{prefix}layers/"):
            yield from variable_paths(layer, path)
        return
    for path, variable in _variables(network, prefix):
        yield network.name, path, variable


def follows_paths(saved: SavedWeights, model: keras.Model) -> bool:
    """Tell whether a file of Keras 3 holds every variable of a network at its path and in its shape.

    Args:
        saved: the file.
        model: the network.
    """
    return saved.age == "keras-3" and _covers(_tensors(saved), model, list(variable_paths(model)))


def fill_by_own_path(ask: Ask) -> list[Fill] | None:
    """Decide what fills one layer, be it a whole network, in a file of Keras 3.

    Args:
        ask: the layer and the file's tensors for it, which lie below one path.

    Returns:
        One filling for each variable; None if the file is not in the form of Keras 3, or not that of this layer.

    Raises:
        TeniError: a network within the network that the file does not hold whole.
    """
    held = {tensor.name: tensor for tensor in ask.tensors}
    if not held or not all(name.startswith("layers/") for name in held):
        return None
    expected = list(variable_paths(ask.layer, "/".join(ask.tensors[0].name.split("/")[:2]) + "/"))
    if _covers(held, ask.layer, expected):
        return [Fill(v, (held[path],), only(), "loaded", f"into {v.name}") for _, path, v in expected]
    if isinstance(ask.layer, keras.Model):
        path, variable = next((p, v) for _, p, v in expected if p not in held or shape_of(v) != held[p].shape)
        found = held[path].shape if path in held else "no such tensor"
        raise TeniError(f"{ask.where}: expected {path} {shape_of(variable)}; found {found}")
    return None


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
        (layer, Fill(variable, (held[path],), only(), "loaded", f"into {variable.name}, found by its path"))
        for layer, path, variable in variable_paths(model)
    ]


def _tensors(saved: SavedWeights) -> dict[str, SavedTensor]:
    return {tensor.name: tensor for layer in saved.layers for tensor in layer.tensors}


def _layer_paths(layers: list[Any], prefix: str) -> Iterator[tuple[Any, str]]:
    used: Counter[str] = Counter()
    for layer in layers:
        name = snake_case(type(layer).__name__)
        number = used[name]
        used[name] += 1
        yield layer, f"{prefix}{name}_{number}/" if number else f"{prefix}{name}/"


def _variables(layer: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    own: dict[str, Any] = {}
    layer.save_own_variables(own)
    for key, variable in own.items():
        yield f"{prefix}vars/{key}", variable
    for name, child in _children(layer):
        if isinstance(child, keras.Model):
            yield from ((path, variable) for _, path, variable in variable_paths(child, f"{prefix}{name}/"))
        else:
            yield from _variables(child, f"{prefix}{name}/")


def _children(layer: Any) -> Iterator[tuple[str, Any]]:
    """List the layers within a layer by the attributes that hold them, each once: Keras takes private ones last."""
    usual = set(dir(keras.layers.Layer(name="any")))
    seen: set[int] = set()
    for name in sorted(set(dir(layer)) - usual, key=lambda name: (name.startswith("_"), name)):
        try:
            child = getattr(layer, name)
        except Exception:  # whatever a property may raise; Keras passes over it too
            continue
        if isinstance(child, keras.Layer) and child.weights and id(child) not in seen:
            seen.add(id(child))
            yield name, child


def _covers(held: Mapping[str, SavedTensor], layer: Any, expected: list[tuple[str, str, Any]]) -> bool:
    """Tell whether all variables of a layer are expected somewhere, and all expected ones are held."""
    known = {id(variable) for _, _, variable in expected}
    return all(id(variable) in known for variable in layer.weights) and all(
        path in held and held[path].shape == shape_of(variable) for _, path, variable in expected
    )
