"""What an image is made of while it is changed: its pixels, or waves of every length.

The same ascent in another parametrisation follows another gradient (Olah, Mordvintsev & Schubert, "Feature
Visualization", Distill 2017): in pixels high frequencies win, in waves scaled by their length no scale does.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

ops: Any = keras.ops  # Keras annotates every result as possibly None

Floats = NDArray[np.float32]
Shape = tuple[int, int, int]

# Natural colours vary most in brightness, then from yellow to blue, least from green to red, and the three hardly
# depend on each other (Ruderman, Cronin & Chiao, 1998). The shares are rounded.
_AXES = np.array([(1, 1, 1), (1, 1, -2), (1, -1, 0)], np.float64) / np.sqrt([[3.0], [6.0], [2.0]])
_SHARES = np.array([1.0, 0.35, 0.2])


class Parametrisation(Protocol):
    """A way to make images of parameters; abstract."""

    def start(self, many: int, shape: Shape, random: np.random.Generator) -> Floats:
        """Draw the parameters of images to start from, ``float32 (N, …)``."""
        ...

    def image(self, parameters: Any) -> Any:
        """Make images ``(N, H, W, C)``, 0 to 255, of parameters; differentiable."""
        ...

    def unchanged(self, parameters: Any) -> Any:
        """Return parameters of the same images that the next step may start from, e.g. back inside bounds."""
        ...


@dataclass(frozen=True)
class Plain(Parametrisation):
    """The pixels themselves; final.

    Args:
        mean: of the noise to start from, 0 to 255.
        spread: of the noise: uniform from ``mean - spread / 2`` to ``mean + spread / 2``.
        clip: whether pixels are kept in 0 to 255.

    >>> noise = Plain(128, 20).start(1, (4, 4, 1), np.random.default_rng(0))
    >>> bool(noise.min() >= 118), bool(noise.max() <= 138)
    (True, True)
    """

    mean: float = 128.0
    spread: float = 20.0
    clip: bool = False

    def start(self, many: int, shape: Shape, random: np.random.Generator) -> Floats:
        """Draw uniform noise."""
        return (self.mean + self.spread * (random.random((many, *shape), np.float32) - 0.5)).astype(
            np.float32
        )

    def image(self, parameters: Any) -> Any:
        """Return the pixels."""
        return parameters

    def unchanged(self, parameters: Any) -> Any:
        """Keep pixels inside their bounds, where that is asked for."""
        return ops.clip(parameters, 0.0, 255.0) if self.clip else parameters


@dataclass(frozen=True)
class Fourier(Parametrisation):
    """Waves, the long ones as strong as natural images have them, in colours that do not depend on each other.

    The waves are cosines and sines along rows and columns, an orthonormal basis; so the transform is two matrix
    products and runs on every backend. A squash keeps pixels in bounds. Final.

    Args:
        decay: the strength of a wave of frequency f is ``f ** -decay``; 1 is that of natural images.
        spread: standard deviation of the image to start from, before the squash.

    >>> waves = Fourier()
    >>> images = waves.image(waves.start(2, (8, 8, 3), np.random.default_rng(0)))
    >>> tuple(images.shape)
    (2, 8, 8, 3)
    """

    decay: float = 1.0
    spread: float = 0.05

    def start(self, many: int, shape: Shape, random: np.random.Generator) -> Floats:
        """Draw the strength of each wave."""
        return (self.spread * random.standard_normal((many, *shape), np.float32)).astype(np.float32)

    def image(self, parameters: Any) -> Any:
        """Add the waves up and squash the sum to 0 … 255."""
        _, height, width, channels = parameters.shape
        strengths = ops.convert_to_tensor(wave_strengths(height, width, self.decay)[None, :, :, None])
        scaled = ops.convert_to_tensor(parameters) * strengths
        rows, columns = wave_basis(height), wave_basis(width)
        # ops.einsum would do; two plain products are quicker on every backend
        x = ops.tensordot(scaled, columns, axes=[[2], [0]])  # (N, fy, C, W)
        x = ops.tensordot(x, rows, axes=[[1], [0]])  # (N, C, W, H)
        x = ops.transpose(x, (0, 3, 2, 1))
        if channels == 3:
            x = ops.tensordot(x, colour_mix(), axes=[[3], [0]])
        return ops.sigmoid(x) * 255.0

    def unchanged(self, parameters: Any) -> Any:
        """Leave the parameters alone: every image they make is in bounds."""
        return parameters


def wave_basis(many: int) -> Floats:
    """List the waves of a row of pixels: a constant, then cosine and sine of each frequency; orthonormal.

    Args:
        many: pixels of the row.

    Returns:
        ``float32 (many, many)``, one wave a row.

    >>> basis = wave_basis(6)
    >>> bool(np.allclose(basis @ basis.T, np.eye(6), atol=1e-6))
    True
    """
    at = np.arange(many)
    rows = [np.full(many, np.sqrt(1 / many))]
    for f in range(1, many // 2 + 1):
        turn = 2 * np.pi * f * at / many
        if 2 * f == many:
            rows.append(np.sqrt(1 / many) * np.cos(turn))
        else:
            rows += [np.sqrt(2 / many) * np.cos(turn), np.sqrt(2 / many) * np.sin(turn)]
    return np.stack(rows[:many]).astype(np.float32)


def wave_strengths(height: int, width: int, decay: float) -> Floats:
    """Give each wave its strength, falling with its frequency, so that the mean square of a pixel is one.

    Args:
        height: rows of the image.
        width: columns of the image.
        decay: see `Fourier`.

    Returns:
        ``float32 (height, width)``.

    >>> bool(wave_strengths(8, 8, 1.0)[0, 0] > wave_strengths(8, 8, 1.0)[7, 7])
    True
    """
    along_y, along_x = (((np.arange(n) + 1) // 2) / n for n in (height, width))
    frequency = np.sqrt(along_y[:, None] ** 2 + along_x[None, :] ** 2)
    strength = np.maximum(frequency, 1 / max(height, width)) ** -decay
    return (strength / np.sqrt(np.mean(strength**2))).astype(np.float32)


def colour_mix() -> Floats:
    """Return the matrix that turns brightness, yellow-blue and red-green into RGB, ``(3, 3)``.

    >>> (colour_mix()[0] > 0).tolist()
    [True, True, True]
    """
    mix = _SHARES[:, None] * _AXES
    return (mix * np.sqrt(3 / np.sum(mix**2))).astype(np.float32)
