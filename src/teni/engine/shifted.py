"""Small convolutions and poolings as sums of shifted products: many times faster than XLA's own on a CPU.

XLA's CPU backend has no fast path for depthwise convolutions and none for windows of a few pixels. A k x k window
is k*k shifted views of the padded image; multiplying each by its weights and adding them up fuses into one loop
over the pixels, and a dense convolution of few channels becomes one matrix product over the views side by side.
"""

from collections.abc import Iterator
from functools import partial, reduce
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array, lax

Pair = tuple[int, int]
Padding = tuple[Pair, Pair]


def same_padding(size: int, window: int, stride: int) -> Pair:
    """Return the zeros before and after that Keras's ``padding="same"`` adds along one axis.

    Args:
        size: pixels along the axis.
        window: reach of the kernel in pixels (dilation included).
        stride: pixels between outputs.

    >>> same_padding(96, 3, 2)
    (0, 1)
    """
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def views(x: Array, window: Pair, strides: Pair, dilation: Pair) -> Iterator[tuple[int, int, Array]]:
    """Yield for each place (row, column) of the window the view of the padded image that lies under it.

    Args:
        x: padded images ``(N, H, W, C)``.
        window: height and width of the kernel.
        strides: pixels between outputs.
        dilation: pixels between the places of the kernel.
    """
    count, height, width, channels = x.shape
    reach = [(w - 1) * d + 1 for w, d in zip(window, dilation, strict=True)]
    rows = (height - reach[0]) // strides[0] + 1
    columns = (width - reach[1]) // strides[1] + 1
    for row in range(window[0]):
        for column in range(window[1]):
            top, left = row * dilation[0], column * dilation[1]
            end = (count, top + (rows - 1) * strides[0] + 1, left + (columns - 1) * strides[1] + 1, channels)
            yield row, column, lax.slice(x, (0, top, left, 0), end, (1, *strides, 1))


def depthwise(
    x: Array, kernel: Array, bias: Array, padding: Padding, strides: Pair = (1, 1), dilation: Pair = (1, 1)
) -> Array:
    """Convolve each channel with its own kernels (correlation, as Keras's DepthwiseConv2D).

    Args:
        x: images ``(N, H, W, C)``.
        kernel: ``(kh, kw, C, M)``, M outputs a channel.
        bias: ``(C * M,)``.
        padding: zeros above, below; left, right.
        strides: pixels between outputs.
        dilation: pixels between the places of the kernel.

    Returns:
        ``(N, H', W', C * M)``.

    >>> depthwise(jnp.ones((1, 2, 2, 1)), jnp.ones((2, 2, 1, 1)), jnp.zeros(1), ((0, 0), (0, 0))).item()
    4.0
    """
    height, width, channels, multiplier = kernel.shape
    if multiplier > 1:
        x = jnp.repeat(x, multiplier, axis=-1)
    weights = kernel.reshape(height, width, channels * multiplier)
    total: Any = _within_channels(jnp.pad(x, ((0, 0), *padding, (0, 0))), weights, strides, dilation)
    return total + bias


@partial(jax.custom_vjp, nondiff_argnums=(2, 3))
def _within_channels(x: Array, weights: Array, strides: Pair, dilation: Pair) -> Array:
    """Convolve padded images ``(N, H, W, C)`` with one kernel a channel, ``(kh, kw, C)``."""
    return _shifted_sum(x, weights, strides, dilation)


def _shifted_sum(x: Array, weights: Array, strides: Pair, dilation: Pair) -> Array:
    window = (weights.shape[0], weights.shape[1])
    products = (view * weights[row, column] for row, column, view in views(x, window, strides, dilation))
    return reduce(jnp.add, products)


def _within_channels_forth(
    x: Array, weights: Array, strides: Pair, dilation: Pair
) -> tuple[Array, tuple[Array, Array]]:
    return _within_channels(x, weights, strides, dilation), (x, weights)


