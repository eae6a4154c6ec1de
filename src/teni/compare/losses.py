"""What each image adds to the error of a strategy, so that errors can be compared subject by subject."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.task import Keypoints

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Losses:
    """Sums and counts an image: the error is the square root of one over the other, or the plain ratio.

    Args:
        sums: ``(N,)``.
        counts: ``(N,)``, 0 for an image without a label.
        name: of the error, as ``metrics.json`` calls it.
    """

    sums: Floats
    counts: Floats
    name: str

    @property
    def is_root(self) -> bool:
        """Tell whether the error is a root mean square."""
        return self.name == "rmse_px"


def image_losses(predicted: NDArray[np.floating], truth: NDArray[np.generic], task: object) -> Losses:
    """Measure each image.

    Args:
        predicted: ``(N, K, 2)`` pixels, or ``(N, C)`` probabilities.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled, or ``(N,)`` classes, -1 = unlabelled.
        task: says which.

    Returns:
        For keypoints squared errors and coordinates (``rmse_px``); for classes minus the logarithm of the true
        class's probability (``log_loss``).

    >>> task = Keypoints(("nose",), 8, 8, (0,))
    >>> found = image_losses(np.array([[[3.0, 4.0]]]), np.array([[[0.0, np.nan]]]), task)
    >>> found.sums.tolist(), found.counts.tolist(), found.name
    ([9.0], [1.0], 'rmse_px')
    """
    exact = np.asarray(predicted, np.float64)
    if isinstance(task, Keypoints):
        points = np.asarray(truth, np.float64)
        known = ~np.isnan(points)
        squares = np.where(known, (exact - np.where(known, points, 0.0)) ** 2, 0.0)
        return Losses(squares.sum(axis=(1, 2)), known.sum(axis=(1, 2)).astype(np.float64), "rmse_px")
    classes = np.asarray(truth, np.int64)
    known = classes >= 0
    own = exact[np.arange(len(classes)), np.maximum(classes, 0)]
    smallest = np.finfo(np.float64).eps
    return Losses(
        np.where(known, -np.log(np.maximum(own, smallest)), 0.0), known.astype(np.float64), "log_loss"
    )
