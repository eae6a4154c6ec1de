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
        kind = _KINDS.get(type(layer)) if is_shiftable(layer, back=True) else None
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
        layer: Any = self
        return _finish(layer, _convolve(layer, inputs, layer.kernel, shifted.dense))


class TrainedDepthwiseConvolution(keras.layers.DepthwiseConv2D):
    """A DepthwiseConv2D computed by shifted products; final."""

    def call(self, inputs: Any) -> Any:
        """Convolve ``(N, H, W, C)``, add the bias and apply the activation."""
        layer: Any = self
        return _finish(layer, _convolve(layer, inputs, layer.kernel, shifted.depthwise))


class TrainedSeparableConvolution(keras.layers.SeparableConv2D):
    """A SeparableConv2D: shifted products within channels, then one matrix product over them; final."""

    def call(self, inputs: Any) -> Any:
        """Convolve ``(N, H, W, C)``, add the bias and apply the activation."""
        layer: Any = self
        within = _convolve(layer, inputs, layer.depthwise_kernel, shifted.depthwise)
        return _finish(layer, within @ jnp.asarray(layer.pointwise_kernel)[0, 0])


def _convolve(layer: Any, inputs: Any, weights: Any, compute: Any) -> Any:
    kernel = jnp.asarray(weights)
    padding = padding_of(layer, inputs.shape, (kernel.shape[0], kernel.shape[1]), layer.dilation_rate)
    outputs = kernel.shape[3] if compute is shifted.dense else kernel.shape[2] * kernel.shape[3]
    none = jnp.zeros(outputs, kernel.dtype)
    return compute(inputs, kernel, none, padding, layer.strides, layer.dilation_rate)


def _finish(layer: Any, outputs: Any) -> Any:
    return layer.activation(outputs + jnp.asarray(layer.bias) if layer.use_bias else outputs)


_KINDS: dict[type, Any] = {
    keras.layers.Conv2D: TrainedConvolution,
    keras.layers.DepthwiseConv2D: TrainedDepthwiseConvolution,
    keras.layers.SeparableConv2D: TrainedSeparableConvolution,
}
