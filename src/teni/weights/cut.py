"""Networks cut at a layer: as a description, and as a network of today."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.graph import Network, Source


def cut_network(network: Network, name: str | None) -> Network:
    """Cut a described network at a layer, whose output becomes its only one.

    Args:
        network: the network.
        name: the layer; None leaves the network whole.

    Returns:
        The inputs, the layer, and all that it depends on.

    Raises:
        TeniError: there is no such layer.

    >>> from teni.weights.graph import Node
    >>> nodes = (Node("x", "InputLayer", {}, ((),)), Node("y", "ReLU", {}, ((Source("x"),),)))
    >>> cut_network(Network("net", nodes, (Source("x"),), (Source("y"),)), "x").outputs
    (Source(layer='x', call=0, tensor=0),)
    """
    if name is None:
        return network
    nodes = {node.name: node for node in network.nodes}
    _check(name, nodes)
    needed, waiting = {source.layer for source in network.inputs}, [name]
    while waiting:
        layer = waiting.pop()
        if layer not in needed or layer == name:
            needed.add(layer)
            waiting += [
                source.layer for call in nodes[layer].calls for source in call if source.layer not in needed
            ]
    kept = tuple(node for node in network.nodes if node.name in needed)
    return replace(network, nodes=kept, outputs=(Source(name),))


def cut_model(model: keras.Model, name: str | None) -> keras.Model:
    """Cut a network of today at a layer; the two share their layers.

    Args:
        model: the network.
        name: the layer; None leaves the network whole.

    Raises:
        TeniError: there is no such layer.

    >>> layers = [keras.Input((2,)), keras.layers.Dense(3, name="deep"), keras.layers.Dense(1)]
    >>> cut_model(keras.Sequential(layers), "deep").output_shape
    (None, 3)
    """
    if name is None:
        return model
    _check(name, [layer.name for layer in model.layers])
    layer: Any = model.get_layer(name)
    inputs: Any = model.inputs
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], layer.output, name=model.name)


def _check(name: str, names: Collection[str]) -> None:
    if name not in names:
        raise TeniError(f"no layer {name!r} in the network to cut at; the last ones are {[*names][-5:]}")
