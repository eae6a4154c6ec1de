"""Small turns, zooms and shifts before every step: what survives them is seen by the eye, too.

A turn with zoom and shift is done in two passes, along rows and then along columns (Catmull & Smith, 1980), each a
matrix product with weights of linear interpolation; its gradient is a matrix product as well, on every backend.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

ops: Any = keras.ops  # Keras annotates every result as possibly None

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Views:
    """How far an image is moved before each step, at random.

    Args:
        jitter: shift along each axis, pixels, from ``-jitter`` to ``jitter``.
        rotation: turn, degrees, from ``-rotation`` to ``rotation``.
        scale: zoom, from ``1 - scale`` to ``1 + scale``.

    >>> Views().still
    True
    """

    jitter: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0

    @property
    def still(self) -> bool:
        """Whether nothing is moved."""
        return self.jitter == self.rotation == self.scale == 0

    def draw(self, steps: int, random: np.random.Generator) -> Floats:
        """Draw the move of each step: the passes of `moved`, ``float32 (steps, 6)``."""
        turn = np.deg2rad(self.rotation) * random.uniform(-1, 1, steps)
        zoom = 1 + self.scale * random.uniform(-1, 1, steps)
        shift = self.jitter * random.uniform(-1, 1, (2, steps))
        return two_passes(turn, zoom, shift[0], shift[1])


def two_passes(turn: Any, zoom: Any, right: Any, down: Any) -> Floats:
    """Split moves into a pass along rows and one along columns.

    Output pixel (x, y), from the middle, shows the input at ``R (x, y) / zoom + (right, down)``, R a turn. The
    second pass, first undone, takes y from ``c x + d y + down``; the first then takes x from ``a x + b y' + right``.

    Args:
        turn: radians, ``(N,)``, far from a right angle.
        zoom: above 1 enlarges.
        right: shift, pixels.
        down: shift, pixels.

    Returns:
        ``float32 (N, 6)``: a, b, right, c, d, down.

    >>> two_passes(np.zeros(1), np.ones(1), np.full(1, 2.0), np.zeros(1)).tolist()
    [[1.0, -0.0, 2.0, 0.0, 1.0, 0.0]]
    """
    cos, sin = np.cos(turn) / zoom, np.sin(turn) / zoom
    # x_in = cos x - sin y + right, y_in = sin x + cos y + down; the row pass sees y_in where the output has y:
    # y = (y_in - down - sin x) / cos, so x_in = (cos + sin^2 / cos) x - (sin / cos) (y_in - down) + right
    b = -sin / cos
    a = cos + sin**2 / cos
    return np.stack([a, b, right - b * down, sin, cos, down], axis=-1).astype(np.float32)


def moved(x: Any, passes: Any) -> Any:
    """Move images, the same way all of them; what comes from outside repeats the border.

    Args:
        x: ``(N, H, W, C)``.
        passes: ``(6,)``, see `two_passes`.

    Returns:
        ``(N, H, W, C)``.

    >>> image = np.arange(9, dtype=np.float32).reshape(1, 3, 3, 1)
    >>> keras.ops.convert_to_numpy(moved(image, np.array([1, 0, 1, 0, 1, 0], np.float32)))[0, 0, :, 0].tolist()
    [1.0, 2.0, 2.0]
    """
    _, height, width, _ = x.shape
    at_y, at_x = (np.arange(n, dtype=np.float32) - np.float32((n - 1) / 2) for n in (height, width))
    ys, xs = ops.convert_to_tensor(at_y), ops.convert_to_tensor(at_x)
    a, b, right, c, d, down = (passes[i] for i in range(6))
    along_x = _interpolation(a * xs[None, :] + b * ys[:, None] + right, at_x)  # (H, W out, W in)
    along_y = _interpolation(c * xs[:, None] + d * ys[None, :] + down, at_y)  # (W, H out, H in)
    x = ops.matmul(along_x[None], x)  # every row with its own weights: (N, H, W, C)
    x = ops.matmul(along_y[None], ops.transpose(x, (0, 2, 1, 3)))
    return ops.transpose(x, (0, 2, 1, 3))


def _interpolation(positions: Any, at: Floats) -> Any:
    """Weigh the pixels at `at` for values between them: ``(…, many)`` for positions ``(…)``."""
    inside = ops.clip(positions, float(at[0]), float(at[-1]))
    return ops.maximum(1.0 - ops.abs(inside[..., None] - ops.convert_to_tensor(at)), 0.0)
