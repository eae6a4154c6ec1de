"""Building activations with weights for each element: PReLU, ParametricSoftplus, SReLU."""

from functools import partial
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teni.weights.build.flow import Flow, as_meant
from teni.weights.build.shop import Shop, safe_name
from teni.weights.fill import shape_of
from teni.weights.graph import Node
from teni.weights.hints import Composition, Part

Array = NDArray[Any]


def build_prelu(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build PReLU, whose slopes may be shared along some axes.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    flow = as_meant(flow, shop) if flow.rows is not None else flow
    settings = dict(node.config)
    shared = _shared(node, shop)
    if flow.image:
        *space, channels = (int(size or 0) for size in flow.tensor.shape[1:])
        shop.images[safe_name(node)] = (channels, *space)
        shared = [len(space) + 1 if axis == 1 else axis - 1 for axis in shared]
    settings["shared_axes"] = shared
    return Flow(shop.layer(node, settings)(flow.tensor), flow.image)


def build_parametric_softplus(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build ParametricSoftplus: alpha * log(1 + exp(beta * x)).

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.
    """
    flow = as_meant(flow, shop) if flow.rows is not None else flow
    layer = shop.compose(node, partial(_parametric_softplus, node, flow, shop))
    return Flow(layer(flow.tensor), flow.image)


def build_srelu(node: Node, flow: Flow, shop: Shop) -> Flow:
    """Build SReLU: a line of slope 1 between two thresholds, of other slopes below and above.

    Args:
        node: the layer.
        flow: its input.
        shop: what is kept.

    Jin et al., Deep Learning with S-shaped Rectified Linear Activation Units, 2015
    (https://arxiv.org/abs/1512.07030).
    """
    flow = as_meant(flow, shop) if flow.rows is not None else flow
    return Flow(shop.compose(node, partial(_srelu, node, flow, shop))(flow.tensor), flow.image)


def _parametric_softplus(node: Node, flow: Flow, shop: Shop) -> tuple[Any, Composition]:
    weights = _Weights(node, flow, shop)
    name = safe_name(node)
    x = keras.Input(flow.tensor.shape[1:], name=f"{name}_input")
    beta, alpha = (weights.affine(part, bias=False) for part in ("beta", "alpha"))
    out = alpha(keras.layers.Activation("softplus", name=f"{name}_softplus")(beta(x)))
    parts = [weights.part(alpha.weights[0], 0), weights.part(beta.weights[0], 1)]
    return keras.Model(x, out, name=name), Composition(parts, 2)


def _srelu(node: Node, flow: Flow, shop: Shop) -> tuple[Any, Composition]:
    """Compose it: with u = x - left, width = |right| and p = PReLU(u), Keras 1 computed

    left + min(p, width) + slope * relu(u - width), and min(p, width) is p - relu(p - width).
    """
    weights, layers, name = _Weights(node, flow, shop), keras.layers, safe_name(node)
    x = keras.Input(flow.tensor.shape[1:], name=f"{name}_input")
    from_left, beyond, right = (weights.affine(part) for part in ("from_left", "beyond", "right"))
    slopes = layers.PReLU(shared_axes=weights.shared, name=f"{name}_left")
    u = from_left(x)
    p = slopes(u)
    cut = layers.ReLU(name=f"{name}_cut")(beyond(p))
    rise = right(layers.ReLU(name=f"{name}_rise")(beyond(u)))
    out = layers.Subtract(name=f"{name}_out")([layers.Add(name=f"{name}_sum")([p, rise]), cut])
    parts = [
        weights.part(from_left.weights[1], 0, np.negative, "minus the left threshold"),
        weights.part(right.weights[1], 0),
        weights.part(slopes.weights[0], 1),
        weights.part(beyond.weights[1], 2, _minus_size, "minus the width between the thresholds"),
        weights.part(right.weights[0], 3),
    ]
    return keras.Model(x, out, name=name), Composition(parts, 4)


class _Weights:
    """Makes the affine layers of one activation and tells where their weights come from.

    Args:
        node: the activation.
        flow: its input.
        shop: what is kept.
    """

    def __init__(self, node: Node, flow: Flow, shop: Shop) -> None:
        self._name = safe_name(node)
        self._image = flow.image
        shared = _shared(node, shop)
        self._full = tuple(flow.tensor.shape[1:])
        meant = (self._full[-1], *self._full[:-1]) if flow.image else self._full
        self._meant = tuple(1 if axis in shared else size for axis, size in enumerate(meant, start=1))
        if None in self._meant:
            raise shop.error(node, "the size of what is before it is not known")
        sizes = (*self._meant[1:], self._meant[0]) if flow.image else self._meant
        self.shared = [axis for axis, size in enumerate(sizes, start=1) if size == 1 != self._full[axis - 1]]
        own = [axis for axis in range(1, len(sizes) + 1) if axis not in self.shared]
        # Where one number serves for all, it is repeated along the last axis.
        self._own = own or [len(sizes)]

    def affine(self, part: str, *, bias: bool = True) -> Any:
        """Make a layer that multiplies each element by a weight, at first 1, and adds another."""
        letters = "abcdef"[: len(self._full) + 1]
        own = "".join(letters[axis] for axis in self._own)
        layer: Any = keras.layers.EinsumDense(
            f"{letters},{own}->{letters}",
            output_shape=self._full,
            bias_axes=own if bias else None,
            kernel_initializer="ones",
            name=f"{self._name}_{part}",
        )
        layer.build((None, *self._full))
        return layer

    def part(self, variable: Any, tensor: int, change: Any = np.asarray, why: str = "") -> Part:
        """Say that a variable is made of a tensor, which has the file's axes."""
        told = "; ".join(filter(None, ("channels moved last" if self._image else "", why)))
        brought = partial(_brought, self._image, change, shape_of(variable))
        return Part(variable, tensor, self._meant, brought, told)


def _brought(image: bool, change: Any, shape: tuple[int, ...], values: Array) -> Array:
    moved = change(np.moveaxis(values, 0, -1) if image else values)
    return np.broadcast_to(moved.reshape(-1), shape) if moved.size == 1 else moved.reshape(shape)


def _minus_size(values: Array) -> Array:
    return -np.abs(values)


def _shared(node: Node, shop: Shop) -> list[int]:
    """List the axes along which weights are shared; Keras 1 left that out of its description."""
    told = node.config.get("shared_axes")
    if told:
        return [int(axis) for axis in told]
    held = shop.shapes.get(node.name, ())
    return [axis for axis, size in enumerate(held[0], start=1) if size == 1] if held else []
