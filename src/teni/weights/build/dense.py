"""Building Dense, and the layers of Keras 1 that are made of several: MaxoutDense and Highway."""

from typing import Any

import keras

from teni.weights.build.activation import split_activation
from teni.weights.build.flow import Flow, as_meant
from teni.weights.build.shop import Shop, safe_name
from teni.weights.graph import Node
from teni.weights.hints import Composition, Part


def build_dense(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Dense; behind a flattened channels-first image its rows will be permuted.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    if flow.rows is not None and len(node.calls) == 1:
        shop.images[safe_name(node)] = flow.rows
    else:
        flow = as_meant(flow, shop)
    settings, last = split_activation(node.config, shop)
    return last(Flow(shop.layer(node, settings)(flow.tensor)))


def build_maxout(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build MaxoutDense: the largest of several Dense layers, computed side by side.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    settings = dict(node.config)
    shape = (int(settings.pop("features")), int(settings.pop("units")))
    bias = "cd" if settings.pop("use_bias", True) else None
    affine = {"equation": "ab,cbd->acd", "output_shape": shape, "bias_axes": bias}
    layer = shop.layer(node, {**settings, **affine}, "EinsumDense")
    return Flow(shop.extra("GlobalMaxPooling1D", layer(as_meant(flow, shop).tensor)))


def build_highway(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Highway: t * activation(W x + b) + (1 - t) * x, where t is a sigmoid gate with weights of its own.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.

    Srivastava et al., Highway Networks, 2015 (https://arxiv.org/abs/1505.00387).
    """
    tensor = as_meant(flow, shop).tensor
    return Flow(shop.compose(node, lambda: _highway(node, int(tensor.shape[-1]), shop))(tensor))


def _highway(node: Node, size: int, shop: Shop) -> tuple[Any, Composition]:
    settings, last = split_activation(node.config, shop)
    name, layers = safe_name(node), keras.layers
    x = keras.Input((size,), name=f"{name}_input")
    plain, gate = (
        layers.Dense(size, name=f"{name}_plain", **settings),
        layers.Dense(size, "sigmoid", use_bias=settings.get("use_bias", True), name=f"{name}_gate"),
    )
    change = layers.Subtract(name=f"{name}_change")([last(Flow(plain(x))).tensor, x])
    taken = layers.Multiply(name=f"{name}_taken")([gate(x), change])
    model = keras.Model(x, layers.Add(name=f"{name}_sum")([x, taken]), name=name)
    parts = [
        Part(variable, 2 * axis + number, (size, size)[axis:], _as_is)
        for number, layer in enumerate((plain, gate))
        for axis, variable in enumerate(layer.weights)
    ]
    return model, Composition(parts, len(parts), matrices_first=True)


def _as_is(values: Any) -> Any:
    return values
