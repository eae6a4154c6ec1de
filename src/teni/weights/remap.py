"""Old tensors into today's: pure functions of arrays, one for each thing that changed since."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def kernel_to_last(kernel: Array) -> Array:
    """Turn (filters, channels, *space) of the channels-first Keras 1 into (*space, channels, filters).

    >>> kernel_to_last(np.zeros((8, 3, 5, 7))).shape
    (5, 7, 3, 8)
    """
    space = range(2, kernel.ndim)
    return np.transpose(kernel, (*space, 1, 0))


def turn_kernel(kernel: Array) -> Array:
    """Turn a (*space, in, out) kernel by 180 degrees: Theano's true convolution becomes a correlation.

    >>> turn_kernel(np.arange(4).reshape(2, 2, 1, 1)).ravel().tolist()
    [3, 2, 1, 0]
    """
    return np.flip(kernel, tuple(range(kernel.ndim - 2)))


def swap_in_out(kernel: Array) -> Array:
    """Swap the last two axes: Keras 1 stored Deconvolution2D as (…, in, out), today it is (…, out, in).

    >>> swap_in_out(np.zeros((3, 3, 2, 8))).shape
    (3, 3, 8, 2)
    """
    return np.swapaxes(kernel, -1, -2)


def first_to_last(values: Array) -> Array:
    """Move the first axis to the end, as for the slopes (channels, rows, cols) of a PReLU.

    >>> first_to_last(np.zeros((3, 5, 7))).shape
    (5, 7, 3)
    """
    return np.moveaxis(values, 0, -1)


def permute_rows(kernel: Array, image: tuple[int, ...]) -> Array:
    """Reorder the rows of the Dense layer after a Flatten, from a channels-first image to channels-last.

    Args:
        kernel: ``(channels * space, units)``, rows in the order (channels, *space).
        image: the flattened image, (channels, *space).

    Returns:
        The same rows in the order (*space, channels).

    >>> permute_rows(np.arange(4).reshape(4, 1), (2, 1, 2)).ravel().tolist()
    [0, 2, 1, 3]
    """
    return np.moveaxis(kernel.reshape(*image, -1), 0, len(image) - 1).reshape(kernel.shape)


def deviation_to_variance(deviation: Array, old_epsilon: float, epsilon: float) -> Array:
    """Give the variance with which x / sqrt(variance + epsilon) equals x / (deviation + old_epsilon).

    Keras up to 1.0.5 kept a running standard deviation and added epsilon to that. The result is below zero
    where the deviation is less than the square root of today's epsilon; with epsilon added it never is.

    >>> round(float(deviation_to_variance(np.array(2.0), 0.0, 1e-3)), 6)
    3.999
    """
    return (np.square(deviation.astype(np.float64) + old_epsilon) - epsilon).astype(np.float32)


def join_gates(parts: Sequence[Array]) -> Array:
    """Join the tensors of single gates along the last axis, in today's order.

    >>> join_gates([np.zeros((3, 2)), np.ones((3, 2))]).shape
    (3, 4)
    """
    return np.concatenate(list(parts), axis=-1)


def scale_gates(values: Array, gates: Sequence[bool], factor: float) -> Array:
    """Scale the columns of some gates, leaving the others.

    Args:
        values: the gates side by side along the last axis.
        gates: for each gate, whether it is scaled.
        factor: what it is scaled by.

    >>> scale_gates(np.ones(4), (True, False), 1.2).tolist()
    [1.2, 1.2, 1.0, 1.0]
    """
    width = values.shape[-1] // len(gates)
    scale = np.repeat([factor if gate else 1.0 for gate in gates], width)
    return (values * scale).astype(values.dtype)
