"""How good predicted probabilities are: accuracy, log loss, calibration, and who is taken for whom."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]

# A probability below this counts as this: single precision says no more, and a single 0 would make all infinite.
LEAST = 1e-7
BINS = 15


def image_log_loss(predicted: Probabilities, truth: Ints) -> Floats:
    """Return minus the logarithm of the probability of each image's own class, NaN where it is not known.

    Args:
        predicted: ``(N, C)`` probabilities.
        truth: ``(N,)`` classes, -1 = unlabelled.

    >>> image_log_loss(np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([0, -1])).round(3).tolist()
    [1.386, nan]
    """
    own = predicted[np.arange(len(truth)), np.maximum(truth, 0)].astype(np.float64)
    return np.where(truth >= 0, np.log(1 / np.clip(own, LEAST, 1.0)), np.nan)


def log_loss(predicted: Probabilities, truth: Ints) -> float:
    """Return the mean of `image_log_loss` over the labelled images; NaN if there are none.

    >>> round(log_loss(np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 0])), 3)  # (0.288 + 0.693) / 2
    0.49
    """
    known = image_log_loss(predicted, truth)[truth >= 0]
    return float(known.mean()) if known.size else float("nan")


def hits(predicted: Probabilities, truth: Ints) -> NDArray[np.bool_]:
    """Tell for each image whether its own class is the likeliest, the first of several; False if unlabelled.

    >>> hits(np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 1])).tolist()
    [True, False]
    """
    return np.asarray(predicted.argmax(axis=1) == truth)


def confusion(predicted: Probabilities, truth: Ints) -> NDArray[np.int_]:
    """Count for each true class (row) how often each class (column) was the likeliest.

    Args:
        predicted: ``(N, C)`` probabilities.
        truth: ``(N,)`` classes, -1 = unlabelled.

    Returns:
        ``(C, C)`` counts.

    >>> confusion(np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]), np.array([0, 1, -1])).tolist()
    [[1, 0], [1, 0]]
    """
    many, known = predicted.shape[1], truth >= 0
    cells = truth[known] * many + predicted[known].argmax(axis=1)
    return np.bincount(cells, minlength=many * many).reshape(many, many)


def reliability(predicted: Probabilities, truth: Ints) -> list[dict[str, float]]:
    """Compare what the model says with what is so, in fifteen equal steps of the largest probability.

    Args:
        predicted: ``(N, C)`` probabilities.
        truth: ``(N,)`` classes, -1 = unlabelled.

    Returns:
        For each step with images in it: ``confidence`` (mean largest probability), ``accuracy``, ``images``.

    >>> reliability(np.array([[0.9, 0.1], [0.92, 0.08], [0.4, 0.6]]), np.array([0, 1, 1]))
    [{'confidence': 0.6, 'accuracy': 1.0, 'images': 1}, {'confidence': 0.91, 'accuracy': 0.5, 'images': 2}]
    """
    known = truth >= 0
    confidence = predicted[known].max(axis=1).astype(np.float64)
    right = hits(predicted[known], truth[known]).astype(np.float64)
    place = np.clip(np.ceil(confidence * BINS) - 1, 0, BINS - 1).astype(np.intp)
    return [
        {
            "confidence": float(confidence[place == i].mean()),
            "accuracy": float(right[place == i].mean()),
            "images": int((place == i).sum()),
        }
        for i in np.unique(place)
    ]


def calibration_error(predicted: Probabilities, truth: Ints) -> float:
    """Return the expected calibration error: how far confidence and accuracy lie apart, 0 to 1.

    Source: C. Guo, G. Pleiss, Y. Sun and K. Weinberger, On Calibration of Modern Neural Networks (2017), with
    fifteen steps of equal width. With few images it is above 0 by chance alone.

    >>> calibration_error(np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]]), np.array([0, 1, 0])).__round__(3)
    0.4
    """
    steps = reliability(predicted, truth)
    count = sum(step["images"] for step in steps)
    if not count:
        return float("nan")
    return sum(step["images"] * abs(step["accuracy"] - step["confidence"]) for step in steps) / count
