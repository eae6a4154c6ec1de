"""Networks within networks, laid open."""

from collections.abc import Collection, Iterator
from typing import Any

import keras


def inner_layers(layer: Any, composed: Collection[str] = ()) -> Iterator[Any]:
    """List the layers with weights of a nested network, and of the networks within it.

    Args:
        layer: a Keras layer; if it is no network, it is listed itself.
        composed: names of networks that stand for one layer of the file, and are listed themselves.

    >>> deep = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="deep")], name="inner")
    >>> [layer.name for layer in inner_layers(keras.Sequential([keras.Input((2,)), deep]))]
    ['deep']
    """
    if isinstance(layer, keras.Model) and layer.name not in composed:
        for each in layer.layers:
            yield from inner_layers(each, composed)
    elif layer.weights:
        yield layer
