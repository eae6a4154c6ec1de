"""How far labels lie from honest predictions, in usual spreads: of the keypoint, and of the subject's own images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Of the length of a vector whose two coordinates are normal with spread 1: its median and its 90th percentile.
MEDIAN, TAIL = 1.1774, 2.1460
# A subject with so many images hardly changes its median by leaving one out.
_MANY = 60
# What is known from n other images of a subject counts n / (n + CAUTION).
_CAUTION = 2.0


@dataclass(frozen=True, eq=False)
class Residuals:
    """What is left of the labels of N images after all that is usual was taken off.

    Args:
        vectors: ``(N, K, 2)`` pixels, label minus prediction, without the usual offset of the keypoint and of the
            subject; NaN = unlabelled.
        spread: ``(N, K)`` pixels, what counts as one usual spread there.
    """

    vectors: Floats
    spread: Floats

    @property
    def scores(self) -> Floats:
        """Give the length of each vector in usual spreads, ``(N, K)``, NaN = unlabelled."""
        return np.linalg.norm(self.vectors, axis=-1) / self.spread


def residuals(predicted: Floats, truth: Floats, subjects: NDArray[np.str_] | None) -> Residuals:
    """Set labels against predictions of a model that had not seen the subject.

    All that is usual is a median or a 90th percentile, so that a few wrong labels do not hide themselves. The spread
    of a keypoint is the larger of what the median and the 90th percentile say, since errors have longer tails than
    the normal law. From the subject's other images come its usual offset (a face that the model always gets a little
    wrong is no wrong label) and its own spread, if that is larger.

    Args:
        predicted: ``(N, K, 2)`` pixels.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled.
        subjects: ``(N,)`` who each image shows; None if nobody said.

    >>> predicted, truth = np.zeros((5, 1, 2)), np.zeros((5, 1, 2))
    >>> truth[:, 0, 0] = [1, -1, 1, -1, 9]
    >>> [float(round(score, 1)) for score in residuals(predicted, truth, None).scores[:, 0]]
    [0.0, 0.8, 0.0, 0.8, 3.1]
    """
    off = truth - predicted
    off = off - _median(off, axis=0)
    own, own_spread = np.zeros_like(off), np.zeros(off.shape[:2])
    groups = [] if subjects is None else _groups(subjects)
    for rows in groups:
        own[rows] = _of_others(off[rows])
    left = off - own
    length = np.linalg.norm(left, axis=-1)
    spread = np.fmax(_median(length, axis=0) / MEDIAN, _quantile(length, 0.9) / TAIL)
    for rows in groups:
        own_spread[rows] = _of_others(length[rows]) / MEDIAN
    smallest = 1e-3 * np.nanmax(
        spread, initial=1.0
    )  # a keypoint that is never off has no spread to divide by
    return Residuals(left, np.fmax(np.fmax(spread, own_spread), smallest))


def _groups(subjects: NDArray[np.str_]) -> list[NDArray[np.intp]]:
    _, where, counts = np.unique(subjects, return_inverse=True, return_counts=True)
    return [
        rows for rows in np.split(np.argsort(where, kind="stable"), np.cumsum(counts)[:-1]) if len(rows) > 2
    ]


def _of_others(values: Floats) -> Floats:
    """Give for each of a subject's images the median of its other images, drawn towards 0 where these are few."""
    known = ~np.isnan(values)
    if len(values) > _MANY:
        middle = np.broadcast_to(_median(values, axis=0), values.shape)
    else:
        each = np.arange(len(values))
        middle = np.stack([_median(values[each != i], axis=0) for i in each])
    others = known.sum(axis=0) - known
    return np.nan_to_num(middle) * np.where(others < 2, 0.0, others / (others + _CAUTION))


def _median(values: Floats, axis: int) -> Floats:
    """Give the median of what is known, NaN where nothing is, without a warning for it."""
    return _quantile(values, 0.5, axis)


def _quantile(values: Floats, share: float, axis: int = 0) -> Floats:
    ordered = np.sort(values, axis=axis)  # NaN comes last
    known = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    place = share * np.maximum(known - 1, 0)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    below, above = (np.take_along_axis(ordered, at, axis) for at in (low, high))
    return np.squeeze(below + (above - below) * (place - low), axis=axis)
