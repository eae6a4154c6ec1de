"""Building LocallyConnected layers: convolutions with weights of their own at every place."""

from functools import partial
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.weights.build.activation import split_activation
from teni.weights.build.flow import Flow, as_image, as_meant
from teni.weights.build.shop import Shop, safe_name
from teni.weights.graph import Node
from teni.weights.hints import Composition, Part

Array = NDArray[Any]
DROPPED = ("filters", "use_bias", "padding", "dilation_rate")


def build_local(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build LocallyConnected1D or 2D: the patches of the image, each with a Dense layer of its own.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    settings, last = split_activation(node.config, shop)
    first = settings.pop("data_format", "channels_last") == "channels_first"
    size, strides = tuple(settings.pop("kernel_size")), _pair(settings.pop("strides", 1))
    flat = len(size) == 1
    if flat:
        tensor = as_meant(flow, shop).tensor
        tensor = shop.extra("Reshape", tensor, (tensor.shape[1], 1, tensor.shape[2]))
        size, strides = (size[0], 1), (strides[0], 1)
    else:
        tensor = as_image(flow, first, shop).tensor
    if None in tensor.shape[1:]:
        raise shop.error(node, "the size of the image before it is not known")
    patches: Any = keras.ops.image.extract_patches(
        tensor, size, strides, padding="valid", data_format="channels_last"
    )
    rows, cols, features = patches.shape[1:]
    patches = shop.extra("Reshape", patches, (rows * cols, features))
    layer = shop.compose(node, partial(_at_each_place, node, settings, patches, size, (first, rows, cols)))
    units = int(settings["filters"])
    shape = (rows, units) if flat else (rows, cols, units)
    return last(Flow(shop.extra("Reshape", layer(patches), shape), image=first))


def _at_each_place(
    node: Node, settings: dict[str, Any], patches: Any, size: tuple[int, ...], place: tuple[bool, int, int]
) -> tuple[Any, Composition]:
    first, rows, cols = place
    plain = {key: value for key, value in settings.items() if key not in DROPPED}
    places, features, units = rows * cols, int(patches.shape[2]), int(settings["filters"])
    layer: Any = keras.layers.EinsumDense(
        "abc,bcd->abd",
        output_shape=(places, units),
        bias_axes="bd" if settings.get("use_bias", True) else None,
        name=safe_name(node),
        **plain,
    )
    layer.build(patches.shape)
    channels = features // (size[0] * size[1])
    kernel = partial(_kernel, channels, size) if first else np.asarray
    why = "rows of each patch permuted, channels moved last" if first else ""
    parts = [Part(layer.weights[0], 0, (places, features, units), kernel, why)]
    if len(layer.weights) > 1:
        shape = (rows, units) if node.kind.endswith("1D") else (rows, cols, units)
        # Keras wrote the bias channels last and read it channels first, without moving an axis.
        bias = partial(_bias, (units, rows, cols), first)
        parts.append(Part(layer.weights[1], 1, shape, bias, "read channels first" if first else ""))
    return layer, Composition(parts, len(parts))


def _kernel(channels: int, size: tuple[int, ...], values: Array) -> Array:
    patches = values.reshape(len(values), channels, *size, values.shape[-1])
    return np.moveaxis(patches, 1, 3).reshape(values.shape)


def _bias(image: tuple[int, int, int], first: bool, values: Array) -> Array:
    read = np.moveaxis(values.reshape(image), 0, -1) if first else values
    return read.reshape(-1, image[0])


def _pair(setting: Any) -> tuple[int, int]:
    return (setting, setting) if isinstance(setting, int) else (int(setting[0]), int(setting[-1]))
