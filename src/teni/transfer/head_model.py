"""Trained heads on their backbone as one plain Keras model: raw uint8 image in, pixels or probabilities out."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.backbones import Backbone
from teni.features import feature_network
from teni.task import Keypoints, Task
from teni.transfer.head_features import HeadFeatures

Floats32 = NDArray[np.float32]
Weights = Sequence[Floats32]


def head_model(
    task: Task,
    image_channels: int,
    backbone: Backbone,
    features: HeadFeatures,
    heads: Sequence[tuple[str, Sequence[int], Weights]],
) -> keras.Model:
    """Build the model that trained heads are handed over as; features are taken once for all of them.

    Args:
        task: what is predicted, and the image size.
        image_channels: channels of the images as given.
        backbone: the network.
        features: their view, projection and scale.
        heads: for each its name, which keypoints (or classes) it predicts, and kernel and bias of each layer;
            keypoints are predicted in [-1, 1] of the image.

    Returns:
        A model from ``uint8 (N, H, W, C)`` to ``float32 (N, K, 2)`` pixels, or ``(N, C)`` probabilities.
    """
    shape = (task.height, task.width, image_channels)
    network = feature_network(backbone, shape, [features.view], {features.view: features.projection})
    network.name = "features"
    image = keras.Input(shape, dtype="uint8", name="image")
    seen = keras.layers.Flatten(name="flat_features")(_only(network(image, training=False)))
    found = [
        _head(seen, name, _of_all(task, own, _on_raw(weights, features))) for name, own, weights in heads
    ]
    total: Any = found[0] if len(found) == 1 else keras.layers.Add(name="together")(found)
    if isinstance(task, Keypoints):
        return keras.Model(
            image, keras.layers.Reshape((len(task.names), 2), name="keypoints")(total), name="teni"
        )
    return keras.Model(image, keras.layers.Softmax(name="classes")(total), name="teni")


def _only(outputs: Any) -> Any:
    return outputs[0] if isinstance(outputs, list) else outputs


def _on_raw(weights: Weights, features: HeadFeatures) -> list[Floats32]:
    """Put the scale of the features into the first layer, which then takes them as they come."""
    kernel, bias, *above = weights
    scaled = features.factor[:, None] * kernel
    return [scaled, bias - features.mean @ scaled, *above]


def _of_all(task: Task, own: Sequence[int], weights: Weights) -> list[Floats32]:
    """Let the last layer predict everything, in pixels, with zeros where it is another head's turn."""
    *below, kernel, bias = weights
    if not isinstance(task, Keypoints):
        return list(weights)
    half = np.tile(np.array([task.width, task.height], np.float32) / 2, len(own))
    columns = (2 * np.asarray(own, np.intp)[:, None] + np.arange(2)).ravel()
    wide = np.zeros((len(kernel), 2 * len(task.names)), np.float32)
    offset = np.zeros(2 * len(task.names), np.float32)
    wide[:, columns], offset[columns] = kernel * half, bias * half + half
    return [*below, wide, offset]


def _head(seen: Any, name: str, weights: Weights) -> Any:
    h = seen
    last = len(weights) // 2
    for i in range(last):
        kernel, bias = weights[2 * i], weights[2 * i + 1]
        layer = keras.layers.Dense(
            kernel.shape[1], activation="relu" if i < last - 1 else None, name=f"{name}_{i + 1}"
        )
        h = layer(h)
        layer.set_weights([kernel, bias])
    return h
