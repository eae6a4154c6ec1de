"""How many images fit a CPU's cache at a network's widest layer."""

from math import prod
from typing import Any

import keras

from teni.engine.clone import is_gathered

VALUES_A_BATCH = 2**20  # 4 MB: with more, a layer reads from memory what the one before has just written


def images_that_fit(model: keras.Model, *, back: bool = False) -> int:
    """Choose how many images go through a network together on a CPU.

    Args:
        model: a functional or sequential network of images of a known size.
        back: whether gradients go back through it.

    Returns:
        At least one.

    >>> x = keras.Input((64, 64, 1))
    >>> images_that_fit(keras.Model(x, keras.layers.Conv2D(32, 1)(x)))
    8
    """
    return max(1, VALUES_A_BATCH // widest(model, back=back))


def widest(model: keras.Model, *, back: bool = False) -> int:
    """Count the values of one image at the widest layer, the views side by side of `shifted.dense` among them.

    Args:
        model: a functional or sequential network.
        back: whether gradients go back through it.

    >>> x = keras.Input((10, 10, 1))
    >>> model = keras.Model(x, keras.layers.Conv2D(4, 3, padding="same")(x))
    >>> widest(model, back=True)  # 10 * 10 places, 9 pixels each
    900
    """
    most = 1
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            most = max(most, widest(layer, back=back))
            continue
        nodes: list[Any] = layer._inbound_nodes
        for tensor in (tensor for node in nodes for tensor in node.output_tensors):
            shape = [side or 1 for side in tensor.shape[1:]]
            values = prod(shape)
            if is_gathered(layer, back=back):
                values = max(values, prod(shape[:2]) * prod(layer.kernel.shape[:3]))
            most = max(most, values)
    return most
