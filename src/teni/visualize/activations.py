"""What each layer makes of one image, layer by layer."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from teni import gradients
from teni.errors import TeniError
from teni.visualize.forward import pure
from teni.visualize.layers import output_of
from teni.visualize.opened import Opened
from teni.visualize.pictured import Floats, Pictured, Seen
from teni.visualize.request import Request
from teni.visualize.units import to_numpy, to_tensor


@dataclass(frozen=True)
class ActivationsSettings:
    """Which activations are shown.

    Args:
        channels: of each layer, the strongest, where no single layer was named.
        image: which image of ``--data``, from 0.
    """

    channels: int = 8
    image: int = 0


def activations(request: Request) -> Seen:
    """Show the activations of one image: see `layer_activations`."""
    settings: ActivationsSettings = request.settings
    given = request.given
    if given is None or not 0 <= settings.image < len(given):
        many = 0 if given is None else len(given)
        raise TeniError(f"--set image={settings.image}: there are {many} images in --data, counted from 0")
    image = given.images[settings.image]
    layers = [request.layer] if request.layer else layers_with_maps(request.opened)
    units = request.units if request.layer else None
    seen = layer_activations(request.opened, image, layers, units, settings.channels)
    return Seen(
        seen.pictures,
        request.layer or "",
        (f"The image is {given.ids[settings.image]}.", *seen.notes),
        columns=seen.columns,
    )


def layers_with_maps(opened: Opened) -> list[str]:
    """List the layers whose outputs are maps, one for each step that computes something.

    >>> from teni.visualize.opened import open_network
    >>> x = keras.Input((8, 8, 1))
    >>> y = keras.layers.Dropout(0.1)(keras.layers.Conv2D(2, 3, name="conv")(x))
    >>> layers_with_maps(open_network(keras.Model(x, keras.layers.ReLU(name="relu")(y)), "tiny"))
    ['conv', 'relu']
    """
    idle = (
        keras.layers.InputLayer,
        keras.layers.Dropout,
        keras.layers.SpatialDropout2D,
        keras.layers.ZeroPadding2D,
    )
    kept: list[str] = []
    for operation in opened.model.operations:
        if isinstance(operation, keras.Layer) and not isinstance(operation, idle):
            tensors: Any = operation._inbound_nodes[0].output_tensors
            if len(tensors) == 1 and len(tensors[0].shape) == 4:
                kept.append(operation.name)
    return kept


def layer_activations(
    opened: Opened, image: Floats, layers: list[str], units: tuple[int, ...] | None = None, channels: int = 8
) -> Seen:
    """Run one image through a network and take the maps of layers.

    Args:
        opened: the network.
        image: ``(H, W, C)`` pixels, 0 to 255, as the network takes them.
        layers: whose outputs are taken.
        units: places of the channels to show of each; None: those of the largest mean absolute value.
        channels: how many of each, where `units` is None.

    Returns:
        Maps ``(h, w, 1)`` in the order of the layers; the score is the largest value of each map.

    Raises:
        TeniError: no layer has maps.
    """
    if not layers:
        raise TeniError(f"{opened.name} has no layer whose output is a map of rows and columns")
    run, weights = pure(
        keras.Model(opened.model.inputs[0], [output_of(opened.model, name) for name in layers])
    )
    outputs = gradients.compiled(run)(weights, to_tensor(np.asarray(image, np.float32)[None]))
    pictures: list[Pictured] = []
    for name, output in zip(layers, outputs if isinstance(outputs, list) else [outputs], strict=True):
        maps = to_numpy(output)[0]
        if maps.ndim != 3:
            raise TeniError(
                f"{opened.name}: layer {name!r} gives {maps.shape}, no maps of rows and columns; name another"
            )
        strongest = np.argsort(-np.abs(maps).mean(axis=(0, 1)), kind="stable")[:channels]
        for unit in strongest if units is None else units:
            label = f"{name}/{unit}" if units is None else str(unit)
            pictures.append(
                Pictured(label, float(maps[..., unit].max()), maps[..., unit, None], name, "range")
            )
    return Seen(tuple(pictures), columns=channels if units is None else None)
