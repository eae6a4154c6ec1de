"""Building layers without weights."""

from typing import Any

import keras

from teni.weights.build.activation import old_hard_sigmoid
from teni.weights.build.flow import Flow, as_image, as_meant
from teni.weights.build.shop import Shop, safe_name
from teni.weights.graph import Node

LOWEST = -3.4028234663852886e38
ELEMENTWISE = (
    *("Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization"),
    *("LeakyReLU", "ELU", "ReLU", "Rescaling"),
)


def build_elementwise(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build a layer that treats each element by itself, in whatever order they lie.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    return Flow(shop.layer(node, node.config)(flow.tensor), flow.image, flow.rows)


def build_activation(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Activation, Softmax or ThresholdedReLU; a softmax depends on which axis is last.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    name = node.config.get("activation")
    if node.kind == "ThresholdedReLU":
        layer = shop.layer(node, {"threshold": float(node.config.get("theta", 1.0))}, "ReLU")
        return Flow(layer(flow.tensor), flow.image, flow.rows)
    if node.kind == "Softmax" or name == "softmax":
        return Flow(shop.layer(node, node.config)(as_meant(flow, shop).tensor))
    if name == "hard_sigmoid":
        return old_hard_sigmoid(shop, flow)
    return build_elementwise(node, flow, shop)


def build_flatten(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Flatten; of a channels-first image it remembers the order for the Dense layer behind it.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    flatten = shop.kept(node) or shop.keep(node, keras.layers.Flatten(name=safe_name(node)))
    if node.config.get("data_format") == "channels_first" and len(flow.tensor.shape) > 2:
        # Since Keras 2.2 such a Flatten moves the channels last before it flattens.
        return Flow(flatten(as_image(flow, True, shop).tensor))
    if not flow.image:
        return Flow(flatten(as_meant(flow, shop).tensor))
    rows = shop.image_shape(node, flow.tensor)
    moved = rows[0] > 1 and max(rows[1:]) > 1
    return Flow(flatten(flow.tensor), rows=rows if moved else None)


def build_shape(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build Reshape, Permute, RepeatVector, Masking or LayerNormalization on the tensor as the file meant it.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    return Flow(shop.layer(node, node.config)(as_meant(flow, shop).tensor))


def build_image(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build pooling, global pooling, ZeroPadding, Cropping, UpSampling or SpatialDropout.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    settings = dict(node.config)
    first = settings.pop("data_format", "channels_last") == "channels_first"
    counted = settings.pop("counts_border", False)
    flow = as_image(flow, first, shop)
    rank = len(flow.tensor.shape) - 2
    if node.kind.startswith("Global"):
        return Flow(shop.layer(node, settings)(flow.tensor))
    if node.kind.startswith(("ZeroPadding", "Cropping")) and rank == 1:
        side = "padding" if node.kind.startswith("Zero") else "cropping"
        settings[side] = settings[side][0]
    if shop.theano and settings.get("padding") == "same" and node.kind.startswith(("Max", "Average")):
        return Flow(_theano_pool(node, flow.tensor, settings, shop, counted=counted), first)
    return Flow(shop.layer(node, settings)(flow.tensor), first)


def _theano_pool(node: Node, tensor: Any, settings: dict[str, Any], shop: Shop, *, counted: bool) -> Any:
    """Pool with Theano's borders: one less than the window before (two if it is odd), the rest after.

    The border never wins a maximum; towards an average it counts as zeros since Keras 2.
    """
    rank = len(tensor.shape) - 2
    size = settings["pool_size"]
    sizes = (size,) * rank if isinstance(size, int) else tuple(size)
    before = [k - 2 if k % 2 and k > 2 else k - 1 for k in sizes]
    pads = [[0, 0], *([b, k - 1 - b] for b, k in zip(before, sizes, strict=True)), [0, 0]]
    pool = shop.layer(node, {**settings, "padding": "valid"})
    if node.kind.startswith("Max"):
        return pool(keras.ops.pad(tensor, pads, constant_values=LOWEST))
    if counted:
        return pool(keras.ops.pad(tensor, pads))
    inside = keras.ops.pad(keras.ops.ones_like(tensor), pads)
    return keras.ops.divide(pool(keras.ops.pad(tensor, pads)), pool(inside))
