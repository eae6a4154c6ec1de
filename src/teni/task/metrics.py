"""How far predicted keypoints lie from the labelled ones: RMSE, NME and PCK, over all and per keypoint."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.task.keypoints import Keypoints

Points = NDArray[np.floating[Any]]

_EYES = ("{}_eye_center", "{}_eye_centre", "{}_eye", "{}_pupil", "{}_eye_pupil", "eye_{}", "eye_center_{}")


def eye_centers(names: tuple[str, ...]) -> tuple[int, int] | None:
    """Find the keypoints that are the centres of the left and the right eye.

    Args:
        names: the keypoints' names; case, spaces, hyphens and ``leftEye`` spellings do not matter.

    Returns:
        The two indices, or None if the task has no such keypoints.

    >>> eye_centers(("nose_tip", "left_eye_center", "right_eye_center")), eye_centers(("nose_tip",))
    ((1, 2), None)
    """
    plain = [re.sub(r"(?<=[a-z])(?=[A-Z])|[\s.-]+", "_", name).lower() for name in names]
    for pattern in _EYES:
        pair = (pattern.format("left"), pattern.format("right"))
        if pair[0] in plain and pair[1] in plain:
            return plain.index(pair[0]), plain.index(pair[1])
    return None


def rmse_px(predicted: Points, truth: Points) -> float:
    """Return the root mean squared error in pixels over the labelled coordinates (x and y count one by one).

    Args:
        predicted: ``(N, K, 2)`` pixels.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled.

    Returns:
        Pixels; NaN if nothing is labelled.

    >>> truth = np.array([[[0.0, 0.0], [np.nan, 5.0]]])
    >>> round(rmse_px(np.array([[[3.0, 4.0], [9.0, 5.0]]]), truth), 3)  # sqrt((9 + 16 + 0) / 3)
    2.887
    """
    known = ~np.isnan(truth)
    if not known.any():
        return float("nan")
    return float(np.sqrt(np.mean((predicted[known].astype(np.float64) - truth[known]) ** 2)))


def rmse_px_each(predicted: Points, truth: Points) -> list[float | None]:
    """Return `rmse_px` of each keypoint, None where it is nowhere labelled.

    >>> rmse_px_each(np.array([[[3.0, 4.0], [1.0, 1.0]]]), np.array([[[3.0, 3.0], [np.nan, np.nan]]]))
    [0.70..., None]
    """
    return [_number(rmse_px(predicted[:, k], truth[:, k])) for k in range(truth.shape[1])]


def relative_errors(predicted: Points, truth: Points, task: Keypoints) -> NDArray[np.float64] | None:
    """Return each keypoint's Euclidean error over the labelled distance of the eye centres.

    Args:
        predicted: ``(N, K, 2)`` pixels.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled.
        task: its names say which keypoints the eye centres are.

    Returns:
        ``(N, K)`` as a share of the eye distance; NaN where the keypoint or an eye centre of the row is not
        labelled, or both eyes lie on one spot. None if the task has no eye centres.

    >>> task = Keypoints(("left_eye", "right_eye"), 96, 96, (1, 0))
    >>> truth = np.array([[[10.0, 0.0], [0.0, 0.0]]])
    >>> relative_errors(np.array([[[13.0, 4.0], [0.0, 1.0]]]), truth, task).tolist()
    [[0.5, 0.1]]
    """
    eyes = eye_centers(task.names)
    if eyes is None:
        return None
    exact = truth.astype(np.float64)
    apart = np.linalg.norm(exact[:, eyes[0]] - exact[:, eyes[1]], axis=-1)
    apart[apart == 0] = np.nan
    return np.linalg.norm(predicted - exact, axis=-1) / apart[:, None]


def nme_percent(predicted: Points, truth: Points, task: Keypoints) -> float | None:
    """Return the mean Euclidean error over the distance of the eye centres, in percent (NME).

    Args:
        predicted: ``(N, K, 2)`` pixels.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled; rows without both eye centres are left out.
        task: its names say which keypoints the eye centres are.

    Returns:
        Percent; None if the task has no eye centres or no row has both.

    >>> task = Keypoints(("left_eye", "right_eye"), 96, 96, (1, 0))
    >>> nme_percent(np.array([[[13.0, 4.0], [0.0, 1.0]]]), np.array([[[10.0, 0.0], [0.0, 0.0]]]), task)
    30.0
    """
    share = relative_errors(predicted, truth, task)
    return None if share is None else _mean(100 * share)


def nme_percent_each(predicted: Points, truth: Points, task: Keypoints) -> list[float | None]:
    """Return `nme_percent` of each keypoint.

    >>> task = Keypoints(("left_eye", "right_eye"), 96, 96, (1, 0))
    >>> nme_percent_each(np.array([[[13.0, 4.0], [0.0, 1.0]]]), np.array([[[10.0, 0.0], [0.0, 0.0]]]), task)
    [50.0, 10.0]
    """
    share = relative_errors(predicted, truth, task)
    return [None if share is None else _mean(100 * share[:, k]) for k in range(truth.shape[1])]


def pck(predicted: Points, truth: Points, task: Keypoints, within: float) -> float | None:
    """Return the share of correct keypoints: those whose error is at most `within` of the eye distance.

    Args:
        predicted: ``(N, K, 2)`` pixels.
        truth: ``(N, K, 2)`` pixels, NaN = unlabelled; rows without both eye centres are left out.
        task: its names say which keypoints the eye centres are.
        within: the allowed share of the eye distance, e.g. 0.05.

    Returns:
        Between 0 and 1; None if the task has no eye centres or no row has both.

    >>> task = Keypoints(("left_eye", "right_eye"), 96, 96, (1, 0))
    >>> pck(np.array([[[13.0, 4.0], [0.0, 1.0]]]), np.array([[[10.0, 0.0], [0.0, 0.0]]]), task, 0.1)
    0.5
    """
    share = relative_errors(predicted, truth, task)
    return None if share is None else _mean(np.where(np.isnan(share), np.nan, share <= within))


def pck_each(predicted: Points, truth: Points, task: Keypoints, within: float) -> list[float | None]:
    """Return `pck` of each keypoint.

    >>> task = Keypoints(("left_eye", "right_eye"), 96, 96, (1, 0))
    >>> pck_each(np.array([[[13.0, 4.0], [0.0, 1.0]]]), np.array([[[10.0, 0.0], [0.0, 0.0]]]), task, 0.1)
    [0.0, 1.0]
    """
    share = relative_errors(predicted, truth, task)
    if share is None:
        return [None] * truth.shape[1]
    hit = np.where(np.isnan(share), np.nan, share <= within)
    return [_mean(hit[:, k]) for k in range(truth.shape[1])]


def image_rmse_px(predicted: Points, truth: Points) -> NDArray[np.float64]:
    """Return `rmse_px` of each image, NaN where nothing is labelled.

    >>> truth = np.array([[[3.0, 3.0]], [[np.nan, np.nan]]])
    >>> image_rmse_px(np.array([[[3.0, 4.0]], [[0.0, 0.0]]]), truth).tolist()
    [0.70..., nan]
    """
    known = ~np.isnan(truth)
    square = np.where(known, (predicted.astype(np.float64) - truth) ** 2, 0).sum((1, 2))
    count = known.sum((1, 2))
    return np.sqrt(np.divide(square, count, out=np.full(len(truth), np.nan), where=count > 0))


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
