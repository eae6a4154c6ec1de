"""Wrong labels of keypoints, by the pattern in which they lie off."""

import numpy as np
from numpy.typing import NDArray

from teni.suspects.residuals import MEDIAN, TAIL, Floats, Residuals, residuals
from teni.suspects.suspect import Suspect

Marks = NDArray[np.bool_]

# So many usual spreads off is suspect. Of normal errors 4 in a million lie as far.
FAR = 5.0
# So near is where a point belongs, once a swap or a shift is undone.
NEAR = 3.0
# Fewer labelled points than this have no pattern.
_PATTERN = 4


def suspect_points(
    predicted: Floats, truth: Floats, flip_permutation: tuple[int, ...], subjects: NDArray[np.str_] | None
) -> list[Suspect]:
    """Find labels that are probably wrong.

    A point is suspect if it lies more than `FAR` usual spreads from where the model expects it (`residuals`). On an
    image where the model errs anyway the bar is as much higher as its middle point lies further off than usual.
    Before single points are blamed, what would explain them together is tried: left and right swapped (after swapping
    back both lie `NEAR`), then one shift of all points (what is left is near).

    Args:
        predicted: ``(N, K, 2)`` pixels, by a model that had not seen the subject.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled.
        flip_permutation: which keypoint takes whose place in a mirror image.
        subjects: ``(N,)`` who each image shows; None if nobody said.

    Returns:
        At most one suspect an image and kind, the highest score first.

    >>> random = np.random.default_rng(0)
    >>> predicted = np.broadcast_to(np.array([[20.0, 40], [60, 40]]), (50, 2, 2))
    >>> truth = predicted + random.normal(0, 1, (50, 2, 2))
    >>> truth[7] = truth[7, ::-1]
    >>> [(suspect.row, suspect.kind, suspect.where) for suspect in suspect_points(predicted, truth, (1, 0), None)]
    [(7, 'swapped', (0, 1))]
    """
    known = np.asarray(~np.isnan(truth).any(axis=-1) & np.isfinite(predicted).all(axis=-1))
    labels = np.where(known[..., None], truth, np.nan)
    if not known.any():
        return []
    left = residuals(predicted, labels, subjects)
    scores = left.scores
    found: list[Suspect] = []
    swapped = _swapped(labels, left, np.asarray(flip_permutation, np.intp))
    found += _each(swapped, "swapped", scores)
    scores = np.where(swapped, np.nan, scores)
    shifted, lengths = _shifted(left, scores)
    found += [
        Suspect(int(row), "shifted", _places(known[row]), float(lengths[row]))
        for row in np.flatnonzero(shifted)
    ]
    scores[shifted] = np.nan
    middle = _middle_of_others(scores)
    scattered = (_count(scores) >= _PATTERN) & (_row_median(scores) > FAR)
    far = (scores / np.maximum(1.0, np.nan_to_num(middle) / MEDIAN) > FAR) & ~scattered[:, None]
    found += _each(far, "far", scores)
    found += _each((scores > FAR) & scattered[:, None], "scattered", scores)
    return sorted(found, key=lambda suspect: (-suspect.score, suspect.row))


def _swapped(labels: Floats, left: Residuals, other: NDArray[np.intp]) -> Marks:
    """Tell which points lie far off, but near in the place of their mirror partner, and it in theirs."""
    # What is usual stays what it was: the vector changes by the step from the own label to the partner's.
    there = left.vectors + (labels[:, other] - labels)
    near = np.linalg.norm(there, axis=-1) / left.spread < NEAR
    far = left.scores > FAR
    return (far | far[:, other]) & near & near[:, other] & (other != np.arange(len(other)))


def _shifted(left: Residuals, scores: Floats) -> tuple[Marks, Floats]:
    """Tell which images lie off as a whole: one step, far longer than usual, after which all is in place."""
    vectors = np.where(np.isnan(scores)[..., None], np.nan, left.vectors)
    step = _row_median(np.moveaxis(vectors, -1, 1).reshape(-1, vectors.shape[1])).reshape(-1, 2)
    length = np.linalg.norm(step, axis=-1)
    many = _count(scores) >= _PATTERN
    if not many.any():
        return many, length
    usual = max(np.median(length[many]) / MEDIAN, np.quantile(length[many], 0.9) / TAIL, 1e-9)
    rest = np.linalg.norm(vectors - step[:, None], axis=-1) / left.spread
    before, after = _row_median(scores), _row_median(rest)
    own = np.fmax(1.0, after / MEDIAN)  # the image's own bar, as for single points
    shifted = many & (length / own > FAR * usual) & (before > NEAR) & (after < np.fmin(NEAR, before / 2))
    return shifted, length / usual


def _each(where: Marks, kind: str, scores: Floats) -> list[Suspect]:
    return [
        Suspect(int(row), kind, _places(where[row]), float(scores[row, where[row]].max()))
        for row in np.flatnonzero(where.any(axis=1))
    ]


def _places(where: Marks) -> tuple[int, ...]:
    return tuple(int(k) for k in np.flatnonzero(where))


def _count(scores: Floats) -> NDArray[np.intp]:
    return (~np.isnan(scores)).sum(axis=1)


def _row_median(values: Floats) -> Floats:
    """Give the median of what is known in each row, NaN where nothing is."""
    ordered, known = np.sort(values, axis=1), _count(values)
    last = np.maximum(known - 1, 0)
    rows = np.arange(len(values))
    return (ordered[rows, last // 2] + ordered[rows, (last + 1) // 2]) / 2


def _middle_of_others(scores: Floats) -> Floats:
    """Give for each point the median score of the image's other points, NaN where there is none."""
    found = np.full_like(scores, np.nan)
    for k in range(scores.shape[1]):
        found[:, k] = _row_median(np.delete(scores, k, axis=1)) if scores.shape[1] > 1 else np.nan
    return found
