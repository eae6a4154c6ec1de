"""A network rewritten for training on a CPU: the same weights, small windows as shifted products.

XLA's CPU backend takes gradients of depthwise and of small convolutions many times slower than the sums of
shifted products of `teni.engine.shifted`. Unlike the clone for features, this one keeps every weight as it is, in
the same order: what it learns can be copied back.
"""

from typing import Any

import jax
import jax.numpy as jnp
import keras

from teni.engine import shifted
from teni.engine.clone import is_shiftable, is_small_pooling
from teni.engine.layers import ShiftedMaxPooling, padding_of


def training_form(model: keras.Model) -> keras.Model:
    """Return a network's form for training: on a CPU the clone of `training_clone`, else the network itself.

    >>> x = keras.Input((8, 8, 2))
    >>> training_form(keras.Model(x, keras.layers.DepthwiseConv2D(3)(x))).output_shape
    (None, 6, 6, 2)
    """
    return training_clone(model) if jax.default_backend() == "cpu" else model


def training_clone(model: keras.Model) -> keras.Model:
    """Clone a flat functional network: the same names, weights and outputs up to rounding, quicker on a CPU.

    Args:
        model: without networks inside; it is not changed.

    >>> x = keras.Input((8, 8, 2))
    >>> model = keras.Model(x, keras.layers.DepthwiseConv2D(3, name="dw")(x))
    >>> type(training_clone(model).get_layer("dw")).__name__
    'TrainedDepthwiseConvolution'
    """
    twins: list[tuple[Any, Any]] = []

    def replace(layer: Any) -> Any:
        if is_small_pooling(layer):
            return ShiftedMaxPooling(layer)
        kind = _KINDS.get(type(layer)) if is_shiftable(layer) else None
        twins.append((layer, (kind or type(layer)).from_config(layer.get_config())))
        return twins[-1][1]

    clone = keras.models.clone_model(model, clone_function=replace)
    for old, new in twins:
        if isinstance(old, keras.Layer):  # a plain operation, such as a flip, has no weights
            new.set_weights(old.get_weights())
    return clone


class TrainedConvolution(keras.layers.Conv2D):
    """A Conv2D computed as one matrix product over shifted views; final."""

    def call(self, inputs: Any) -> Any:
        """Convolve ``(N, H, W, C)``, add the bias and apply the activation."""
        kernel = jnp.asarray(self.kernel)
        padding = padding_of(self, inputs.shape, kernel.shape[:2], self.dilation_rate)
        bias = jnp.asarray(self.bias) if self.use_bias else jnp.zeros(kernel.shape[3], kernel.dtype)
        return self.activation(shifted.dense(inputs, kernel, bias, padding, self.strides, self.dilation_rate))


class TrainedDepthwiseConvolution(keras.layers.DepthwiseConv2D):
    """A DepthwiseConv2D computed by shifted products; final."""

    def call(self, inputs: Any) -> Any:
        """Convolve ``(N, H, W, C)``, add the bias and apply the activation."""
        kernel = jnp.asarray(self.kernel)
        padding = padding_of(self, inputs.shape, kernel.shape[:2], self.dilation_rate)
        outputs = kernel.shape[2] * kernel.shape[3]
        bias = jnp.asarray(self.bias) if self.use_bias else jnp.zeros(outputs, kernel.dtype)
        return self.activation(
            shifted.depthwise(inputs, kernel, bias, padding, self.strides, self.dilation_rate)
        )


class TrainedSeparableConvolution(keras.layers.SeparableConv2D):
    """A SeparableConv2D: shifted products within channels, then one matrix product over them; final."""

    def call(self, inputs: Any) -> Any:
        """Convolve ``(N, H, W, C)``, add the bias and apply the activation."""
        spatial, across = jnp.asarray(self.depthwise_kernel), jnp.asarray(self.pointwise_kernel)
        padding = padding_of(self, inputs.shape, spatial.shape[:2], self.dilation_rate)
        none = jnp.zeros(spatial.shape[2] * spatial.shape[3], spatial.dtype)
        within = shifted.depthwise(inputs, spatial, none, padding, self.strides, self.dilation_rate)
        bias = jnp.asarray(self.bias) if self.use_bias else jnp.zeros(across.shape[3], across.dtype)
        return self.activation(shifted.dense(within, across, bias, ((0, 0), (0, 0))))


_KINDS: dict[type, Any] = {
    keras.layers.Conv2D: TrainedConvolution,
    keras.layers.DepthwiseConv2D: TrainedDepthwiseConvolution,
    keras.layers.SeparableConv2D: TrainedSeparableConvolution,
}
