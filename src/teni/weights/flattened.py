"""Which Dense layers read a flattened image: their rows depend on the image's axis order."""

from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.graph import Network
from teni.weights.parse import parse_network


def flattened_images(model: keras.Model) -> dict[str, tuple[int, ...]]:
    """Find the layers of a channels-last network whose weights depend on the order of an image's axes.

    Args:
        model: a functional or sequential network over channels-last images.

    Returns:
        For each Dense layer behind a Flatten of an image (only layers without weights between), and for each
        PReLU over an image: the image as (channels, *space).

    Raises:
        TeniError: a layer behind a Flatten, other than Dense, has weights of its own.

    >>> layers = [keras.Input((5, 7, 3)), keras.layers.Flatten(), keras.layers.Dense(2, name="out")]
    >>> flattened_images(keras.Sequential(layers))
    {'out': (3, 5, 7)}
    """
    takers = _takers(described(model))
    found: dict[str, tuple[int, ...]] = {}
    for layer in model.layers:
        image = _image(layer) if isinstance(layer, keras.layers.Flatten | keras.layers.PReLU) else None
        if image is not None and isinstance(layer, keras.layers.PReLU):
            found[layer.name] = image
        elif image is not None and image[0] > 1 and max(image[1:]) > 1:
            found |= dict.fromkeys(_dense_behind(layer.name, takers, model), image)
    return found


def flattened_outputs(model: keras.Model) -> list[tuple[int, ...] | None]:
    """Find the outputs of a channels-last network that are nothing but flattened images.

    Args:
        model: a functional or sequential network over channels-last images.

    Returns:
        For each output the image as (channels, *space), or None where it is no flattened image.

    >>> layers = [keras.Input((5, 7, 3)), keras.layers.Flatten(), keras.layers.Dropout(0.5)]
    >>> flattened_outputs(keras.Sequential(layers))
    [(3, 5, 7)]
    """
    network = described(model)
    nodes = {node.name: node for node in network.nodes}
    found: list[tuple[int, ...] | None] = []
    for source in network.outputs:
        layer = model.get_layer(source.layer)
        while not layer.weights and not isinstance(layer, keras.layers.Flatten | keras.layers.InputLayer):
            layer = model.get_layer(nodes[layer.name].calls[0][0].layer)
        found.append(_image(layer) if isinstance(layer, keras.layers.Flatten) else None)
    return found


def described(model: keras.Model) -> Network:
    """Describe a network of today as the readers describe those of files.

    Args:
        model: a functional or sequential network.

    >>> described(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])).outputs[0].layer
    'out'
    """
    kind = "Sequential" if isinstance(model, keras.Sequential) else "Functional"
    return parse_network({"class_name": kind, "config": model.get_config()}, model.name)


def _image(layer: Any) -> tuple[int, ...] | None:
    """Give the image that a layer takes as (channels, *space), if it takes one."""
    shape = layer.input.shape
    if len(shape) < 4:
        return None
    *space, channels = (int(size) for size in shape[1:])
    return (channels, *space)


def _takers(network: Network) -> dict[str, list[str]]:
    takers: dict[str, list[str]] = {}
    for node in network.nodes:
        for call in node.calls:
            for source in call:
                takers.setdefault(source.layer, []).append(node.name)
    return takers


def _dense_behind(name: str, takers: dict[str, list[str]], model: keras.Model) -> list[str]:
    dense: list[str] = []
    waiting = list(takers.get(name, []))
    while waiting:
        layer = model.get_layer(waiting.pop())
        if isinstance(layer, keras.layers.Dense):
            dense.append(layer.name)
        elif layer.weights:
            raise TeniError(
                f"layer {layer.name!r} comes after the Flatten {name!r}, has weights and is no Dense layer: "
                "its channels-first weights cannot be carried over"
            )
        else:
            waiting += takers.get(layer.name, [])
    return dense
