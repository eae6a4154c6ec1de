"""Noise that textures are made of: small tiles, the same for everybody."""

from functools import cache
from typing import Literal

import numpy as np
from scipy.ndimage import gaussian_filter

from teni.data.faces.arrays import Array

TileName = Literal["grain", "patches", "clouds", "strands"]

_SIDE = 256
_SIGMA: dict[TileName, tuple[float, float]] = {
    "grain": (0.9, 0.9),
    "patches": (3.5, 3.5),
    "clouds": (14.0, 14.0),
    "strands": (14.0, 0.9),
}


@cache
def _tile(name: TileName) -> Array:
    rng = np.random.default_rng(list(name.encode()))
    smooth = gaussian_filter(rng.standard_normal((_SIDE, _SIDE)), _SIGMA[name], mode="wrap")
    return ((smooth - smooth.mean()) / smooth.std()).astype(np.float32)


def noise(name: TileName, x: Array, y: Array) -> Array:
    """Look up noise of mean 0 and standard deviation 1.

    Args:
        name: ``grain`` (fine), ``patches``, ``clouds`` (broad) or ``strands`` (lines along y).
        x: tile coordinates, any shape; the tile repeats every 256.
        y: like ``x``.

    >>> float(noise("clouds", np.float32([3.0]), np.float32([259.0]))[0]) == float(
    ...     noise("clouds", np.float32([3.0]), np.float32([3.0]))[0])
    True
    """
    row = np.floor(y).astype(np.int64) & (_SIDE - 1)
    column = np.floor(x).astype(np.int64) & (_SIDE - 1)
    return np.take(_tile(name), row * _SIDE + column)


def soft_step(distance: Array, width: float) -> Array:
    """Rise from 0 to 1 over ``width`` around a distance of 0.

    >>> soft_step(np.float32([-1, 0, 0.25]), 1.0)
    array([0.  , 0.5 , 0.75], dtype=float32)
    """
    return np.clip(distance * (1 / width) + 0.5, 0, 1)


def bell(distance: Array, width: float) -> Array:
    """Give 1 at 0, falling like a normal density of standard deviation ``width``.

    >>> float(bell(np.float32([0.0]), 2.0)[0])
    1.0
    """
    return np.exp(np.square(distance) * (-0.5 / (width * width)))
