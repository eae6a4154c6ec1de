"""Triangles to pixels with NumPy alone: which triangle each pixel shows, and what its corners carry."""

import numpy as np
from numpy.typing import NDArray

from teni.data.faces.arrays import Array

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
    corners = np.take(np.ascontiguousarray(points.T), triangles.T, axis=1)
    front = np.flatnonzero(doubled_area(corners) < 0)
    corners = corners[:, :, front]
    a, b, c = corners[:2, 0], corners[:2, 1], corners[:2, 2]
    low = np.maximum(np.ceil(np.minimum(np.minimum(a, b), c) - 0.5), 0).astype(np.int32)
    high = np.minimum(np.floor(np.maximum(np.maximum(a, b), c) - 0.5), size - 1).astype(np.int32)
    wide, tall = high - low
    extent = np.maximum(wide, tall) + 1
    # From far to near: a pixel named more than once keeps the last, that is the nearest, triangle.
    order = np.argsort(corners[2].sum(0))
    order = order[np.minimum(wide, tall)[order] >= 0]
    corners, low, extent, shown = corners[:, :, order], low[:, order], extent[order], front[order]
    where: list[NDArray[np.int32]] = []
    rank: list[NDArray[np.intp]] = []
    smallest = 0
    for window in _WINDOWS:
        group = np.flatnonzero((extent > smallest) & (extent <= window))
        smallest = window
        if len(group):
            pixels, owners = _covered(corners[:2, :, group], low[:, group], window, size)
            where.append(pixels)
            rank.append(group[owners])
    out = np.full(size * size, -1, np.int32)
    if where:
        pixels, ranks = np.concatenate(where), np.concatenate(rank)
        # 16-bit keys are sorted by radix, in linear time.
        key = ranks.astype(np.int16) if len(shown) < 32768 else ranks
        last = np.argsort(key, kind="stable")
        out[pixels[last]] = shown[ranks[last]]
    return out.reshape(size, size)


def doubled_area(corners: Array) -> Array:
    """Give twice the signed area of triangles: negative for those that face the camera.

    Args:
        corners: ``(2 or 3, 3, T)``: coordinates, corners, triangles.
    """
    (ax, bx, cx), (ay, by, cy) = corners[0], corners[1]
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


def _covered(
    corners: Array, low: NDArray[np.int32], window: int, size: int
) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """List the pixels under each triangle of a group whose boxes fit into a window."""
    step = np.arange(window, dtype=np.int32)[:, None]
    column, row = low[0] + step, low[1] + step
    x, y = column.astype(np.float32) + 0.5, row.astype(np.float32) + 0.5
    inside = ((column < size)[None, :] & (row < size)[:, None]).reshape(window * window, -1)
    for p, q in ((0, 1), (1, 2), (2, 0)):
        (run, rise) = corners[:, q] - corners[:, p]
        # Axes: row of the window, column of the window, triangle.
        edge = (run * (y - corners[1, p]))[:, None] <= (rise * (x - corners[0, p]))[None, :]
        inside &= edge.reshape(window * window, -1)
    cell, owner = np.nonzero(inside)
    return (low[1, owner] + cell // window) * size + low[0, owner] + cell % window, owner


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
        The flat pixel numbers ``(P,)`` and their values ``(M, P)``.

    >>> corner = np.array([[0, 0, 0], [0, 4, 0], [4, 0, 0]], np.float32)
    >>> one = np.array([[0, 1, 2]], np.int32)
    >>> shown = visible_triangles(corner, one, 4)
    >>> interpolate(corner, one, corner[:, :1], shown, 4)[1][0, 0]
    np.float32(0.5)
    """
    pixels = np.flatnonzero(shown.ravel() >= 0)
    owner = shown.ravel()[pixels]
    used = np.zeros(len(triangles), bool)
    used[owner] = True
    owner = (np.cumsum(used) - 1)[owner]
    triangles = triangles[used]
    corners = np.ascontiguousarray(points[:, :2].T)[:, triangles.T]
    (ax, bx, cx), (ay, by, cy) = corners
    area = doubled_area(corners)
    # Over a triangle a value is a plane: base + x * across + y * down.
    first, second, third = (np.ascontiguousarray(values[triangles[:, i]].T) for i in range(3))
    second, third = second - first, third - first
    across = (second * (cy - ay) - third * (by - ay)) / area
    down = (third * (bx - ax) - second * (cx - ax)) / area
    base = first - across * (ax - 0.5) - down * (ay - 0.5)
    x, y = (pixels % size).astype(np.float32), (pixels // size).astype(np.float32)
    out = np.take(base, owner, axis=1)
    out += np.take(across, owner, axis=1) * x
    out += np.take(down, owner, axis=1) * y
    return pixels, out
