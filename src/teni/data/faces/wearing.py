"""Glasses: frames, lenses and temples in front of the drawn head, hidden where the head is nearer."""

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.head import Shape, front_depth, slices
from teni.data.faces.mesh import View
from teni.data.faces.texture import bell, soft_step

_HALF_WIDTH = 22.5  # of a lens of mean size, mm
_BENT = 9.0  # mm that the frame bends back 40 mm beside the nose


def draw_glasses(
    picture: Array, depth: Array, shape: Shape, view: View, per_pixel: float, gleam: float
) -> Array:
    """Return the picture with the subject's glasses on it; unchanged for those who wear none.

    Args:
        picture: ``(S, S)`` as the eye sees it, 0 to 1.
        depth: ``(S, S)`` mm towards the camera, very negative where there is no head.
        shape: the head.
        view: where it stands.
        per_pixel: pixels of the drawing per pixel of the 96-pixel picture.
        gleam: -1 to 1, how far the reflection on the lenses has wandered.
    """
    wear = shape.subject.wear
    if not wear.glasses:
        return picture
    middle = np.zeros(1, np.float32)
    plane = float(front_depth(shape, middle, middle + 4)[0]) + 1.0
    box, u, v, near = _frame_plane(view, per_pixel, len(picture), plane)
    out = picture.copy()
    in_front = soft_step(near - depth[box] + 5.0, 3.0)
    out[box] = _front(picture[box], u, v, in_front, shape, gleam, 1.0 / (view.scale * per_pixel))
    hinge = shape.subject.features.eyes.apart + 1 + _HALF_WIDTH * wear.glasses_size
    for turn in (1.0, -1.0):
        out = _temple(out, depth, shape, view, per_pixel, turn * hinge, plane - _BENT)
    return out


def _frame_plane(
    view: View, per_pixel: float, size: int, plane: float
) -> tuple[tuple[slice, slice], Array, Array, Array]:
    """Give the surroundings of the glasses; and x, y and depth of its pixels on the bent frame, in mm."""
    corners = np.array(
        [[0, 0, plane], [0, 30, plane], [40, 0, plane - _BENT], [-40, 0, plane - _BENT]], np.float32
    )
    middle, below, left, right = view.project(corners) * np.array([per_pixel, per_pixel, 1], np.float32)
    reach = 62 * view.scale * per_pixel
    start = np.clip(middle[:2] - reach, 0, size).astype(int)
    stop = np.clip(middle[:2] + reach, 0, size).astype(int)
    x = (np.arange(start[0], stop[0], dtype=np.float32) + 0.5 - middle[0])[None, :]
    y = (np.arange(start[1], stop[1], dtype=np.float32) + 0.5 - middle[1])[:, None]
    down = (below - middle) / 30
    halves: list[tuple[Array, Array, Array]] = []
    for across in ((left - middle) / 40, (middle - right) / 40):
        back = np.linalg.inv(np.stack([across[:2], down[:2]])).astype(np.float32)
        u, v = x * back[0, 0] + y * back[1, 0], x * back[0, 1] + y * back[1, 1]
        halves.append((u, v, middle[2] + u * across[2] + v * down[2]))
    # Both halves meet in the line of the nose, so that either tells on which side of it a pixel is.
    u, v, near = (np.where(halves[0][0] > 0, one, other) for one, other in zip(*halves, strict=True))
    return (slice(start[1], stop[1]), slice(start[0], stop[0])), u, v, near


def _front(
    picture: Array, u: Array, v: Array, in_front: Array, shape: Shape, gleam: float, blur: float
) -> Array:
    """Draw lenses, their reflections, the rims and the bridge."""
    wear, apart, side = shape.subject.wear, shape.subject.features.eyes.apart, np.abs(u)
    half_w = _HALF_WIDTH * wear.glasses_size
    half_h = 17.0 * wear.glasses_size * (0.75 + 0.3 * wear.glasses_round)
    power = 4.2 - 2.2 * wear.glasses_round
    across, down = np.abs(side - apart - 1) / half_w, np.abs(v - 3.5) / half_h
    away = ((across**power + down**power) ** (1 / power) - 1) * half_h
    lens = soft_step(-away, blur) * in_front
    if wear.glasses == 3:
        picture = picture + (0.10 + 0.10 * soft_step(4 - v, 24) - picture) * lens * 0.93
    shine = soft_step(4.5 - np.abs(side * 0.7 + v - apart * 0.7 + 14 * gleam), 2.5) * bell(v + 2, 9)
    picture = picture + (0.95 - picture) * lens * shine * (0.55 if abs(gleam) > 0.45 else 0.12)
    thick = (1.3, 2.6, 2.0)[wear.glasses - 1]
    bar = soft_step(thick * 0.5 + 0.4 - np.abs(v + 2.5 - 0.05 * u * u), blur) * (side < apart - half_w + 3)
    rim = soft_step(thick * 0.5 - np.abs(away), blur) * (1 + 0.3 * (v < 0))
    cover = np.clip(np.maximum(rim, bar), 0, 1) * in_front * (0.95 if wear.glasses != 1 else 0.8)
    return picture + (_tone(shape) - picture) * cover


def _tone(shape: Shape) -> float:
    return 0.28 if shape.subject.wear.glasses == 1 else 0.07


def _temple(
    picture: Array,
    depth: Array,
    shape: Shape,
    view: View,
    per_pixel: float,
    hinge: float,
    plane: float,
) -> Array:
    """Draw the arm from the hinge to the ear where the head does not hide it."""
    half = float(slices(shape, np.array([0.0], np.float32))[0][0])
    ends = np.array([[hinge, -3, plane], [np.sign(hinge) * (half + 3), -2, -8]], np.float32)
    a, b = view.project(ends) * np.array([per_pixel, per_pixel, 1], np.float32)
    size = len(picture)
    low = np.clip(np.floor(np.minimum(a, b)[:2]) - 3, 0, size).astype(int)
    high = np.clip(np.ceil(np.maximum(a, b)[:2]) + 4, 0, size).astype(int)
    box = (slice(low[1], high[1]), slice(low[0], high[0]))
    row, column = np.mgrid[box]
    run = b - a
    share = ((column + 0.5 - a[0]) * run[0] + (row + 0.5 - a[1]) * run[1]) / (
        run[0] ** 2 + run[1] ** 2 + 1e-6
    )
    share = np.clip(share, 0, 1).astype(np.float32)
    away = np.hypot(column + 0.5 - a[0] - share * run[0], row + 0.5 - a[1] - share * run[1]).astype(
        np.float32
    )
    seen = depth[box] < a[2] + share * run[2] + 2.0
    out = picture.copy()
    out[box] += (_tone(shape) - out[box]) * np.clip(1.5 - away, 0, 1) * seen * 0.85
    return out
