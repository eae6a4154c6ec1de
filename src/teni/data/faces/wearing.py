"""Glasses: frames, lenses and temples in front of the drawn head, hidden where the head is nearer."""

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.head import Shape, front_depth, slices
from teni.data.faces.mesh import View
from teni.data.faces.texture import bell, soft_step


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
    subject, wear = shape.subject, shape.subject.wear
    if not wear.glasses:
        return picture
    eyes, size = subject.features.eyes, len(picture)
    bridge = np.array([0.0], np.float32)
    plane = float(front_depth(shape, bridge, bridge + 4)[0]) + 1.0
    corners = np.array([[0, 0, plane], [40, 0, plane - 9], [0, 30, plane]], np.float32)
    spots = view.project(corners)
    spots[:, :2] *= per_pixel
    axes = np.stack([(spots[1] - spots[0]) / 40, (spots[2] - spots[0]) / 30])
    back = np.linalg.inv(axes[:, :2])
    reach = (eyes.apart + 30) * view.scale * per_pixel
    start = np.clip(spots[0, :2] - reach, 0, size).astype(int)
    stop = np.clip(spots[0, :2] + reach, 0, size).astype(int)
    box = (slice(start[1], stop[1]), slice(start[0], stop[0]))
    x = (np.arange(start[0], stop[0], dtype=np.float32) + 0.5 - spots[0, 0])[None, :]
    y = (np.arange(start[1], stop[1], dtype=np.float32) + 0.5 - spots[0, 1])[:, None]
    u, v = x * back[0, 0] + y * back[1, 0], x * back[0, 1] + y * back[1, 1]
    whole, picture, near_head = picture.copy(), picture[box], depth[box]
    near = spots[0, 2] + u * axes[0, 2] + v * axes[1, 2]
    # The far half of the frame bends back like the near one.
    side = np.abs(u)
    in_front = soft_step(near - near_head + 5.0, 3.0)
    thick = (1.3, 2.6, 2.0)[wear.glasses - 1]
    half_w, half_h = 22.5 * wear.glasses_size, 17.0 * wear.glasses_size * (0.75 + 0.3 * wear.glasses_round)
    power = 4.2 - 2.2 * wear.glasses_round
    across, down = np.abs(side - eyes.apart - 1) / half_w, np.abs(v - 3.5) / half_h
    radius = (across**power + down**power) ** (1 / power)
    away = (radius - 1) * half_h
    blur = 1.0 / (view.scale * per_pixel)
    lens = soft_step(-away, blur) * in_front
    if wear.glasses == 3:
        picture = picture + (0.10 + 0.10 * soft_step(4 - v, 24) - picture) * lens * 0.93
    shine = soft_step(4.5 - np.abs(side * 0.7 + v - eyes.apart * 0.7 + 14 * gleam), 2.5) * bell(v + 2, 9)
    picture = picture + (0.95 - picture) * lens * shine * (0.55 if abs(gleam) > 0.45 else 0.12)
    bar = soft_step(thick * 0.5 + 0.4 - np.abs(v + 2.5 - 0.05 * u * u), blur) * (
        side < eyes.apart - half_w + 3
    )
    rim = soft_step(thick * 0.5 - np.abs(away) * (1.0 if wear.glasses != 1 else 1.1), blur) * (
        1 + 0.3 * (v < 0)
    )
    tone = 0.07 if wear.glasses != 1 else 0.28
    cover = np.clip(np.maximum(rim, bar), 0, 1) * in_front * (0.95 if wear.glasses != 1 else 0.8)
    picture = picture + (tone - picture) * cover
    whole[box] = picture
    for turn in (1.0, -1.0):
        whole = _temple(
            whole, depth, shape, view, per_pixel, turn * (eyes.apart + 1 + half_w), plane - 9, tone
        )
    return whole


def _temple(
    picture: Array,
    depth: Array,
    shape: Shape,
    view: View,
    per_pixel: float,
    hinge: float,
    plane: float,
    tone: float,
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
    out[box] += (tone - out[box]) * np.clip(1.5 - away, 0, 1) * seen * 0.85
    return out
