"""Arrays through a compiled function, a batch at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

# Of the input at a time. A pass that keeps every layer's values for its way back takes about a thousand times the
# bytes of a pixel: a few hundred megabytes.
PIXELS_A_BATCH = 24 * 96 * 96


def batch_size(shape: tuple[int, ...]) -> int:
    """Say how many images of a shape go through a network at a time.

    Args:
        shape: height and width come first.

    >>> batch_size((96, 96, 1)), batch_size((1000, 1000, 3))
    (24, 1)
    """
    return max(1, PIXELS_A_BATCH // (shape[0] * shape[1]))


def in_batches(
    function: Callable[..., Any], arrays: tuple[NDArray[Any], ...], size: int
) -> Iterator[tuple[slice, tuple[NDArray[np.float32], ...]]]:
    """Run a function over arrays of N rows each, so that it sees few shapes: each is compiled anew.

    Args:
        function: takes a part of each array and returns tensors of as many rows.
        arrays: all with N rows.
        size: rows at a time; where there are fewer, the next power of two. Parts are filled up with their last row.

    Yields:
        Which rows, and the results for them.

    >>> [(rows, made[0].tolist()) for rows, made in in_batches(lambda x: (x * 2,), (np.arange(3),), 2)]
    [(slice(0, 2, None), [0, 2]), (slice(2, 3, None), [4])]
    """
    many = len(arrays[0])
    size = max(1, min(size, 1 << max(many - 1, 0).bit_length()))
    for start in range(0, many, size):
        rows = slice(start, min(start + size, many))
        parts = [array[rows] for array in arrays]
        short = size - len(parts[0])
        filled = [np.concatenate([part, np.repeat(part[-1:], short, axis=0)]) for part in parts]
        made = function(*filled)
        yield rows, tuple(np.asarray(keras.ops.convert_to_numpy(each))[: size - short] for each in made)
