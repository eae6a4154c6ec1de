"""What comes between the camera and the face: a hand, a scarf, a bar, a microphone."""

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.scene import Occluder
from teni.data.faces.texture import bell, noise, soft_step

NOTHING, HAND, SCARF, BAR, MICROPHONE = range(5)


def occlude(picture: Array, occluder: Occluder, per_pixel: float) -> Array:
    """Return the picture with the occluder in front of it.

    Args:
        picture: ``(S, S)`` as the eye sees it, 0 to 1.
        occluder: what, where (pixels of the 96-pixel picture), how large.
        per_pixel: pixels of the drawing per pixel of the 96-pixel picture.
    """
    if occluder.kind == NOTHING:
        return picture
    size = len(picture)
    column, row = np.meshgrid(np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32))
    x = (column + 0.5) / per_pixel - occluder.x
    y = (row + 0.5) / per_pixel - occluder.y
    cosine, sine = np.float32(np.cos(occluder.angle)), np.float32(np.sin(occluder.angle))
    u, v = (x * cosine + y * sine) / occluder.size, (y * cosine - x * sine) / occluder.size
    draw = {HAND: _hand, SCARF: _scarf, BAR: _bar, MICROPHONE: _microphone}[occluder.kind]
    colour, cover = draw(u, v, occluder.tone)
    # A soft shadow on what lies behind.
    picture = picture * (1 - 0.25 * np.roll(cover, (3, 2), (0, 1)))
    return picture + (colour - picture) * cover


def _capsule(u: Array, v: Array, start: tuple[float, float], end: tuple[float, float], width: float) -> Array:
    """Give the distance to a line as a share of its half width."""
    run = (end[0] - start[0], end[1] - start[1])
    share = np.clip(((u - start[0]) * run[0] + (v - start[1]) * run[1]) / (run[0] ** 2 + run[1] ** 2), 0, 1)
    return np.hypot(u - start[0] - share * run[0], v - start[1] - share * run[1]) / width


def _hand(u: Array, v: Array, tone: float) -> tuple[Array, Array]:
    """Draw a palm below the origin and four fingers and a thumb that reach up."""
    colour, cover = np.full_like(u, tone), np.zeros_like(u)
    limbs = (
        ((0.0, 14.0), (0.0, 24.0), 9.0),
        ((-6.5, 10.0), (-8.5, -3.0), 2.5),
        ((-2.3, 9.0), (-2.8, -7.0), 2.6),
        ((2.0, 9.0), (2.6, -6.5), 2.6),
        ((6.2, 10.0), (7.8, -2.5), 2.3),
        ((8.0, 18.0), (14.0, 8.0), 2.7),
    )
    for start, end, width in limbs:
        away = _capsule(u, v, start, end, width)
        on = soft_step(1 - away, 0.25)
        round_ = tone * (0.62 + 0.42 * np.sqrt(np.clip(1 - away * away, 0, 1)))
        round_ = round_ + 0.10 * soft_step(1.2 - np.hypot(u - end[0], (v - end[1] + 0.4) * 0.8), 0.5) * (
            width < 5
        )
        colour = colour + (round_ - colour) * on
        cover = np.maximum(cover, on)
    return colour, cover


def _scarf(u: Array, v: Array, tone: float) -> tuple[Array, Array]:
    """Draw cloth that hangs over everything below its edge."""
    edge = v + 0.012 * u * u - 1.5 * noise("clouds", u * 2, u * 0)
    folds = 0.10 * np.sin((v + 0.02 * u * u) * 0.9 + noise("clouds", u * 2 + 90, v)) + 0.05 * noise(
        "grain", u * 3, v * 3
    )
    return tone * (1 + folds) * (0.85 + 0.15 * soft_step(edge - 3, 3)), soft_step(edge, 1.2)


def _bar(u: Array, v: Array, tone: float) -> tuple[Array, Array]:
    """Draw a straight bar with a lit middle."""
    return tone * (0.75 + 0.35 * bell(v + 1, 2.5)) + 0 * u, soft_step(4.5 - np.abs(v), 0.9)


def _microphone(u: Array, v: Array, tone: float) -> tuple[Array, Array]:
    """Draw a ball of wire mesh on a handle that comes from below."""
    radius = np.hypot(u, v) / 7.0
    wire = 0.05 * np.sin(u * 3.1) * np.sin(v * 3.1)
    ball = (0.4 * tone + 0.06) * (0.75 + 0.5 * bell(np.hypot(u + 2.5, v + 3), 2.6)) + wire
    handle = _capsule(u, v, (0.0, 6.0), (3.0, 60.0), 3.4)
    stick = 0.10 + 0.22 * bell(handle - 0.2, 0.3)
    on_ball = soft_step(1 - radius, 0.18)
    colour = stick + (ball - stick) * on_ball
    return colour, np.maximum(on_ball, soft_step(1 - handle, 0.3))
