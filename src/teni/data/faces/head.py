"""The head as a surface in space, in mm: x to the subject's left, y down from the eyes, z out of the face.

The surface is a stack of horizontal slices around an axis near the ears, with the reliefs of brow, eyes,
nose, cheeks and lips laid on its front. The same functions place the vertices of the mesh and the keypoints,
so that both agree. Mean measures are rounded from adult anthropometry (Farkas, "Anthropometry of the Head and
Face", 1994).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from teni.data.faces.arrays import Array
from teni.data.faces.scene import Expression
from teni.data.faces.subject import Subject

MEAN_CHIN = 112.0
TOP = -124.0
JAW_START = 55.0

# Height below the eyes -> half width, front, back and axis of the slice of the mean head.
_SLICES = np.array(
    [
        [-124.0, 2.0, 2.0, -18.0, -8.0],
        [-121.0, 24.0, 22.0, -40.0, -8.0],
        [-112.0, 44.0, 45.0, -65.0, -8.0],
        [-98.0, 60.0, 65.0, -84.0, -8.0],
        [-80.0, 70.0, 80.0, -96.0, -8.0],
        [-60.0, 75.0, 89.0, -102.0, -7.0],
        [-40.0, 76.5, 94.0, -104.0, -6.0],
        [-22.0, 76.0, 94.5, -103.0, -5.0],
        [-8.0, 74.0, 91.0, -100.0, -4.0],
        [10.0, 72.5, 90.0, -94.0, -3.0],
        [30.0, 70.5, 91.0, -84.0, -2.0],
        [48.0, 66.5, 92.5, -70.0, 0.0],
        [65.0, 61.0, 93.0, -50.0, 4.0],
        [80.0, 54.5, 91.0, -30.0, 12.0],
        [92.0, 46.5, 89.5, -10.0, 25.0],
        [102.0, 36.0, 87.0, 15.0, 40.0],
        [108.0, 26.0, 82.5, 35.0, 52.0],
        [112.0, 14.0, 74.0, 50.0, 60.0],
        [113.5, 2.0, 66.0, 60.0, 63.0],
    ]
)


@dataclass(frozen=True)
class Shape:
    """A subject's head with the expression of one picture."""

    subject: Subject
    chin_y: float
    mouth: "MouthShape"
    brow_raise: float
    smile: float


@dataclass(frozen=True)
class MouthShape:
    """The lips of one picture, in mm: heights (y) of their four outlines at the middle, and the corners."""

    half_width: float
    corner_y: float
    top: float
    upper_inner: float
    lower_inner: float
    bottom: float


def shape_of(subject: Subject, expression: Expression) -> Shape:
    """Combine a subject with an expression: the jaw drops, the corners of the mouth move.

    Args:
        subject: who.
        expression: what the face does.
    """
    mouth, opened, smile = subject.features.mouth, expression.mouth_open, expression.smile
    thin = 1 - 0.22 * max(smile, 0.0)
    shape = MouthShape(
        half_width=mouth.half_width * (1 + 0.17 * smile) * (1 - 0.006 * opened),
        corner_y=mouth.y + 0.32 * opened - 4.0 * smile,
        top=mouth.y - mouth.upper * thin - 0.12 * opened - 1.2 * max(smile, 0.0),
        upper_inner=mouth.y - 0.12 * opened - 1.2 * max(smile, 0.0),
        lower_inner=mouth.y + 0.88 * opened - 0.8 * max(smile, 0.0),
        bottom=mouth.y + mouth.lower * thin + 0.88 * opened - 0.8 * max(smile, 0.0),
    )
    return Shape(subject, subject.skull.chin_y + 0.8 * opened, shape, expression.brow_raise, smile)


