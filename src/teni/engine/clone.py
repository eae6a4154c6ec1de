"""A network rewritten for speed on a CPU: batch norms folded away, small windows as shifted products.

The clone gives the same outputs up to rounding. Which layers change is a rule on their shape, not a switch:
depthwise kernels, also of separable convolutions, pointwise kernels, and small max-poolings. Where gradients go back
through it, kernels over few channels change too: forth, XLA's own convolutions run near what the processor can do,
back they are many times slower. All else stays Keras's own.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import jax
import keras
import numpy as np
from numpy.typing import NDArray

from teni.engine.layers import ShiftedConvolution, ShiftedMaxPooling, ShiftedSeparableConvolution

Floats = NDArray[np.float32]

# Back through a dense kernel of more inputs than this a pixel, XLA's own convolution is the quicker one: the views
# side by side would be read from memory as often as the window has places.
MOST_INPUTS = 256

_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)


@dataclass(frozen=True)
class Folded:
    """A convolution's weights after the batch norm behind it has been multiplied in."""

    kernel: Floats
    bias: Floats


def on_cpu() -> bool:
    """Tell whether JAX computes on a CPU.

    >>> on_cpu() in (True, False)
    True
    """
    return jax.default_backend() == "cpu"


def fast_form(model: keras.Model, *, back: bool = False) -> keras.Model:
    """Return a network's fast form where there is one: on a CPU the clone of `fast_clone`, else the network itself.

    Args:
        model: as for `fast_clone`.
        back: whether gradients will go back through it.

    >>> x = keras.Input((8, 8, 2))
    >>> fast_form(keras.Model(x, keras.layers.DepthwiseConv2D(3)(x))).output_shape
    (None, 6, 6, 2)
    """
    return fast_clone(model, back=back) if on_cpu() else model


def fast_clone(model: keras.Model, *, back: bool = False) -> keras.Model:
    """Clone a network for features: same inputs, same outputs up to rounding, quicker on a CPU.

    Args:
        model: a functional or sequential Keras model; it is not changed, and the clone has weights of its own.
        back: whether gradients with respect to its inputs will be taken.

    Returns:
        A model for inference only; a model that is neither functional nor sequential is handed back as it is.

    >>> x = keras.Input((8, 8, 2))
    >>> model = keras.Model(x, keras.layers.DepthwiseConv2D(3, name="dw")(x))
    >>> type(fast_clone(model).get_layer("dw")).__name__
    'ShiftedConvolution'
    """
    if isinstance(model, keras.Sequential):
        return fast_clone(keras.Model(model.inputs[0], model.outputs[0], name=model.name), back=back)
    if not hasattr(model, "_nodes_by_depth"):
        return model
    folded, absorbed = _fold_batch_norms(model)
    copied: list[tuple[Any, Any]] = []

    def replace(layer: Any) -> Any:
        if isinstance(layer, keras.Model):
            return fast_clone(layer, back=back)
        if layer.name in absorbed:
            return keras.layers.Identity(name=layer.name)
        if is_shiftable(layer, back=back):
            weights = folded.get(layer.name) or _weights(layer)
            separable = isinstance(layer, keras.layers.SeparableConv2D)
            kind = ShiftedSeparableConvolution if separable else ShiftedConvolution
            return kind(layer, weights.kernel, weights.bias)
        if is_small_pooling(layer):
            return ShiftedMaxPooling(layer)
        if layer.name in folded:
            return _with_bias(layer, folded[layer.name])
        copied.append((layer, type(layer).from_config(layer.get_config())))
        return copied[-1][1]

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        # A batch norm was called with a mask and a mode; what stands in its place takes neither.
        if isinstance(layer, keras.layers.Identity):
            kwargs = {name: value for name, value in kwargs.items() if name == "inputs"}
        return layer(*args, **kwargs)

    clone = keras.models.clone_model(model, clone_function=replace, call_function=call)
    for old, new in copied:
        if isinstance(old, keras.Layer):  # a plain operation, such as a flip, has no weights
            new.set_weights(old.get_weights())
    return clone


def is_small_pooling(layer: Any) -> bool:
    """Tell whether a layer takes the maximum under a window of three pixels at most.

    A class derived from Keras's own may compute something else, so it does not count; nor does one of batch norms.

    >>> is_small_pooling(keras.layers.MaxPooling2D(2)), is_small_pooling(keras.layers.MaxPooling2D(4))
    (True, False)
    """
    is_pooling = type(layer) is keras.layers.MaxPooling2D
    return is_pooling and max(layer.pool_size) <= 3 and layer.data_format == "channels_last"


