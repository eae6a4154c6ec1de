"""Triangles to pixels with NumPy alone: which triangle each pixel shows, and what its corners carry."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_WINDOWS = (2, 3, 4, 6, 9, 14, 24, 48, 96, 192)


def visible_triangles(points: Array, triangles: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """Find the triangle that each pixel centre shows, the nearest one by its mean depth (a painter's order).

    Args:
        points: ``(V, 3)`` vertices in pixels; z grows towards the camera.
        triangles: ``(T, 3)`` vertex numbers; a triangle that turns its back (clockwise, y down) is not drawn.
        size: height and width of the picture.

    Returns:
        ``(size, size)`` triangle numbers, -1 where there is none.

    >>> square = np.array([[0, 0, 0], [4, 0, 0], [4, 4, 0], [0, 4, 0]], np.float32)
    >>> visible_triangles(square, np.array([[0, 2, 1], [0, 3, 2]], np.int32), 4)[3, 0]
    np.int32(1)
    """
    a, b, c = (points[triangles[:, i]] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    low = np.ceil(np.minimum(np.minimum(a, b), c)[:, :2] - 0.5)
    high = np.floor(np.maximum(np.maximum(a, b), c)[:, :2] - 0.5)
    low, high = np.maximum(low, 0).astype(np.int32), np.minimum(high, size - 1).astype(np.int32)
    extent = (high - low).max(1) + 1
    shown = np.flatnonzero((area < 0) & ((high - low).min(1) >= 0))
    order = np.empty(len(triangles), np.int32)
    order[np.argsort((a + b + c)[:, 2])] = np.arange(len(triangles), dtype=np.int32)
    where: list[NDArray[np.int32]] = []
    which: list[NDArray[np.int32]] = []
    smallest = 0
    for window in _WINDOWS:
        group = shown[(extent[shown] > smallest) & (extent[shown] <= window)]
        smallest = window
        if len(group):
            pixels, owners = _covered(a[group], b[group], c[group], low[group], window, size)
            where.append(pixels)
            which.append(group[owners].astype(np.int32))
    out = np.full(size * size, -1, np.int32)
    if where:
        pixels, owners = np.concatenate(where), np.concatenate(which)
        rank = order[owners]
        key = rank.astype(np.int16) if len(triangles) < 32768 else rank
        last = np.argsort(key, kind="stable")
        # A pixel named more than once keeps the last, that is the nearest, triangle.
        out[pixels[last]] = owners[last]
    return out.reshape(size, size)


def _covered(
    a: Array, b: Array, c: Array, low: NDArray[np.int32], window: int, size: int
) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """List the pixels under each triangle of a group whose boxes fit into a window."""
    step = np.arange(window, dtype=np.int32)
    column = low[:, 0, None, None] + step[None, None, :]
    row = low[:, 1, None, None] + step[None, :, None]
    x, y = column.astype(np.float32) + 0.5, row.astype(np.float32) + 0.5
    inside = np.ones((len(a), window, window), bool)
    for p, q in ((a, b), (b, c), (c, a)):
        run, rise = (q - p)[:, 0, None, None], (q - p)[:, 1, None, None]
        inside &= run * (y - p[:, 1, None, None]) <= rise * (x - p[:, 0, None, None])
    inside &= (column < size) & (row < size)
    owner, i, j = np.nonzero(inside)
    return (row[owner, i, 0] * size + column[owner, 0, j]).astype(np.int32), owner


def interpolate(
    points: Array, triangles: NDArray[np.int32], values: Array, shown: NDArray[np.int32], size: int
) -> tuple[NDArray[np.intp], Array]:
    """Interpolate what the vertices carry at each pixel that shows a triangle.

    Args:
        points: ``(V, 3)`` vertices in pixels.
        triangles: ``(T, 3)`` vertex numbers.
        values: ``(V, M)`` what each vertex carries.
        shown: ``(size, size)`` from `visible_triangles`.
        size: height and width of the picture.

    Returns:
        The flat pixel numbers ``(P,)`` and their values ``(P, M)``.

    >>> corner = np.array([[0, 0, 0], [0, 4, 0], [4, 0, 0]], np.float32)
    >>> one = np.array([[0, 1, 2]], np.int32)
    >>> shown = visible_triangles(corner, one, 4)
    >>> interpolate(corner, one, corner[:, :1], shown, 4)[1][0]
    array([0.5], dtype=float32)
    """
    pixels = np.flatnonzero(shown.ravel() >= 0)
    corners = triangles[shown.ravel()[pixels]]
    a, b, c = (points[corners[:, i], :2] for i in range(3))
    x = (pixels % size + 0.5).astype(np.float32)
    y = (pixels // size + 0.5).astype(np.float32)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    first = ((b[:, 0] - x) * (c[:, 1] - y) - (b[:, 1] - y) * (c[:, 0] - x)) / area
    second = ((c[:, 0] - x) * (a[:, 1] - y) - (c[:, 1] - y) * (a[:, 0] - x)) / area
    third = 1 - first - second
    out = first[:, None] * values[corners[:, 0]]
    out += second[:, None] * values[corners[:, 1]]
    out += third[:, None] * values[corners[:, 2]]
    return pixels, out
