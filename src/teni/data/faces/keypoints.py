"""The fifteen keypoints of Kaggle's Facial Keypoints Detection, and where they sit on a face."""

import numpy as np
from numpy.typing import NDArray

from teni.data.faces.head import Shape
from teni.data.faces.lids import brow_line, lid_heights
from teni.data.faces.scene import Expression
from teni.task import Keypoints, flip_permutation

KEYPOINT_NAMES = (
    "left_eye_center",
    "right_eye_center",
    "left_eye_inner_corner",
    "left_eye_outer_corner",
    "right_eye_inner_corner",
    "right_eye_outer_corner",
    "left_eyebrow_inner_end",
    "left_eyebrow_outer_end",
    "right_eyebrow_inner_end",
    "right_eyebrow_outer_end",
    "nose_tip",
    "mouth_left_corner",
    "mouth_right_corner",
    "mouth_center_top_lip",
    "mouth_center_bottom_lip",
)

# The four that every row of the original table has.
ALWAYS_LABELLED = (0, 1, 10, 14)


def face_task() -> Keypoints:
    """Return the task of the embedded faces: fifteen keypoints on 96x96 pixels.

    >>> face_task().names[10], face_task().flip_permutation[:4]
    ('nose_tip', (1, 0, 4, 5))
    """
    return Keypoints(KEYPOINT_NAMES, 96, 96, flip_permutation(KEYPOINT_NAMES))


def front_positions(shape: Shape, expression: Expression) -> NDArray[np.float32]:
    """Give the keypoints seen from the front, ``(15, 2)`` in mm, in the order of `KEYPOINT_NAMES`.

    Args:
        shape: the head.
        expression: the lids' opening.
    """
    eyes, brows, mouth = shape.subject.features.eyes, shape.subject.features.brows, shape.mouth
    slope, points = np.tan(eyes.tilt), np.zeros((15, 2), np.float32)
    for side, opening, rows in (
        (1, expression.open_left, (0, 2, 3, 6, 7)),
        (-1, expression.open_right, (1, 4, 5, 8, 9)),
    ):
        third = np.array([-1 / 3, 1 / 3], np.float32)
        upper, lower = lid_heights(eyes, opening, third)
        # As tables of landmarks have it: the mean of the six points of the rim, the two corners at height 0.
        middle = (upper.sum() + lower.sum()) / 6
        points[rows[0]] = side * eyes.apart, middle
        points[rows[1]] = side * (eyes.apart - eyes.length), slope * eyes.length
        points[rows[2]] = side * (eyes.apart + eyes.length), -slope * eyes.length
        ends = np.array([0.0, 1.0], np.float32)
        height = brow_line(brows, ends) - shape.brow_raise
        points[rows[3]] = side * brows.inner_x, height[0]
        points[rows[4]] = side * brows.outer_x, height[1]
    points[10] = 0, shape.subject.features.nose.tip_y
    points[11] = mouth.half_width, mouth.corner_y
    points[12] = -mouth.half_width, mouth.corner_y
    points[13] = 0, mouth.top
    points[14] = 0, mouth.bottom
    return points
