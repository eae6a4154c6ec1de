"""The lines that both the painter and the keypoints follow: the rims of the lids and the line of the brow."""

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.subject import Brows, Eyes


def lid_heights(eyes: Eyes, opening: float, along: Array) -> tuple[Array, Array]:
    """Give the heights of the upper and the lower rim, in mm below the axis of the eye.

    Args:
        eyes: whose.
        opening: 0 shut, 1 open.
        along: -1 at the inner corner, 1 at the outer one, any shape.
    """
    arc = np.maximum(1 - np.square(along), 0).astype(np.float32)
    lower = eyes.height * 0.72 * arc
    # The highest point of the upper rim lies a little towards the nose.
    upper = -eyes.height * 1.22 * arc**0.8 * (1 - 0.12 * along)
    shut = 0.75 * lower
    return shut + (upper - shut) * opening, lower


def brow_line(brows: Brows, along: Array) -> Array:
    """Give the height of the middle of the brow, in mm below the eyes.

    Args:
        brows: whose.
        along: 0 at the inner end, 1 at the outer one, any shape.
    """
    along = np.clip(along, 0, 1)
    return brows.y + brows.outer_drop * along**2 - brows.arch * 4 * along**1.4 * (1 - along)
