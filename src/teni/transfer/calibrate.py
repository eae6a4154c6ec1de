"""From scores of one-vs-rest heads to probabilities: one scale for all scores, and one bias a class.

Scores are sums of squares at work: they rank classes but are no probabilities. A multinomial logistic regression on
the scores of images that were left out turns them into such, as temperature scaling does (C. Guo, G. Pleiss, Y. Sun
and K. Weinberger, On Calibration of Modern Neural Networks, 2017), with a bias a class beside. The scale is never
negative: a class's own share, with an image left out, is lower for that image, and a negative scale would make
knowledge of that.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from teni.data import folds
from teni.task.class_metrics import log_loss

Floats = NDArray[np.float64]
Ints = NDArray[Any]

FOLDS = 5
START = 5.0  # about what one-hot targets learned well ask for


@dataclass(frozen=True, eq=False)
class Calibration:
    """How scores become probabilities: ``softmax(scale * scores + bias)``.

    Args:
        scale: of all scores, 0 or more; the inverse of a temperature.
        bias: ``(C,)`` of each class, with mean 0.
    """

    scale: float
    bias: Floats

    def __call__(self, scores: Floats) -> Floats:
        """Turn scores ``(N, C)`` into probabilities ``(N, C)``.

        >>> Calibration(0.0, np.zeros(2))(np.array([[3.0, 1.0]])).tolist()
        [[0.5, 0.5]]
        """
        return np.asarray(softmax(self.scale * scores + self.bias, axis=1), np.float64)


def fit_calibration(scores: Floats, classes: Ints, start: Calibration | None = None) -> Calibration:
    """Fit scale and biases by the likelihood of the classes, with one imagined image of each class beside.

    Where scores tell all classes apart, the likelihood asks for an endless scale. As in J. Platt, Probabilistic
    Outputs for Support Vector Machines (1999), each label is therefore taken for as sure as so many images can make
    it: N + 1 in N + C, the other classes 1 in N + C.

    Args:
        scores: ``(N, C)`` of images that were left out.
        classes: ``(N,)``, each known.
        start: where to start, e.g. a calibration of about the same scores.

    >>> scores = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]] * 5)
    >>> found = fit_calibration(scores, scores.argmax(axis=1))
    >>> found(scores)[0].round(3).tolist()  # 21 in 22
    [0.955, 0.045]
    """
    many, count = scores.shape
    wanted = np.full(scores.shape, 1 / (many + count))
    wanted[np.arange(many), classes] = (many + 1) / (many + count)
    first = start or Calibration(START, np.zeros(count))

    def loss(point: Floats) -> tuple[float, Floats]:
        logits = point[0] * scores + point[1:]
        likely = np.asarray(log_softmax(logits, axis=1), np.float64)
        missed = (np.exp(likely) - wanted) / many
        slope = np.concatenate([[(missed * scores).sum()], missed.sum(axis=0)])
        return -float((wanted * likely).sum()) / many, slope

    found: Any = minimize(
        loss,
        np.concatenate([[first.scale], first.bias]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None), *[(None, None)] * count],
    )
    bias = np.asarray(found.x[1:], np.float64)
    return Calibration(float(found.x[0]), bias - bias.mean())


def cross_fitted(scores: Floats, classes: Ints, groups: Ints) -> Floats:
    """Turn scores into probabilities, those of each group by a calibration that has not seen it.

    Args:
        scores: ``(N, C)``, of each image as it was left out; rows that are NaN stay so.
        classes: ``(N,)``, -1 = unlabelled.
        groups: ``(N,)`` whose images stay together.

    Returns:
        ``(N, C)`` probabilities.

    >>> scores = np.eye(2)[[0, 1, 0, 1]]
    >>> cross_fitted(scores, np.array([0, 1, 0, 1]), np.arange(4)).argmax(axis=1).tolist()
    [0, 1, 0, 1]
    """
    found = np.full(scores.shape, np.nan)
    usable = np.asarray(np.isfinite(scores).all(axis=1))
    known = usable & (classes >= 0)
    whole = fit_calibration(scores[known], classes[known])
    names = len(np.unique(groups))
    if names < 2:
        found[usable] = whole(scores[usable])
        return found
    part = folds(groups, min(FOLDS, names))
    for fold in np.unique(part):
        others, here = known & (part != fold), usable & (part == fold)
        # Nothing is known of classes but in this fold: the calibration of all is the best that is left.
        mine = fit_calibration(scores[others], classes[others], whole) if others.any() else whole
        found[here] = mine(scores[here])
    return found


def cross_fitted_log_loss(values: Floats, left_out: Floats, groups: Ints) -> float:
    """Return the log loss of left-out scores, each group calibrated by the others: what validation lowers.

    Args:
        values: ``(N, C)`` 1 for an image's own class and 0 for others, NaN for an image without a label.
        left_out: ``(N, C)`` scores of each image as it was left out.
        groups: ``(N,)`` whose images stay together.

    >>> values, groups = np.eye(2)[[0, 1] * 20], np.arange(40)
    >>> cross_fitted_log_loss(values, values, groups) < cross_fitted_log_loss(values, 0 * values, groups)
    True
    """
    classes = np.where(np.isnan(values).any(axis=1), -1, values.argmax(axis=1))
    return log_loss(cross_fitted(left_out, classes, groups), classes)