def is_shiftable(layer: Any, *, back: bool) -> bool:
    """Tell whether the shifted form of a built layer is the quicker one; see the module's rule.

    Args:
        layer: of any kind.
        back: whether gradients go back through it.

    >>> layer = keras.layers.Conv2D(4, 3)
    >>> layer.build((None, 8, 8, 2))
    >>> is_shiftable(layer, back=False), is_shiftable(layer, back=True)
    (False, True)
    """
    if type(layer) not in _CONVOLUTIONS:
        return False
    if layer.data_format != "channels_last" or getattr(layer, "groups", 1) != 1:
        return False
    if isinstance(layer, keras.layers.DepthwiseConv2D | keras.layers.SeparableConv2D):
        return layer.kernel_size[0] * layer.kernel_size[1] <= 49
    height, width, channels, _ = layer.kernel.shape
    return (height, width) == (1, 1) or (back and height * width * channels <= MOST_INPUTS)


def is_gathered(layer: Any, *, back: bool) -> bool:
    """Tell whether the fast form of a layer lays the pixels under its window side by side in memory.

    Args:
        layer: built, of any kind.
        back: whether gradients go back through it.

    >>> x = keras.Input((8, 8, 2))
    >>> layer = keras.layers.Conv2D(4, 3)
    >>> _ = layer(x)
    >>> is_gathered(layer, back=True)
    True
    """
    is_dense = isinstance(layer, keras.layers.Conv2D) and not _is_depthwise(layer)
    return is_dense and is_shiftable(layer, back=back)


def _weights(layer: Any) -> Folded:
    separable = isinstance(
        layer, keras.layers.SeparableConv2D
    )  # what is behind it goes into its pointwise part
    kernel = np.asarray(layer.pointwise_kernel if separable else layer.kernel)
    outputs = kernel.shape[2] * kernel.shape[3] if _is_depthwise(layer) else kernel.shape[3]
    bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(outputs, np.float32)
    return Folded(kernel, bias)


def _is_depthwise(layer: Any) -> bool:
    return isinstance(layer, keras.layers.DepthwiseConv2D)


def _fold_batch_norms(model: keras.Model) -> tuple[dict[str, Folded], set[str]]:
    """Find the batch norms that stand alone behind a linear convolution, and multiply them into it."""
    outputs = {tensor._keras_history.operation.name for tensor in model.outputs}
    nodes = [node for depth in model._nodes_by_depth.values() for node in depth]
    reads = Counter(source.name for node in nodes for source in _sources(node))
    calls = Counter(node.operation.name for node in nodes)
    folded: dict[str, Folded] = {}
    absorbed: set[str] = set()
    for node in nodes:
        norm = node.operation
        if type(norm) is not keras.layers.BatchNormalization or norm.axis not in (-1, 3):
            continue
        source, *mask = _sources(node)
        if mask:
            continue
        alone = source.name not in outputs and reads[source.name] == 1
        if node.arguments.kwargs.get("training"):
            continue  # called to use each batch's own statistics, at any time
        if alone and calls[source.name] == calls[norm.name] == 1 and _is_foldable(source):
            folded[source.name] = _multiply_in(_weights(source), norm, _is_depthwise(source))
            absorbed.add(norm.name)
    return folded, absorbed


def _sources(node: Any) -> list[Any]:
    """Return the operations whose outputs a node of the graph reads, once for each read."""
    return [tensor._keras_history.operation for tensor in node.input_tensors]


def _is_foldable(layer: Any) -> bool:
    plain = type(layer) in _CONVOLUTIONS
    if plain and isinstance(layer, keras.layers.SeparableConv2D) and not is_shiftable(layer, back=False):
        return False  # it stays Keras's own, which would be copied without what was folded in
    return plain and layer.activation is keras.activations.linear and layer.data_format == "channels_last"


def _multiply_in(weights: Folded, norm: Any, is_depthwise: bool) -> Folded:
    mean = np.asarray(norm.moving_mean, np.float64)
    scale = 1.0 / np.sqrt(np.asarray(norm.moving_variance, np.float64) + norm.epsilon)
    if norm.scale:
        scale = scale * np.asarray(norm.gamma)
    shift = np.asarray(norm.beta) if norm.center else 0.0
    factors = scale.reshape(weights.kernel.shape[2:]) if is_depthwise else scale
    kernel = weights.kernel * factors
    return Folded(kernel.astype(np.float32), ((weights.bias - mean) * scale + shift).astype(np.float32))


def _with_bias(layer: Any, weights: Folded) -> Any:
    """Copy a convolution with a bias and the folded weights; XLA computes it."""
    copy = type(layer).from_config({**layer.get_config(), "use_bias": True})
    copy.build(layer.input.shape)
    copy.set_weights([weights.kernel, weights.bias])
    return copy
