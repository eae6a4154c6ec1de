"""Pictures of many CPPNs at once.

The networks differ in structure, so there is no one batched product. Instead the nodes of all networks form one large
graph, sorted by level (the longest way from the inputs) and, within a level, by function: a level is one product with
a sparse matrix, and a function is applied to one block of rows. Nothing is padded, and nodes that no output
depends on are left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from teni.visualize.fooling.cppn import FUNCTIONS, INPUTS, Cppn

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

VALUES_A_BLOCK = 2**19  # nodes times pixels that are computed together: 2 MB, what stays in a core's cache


@dataclass(frozen=True, eq=False)
class _Level:
    """Nodes that depend on lower levels alone: rows of the table of values, and which function fills which."""

    rows: slice
    links: csr_array
    functions: tuple[tuple[int, slice], ...]


def render_cppns(cppns: Sequence[Cppn], height: int, width: int) -> NDArray[np.uint8]:
    """Draw pictures of one size.

    An output's absolute value, 0 to 1, is the grey value, or with three outputs hue, saturation and value.

    Args:
        cppns: networks with the same number of outputs, one or three.
        height: of the pictures, in pixels.
        width: of the pictures, in pixels.

    Returns:
        ``uint8 (N, height, width, 1 or 3)``, RGB where there are three outputs.

    >>> link = np.array([3], np.int32)  # from the bias to the output, by a linear node: 1.5 / 3
    >>> half = Cppn(1, np.array([3], np.uint8), link, link + 1, np.array([1.5], np.float32))
    >>> render_cppns([half], 1, 2).ravel().tolist()
    [128, 128]
    """
    values = np.minimum(np.abs(cppn_values(cppns, coordinates(height, width))), 1.0)
    colours = values if values.shape[1] == 1 else hsv_to_rgb(values)
    pixels = np.rint(colours * 255).astype(np.uint8)
    return np.ascontiguousarray(pixels.transpose(0, 2, 1)).reshape(len(cppns), height, width, -1)


def coordinates(height: int, width: int) -> Floats:
    """Give the inputs of every pixel, row after row.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.

    Returns:
        ``float32 (4, height * width)``: x and y from -1 to 1, the distance from the middle, and 1.

    >>> coordinates(1, 3)[:3].tolist()
    [[-1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 1.0]]
    """
    across = np.linspace(-1, 1, width) if width > 1 else np.zeros(1)
    down = np.linspace(-1, 1, height) if height > 1 else np.zeros(1)
    y, x = np.meshgrid(down, across, indexing="ij")
    return np.stack([x, y, np.hypot(x, y), np.ones_like(x)]).reshape(len(INPUTS), -1).astype(np.float32)


def cppn_values(cppns: Sequence[Cppn], inputs: Floats) -> Floats:
    """Compute the outputs of networks.

    Args:
        cppns: networks with the same number of outputs.
        inputs: ``float32 (4, P)``, see `coordinates`.

    Returns:
        ``float32 (N, outputs, P)``, from -1 to 1.
    """
    levels, outputs, rows = _plan(cppns)
    found = np.empty((*outputs.shape, inputs.shape[1]), np.float32)
    block = max(64, VALUES_A_BLOCK // rows)
    for start in range(0, inputs.shape[1], block):
        part = inputs[:, start : start + block]
        values = np.empty((rows, part.shape[1]), np.float32)  # no link reads a row before it is filled
        values[: len(INPUTS)] = part
        for level in levels:
            values[level.rows] = level.links @ values
            for function, block_rows in level.functions:
                _APPLY[function](values[block_rows])
        found[..., start : start + block] = values[outputs]
    return found


def hsv_to_rgb(hsv: NDArray[Any]) -> NDArray[Any]:
    """Turn hue, saturation and value into red, green and blue.

    Args:
        hsv: ``(N, 3, P)``, 0 to 1.

    Returns:
        ``(N, 3, P)``, 0 to 1.

    >>> hsv_to_rgb(np.array([[[1 / 3], [1.0], [0.5]]], np.float32)).round(3).ravel().tolist()
    [0.0, 0.5, 0.0]
    """
    hue, saturation, value = hsv[:, 0], hsv[:, 1], hsv[:, 2]
    channels: list[NDArray[Any]] = []
    for begin in (5, 3, 1):
        k = (begin + 6 * hue) % 6
        share = np.clip(np.minimum(k, 4 - k), 0, 1)
        channels.append(value - value * saturation * share)
    return np.stack(channels, axis=1)


def _plan(cppns: Sequence[Cppn]) -> tuple[list[_Level], Ints, int]:
    """Lay the nodes of all networks out in one table: levels, the rows of the outputs, and how many rows."""
    own = np.array([len(cppn.functions) for cppn in cppns])
    starts = len(INPUTS) + np.cumsum(own) - own  # of each network's own nodes; the inputs are shared
    count = len(INPUTS) + int(own.sum())
    sources = np.concatenate(
        [_shared(cppn.sources, start) for cppn, start in zip(cppns, starts, strict=True)]
    )
    targets = np.concatenate(
        [_shared(cppn.targets, start) for cppn, start in zip(cppns, starts, strict=True)]
    )
    weights = np.concatenate([cppn.weights for cppn in cppns])
    functions = np.concatenate([np.zeros(len(INPUTS), np.uint8), *(cppn.functions for cppn in cppns)])
    outputs = starts[:, None] + np.arange(cppns[0].outputs)
    needed = _needed(count, sources, targets, outputs)
    level = _levels(count, sources, targets)
    level[~needed] = count  # last, and never computed
    order = np.lexsort((functions, level))
    rows = int(needed.sum())
    row = np.empty(count, np.int64)
    row[order] = np.arange(count)
    kept = needed[targets]
    shape = (rows, rows)
    links = csr_array(
        (weights[kept], (row[targets[kept]], row[sources[kept]])), shape=shape, dtype=np.float32
    )
    ends = np.searchsorted(level[order[:rows]], np.arange(1, int(level[order[rows - 1]]) + 2))
    levels = [_level(slice(start, end), links, functions[order]) for start, end in pairwise(ends.tolist())]
    return levels, row[outputs], rows


def _level(rows: slice, links: csr_array, functions: NDArray[np.uint8]) -> _Level:
    edges = rows.start + np.searchsorted(functions[rows], np.arange(len(FUNCTIONS) + 1))
    blocks = tuple(
        (function, slice(start, end))
        for function, (start, end) in enumerate(pairwise(edges.tolist()))
        if end > start
    )
    return _Level(rows, links[rows], blocks)


def _shared(nodes: NDArray[np.int32], start: int) -> Ints:
    """Number one network's nodes among those of all; the inputs are the same for all."""
    return np.where(nodes < len(INPUTS), nodes, nodes.astype(np.int64) + (start - len(INPUTS)))


