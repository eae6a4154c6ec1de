"""Convolutions of every kind, written out as sums over the places of the kernel."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from teni.weights.reference.activations import activate
from teni.weights.reference.rules import Array, Layer, Rules, from_last, is_first, pair, to_last, unknown

Pads = list[tuple[int, int]]


def convolve(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute Conv1D to Conv3D, dilated or not, as Keras 1 or later named them."""
    if layer.get("groups", default=1) != 1:
        raise unknown(layer)
    first = is_first(layer, rules) and values.ndim > 3
    images = to_last(values, first)
    kernel = _stored_last(layer, layer.tensors[0], rules)
    rank = kernel.ndim - 2
    strides = pair(layer.get("strides", "subsample", "subsample_length", default=1), rank)
    dilation = pair(layer.get("dilation_rate", "atrous_rate", default=1), rank)
    sizes = [(k - 1) * d + 1 for k, d in zip(kernel.shape, dilation, strict=False)]
    border = layer.get("padding", "border_mode", default="valid")
    pads = [_pad(border, n, k, s, rules) for n, k, s in zip(images.shape[1:], sizes, strides, strict=False)]
    out = _correlate(images, _turned(kernel, rules), strides, dilation, pads)
    return _finish(layer, _bias(layer, out, 1), first, rules)


