"""The keypoint task: which points are predicted, on images of which size, and what a mirror does to them."""

from dataclasses import dataclass
from typing import Literal

FlipCenter = Literal["halves", "integers"]


@dataclass(frozen=True)
class Keypoints:
    """Named points in the pixels of an image: x to the right, y down, NaN where a point is not labelled.

    Args:
        names: the K keypoints, e.g. ``left_eye_center``; "left" and "right" are the subject's.
        height: image height in pixels.
        width: image width in pixels.
        flip_permutation: for each keypoint the index of the one that takes its name in a mirrored image.

    >>> Keypoints(("left_eye", "right_eye", "nose"), 96, 96, (1, 0, 2)).names[0]
    'left_eye'
    """

    names: tuple[str, ...]
    height: int
    width: int
    flip_permutation: tuple[int, ...]
