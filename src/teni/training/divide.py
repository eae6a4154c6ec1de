"""A network in two: what lies below the lowest layer that learns, and the rest."""

from collections.abc import Collection
from typing import Any

import keras

from teni.backbones.graph import dependants, parents


def divide(network: keras.Model, trained: Collection[str]) -> tuple[keras.Model | None, keras.Model]:
    """Cut a network where learning begins.

    Args:
        network: a functional model of one image without networks inside; both parts share its layers.
        trained: names of the layers that learn.

    Returns:
        The lower part, from the image to all that the upper part takes of it (None where that has no weights), and
        the upper part, from there to the network's output.

    >>> x = keras.Input((2,), name="x")
    >>> h = keras.layers.Dense(3, name="low")(x)
    >>> net = keras.Model(x, keras.layers.Dense(1, name="high")(h))
    >>> [len(part.weights) for part in divide(net, ["high"])], divide(net, ["low"])[0]
    ([2, 2], None)
    """
    above = dependants(network, trained)
    border: dict[int, Any] = {}
    for operation in network.operations:
        if operation.name not in above or not parents(operation):
            continue
        for tensor in keras.tree.flatten(operation.input):
            if tensor._keras_history.operation.name not in above:
                border[id(tensor)] = tensor
    tensors = list(border.values())
    lower = keras.Model(network.inputs[0], tensors if len(tensors) > 1 else tensors[0])
    if not lower.weights:
        return None, network
    return lower, keras.Model(tensors if len(tensors) > 1 else tensors[0], network.outputs[0])
