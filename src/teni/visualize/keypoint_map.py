"""From the maps of two coordinates to the map of a keypoint.

A small change of one pixel moves a predicted point by (dx, dy), the two coordinates' gradients there. How far that
is, the length of the vector, is the keypoint's map: pixels moved for a unit of grey. The same length is taken of the
two maps of every other method.
"""

import numpy as np
from numpy.typing import NDArray

from teni.visualize.input_gradient import Attribution

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


def keypoint_map(attribution: Attribution) -> Attribution:
    """Explain keypoints by a method that explains one number at a time.

    Args:
        attribution: the method.

    Returns:
        A function of images and of each one's keypoint, counted from 0, for a network whose flattened output is
        x and y of each keypoint in turn. Its maps are not negative.

    >>> by_column = lambda images, columns: images * np.array([3.0, 4.0])[columns % 2][:, None, None, None]
    >>> keypoint_map(by_column)(np.ones((1, 1, 1, 1), np.float32), np.array([0])).item()
    5.0
    """
    return lambda images, keypoints: np.hypot(
        attribution(images, 2 * keypoints), attribution(images, 2 * keypoints + 1)
    )
