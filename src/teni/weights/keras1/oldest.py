"""Descriptions that ``to_json()`` of Keras 0.x gave, in the form of Keras 1."""

from collections.abc import Mapping
from typing import Any

from teni.errors import TeniError


def is_oldest(config: Mapping[str, Any]) -> bool:
    """Tell whether a description is of Keras 0.x: its ``name`` is a class, and it has no ``class_name``.

    Args:
        config: parsed JSON.

    >>> is_oldest({"name": "Sequential", "layers": []})
    True
    """
    return "class_name" not in config and isinstance(config.get("name"), str)


def from_oldest(config: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Put a description of Keras 0.x into the form of Keras 1, its layers named as in weights files.

    Args:
        config: parsed JSON.
        source: the file, for messages.

    Returns:
        The same Sequential; its layers are ``layer_0``, ``layer_1``, …

    Raises:
        TeniError: a Graph, or anything but a plain Sequential.

    >>> told = {"name": "Sequential", "layers": [{"name": "Dense", "input_shape": [4], "output_dim": 2}]}
    >>> from_oldest(told, "net.json")["config"][0]["config"]["batch_input_shape"]
    [None, 4]
    """
    layers = config.get("layers")
    if config.get("name") != "Sequential" or not isinstance(layers, list):
        found = str(config.get("name"))[:40]
        raise TeniError(
            f"{source}: describes a {found!r} of Keras 0.x; only a Sequential can be carried over"
        )
    return {
        "class_name": "Sequential",
        "config": [_layer(k, layer, source) for k, layer in enumerate(layers)],
    }


def _layer(number: int, layer: Any, source: str) -> dict[str, Any]:
    if not isinstance(layer, Mapping) or not isinstance(layer.get("name"), str):
        raise TeniError(f"{source}: layer {number} has no name; the description is damaged")
    kind = layer["name"]
    if "layers" in layer:
        raise TeniError(
            f"{source}: layer {number} ({kind[:40]}) holds networks of its own; it cannot be carried over"
        )
    settings = {key: value for key, value in layer.items() if key not in ("input_shape", "cache_enabled")}
    settings["name"] = f"layer_{number}"
    if layer.get("input_shape") is not None:
        settings["batch_input_shape"] = [None, *layer["input_shape"]]
    if kind == "Reshape":
        settings["target_shape"] = settings.pop("dims", None)
    return {"class_name": kind, "config": settings}
