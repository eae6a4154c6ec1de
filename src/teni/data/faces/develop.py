"""What the camera makes of the drawing: fewer pixels, blur, tone, sharpening, noise, JPEG blocks."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from teni.data.faces.arrays import Array
from teni.data.faces.scene import Camera

# The luminance table of the JPEG standard (ITU-T T.81, annex K.1).
_STEPS = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    np.float32,
)


def develop(drawing: Array, camera: Camera, size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Take the picture, ``uint8 (size, size)``.

    Args:
        drawing: ``(S, S)`` as the eye sees it, 0 to 1, S at least ``size``.
        camera: what it does.
        size: height and width of the picture.
        rng: draws the noise.
    """
    lens = _blur(size, len(drawing), round(camera.blur, 2))
    picture = lens @ drawing @ lens.T
    picture = np.clip(camera.gain * picture, 0, 1) ** camera.gamma
    picture = picture + camera.contrast * (picture * picture * (3 - 2 * picture) - picture)
    if camera.halo:
        wide = _blur(size, size, 1.4)
        picture = picture + camera.halo * (picture - wide @ picture @ wide.T)
    grain = rng.standard_normal((size, size), dtype=np.float32)
    picture = 255 * (picture + camera.noise * grain)
    if camera.jpeg > 0:
        picture = jpeg_like(picture, camera.jpeg)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


@cache
def _blur(size: int, wide: int, sigma: float) -> Array:
    """Return the ``(size, wide)`` matrix that blurs and resamples columns; sigma in pixels of the outcome."""
    step = wide / size
    at = (np.arange(size)[:, None] + 0.5) * step - (np.arange(wide)[None, :] + 0.5)
    spread = step * np.hypot(sigma, 0.36)
    # Without the weights that do not count, which as denormal numbers would slow the product down tenfold.
    weight = np.where(np.abs(at) < 5 * spread, np.exp(-0.5 * np.square(at / spread)), 0)
    return (weight / weight.sum(1, keepdims=True)).astype(np.float32)


@cache
def _cosines() -> Array:
    k, n = np.arange(8)[:, None], np.arange(8)[None, :]
    basis = np.cos(np.pi * (2 * n + 1) * k / 16) * np.where(k == 0, np.sqrt(1 / 8), 0.5)
    return basis.astype(np.float32)


def jpeg_like(picture: Array, coarseness: float) -> Array:
    """Round the cosines of each 8x8 block as JPEG does.

    Args:
        picture: ``(H, W)``, 0 to 255, sides divisible by 8.
        coarseness: factor of the standard's steps; 1 is quality 50, 0.3 about quality 85.

    >>> jpeg_like(np.full((8, 8), 128, np.float32), 1.0)[0, 0]
    np.float32(128.0)
    """
    height, width = picture.shape
    basis, steps = _cosines(), np.maximum(_STEPS * coarseness, 1)
    blocks = (picture - 128).reshape(height // 8, 8, width // 8, 8).transpose(0, 2, 1, 3)
    rounded = np.rint(basis @ blocks @ basis.T / steps) * steps
    return (basis.T @ rounded @ basis).transpose(0, 2, 1, 3).reshape(height, width) + 128