def _needed(count: int, sources: Ints, targets: Ints, outputs: Ints) -> NDArray[np.bool_]:
    needed = np.zeros(count, np.bool_)
    needed[: len(INPUTS)] = True
    needed[outputs] = True
    before = 0
    while (now := int(needed.sum())) != before:
        needed[sources[needed[targets]]] = True
        before = now
    return needed


def _levels(count: int, sources: Ints, targets: Ints) -> Ints:
    """Return the longest way from the inputs to each node; a node that reads nothing stands on level 1."""
    lowest = np.ones(count, np.int64)
    lowest[: len(INPUTS)] = 0
    level = lowest
    while True:
        higher = lowest.copy()
        np.maximum.at(higher, targets, level[sources] + 1)
        if (higher == level).all():
            return level
        level = higher


def _sine(x: Floats) -> None:
    np.sin(x, out=x)


def _sigmoid(x: Floats) -> None:
    x *= 0.5
    np.tanh(x, out=x)  # 2 / (1 + exp(-x)) - 1


def _gaussian(x: Floats) -> None:
    np.square(x, out=x)
    np.negative(x, out=x)
    np.exp(x, out=x)


def _linear(x: Floats) -> None:
    np.clip(x, -3, 3, out=x)
    x /= 3


_APPLY: tuple[Callable[[Floats], None], ...] = (
    _sine,
    _sigmoid,
    _gaussian,
    _linear,
)  # in the order of FUNCTIONS