def separable(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute SeparableConv or DepthwiseConv: each channel by itself, then a mixture of the channels."""
    rank = values.ndim - 2
    first = is_first(layer, rules) and rank > 1
    images = to_last(values, first)
    depthwise = layer.tensors[0]
    if rules.old and first:
        depthwise = np.transpose(depthwise, (2, 3, 1, 0))
    strides = pair(layer.get("strides", "subsample", default=1), rank)
    dilation = pair(layer.get("dilation_rate", default=1), rank)
    border = layer.get("padding", "border_mode", default="valid")
    sizes = [(k - 1) * d + 1 for k, d in zip(depthwise.shape, dilation, strict=False)]
    plain = Rules(theano=False, channels_first=False)
    pads = [_pad(border, n, k, s, plain) for n, k, s in zip(images.shape[1:], sizes, strides, strict=False)]
    channels, multiplier = depthwise.shape[rank:]
    maps = [
        _correlate(images[..., c : c + 1], depthwise[..., c : c + 1, :], strides, dilation, pads)
        for c in range(channels)
    ]
    out = np.concatenate(maps, axis=-1)
    if layer.kind.startswith("Separable"):
        pointwise = layer.tensors[1]
        pointwise = (
            pointwise.reshape(-1, channels * multiplier).T if rules.old and first else pointwise[(0,) * rank]
        )
        return _finish(layer, _bias(layer, out @ pointwise, 2), first, rules)
    return _finish(layer, _bias(layer, out, 1), first, rules)


def transposed(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute Deconvolution2D or Conv2DTranspose: every input value spreads a kernel over the output."""
    first = is_first(layer, rules)
    images = to_last(values, first)
    stored = layer.tensors[0]
    kernel = _stored_last(layer, stored, rules) if rules.old else np.swapaxes(stored, -1, -2)
    kernel = _turned(kernel, rules)
    strides = pair(layer.get("strides", "subsample", default=1), 2)
    border = layer.get("padding", "border_mode", default="valid")
    space = _output_space(layer, images.shape[1:3], kernel.shape[:2], strides, border, first)
    full = np.zeros(
        (
            len(images),
            *((n - 1) * s + k for n, s, k in zip(images.shape[1:3], strides, kernel.shape, strict=False)),
            kernel.shape[-1],
        )
    )
    for i, j in product(range(kernel.shape[0]), range(kernel.shape[1])):
        rows = slice(i, i + (images.shape[1] - 1) * strides[0] + 1, strides[0])
        cols = slice(j, j + (images.shape[2] - 1) * strides[1] + 1, strides[1])
        full[:, rows, cols] += images @ kernel[i, j]
    pads = [_pad(border, n, k, s, rules)[0] for n, k, s in zip(space, kernel.shape, strides, strict=False)]
    out = np.zeros((len(images), *space, kernel.shape[-1]))
    part = full[:, pads[0] : pads[0] + space[0], pads[1] : pads[1] + space[1]]
    out[:, : part.shape[1], : part.shape[2]] = part
    return _finish(layer, _bias(layer, out, 1), first, rules)


def local(layer: Layer, values: Array, rules: Rules) -> Array:
    """Compute LocallyConnected1D or 2D, place by place."""
    first = is_first(layer, rules) and values.ndim > 3
    weights = layer.tensors[0].astype(np.float64)
    flat = values.ndim == 3
    images = (values[:, :, None] if flat else to_last(values, first)).astype(np.float64)
    size = (*pair(layer.get("filter_length", "kernel_size"), 1), 1) if flat else _local_size(layer)
    strides = pair(layer.get("subsample", "strides", "subsample_length", default=1), 1 if flat else 2)
    rows, cols = ((n - k) // s + 1 for n, k, s in zip(images.shape[1:3], size, (*strides, 1), strict=False))
    out = np.empty((len(images), rows, cols, weights.shape[-1]))
    for place, (i, j) in enumerate(product(range(rows), range(cols))):
        y, x = i * strides[0], j * (1 if flat else strides[1])
        patch = images[:, y : y + size[0], x : x + size[1]]
        out[:, i, j] = from_last(patch, first).reshape(len(images), -1) @ weights[place]
    if len(layer.tensors) > 1:
        bias = layer.tensors[1]
        # With channels first Keras reshaped the bias, which lay (rows, cols, filters), without moving an axis.
        out = out + (
            np.moveaxis(bias.reshape(-1, rows, cols), 0, -1) if first else bias.reshape(out.shape[1:])
        )
    out = activate(layer, from_last(out, first))
    return out[:, :, 0] if flat else out


def _local_size(layer: Layer) -> tuple[int, ...]:
    told = layer.get("kernel_size")
    return pair(told, 2) if told is not None else (int(layer.get("nb_row")), int(layer.get("nb_col")))


def _output_space(
    layer: Layer,
    space: Sequence[int],
    kernel: Sequence[int],
    strides: Sequence[int],
    border: str,
    first: bool,
) -> list[int]:
    told = layer.get("output_shape")
    if told is not None:
        return [int(size) for size in (told[2:4] if first else told[1:3])]
    more = layer.get("output_padding")
    if more is not None:
        least = [(n - 1) * s + k for n, s, k in zip(space, strides, kernel, strict=True)]
        cut = [2 * (k // 2) if border == "same" else 0 for k in kernel]
        return [n - c + extra for n, c, extra in zip(least, cut, pair(more, 2), strict=True)]
    if border == "same":
        return [n * s for n, s in zip(space, strides, strict=True)]
    return [n * s + max(k - s, 0) for n, s, k in zip(space, strides, kernel, strict=True)]


def _stored_last(layer: Layer, kernel: Array, rules: Rules) -> Array:
    """Give a kernel as (*space, in, out), whichever way the file has it."""
    if layer.kind.endswith("1D") and kernel.ndim == 4:
        length = layer.get("filter_length", "kernel_size")
        if kernel.shape[1] == 1 and kernel.shape[0] == pair(length, 1)[0]:
            return kernel[:, 0]
        return np.transpose(kernel, (2, 3, 1, 0))[:, 0]
    if rules.old and is_first(layer, rules) and kernel.ndim > 3:
        return np.transpose(kernel, (*range(2, kernel.ndim), 1, 0))
    return kernel


def _turned(kernel: Array, rules: Rules) -> Array:
    """Theano multiplies the value at +j with the kernel at -j."""
    if not rules.theano:
        return kernel
    out = np.empty_like(kernel)
    space = kernel.shape[:-2]
    for place in np.ndindex(*space):
        out[place] = kernel[tuple(size - 1 - at for size, at in zip(space, place, strict=True))]
    return out


def _pad(border: str, size: int, kernel: int, stride: int, rules: Rules) -> tuple[int, int]:
    if border == "valid":
        return 0, 0
    if border == "full":
        return kernel - 1, kernel - 1
    if border == "causal":
        return kernel - 1, 0
    out = -(-size // stride)
    if rules.theano:
        # 'half' pads kernel // 2 on both sides; what an even kernel gives too much is cut off at the end.
        return kernel // 2, max((out - 1) * stride + kernel - size - kernel // 2, 0)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _correlate(
    images: Array, kernel: Array, strides: Sequence[int], dilation: Sequence[int], pads: Pads
) -> Array:
    padded = np.pad(images.astype(np.float64), [(0, 0), *pads, (0, 0)])
    space = kernel.shape[:-2]
    out_space = [
        (n - (k - 1) * d - 1) // s + 1
        for n, k, d, s in zip(padded.shape[1:-1], space, dilation, strides, strict=True)
    ]
    out = np.zeros((len(images), *out_space, kernel.shape[-1]))
    for place, window in _windows(space, out_space, strides, dilation):
        out += padded[(slice(None), *window)] @ kernel[place].astype(np.float64)
    return out


def _windows(
    space: Sequence[int], out: Sequence[int], strides: Sequence[int], dilation: Sequence[int]
) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    for place in np.ndindex(*space):
        starts = [at * d for at, d in zip(place, dilation, strict=True)]
        yield (
            place,
            tuple(slice(b, b + (n - 1) * s + 1, s) for b, n, s in zip(starts, out, strides, strict=True)),
        )


def _bias(layer: Layer, out: Array, position: int) -> Array:
    return out + layer.tensors[position] if len(layer.tensors) > position else out


def _finish(layer: Layer, out: Array, first: bool, rules: Rules) -> Array:
    """Bring the channels back and activate: a softmax went along the last axis, in whichever order that was."""
    if rules.forced:
        return from_last(activate(layer, out), first)
    return activate(layer, from_last(out, first))
