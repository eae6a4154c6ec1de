"""What is made as large as possible: the activation of one unit for each image.

Where the layer is a plain convolution or dense layer, only the one unit that an image is about is computed; all
others would be thrown away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np

from teni.visualize.forward import pure
from teni.visualize.layers import Part

ops: Any = keras.ops  # Keras annotates every result as possibly None

Where = Literal["mean", "center"]
_POINTWISE = (
    keras.activations.linear,
    keras.activations.relu,
    keras.activations.relu6,
    keras.activations.leaky_relu,
    keras.activations.elu,
    keras.activations.selu,
    keras.activations.gelu,
    keras.activations.silu,
    keras.activations.sigmoid,
    keras.activations.tanh,
    keras.activations.softplus,
)


@dataclass(frozen=True, eq=False)
class Objective:
    """A score for each image, as a pure function of weights, images and units.

    Args:
        score: takes the weights, ``(N, H, W, C)`` pixels and ``(N,)`` places of units, gives ``(N,)``.
        weights: what `score` needs; a structure of tensors.
        network: the network that is run for it, to tell how much memory that takes.
    """

    score: Callable[[Any, Any, Any], Any]
    weights: Any
    network: keras.Model


def unit_objective(
    part: Part, where: Where = "mean", quick: Callable[[keras.Model], keras.Model] | None = None
) -> Objective:
    """Score images by the activation of one unit each.

    Args:
        part: the network up to a layer.
        where: of a filter's map the mean, or the value in the middle; units without a map have one value.
        quick: rewrites a network into one that is quicker and gives the same up to rounding.

    Returns:
        The objective.

    >>> from teni.visualize import open_network, part
    >>> x = keras.Input((4, 4, 1))
    >>> piece = part(open_network(keras.Model(x, keras.layers.Conv2D(2, 1, kernel_initializer="ones")(x))))
    >>> found = unit_objective(piece)
    >>> score = found.score(found.weights, np.full((1, 4, 4, 1), 3, np.float32), np.array([1]))
    >>> keras.ops.convert_to_numpy(score).tolist()
    [3.0]
    """
    tensor = part.model.outputs[0]
    last: Any = tensor._keras_history.operation
    node = tensor._keras_history.node_index
    pointwise = getattr(last, "activation", None) in _POINTWISE
    convolution = (
        type(last) is keras.layers.Conv2D and last.groups == 1 and last.data_format == "channels_last"
    )
    if not pointwise or not (convolution or type(last) is keras.layers.Dense):
        return _picked(part, where, quick)
    before = last._inbound_nodes[node].input_tensors[0]
    trunk = keras.Model(part.model.inputs[0], before)
    trunk = quick(trunk) if quick else trunk
    run, weights = pure(trunk)
    weighted: Any = last
    # Plain tensors: on TensorFlow a weight's value is a variable, which not every operation takes.
    kernels = ops.moveaxis(ops.convert_to_tensor(weighted.kernel), -1, 0)  # (units, …): one unit is one row
    bias = ops.convert_to_tensor(weighted.bias) if weighted.use_bias else ops.zeros((kernels.shape[0],))
    head = _one_filter(last, before.shape, where) if convolution else _one_unit(last)

    def score(given: Any, images: Any, units: Any) -> Any:
        trunk_weights, kernels, bias = given
        own = ops.take(kernels, units, axis=0), ops.take(bias, units, axis=0)
        return head(run(trunk_weights, images), *own)

    return Objective(score, (weights, kernels, bias), trunk)


def _picked(part: Part, where: Where, quick: Callable[[keras.Model], keras.Model] | None) -> Objective:
    """Compute all units and pick one, whatever the layer."""
    network = quick(part.model) if quick else part.model
    run, weights = pure(network)
    many = part.model.outputs[0].shape[-1]

    def score(weights: Any, images: Any, units: Any) -> Any:
        maps = run(weights, images)
        if len(maps.shape) == 4:
            maps = ops.mean(maps, axis=(1, 2)) if where == "mean" else _middle(maps)
        return ops.sum(maps * ops.one_hot(units, many, dtype=maps.dtype), axis=-1)

    return Objective(score, weights, network)


def _middle(maps: Any) -> Any:
    return maps[:, maps.shape[1] // 2, maps.shape[2] // 2]


def _one_unit(layer: Any) -> Callable[[Any, Any, Any], Any]:
    def head(x: Any, kernel: Any, bias: Any) -> Any:
        return layer.activation(ops.sum(x * kernel, axis=-1) + bias)

    return head


def _one_filter(layer: Any, shape: Any, where: Where) -> Callable[[Any, Any, Any], Any]:
    """Compute one filter's map for each image, as the sum over the places of its kernel."""
    window, strides, dilation = layer.kernel_size, layer.strides, layer.dilation_rate
    reach = [(w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
    padding = [
        _same_padding(size, r, s) if layer.padding == "same" else (0, 0)
        for size, r, s in zip(shape[1:3], reach, strides, strict=True)
    ]
    sides = [
        (size + sum(pad) - r) // s + 1
        for size, pad, r, s in zip(shape[1:3], padding, reach, strides, strict=True)
    ]
    linear = layer.activation is keras.activations.linear

    def head(x: Any, kernel: Any, bias: Any) -> Any:
        x = ops.pad(x, [(0, 0), *padding, (0, 0)]) if layer.padding == "same" else x
        total = 0.0
        for row, column in np.ndindex(*window):
            top, left = row * dilation[0], column * dilation[1]
            if where == "center":
                top, left = top + sides[0] // 2 * strides[0], left + sides[1] // 2 * strides[1]
                total = total + ops.sum(x[:, top, left] * kernel[:, row, column], axis=-1)
                continue
            view = x[
                :,
                top : top + (sides[0] - 1) * strides[0] + 1 : strides[0],
                left : left + (sides[1] - 1) * strides[1] + 1 : strides[1],
            ]
            if linear:  # the mean of the map is the kernel at the mean of what it sees
                total = total + ops.sum(ops.mean(view, axis=(1, 2)) * kernel[:, row, column], axis=-1)
            else:
                total = total + ops.einsum("nhwc,nc->nhw", view, kernel[:, row, column])
        if where == "center" or linear:
            return layer.activation(total + bias)
        return ops.mean(layer.activation(total + bias[:, None, None]), axis=(1, 2))

    return head


def _same_padding(size: int, reach: int, stride: int) -> tuple[int, int]:
    """Pad as TensorFlow does, the odd pixel at the end."""
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return total // 2, total - total // 2
