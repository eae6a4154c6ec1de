"""Everything that is neither convolution, pooling nor recurrent."""

from collections.abc import Sequence

import numpy as np

from teni.weights.reference.activations import activate
from teni.weights.reference.rules import Array, Layer, Rules, from_last, is_first, pair, to_last, unknown

DENSE_ROWS = 2048


def dense(layer: Layer, values: Array) -> Array:
    """Compute Dense, on the last axis."""
    kernel = layer.tensors[0]
    # A block of rows at a time: the first Dense layer of a VGG16 alone would take 800 MB in float64.
    blocks = range(0, len(kernel), DENSE_ROWS)
    parts = [values[..., k : k + DENSE_ROWS] @ kernel[k : k + DENSE_ROWS].astype(np.float64) for k in blocks]
    out = np.sum(parts, axis=0)
    return activate(layer, out + layer.tensors[1] if len(layer.tensors) > 1 else out)


def maxout(layer: Layer, values: Array) -> Array:
    """Compute MaxoutDense: the largest of several Dense layers."""
    kernels = layer.tensors[0].astype(np.float64)
    biases = layer.tensors[1] if len(layer.tensors) > 1 else np.zeros(len(kernels))
    return np.max([values @ kernel + bias for kernel, bias in zip(kernels, biases, strict=True)], axis=0)


def highway(layer: Layer, values: Array) -> Array:
    """Compute Highway; the order of its four tensors has changed, that of the two of a kind has not."""
    plain, carry = (tensor.astype(np.float64) for tensor in layer.tensors if tensor.ndim == 2)
    biases = [tensor for tensor in layer.tensors if tensor.ndim == 1] or [0.0, 0.0]
    gate = 1 / (1 + np.exp(-(values @ carry + biases[1])))
    return gate * activate(layer, values @ plain + biases[0]) + (1 - gate) * values


