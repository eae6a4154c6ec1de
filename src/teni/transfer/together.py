"""Several models of one image as one model: what they have in common is there, and is computed, once."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from teni.task import Keypoints, Task


def together(models: Sequence[tuple[str, keras.Model]], order: Sequence[int], name: str) -> keras.Model:
    """Pack models of keypoints into one, with their outputs side by side.

    Layers (whole backbones too) that are equal in settings and weights become one layer, and one that is called on
    the same input twice is called once. The models themselves stay as they are.

    Args:
        models: each with a name and from the same ``uint8 (N, H, W, C)`` images to ``(N, k, 2)``.
        order: for each keypoint of the whole its place among the outputs side by side.
        name: of the new model.

    Returns:
        A plain Keras model from the images to ``(N, K, 2)``.
    """
    image, found = _on_one_image(models)
    side_by_side = (
        found[0] if len(found) == 1 else keras.layers.Concatenate(axis=1, name="side_by_side")(found)
    )
    points = side_by_side
    if list(order) != list(range(len(order))):
        points = keras.ops.take(side_by_side, [int(place) for place in order], axis=1)
    return keras.Model(image, keras.layers.Identity(name="all_keypoints")(points), name=name)


def averaged(
    models: Sequence[tuple[str, keras.Model]], weights: Sequence[float], task: Task, name: str
) -> keras.Model:
    """Pack models of the same answers into one that gives their weighted mean; see `together` for what is shared.

    Args:
        models: each with a name and from the same ``uint8 (N, H, W, C)`` images to answers of one shape.
        weights: one for each.
        task: what they answer.
        name: of the new model.
    """
    image, found = _on_one_image(models)
    scaled = [keras.layers.Rescaling(float(w))(x) for w, x in zip(weights, found, strict=True)]
    mean: Any = keras.layers.Add(name="all_keypoints" if isinstance(task, Keypoints) else "all_classes")(
        scaled
    )
    return keras.Model(image, mean, name=name)


def _on_one_image(models: Sequence[tuple[str, keras.Model]]) -> tuple[Any, list[Any]]:
    first: Any = models[0][1]
    image = keras.Input(first.input_shape[1:], dtype="uint8", name="image")
    shop = _Shop()
    return image, [shop.rebuild(model, image, prefix) for prefix, model in models]


class _Shop:
    """Hands out one layer for all that are equal, and one result for all equal calls; final."""

    def __init__(self) -> None:
        self._layers: dict[str, Any] = {}
        self._names: set[str] = set()
        self._results: dict[Any, Any] = {}
        self._alive: list[Any] = []

    def rebuild(self, model: keras.Model, image: Any, prefix: str) -> Any:
        """Build a model's graph anew on an image, and return its output."""
        given: Any = model
        clone: Any = keras.models.clone_model(
            given,
            input_tensors=keras.tree.pack_sequence_as(given.input, [image]),
            clone_function=lambda layer: self._layer(layer, prefix),
            call_function=self._call,
        )
        return keras.tree.flatten(clone.output)[0]

    def _layer(self, layer: Any, prefix: str) -> Any:
        key = _key(layer)
        if key not in self._layers:
            self._layers[key] = self._copy(layer, prefix)
        return self._layers[key]

    def _copy(self, layer: Any, prefix: str) -> Any:
        name = layer.name if layer.name not in self._names else f"{prefix}_{layer.name}"
        while name in self._names:
            name += "_"
        self._names.add(name)
        if isinstance(layer, keras.Model):
            copy: Any = keras.models.clone_model(layer)
            copy.name = name
        else:
            copy = type(layer).from_config({**layer.get_config(), "name": name})
        if isinstance(layer, keras.Layer) and layer.weights:
            read: Any = layer.input
            if not copy.built:
                copy.build(read.shape)
            copy.set_weights(layer.get_weights())
            copy.trainable = layer.trainable
        return copy

    def _call(self, layer: Any, *args: Any, **kwargs: Any) -> Any:
        flat = keras.tree.flatten((args, kwargs))
        self._alive += flat  # as long as they are, no other tensor gets their number
        key = (id(layer), *(id(x) if keras.utils.is_keras_tensor(x) else repr(x) for x in flat))
        if key not in self._results:
            self._results[key] = layer(*args, **kwargs)
        return self._results[key]


def _key(layer: Any) -> str:
    """Tell layers apart by their settings and weights; names do not count."""
    config = layer.get_config()
    names = {name: f"#{i}" for i, name in enumerate(dict.fromkeys(_names_in(config)))}
    digest = hashlib.sha256(type(layer).__name__.encode())
    digest.update(json.dumps(_renamed(config, names), sort_keys=True, default=repr).encode())
    if isinstance(layer, keras.Layer):
        for values in layer.get_weights():
            digest.update(repr((values.shape, values.dtype)).encode())
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _names_in(config: Any) -> Iterator[str]:
    """Yield every name that a configuration gives, in order."""
    if isinstance(config, dict):
        if isinstance(config.get("name"), str):
            yield config["name"]
        config = list(config.values())
    if isinstance(config, list | tuple):
        for value in config:
            yield from _names_in(value)


def _renamed(config: Any, names: Mapping[str, str]) -> Any:
    """Put numbers in the place of names, also where one layer names another."""
    if isinstance(config, dict):
        return {key: _renamed(value, names) for key, value in config.items() if key != "shared_object_id"}
    if isinstance(config, list | tuple):
        return [_renamed(value, names) for value in config]
    return names.get(config, config) if isinstance(config, str) else config
