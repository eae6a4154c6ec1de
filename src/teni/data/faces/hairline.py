"""Where hair grows: the hairline around the head, how far hair stands out, and the locks that hang down."""

import numpy as np

from teni.data.faces.arrays import Array
from teni.data.faces.subject import Hair

_AZIMUTHS = np.radians([0.0, 22.0, 42.0, 58.0, 70.0, 80.0, 92.0, 112.0, 180.0])


def hair_height(hair: Hair, azimuth: Array) -> Array:
    """Give the lowest point of the hair at each azimuth, in mm below the eyes.

    Args:
        hair: whose.
        azimuth: radians around the head, 0 at the nose, any shape.
    """
    front, temple = hair.front_y, hair.temple_y
    line = [front, 0.7 * front + 0.3 * temple - 3, temple, temple + 12, temple + 36, 12.0, 18.0, 62.0, 74.0]
    lowest = np.interp(np.abs(azimuth), _AZIMUTHS, np.array(line))
    return (lowest + hair.parting * 9 * np.sin(2 * azimuth) * (np.abs(azimuth) < 1.2)).astype(np.float32)


def hair_cover(hair: Hair, azimuth: Array, y: Array, soft: float) -> Array:
    """Give how much of the head is hair, from 0 to 1.

    Args:
        hair: whose; with a thickness of 0 the head is bald.
        azimuth: radians, any shape.
        y: mm below the eyes, like ``azimuth``.
        soft: width of the edge in mm.
    """
    if hair.thickness <= 0:
        return np.zeros_like(y)
    return np.clip((hair_height(hair, azimuth) - y) / soft + 0.5, 0, 1)


def hair_rise(hair: Hair, azimuth: Array, y: Array) -> Array:
    """Give how far the hair stands out of the skull, in mm.

    Args:
        hair: whose.
        azimuth: radians, any shape.
        y: mm below the eyes, like ``azimuth``.
    """
    cover = hair_cover(hair, azimuth, y - 3, 14)
    curls = np.sin(azimuth * 9) * np.sin(y * 0.11) + 0.6 * np.sin(azimuth * 17 + y * 0.05)
    # Sides and nape are cut shorter than the top unless the hair is curly or long.
    side = np.clip((y + 60) / 70, 0, 1) * (0.0 if hair.curl > 0.6 or hair.length > 40 else 0.45)
    return cover * hair.thickness * (1 - side + 0.16 * hair.curl * curls)
