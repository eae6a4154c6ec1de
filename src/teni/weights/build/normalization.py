"""Building BatchNormalization of all three modes of Keras 1."""

from functools import partial
from typing import Any

import keras

from teni.weights.build.flow import Flow, as_meant
from teni.weights.build.shop import Shop, safe_name
from teni.weights.fill import shape_of
from teni.weights.graph import Node
from teni.weights.hints import Composition, Part


def build_normalization(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build BatchNormalization, by running statistics or by the statistics at hand.

    Mode 1 of Keras 1 went by the statistics of each sample, mode 2 by those of each batch, in training or not.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    settings = dict(node.config)
    mode = settings.pop("mode", 0)
    axis = settings.get("axis", -1) % len(flow.tensor.shape)
    if flow.image and mode != 1:
        axis = len(flow.tensor.shape) - 1 if axis == 1 else axis - 1
        settings["axis"] = axis
    else:
        flow = as_meant(flow, shop)
    if mode == 0:
        return Flow(shop.layer(node, settings)(flow.tensor), image=flow.image)
    if mode == 1 and axis != len(flow.tensor.shape) - 1:
        raise shop.error(node, "mode 1 over another axis than the last one cannot be carried over")
    normal = (_by_sample if mode == 1 else _by_batch)(flow.tensor, axis, settings["epsilon"], shop)
    layer = shop.compose(node, partial(_scale_and_shift, node, flow.tensor, axis))
    return Flow(layer(normal), image=flow.image)


def _by_sample(tensor: Any, axis: int, epsilon: float, shop: Shop) -> Any:
    del shop
    mean, variance = _moments(tensor, [axis])
    spread = keras.ops.sqrt(keras.ops.add(variance, epsilon))
    return keras.ops.divide(keras.ops.subtract(tensor, mean), keras.ops.add(spread, epsilon))


def _by_batch(tensor: Any, axis: int, epsilon: float, shop: Shop) -> Any:
    mean, variance = _moments(tensor, [other for other in range(len(tensor.shape)) if other != axis])
    spread = keras.ops.sqrt(keras.ops.add(variance, epsilon))
    if shop.reading.statistics == "deviation":
        spread = keras.ops.add(spread, epsilon)
    return keras.ops.divide(keras.ops.subtract(tensor, mean), spread)


def _moments(tensor: Any, axes: list[int]) -> Any:
    return keras.ops.moments(tensor, axes, keepdims=True)


def _scale_and_shift(node: Node, tensor: Any, axis: int) -> tuple[Any, Composition]:
    """Make gamma * x + beta; the running statistics that the file has too are not used."""
    letters = "abcdef"[: len(tensor.shape)]
    layer: Any = keras.layers.EinsumDense(
        f"{letters},{letters[axis]}->{letters}",
        output_shape=tuple(tensor.shape[1:]),
        bias_axes=letters[axis],
        name=safe_name(node),
    )
    layer.build(tensor.shape)
    size = (int(tensor.shape[axis]),)
    parts = [Part(v, place, size, partial(_shaped, shape_of(v))) for place, v in enumerate(layer.weights)]
    return layer, Composition(parts, 4)


def _shaped(shape: tuple[int, ...], values: Any) -> Any:
    return values.reshape(shape)
