"""Pooling of every kind, with TensorFlow's and Theano's borders."""

import numpy as np

from teni.weights.reference.rules import Array, Layer, Rules, from_last, is_first, pair, to_last


def pool(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute Max- or AveragePooling in one to three dimensions."""
    rank = values.ndim - 2
    first = is_first(layer, rules) and rank > 1
    images = to_last(values, first).astype(np.float64)
    sizes = pair(layer.get("pool_size", "pool_length", default=2), rank)
    strides = pair(layer.get("strides", "stride", default=sizes), rank)
    same = layer.get("padding", "border_mode", default="valid") == "same"
    borders = [
        _border(n, k, s, same, rules) for n, k, s in zip(images.shape[1:], sizes, strides, strict=False)
    ]
    out = np.empty((len(images), *(count for _, count in borders), images.shape[-1]))
    average = layer.kind.startswith("Average")
    for place in np.ndindex(*out.shape[1:-1]):
        starts = [at * s - before for at, s, (before, _) in zip(place, strides, borders, strict=True)]
        window = tuple(slice(max(b, 0), b + k) for b, k in zip(starts, sizes, strict=True))
        part = images[(slice(None), *window)]
        if average and same and rules.theano and not rules.old:
            # Since Keras 2 Theano counts the border towards an average.
            out[(slice(None), *place)] = part.sum(tuple(range(1, rank + 1))) / np.prod(sizes)
            continue
        axes = tuple(range(1, rank + 1))
        out[(slice(None), *place)] = part.mean(axes) if average else part.max(axes)
    return from_last(out, first)


def pool_all(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute GlobalMax- or GlobalAveragePooling."""
    images = to_last(values, is_first(layer, rules) and values.ndim > 3)
    axes = tuple(range(1, values.ndim - 1))
    keep = bool(layer.get("keepdims", default=False))
    if "Average" in layer.kind:
        return images.mean(axes, keepdims=keep)
    return images.max(axes, keepdims=keep)


def _border(size: int, kernel: int, stride: int, same: bool, rules: Rules) -> tuple[int, int]:
    """Give how far the first window begins before the image, and how many windows there are."""
    if not same:
        return 0, (size - kernel) // stride + 1
    count = -(-size // stride)
    if rules.theano:
        # Theano's Keras pads one less than the window, two less if it is odd, on both sides and cuts the end.
        before = kernel - 2 if kernel % 2 and kernel > 2 else kernel - 1
        return before, min((size + 2 * before - kernel) // stride + 1, count)
    return max((count - 1) * stride + kernel - size, 0) // 2, count