@cache
def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the slices at every half millimetre, smoothly interpolated."""
    y = np.arange(_SLICES[0, 0], _SLICES[-1, 0] + 0.25, 0.5)
    return y, np.ascontiguousarray(PchipInterpolator(_SLICES[:, 0], _SLICES[:, 1:])(y).T)


def mean_height(shape: Shape, y: Array) -> Array:
    """Map heights of this head to those of the mean head (chin and crown move, the eyes stay).

    Args:
        shape: the head.
        y: mm below the eyes, any shape.
    """
    low = JAW_START + (y - JAW_START) * ((MEAN_CHIN - JAW_START) / (shape.chin_y - JAW_START))
    return np.where(y > JAW_START, low, np.where(y < 0, y / shape.subject.skull.crown, y)).astype(np.float32)


def heights(shape: Shape, mean: Array) -> Array:
    """Map heights of the mean head to those of this head; the inverse of `mean_height`.

    Args:
        shape: the head.
        mean: mm below the eyes on the mean head, any shape.
    """
    low = JAW_START + (mean - JAW_START) * ((shape.chin_y - JAW_START) / (MEAN_CHIN - JAW_START))
    high = np.where(mean < 0, mean * shape.subject.skull.crown, mean)
    return np.where(mean > JAW_START, low, high).astype(np.float32)


def slices(shape: Shape, y: Array) -> tuple[Array, Array, Array, Array]:
    """Give the slice at each height: half width, front, back and axis, all in mm.

    Args:
        shape: the head.
        y: mm below the eyes, any shape.
    """
    grid, (width, front, back, axis) = _table()
    skull, mean = shape.subject.skull, mean_height(shape, y)
    position = np.clip((mean - grid[0]) * 2, 0, len(grid) - 1)
    jaw = 1 + (skull.jaw - 1) * _bump(mean - 88, 26) + (skull.cheek - 1) * _bump(mean - 28, 22)
    span = np.arange(len(grid))
    half = np.interp(position, span, width) * skull.width * jaw
    out = [np.interp(position, span, part) for part in (front, back, axis)]
    return (
        half.astype(np.float32),
        (out[0] * (0.5 + 0.5 * skull.depth)).astype(np.float32),
        (out[1] * skull.depth).astype(np.float32),
        out[2].astype(np.float32),
    )


def _bump(distance: Array, width: float) -> Array:
    return np.exp(-0.5 * np.square(distance / width))


def relief(shape: Shape, x: Array, y: Array) -> Array:
    """Give how far the features stand out of the smooth head, in mm.

    Args:
        shape: the head.
        x: mm, seen from the front, any shape.
        y: mm below the eyes, like ``x``.
    """
    subject, side = shape.subject, np.abs(x)
    eyes, skull, smile = subject.features.eyes, subject.skull, shape.smile
    mouth = shape.mouth
    away = side - eyes.apart
    out = -6.0 * _bump(away + 2, 17) * _bump(y + 1, 11)
    out += 7.0 * _bump(away, 10.5) * _bump(y - 0.5, 8)
    out += 4.5 * skull.brow_ridge * _bump(side - 22, 19) * _bump(y + 19 + 0.6 * shape.brow_raise, 7)
    out += (3.5 + 3.5 * max(smile, 0)) * skull.cheek * _bump(side - 42, 15) * _bump(y - 30 + 3 * smile, 13)
    out -= 2.0 * _bump(side - 46, 12) * _bump(y - 62, 18)
    out += _nose(shape, side, y)
    wide = mouth.half_width * 0.62
    out += 5.0 * _bump(side, wide * 1.15) * _bump(y - mouth.upper_inner + 4, 5)
    out += 5.0 * _bump(side, wide) * _bump(y - mouth.lower_inner - 5, 5)
    gap = 0.5 * (mouth.upper_inner + mouth.lower_inner)
    out -= (
        (3.0 + 0.25 * (mouth.lower_inner - mouth.upper_inner))
        * _bump(side, wide)
        * _bump(y - gap, 2.2 + 0.5 * (mouth.lower_inner - mouth.upper_inner))
    )
    out -= 5.0 * _bump(side, 17) * _bump(y - mouth.bottom - 5, 5)
    out += 5.5 * _bump(side, 15) * _bump(y - shape.chin_y + 15, 9)
    return out.astype(np.float32)


def _nose(shape: Shape, side: Array, y: Array) -> Array:
    nose = shape.subject.features.nose
    along = np.clip((y + 9) / (nose.tip_y + 9), 0, 1)
    under = np.clip((y - nose.tip_y) / 9.5, 0, 1)
    height = nose.protrusion * (0.16 * np.minimum(along * 4, 1) + 0.84 * along**1.35) * (1 - under**1.6)
    height += nose.hump * _bump(y - 0.45 * nose.tip_y, 8)
    spread = nose.bridge + (nose.tip - nose.bridge) * along**2
    out = height * np.exp(-(np.abs(side / spread) ** 1.8) * 0.7)
    out += 3.5 * _bump(side, nose.tip * 0.75) * _bump(y - nose.tip_y + 1, 6.5)
    return out + 9.0 * _bump(side - nose.wings * 0.72, 4.6) * _bump(y - nose.tip_y - 1, 5.5)


def front_depth(shape: Shape, x: Array, y: Array) -> Array:
    """Give the depth of the front of the face at points seen from the front, in mm.

    Args:
        shape: the head.
        x: mm, any shape.
        y: mm below the eyes, like ``x``.
    """
    half, front, _, axis = slices(shape, y)
    across = np.clip(np.abs(x) / half, 0, 0.999)
    return axis + (front - axis) * np.sqrt(1 - across * across) + relief(shape, x, y)