def _within_channels_back(
    strides: Pair, dilation: Pair, kept: tuple[Array, Array], gradient: Array
) -> tuple[Array, Array]:
    """Go back; what a kernel gets is summed row by row of the images, which XLA's own sum does four times slower."""
    x, weights = kept
    _, back = jax.vjp(lambda x: _shifted_sum(x, weights, strides, dilation), x)
    height, width, channels = weights.shape
    count, rows, columns, _ = gradient.shape
    reach = ((height - 1) * dilation[0] + 1, (columns - 1) * strides[1] + (width - 1) * dilation[1] + 1)

    def add_row(place: Any, total: Array) -> Array:
        image, row = place // rows, place % rows
        here = lax.dynamic_slice(gradient, (image, row, 0, 0), (1, 1, columns, channels))
        seen = lax.dynamic_slice(x, (image, row * strides[0], 0, 0), (1, *reach, channels))
        under = [view[0, 0] for _, _, view in views(seen, (height, width), strides, dilation)]
        return total + jnp.stack([view * here[0, 0] for view in under])

    total = lax.fori_loop(0, count * rows, add_row, jnp.zeros((height * width, columns, channels), x.dtype))
    return back(gradient)[0], total.sum(axis=1).reshape(weights.shape)


_within_channels.defvjp(_within_channels_forth, _within_channels_back)


def dense(
    x: Array, kernel: Array, bias: Array, padding: Padding, strides: Pair = (1, 1), dilation: Pair = (1, 1)
) -> Array:
    """Convolve over all channels as one matrix product (correlation, as Keras's Conv2D).

    Args:
        x: images ``(N, H, W, C)``.
        kernel: ``(kh, kw, C, O)``.
        bias: ``(O,)``.
        padding: zeros above, below; left, right.
        strides: pixels between outputs.
        dilation: pixels between the places of the kernel.

    Returns:
        ``(N, H', W', O)``.

    >>> dense(jnp.ones((1, 2, 2, 3)), jnp.ones((1, 1, 3, 2)), jnp.zeros(2), ((0, 0), (0, 0))).shape
    (1, 2, 2, 2)
    """
    height, width, _, filters = kernel.shape
    x = jnp.pad(x, ((0, 0), *padding, (0, 0)))
    side_by_side = [view for _, _, view in views(x, (height, width), strides, dilation)]
    columns = side_by_side[0] if len(side_by_side) == 1 else jnp.concatenate(side_by_side, axis=-1)
    product = columns.reshape(-1, columns.shape[-1]) @ kernel.reshape(-1, filters)
    return product.reshape(*columns.shape[:-1], filters) + bias


def max_pool(x: Array, window: Pair, strides: Pair, padding: Padding) -> Array:
    """Take the largest value under each window (as Keras's MaxPooling2D; the border never wins).

    Args:
        x: images ``(N, H, W, C)``.
        window: height and width of the window.
        strides: pixels between outputs.
        padding: places above, below; left, right.

    >>> max_pool(jnp.arange(4.0).reshape(1, 2, 2, 1), (2, 2), (2, 2), ((0, 0), (0, 0))).item()
    3.0
    """
    x = jnp.pad(x, ((0, 0), *padding, (0, 0)), constant_values=-jnp.inf)
    return _pool_apart(x, window) if window == strides else _pool(x, window, strides)


def _pool(x: Array, window: Pair, strides: Pair) -> Array:
    best = None
    for _, _, view in views(x, window, strides, (1, 1)):
        best = view if best is None else jnp.maximum(best, view)
    return x if best is None else best


@partial(jax.custom_vjp, nondiff_argnums=(1,))
def _pool_apart(x: Array, window: Pair) -> Array:
    """Pool windows that do not overlap; the way back is one comparison instead of one padding for each place."""
    return _pool(x, window, window)


def _pool_apart_forth(x: Array, window: Pair) -> tuple[Array, tuple[Array, Array]]:
    pooled = _pool(x, window, window)
    return pooled, (x, pooled)


def _pool_apart_back(window: Pair, kept: tuple[Array, Array], gradient: Array) -> tuple[Array]:
    """Hand the gradient to the largest value of each window; values that are equal share it, as in `jnp.max`."""
    x, pooled = kept
    count, rows, columns, channels = pooled.shape
    height, width = rows * window[0], columns * window[1]
    parts = x[:, :height, :width].reshape(count, rows, window[0], columns, window[1], channels)
    largest = parts == pooled[:, :, None, :, None]
    share = gradient / largest.sum(axis=(2, 4)).astype(gradient.dtype)
    spread = jnp.where(largest, share[:, :, None, :, None], 0).reshape(count, height, width, channels)
    return (jnp.pad(spread, ((0, 0), (0, x.shape[1] - height), (0, x.shape[2] - width), (0, 0))),)


_pool_apart.defvjp(_pool_apart_forth, _pool_apart_back)
