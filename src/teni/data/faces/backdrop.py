"""What is behind the head: a wall with uneven light, and things in it."""

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.scene import Backdrop
from teni.data.faces.texture import noise, soft_step


def draw_backdrop(backdrop: Backdrop, size: int, rng: np.random.Generator) -> Array:
    """Draw the background, ``(size, size)`` as the eye sees it, 0 to 1.

    Args:
        backdrop: its tone, contrast and clutter.
        size: height and width.
        rng: where its things stand.
    """
    column = np.linspace(-1, 1, size, dtype=np.float32)[None, :]
    row = column.T
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(0, 256, 4)
    picture = 0.5 * (np.cos(angle) * column + np.sin(angle) * row)
    picture = picture + 0.25 * noise("clouds", column * 45 + offset[0], row * 45 + offset[1])
    for _ in range(backdrop.clutter):
        kind, tone, turn = rng.integers(4), rng.normal(), rng.normal(0, 0.12)
        x, y, wide, high = rng.uniform(-1.1, 1.1), rng.uniform(-1.1, 1.1), *rng.uniform(0.08, 0.8, 2)
        u = (column - x) * np.cos(turn) + (row - y) * np.sin(turn)
        v = (row - y) * np.cos(turn) - (column - x) * np.sin(turn)
        edge = rng.uniform(0.02, 0.25)
        if kind == 0:
            cover = soft_step(wide - np.abs(u), edge) * soft_step(high - np.abs(v), edge)
        elif kind == 1:
            cover = soft_step(1 - np.hypot(u / wide, v / high), edge / wide)
        elif kind == 2:
            cover = soft_step(np.sin(u * (4 + 26 * wide)), 0.8) * soft_step(high + 0.4 - np.abs(v), edge)
        else:
            grain = noise("patches", u * 60 + offset[2], v * 60 + offset[3])
            cover = soft_step(grain - 0.2, 1.2) * soft_step(wide + high - np.hypot(u, v), 0.3)
        picture = picture + (1.3 * tone - picture) * cover
    return np.clip(backdrop.tone + backdrop.contrast * picture, 0.01, 1.0).astype(np.float32)
