"""Which Dense layers read a flattened image: their rows depend on the image's axis order."""

from typing import Any

import keras

from teni.errors import TeniError
from teni.weights.graph import Network, parse_network


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
    kind = "Sequential" if isinstance(model, keras.Sequential) else "Functional"
    network = parse_network({"class_name": kind, "config": model.get_config()}, model.name)
    takers = _takers(network)
    found: dict[str, tuple[int, ...]] = {}
    for layer in model.layers:
        given: Any = layer.input if isinstance(layer, keras.layers.Flatten | keras.layers.PReLU) else None
        if given is not None and len(given.shape) > 3:
            *space, channels = (int(size) for size in given.shape[1:])
            image = (channels, *space)
            if isinstance(layer, keras.layers.PReLU):
                found[layer.name] = image
            elif max(space) > 1 and channels > 1:
                found |= dict.fromkeys(_dense_behind(layer.name, takers, model), image)
    return found


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
