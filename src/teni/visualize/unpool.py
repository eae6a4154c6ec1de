"""Max-pooling backwards: where each window found its maximum, and values put back there.

After Zeiler, Taylor & Fergus (2011), https://doi.org/10.1109/ICCV.2011.6126474, who call these places switches.
Where windows overlap, one place may be the maximum of several: what they put back there is added up, as in the
gradient. Of equal maxima the first one counts, row by row, on every backend.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

Tensor = Any
Pair = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """How a pooling looks at a map.

    Args:
        size: rows and columns of the window.
        strides: rows and columns from one window to the next.
        before: rows above and columns left of the map that the first window reaches beyond it.
        count: rows and columns of windows.
    """

    size: Pair
    strides: Pair
    before: Pair
    count: Pair


def window_of(shape: Pair, size: Pair, strides: Pair, padding: str) -> Window:
    """Work out where the windows of a pooling lie.

    Args:
        shape: rows and columns of the map.
        size: of the window.
        strides: between windows.
        padding: ``valid`` or ``same``.

    >>> window_of((5, 5), (3, 3), (2, 2), "same").count
    (3, 3)
    """
    if padding == "valid":
        count = [(n - k) // s + 1 for n, k, s in zip(shape, size, strides, strict=True)]
        return Window(size, strides, (0, 0), (count[0], count[1]))
    count = [-(-n // s) for n, s in zip(shape, strides, strict=True)]
    total = [max((c - 1) * s + k - n, 0) for n, k, s, c in zip(shape, size, strides, count, strict=True)]
    return Window(size, strides, (total[0] // 2, total[1] // 2), (count[0], count[1]))


def switches(x: Tensor, window: Window) -> Tensor:
    """Find the place of the maximum in each window.

    Args:
        x: map ``(N, H, W, C)``.
        window: of the pooling.

    Returns:
        ``(N, h, w, C)`` places counted row by row from the window's corner; of equal ones the first.

    >>> x = keras.ops.reshape(keras.ops.convert_to_tensor([1.0, 3.0, 3.0, 2.0]), (1, 2, 2, 1))
    >>> int(switches(x, window_of((2, 2), (2, 2), (2, 2), "valid"))[0, 0, 0, 0])
    1
    """
    lowest = float("-inf")
    rows, columns = _beyond(window, x.shape[1], x.shape[2])
    x = keras.ops.pad(x, ((0, 0), rows, columns, (0, 0)), constant_values=lowest)
    best: Any = None
    where: Any = None
    for place, (top, left) in enumerate(_corners(window)):
        height, width = _reach(window)
        view = x[:, top : top + height : window.strides[0], left : left + width : window.strides[1]]
        if best is None:
            best, where = view, keras.ops.zeros_like(view, dtype="int32")
            continue
        higher = view > best
        best = keras.ops.where(higher, view, best)
        where = keras.ops.where(higher, place, where)
    return where


def unpool(signal: Tensor, places: Tensor, window: Window, shape: Pair) -> Tensor:
    """Put values back where the maxima were, and zero elsewhere.

    Args:
        signal: ``(N, h, w, C)``, one value a window.
        places: of the maxima, as `switches` gives them.
        window: of the pooling.
        shape: rows and columns of the map that was pooled.

    Returns:
        ``(N, H, W, C)``.

    >>> window = window_of((2, 2), (2, 2), (2, 2), "valid")
    >>> back = unpool(keras.ops.full((1, 1, 1, 1), 7.0), keras.ops.full((1, 1, 1, 1), 1), window, (2, 2))
    >>> keras.ops.convert_to_numpy(back).ravel().tolist()
    [0.0, 7.0, 0.0, 0.0]
    """
    rows, columns = _beyond(window, *shape)
    height, width = shape[0] + sum(rows), shape[1] + sum(columns)
    total: Any = None
    for place, (top, left) in enumerate(_corners(window)):
        part = keras.ops.where(keras.ops.equal(places, place), signal, 0.0)
        part = _spread(part, window)
        below, right = height - top - part.shape[1], width - left - part.shape[2]
        part = keras.ops.pad(part, ((0, 0), (top, below), (left, right), (0, 0)))
        total = part if total is None else total + part
    return total[:, rows[0] : rows[0] + shape[0], columns[0] : columns[0] + shape[1]]


def unpool_whole(signal: Tensor, x: Tensor) -> Tensor:
    """Put the one value of each channel back where the whole map has its (first) maximum.

    Args:
        signal: ``(N, 1, 1, C)``.
        x: the map, ``(N, H, W, C)``.

    >>> x = keras.ops.reshape(keras.ops.convert_to_tensor([1.0, 3.0, 3.0, 2.0]), (1, 2, 2, 1))
    >>> keras.ops.convert_to_numpy(unpool_whole(keras.ops.ones((1, 1, 1, 1)), x)).ravel().tolist()
    [0.0, 1.0, 0.0, 0.0]
    """
    highest = keras.ops.equal(x, keras.ops.max(x, axis=(1, 2), keepdims=True))
    flat = keras.ops.reshape(keras.ops.cast(highest, "float32"), (-1, x.shape[1] * x.shape[2], x.shape[3]))
    first: Any = keras.ops.where(keras.ops.equal(keras.ops.cumsum(flat, axis=1), 1.0), flat, 0.0)
    whole: Any = keras.ops.reshape(first, (-1, *x.shape[1:]))
    return whole * keras.ops.cast(signal, "float32")


def _corners(window: Window) -> Iterator[Pair]:
    return ((row, column) for row in range(window.size[0]) for column in range(window.size[1]))


def _reach(window: Window) -> Pair:
    """Return rows and columns from the first window's corner to the last one's, both included."""
    height, width = ((c - 1) * s + 1 for c, s in zip(window.count, window.strides, strict=True))
    return height, width


def _beyond(window: Window, height: int, width: int) -> tuple[Pair, Pair]:
    """Return how far the windows reach beyond the map: above, below; left, right."""
    ends = [reach - 1 + k for reach, k in zip(_reach(window), window.size, strict=True)]
    rows, columns = (
        (before, max(end - before - side, 0))
        for before, end, side in zip(window.before, ends, (height, width), strict=True)
    )
    return rows, columns


def _spread(x: Tensor, window: Window) -> Tensor:
    """Put zeros between the values, so that they lie a stride apart."""
    down, across = window.strides
    rows, columns = window.count
    x = keras.ops.reshape(x, (-1, rows, 1, columns, 1, x.shape[-1]))
    x = keras.ops.pad(x, ((0, 0), (0, 0), (0, down - 1), (0, 0), (0, across - 1), (0, 0)))
    x = keras.ops.reshape(x, (-1, rows * down, columns * across, x.shape[-1]))
    height, width = _reach(window)
    return x[:, :height, :width]
