"""Layers of filters and weights as the linear maps that they are, without bias and activation."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

Tensor = Any
Map = Callable[[Sequence[Tensor]], list[Tensor]]

WITH_KERNEL = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
    keras.layers.Conv2DTranspose,
    keras.layers.Dense,
)


def kernel_map(layer: Any) -> Map:
    """Return the linear map of a layer of one of the kinds above.

    Args:
        layer: the layer; its weights are read when the map is applied.

    Returns:
        A function from the list of the layer's inputs to the list of its outputs.

    >>> layer = keras.layers.Dense(1, activation="relu", kernel_initializer="ones", bias_initializer="ones")
    >>> layer.build((None, 2))
    >>> keras.ops.convert_to_numpy(kernel_map(layer)([keras.ops.full((1, 2), -2.0)])[0]).tolist()
    [[-4.0]]
    """
    ops, kind = keras.ops, type(layer)
    if kind is keras.layers.Dense:
        return lambda values: [ops.matmul(values[0], layer.kernel)]
    how: dict[str, Any] = {
        "strides": layer.strides,
        "padding": layer.padding,
        "data_format": layer.data_format,
        "dilation_rate": layer.dilation_rate,
    }
    if kind is keras.layers.Conv2D:
        return lambda values: [ops.conv(values[0], layer.kernel, **how)]
    if kind is keras.layers.DepthwiseConv2D:
        return lambda values: [ops.depthwise_conv(values[0], layer.kernel, **how)]
    if kind is keras.layers.SeparableConv2D:
        return lambda values: [
            ops.separable_conv(values[0], layer.depthwise_kernel, layer.pointwise_kernel, **how)
        ]
    how["output_padding"] = layer.output_padding
    return lambda values: [ops.conv_transpose(values[0], layer.kernel, **how)]
