"""What keeps an image smooth and calm while it is changed."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

ops: Any = keras.ops  # Keras annotates every result as possibly None

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Regularisers:
    """Penalties, taken off the objective, and a blur between steps.

    Args:
        l2: weight of the mean squared distance of the pixels from grey, in units of 255.
        total_variation: weight of the mean absolute difference of neighbours, in units of 255.
        blur: spread in pixels of a Gaussian that is applied to the parameters after a step.
        blur_every: steps between two blurs.

    >>> Regularisers().none
    True
    """

    l2: float = 0.0
    total_variation: float = 0.0
    blur: float = 0.0
    blur_every: int = 4

    @property
    def none(self) -> bool:
        """Whether there is no penalty."""
        return self.l2 == self.total_variation == 0

    def penalty(self, image: Any) -> Any:
        """Weigh what is disliked of each image.

        Args:
            image: ``(N, H, W, C)`` pixels, 0 to 255.

        Returns:
            ``(N,)``.
        """
        x = image / 255.0
        total = self.l2 * ops.mean(ops.square(x - 0.5), axis=(1, 2, 3))
        if self.total_variation:
            down = ops.mean(_length(x[:, 1:] - x[:, :-1]), axis=(1, 2, 3))
            right = ops.mean(_length(x[:, :, 1:] - x[:, :, :-1]), axis=(1, 2, 3))
            total = total + self.total_variation * (down + right)
        return total


def blur_matrix(many: int, spread: float) -> Floats:
    """Make the matrix that blurs a row of pixels by a Gaussian; each row of it adds up to one.

    Args:
        many: pixels of the row.
        spread: of the Gaussian, pixels; 0 changes nothing.

    >>> bool(np.allclose(blur_matrix(5, 0.8).sum(axis=1), 1))
    True
    """
    if spread == 0:
        return np.eye(many, dtype=np.float32)
    apart = np.arange(many)[:, None] - np.arange(many)[None]
    weights = np.exp(-(apart**2) / (2 * spread**2))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def blurred(x: Any, spread: float) -> Any:
    """Blur images.

    Args:
        x: ``(N, H, W, C)``.
        spread: of the Gaussian, pixels.

    >>> float(keras.ops.sum(blurred(np.ones((1, 4, 4, 1), np.float32), 1.0)))
    16.0
    """
    rows, columns = blur_matrix(x.shape[1], spread), blur_matrix(x.shape[2], spread)
    x = ops.tensordot(x, columns, axes=[[2], [1]])  # (N, H, C, W)
    x = ops.tensordot(x, rows, axes=[[1], [1]])  # (N, C, W, H)
    return ops.transpose(x, (0, 3, 2, 1))


def _length(difference: Any) -> Any:
    """Return the absolute value, smooth at zero, where its gradient would jump."""
    return ops.sqrt(ops.square(difference) + 1e-6)