def normalize(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute BatchNormalization with its running statistics, those of the sample or those of the batch."""
    axis = layer.get("axis", default=-1)
    axis = axis[0] if isinstance(axis, list | tuple) else axis
    if rules.forced and values.ndim > 2:
        axis = 1 if rules.channels_first else -1
    shape = [1] * values.ndim
    shape[axis] = values.shape[axis]
    tensors = [tensor.astype(np.float64).reshape(shape) for tensor in layer.tensors]
    gamma = tensors.pop(0) if layer.get("scale", default=True) else 1.0
    beta = tensors.pop(0) if layer.get("center", default=True) else 0.0
    mean, spread = tensors[:2]
    epsilon = layer.get("epsilon", default=1e-3)
    if layer.get("mode", default=0) == 1:
        mean, deviation = values.mean(-1, keepdims=True), np.sqrt(values.var(-1, keepdims=True) + epsilon)
        gamma, beta = (tensor.astype(np.float64) for tensor in layer.tensors[:2])
        return gamma * (values - mean) / (deviation + epsilon) + beta
    if layer.get("mode", default=0) == 2:
        axes = tuple(a for a in range(values.ndim) if a != axis % values.ndim)
        mean, spread = values.mean(axes, keepdims=True), values.var(axes, keepdims=True)
        if rules.deviation:
            spread = np.sqrt(spread + epsilon)
    elif layer.get("mode", default=0) != 0:
        raise unknown(layer)
    if rules.deviation:
        return gamma * (values - mean) / (spread + (rules.epsilon or epsilon)) + beta
    return gamma * (values - mean) / np.sqrt(spread + epsilon) + beta


def normalize_layer(layer: Layer, values: Array) -> Array:
    """Compute LayerNormalization over the last axis."""
    if layer.get("axis", default=-1) not in (-1, [-1], values.ndim - 1, [values.ndim - 1]):
        raise unknown(layer)
    tensors = [tensor.astype(np.float64) for tensor in layer.tensors]
    gamma = tensors.pop(0) if layer.get("scale", default=True) else 1.0
    beta = tensors.pop(0) if layer.get("center", default=True) else 0.0
    spread = np.sqrt(values.var(-1, keepdims=True) + layer.get("epsilon", default=1e-3))
    return gamma * (values - values.mean(-1, keepdims=True)) / spread + beta


def reshape(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute Flatten, Reshape, Permute or RepeatVector."""
    if layer.kind == "Flatten":
        moved = layer.get("data_format") == "channels_first" and not rules.forced and values.ndim > 2
        return to_last(values, moved and not rules.old).reshape(len(values), -1)
    if layer.kind == "Reshape":
        return values.reshape(len(values), *layer.get("target_shape", "dims"))
    if layer.kind == "Permute":
        return np.transpose(values, (0, *layer.get("dims")))
    return np.repeat(values[:, None], layer.get("n"), axis=1)


def pad(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute ZeroPadding in one to three dimensions."""
    rank = values.ndim - 2
    first = is_first(layer, rules) and rank > 1
    return from_last(np.pad(to_last(values, first), [(0, 0), *_sides(layer, "padding", rank), (0, 0)]), first)


def crop(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute Cropping in one to three dimensions."""
    rank = values.ndim - 2
    first = is_first(layer, rules) and rank > 1
    images = to_last(values, first)
    window = [
        slice(b, n - a) for (b, a), n in zip(_sides(layer, "cropping", rank), images.shape[1:], strict=False)
    ]
    return from_last(images[(slice(None), *window)], first)


def enlarge(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute UpSampling in one to three dimensions: every value repeated."""
    rank = values.ndim - 2
    if layer.get("interpolation", default="nearest") != "nearest":
        raise unknown(layer)
    first = is_first(layer, rules) and rank > 1
    images = to_last(values, first)
    for axis, size in enumerate(pair(layer.get("size", "length", default=2), rank), start=1):
        images = np.repeat(images, size, axis=axis)
    return from_last(images, first)


def embed(layer: Layer, values: Array) -> Array:
    """Compute Embedding: one row of the table for each number."""
    return layer.tensors[0][values.astype(int)]


def merge(layer: Layer, values: Sequence[Array], rules: Rules) -> Array:
    """Compute Merge of Keras 1 in all its modes, or the layers that took its place."""
    mode = layer.get("mode") if layer.kind == "Merge" else layer.kind
    if mode in ("sum", "Add"):
        return sum(values[1:], start=values[0])
    if mode in ("ave", "Average"):
        return sum(values[1:], start=values[0]) / len(values)
    if mode in ("mul", "Multiply"):
        return np.prod(np.broadcast_arrays(*values), axis=0)
    if mode in ("max", "Maximum"):
        return np.max(np.broadcast_arrays(*values), axis=0)
    if mode == "Minimum":
        return np.min(np.broadcast_arrays(*values), axis=0)
    if mode == "Subtract":
        return values[0] - values[1]
    if mode in ("concat", "Concatenate"):
        axis = layer.get("axis", "concat_axis", default=-1)
        if rules.forced and values[0].ndim > 3:
            axis = 1 if rules.channels_first else -1
        return np.concatenate(list(values), axis=axis)
    if mode in ("dot", "cos", "Dot"):
        return _dot(layer, values, cosine=mode == "cos" or bool(layer.get("normalize", default=False)))
    raise unknown(layer)


def _dot(layer: Layer, values: Sequence[Array], cosine: bool) -> Array:
    axes = layer.get("axes", "dot_axes", default=-1)
    one, two = (axes, axes) if isinstance(axes, int) else axes
    left, right = np.moveaxis(values[0], one, -1), np.moveaxis(values[1], two, -1)
    if cosine:
        left = left / np.maximum(np.linalg.norm(left, axis=-1, keepdims=True), 1e-7)
        right = right / np.maximum(np.linalg.norm(right, axis=-1, keepdims=True), 1e-7)
    flat = [part.reshape(len(part), -1, part.shape[-1]) for part in (left, right)]
    out = np.einsum("bik,bjk->bij", *flat).reshape(len(left), *left.shape[1:-1], *right.shape[1:-1])
    out = out[:, None] if out.ndim == 1 else out
    return out[:, None] if layer.kind == "Merge" and cosine else out


def _sides(layer: Layer, name: str, rank: int) -> list[tuple[int, int]]:
    """Read paddings and croppings in all the forms that they have had."""
    told = layer.get(name, default=1)
    if isinstance(told, dict):
        ends = (
            [("left_pad", "right_pad")]
            if rank == 1
            else [("top_pad", "bottom_pad"), ("left_pad", "right_pad")]
        )
        return [(told.get(a, 0), told.get(b, 0)) for a, b in ends]
    if isinstance(told, int):
        return [(told, told)] * rank
    if rank == 1:
        return [(told[0], told[-1])]
    if len(told) == 4 and rank == 2:
        return [(told[0], told[1]), (told[2], told[3])]
    return [(side, side) if isinstance(side, int) else (side[0], side[1]) for side in told]
