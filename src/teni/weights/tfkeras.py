"""What tf.keras 2.12 to 2.15 wrote: networks in the words of Keras 2, weights in the form of Keras 3."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from teni.weights.graph import CONTAINERS
from teni.weights.naming import snake_case
from teni.weights.saved import SavedLayer, SavedTensor, SavedWeights


def is_tfkeras(saved: SavedWeights) -> bool:
    """Tell whether a file in the form of Keras 3 is of tf.keras, by the version that it states.

    >>> is_tfkeras(SavedWeights("model.keras", "keras-3", "2.15.0", None, None, ()))
    True
    """
    return saved.age == "keras-3" and (saved.version or "").startswith("2.")


def as_keras2(saved: SavedWeights) -> SavedWeights:
    """Give such a file the form of Keras 2: layers under their own names instead of numbered classes.

    Args:
        saved: the file, with a description.

    Returns:
        The same tensors; each is named by its layer and by where it lies within that.

    >>> as_keras2(SavedWeights("model.keras", "keras-3", "2.15.0", None, None, (), {})).age
    'keras-2'
    """
    tensors = [tensor for layer in saved.layers for tensor in layer.tensors]
    layers = tuple(
        SavedLayer(name, tuple(_renamed(tensors, leaves)))
        for name, leaves in _layers(saved.model_config or {}, "layers/")
    )
    return replace(saved, age="keras-2", backend="tensorflow", layers=layers)


def _layers(config: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """List the layers of a description, and for each the names and paths of the layers within it."""
    inner = config.get("config")
    listed = inner.get("layers") if isinstance(inner, Mapping) else None
    used: Counter[str] = Counter()
    for layer in listed if isinstance(listed, list) else ():
        kind = str(layer.get("class_name")) if isinstance(layer, Mapping) else ""
        settings = layer.get("config") if isinstance(layer, Mapping) else None
        name = str(settings.get("name", kind)) if isinstance(settings, Mapping) else kind
        spelled = snake_case(kind)
        path = f"{prefix}{spelled}_{used[spelled]}/" if used[spelled] else f"{prefix}{spelled}/"
        used[spelled] += 1
        wrapped = (
            settings.get("layer") if kind == "TimeDistributed" and isinstance(settings, Mapping) else None
        )
        if isinstance(wrapped, Mapping) and wrapped.get("class_name") in CONTAINERS:
            yield name, [leaf for _, leaves in _layers(wrapped, f"{path}layer/layers/") for leaf in leaves]
        elif kind in CONTAINERS:
            yield name, [leaf for _, leaves in _layers(layer, f"{path}layers/") for leaf in leaves]
        else:
            yield name, [(name, path)]


def _renamed(tensors: list[SavedTensor], leaves: list[tuple[str, str]]) -> Iterator[SavedTensor]:
    for name, path in leaves:
        for tensor in tensors:
            if tensor.name.startswith(path):
                yield replace(tensor, name=f"{name}/{tensor.name.removeprefix(path)}")
