"""Keras layers in the shifted form, to stand in for Keras's own while features are taken on a CPU."""

from typing import Any

import jax.numpy as jnp
import keras
import numpy as np
from numpy.typing import NDArray

from teni.engine import shifted

Floats = NDArray[np.float32]


def padding_of(
    layer: Any, shape: tuple[int, ...], window: shifted.Pair, dilation: shifted.Pair
) -> shifted.Padding:
    """Return the zeros that a convolution or pooling layer adds around images.

    Args:
        layer: has ``padding`` and ``strides``.
        shape: of the images, ``(N, H, W, C)``.
        window: height and width of the kernel.
        dilation: pixels between the places of the kernel.

    >>> padding_of(keras.layers.Conv2D(1, 3, padding="same"), (1, 8, 8, 1), (3, 3), (1, 1))
    ((1, 1), (1, 1))
    """
    if layer.padding != "same":
        return (0, 0), (0, 0)
    reach = [(w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
    return (
        shifted.same_padding(shape[1], reach[0], layer.strides[0]),
        shifted.same_padding(shape[2], reach[1], layer.strides[1]),
    )


class ShiftedConvolution(keras.layers.Layer):
    """A Conv2D or DepthwiseConv2D with given weights, computed by shifted products; final, never trained.

    Args:
        layer: the Keras layer whose window, strides, padding, dilation and activation are taken over.
        kernel: its kernel, batch norm folded in or not.
        bias: one number an output channel.
    """

    def __init__(self, layer: Any, kernel: Floats, bias: Floats) -> None:
        super().__init__(name=layer.name, trainable=False)
        self.padding, self.strides, self.dilation = layer.padding, layer.strides, layer.dilation_rate
        self.activation = layer.activation
        self.compute = shifted.depthwise if isinstance(layer, keras.layers.DepthwiseConv2D) else shifted.dense
        self.kernel = self.add_weight(shape=kernel.shape, initializer="zeros", name="kernel")
        self.bias = self.add_weight(shape=bias.shape, initializer="zeros", name="bias")
        self.kernel.assign(kernel)
        self.bias.assign(bias)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Convolve ``(N, H, W, C)`` and apply the activation."""
        window = (self.kernel.shape[0], self.kernel.shape[1])
        padding = padding_of(self, inputs.shape, window, self.dilation)
        kernel, bias = self.kernel.value, self.bias.value
        return self.activation(self.compute(inputs, kernel, bias, padding, self.strides, self.dilation))


class ShiftedSeparableConvolution(keras.layers.Layer):
    """A SeparableConv2D: shifted products within channels, then one product over them; final, never trained.

    Args:
        layer: the Keras layer whose depthwise kernel, window, strides, padding, dilation and activation are taken.
        kernel: its pointwise kernel, batch norm folded in or not.
        bias: one number an output channel.
    """

    def __init__(self, layer: Any, kernel: Floats, bias: Floats) -> None:
        super().__init__(name=layer.name, trainable=False)
        self.padding, self.strides, self.dilation = layer.padding, layer.strides, layer.dilation_rate
        self.activation = layer.activation
        spatial = np.asarray(layer.depthwise_kernel)
        self.spatial = self.add_weight(shape=spatial.shape, initializer="zeros", name="spatial")
        self.kernel = self.add_weight(shape=kernel.shape, initializer="zeros", name="kernel")
        self.bias = self.add_weight(shape=bias.shape, initializer="zeros", name="bias")
        for variable, values in ((self.spatial, spatial), (self.kernel, kernel), (self.bias, bias)):
            variable.assign(values)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Convolve ``(N, H, W, C)`` and apply the activation."""
        spatial = self.spatial.value
        padding = padding_of(self, inputs.shape, spatial.shape[:2], self.dilation)
        none = jnp.zeros(spatial.shape[2] * spatial.shape[3], spatial.dtype)
        within = shifted.depthwise(inputs, spatial, none, padding, self.strides, self.dilation)
        across = shifted.dense(within, self.kernel.value, self.bias.value, ((0, 0), (0, 0)))
        return self.activation(across)


class ShiftedMaxPooling(keras.layers.Layer):
    """A MaxPooling2D computed as the largest of shifted views; final, without weights.

    Args:
        layer: the Keras layer whose window, strides and padding are taken over.
    """

    def __init__(self, layer: Any) -> None:
        super().__init__(name=layer.name, trainable=False)
        self.padding, self.strides, self.window = layer.padding, layer.strides, layer.pool_size

    def call(self, inputs: Any) -> Any:
        """Pool ``(N, H, W, C)``."""
        padding = padding_of(self, inputs.shape, self.window, (1, 1))
        return shifted.max_pool(inputs, self.window, self.strides, padding)
