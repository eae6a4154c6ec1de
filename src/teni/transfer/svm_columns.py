"""Linear support vector machines, a column of labels each: classifiers one against the rest, regressors a coordinate.

Rows are images and, where they are learned from, mirror images. The features of a mirror image are those of its image
with the odd part turned round, so a column and its partner in the mirror are one problem, and one is solved.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC, LinearSVR

from teni.data import folds
from teni.task import Classes, Keypoints, Task
from teni.transfer.labels import Labels
from teni.transfer.parts import Parts
from teni.transfer.threads import side_by_side

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

FOLDS = 5
EPSILON = 0.1  # errors of regression that cost nothing, as a share of the labels' spread
# liblinear holds the intercept back like a weight; as the weight of a large feature it hardly does.
INTERCEPT = 10.0
SMALLEST_NORM = 1e-12
# The primal problem has one optimum and needs no random order to come to it.
_SETTINGS: Any = {"dual": False, "intercept_scaling": INTERCEPT, "max_iter": 10_000}


@dataclass(frozen=True, eq=False)
class Rows:
    """Features of images and of mirror images, each of length 1.

    Args:
        values: ``(flags, N, D)``.
        turn: ``(D,)`` 1 for the even part, -1 for the odd part: what mirroring does to a row.
    """

    values: Floats
    turn: Floats

    def take(self, images: Ints) -> "Rows":
        """Return the rows of some images."""
        return Rows(self.values[:, images], self.turn)


@dataclass(frozen=True, eq=False)
class Linear:
    """Solved columns: ``scores = rows @ weights + bias``.

    Args:
        weights: ``(D, C)``.
        bias: ``(C,)``.
    """

    weights: Floats
    bias: Floats

    def __call__(self, rows: Rows) -> Floats:
        """Give the scores of the images, ``(N, C)``."""
        return rows.values[0] @ self.weights + self.bias


def make_rows(components: Parts) -> Rows:
    """Put even and odd components side by side, and bring each image to length 1.

    Features of length 1 are what A. Sharif Razavian, H. Azizpour, J. Sullivan and S. Carlsson, CNN Features
    off-the-shelf (2014), give a linear machine.

    >>> found = make_rows(Parts((np.array([[3.0]]), np.array([[4.0]])), np.zeros(2), 1.0))
    >>> found.values.round(3).tolist()
    [[[0.6, 0.8]], [[0.6, -0.8]]]
    """
    parts = [part.astype(np.float64) for part in components.parts]
    turn = np.concatenate([np.full(part.shape[1], 1.0 - 2 * i) for i, part in enumerate(parts)])
    image = np.concatenate(parts, axis=1)
    image /= np.maximum(np.linalg.norm(image, axis=1, keepdims=True), SMALLEST_NORM)
    return Rows(np.stack([image, image * turn]) if len(parts) == 2 else image[None], turn)


def fit_columns(rows: Rows, labels: Labels, task: Task, cost: float) -> Linear:
    """Solve every column on the rows where it has a label.

    Args:
        rows: of N images.
        labels: of the same.
        task: says whether a column is a class or a coordinate.
        cost: of an error (C): the larger, the closer to the examples.
    """
    columns = [c for c in range(labels.values.shape[2]) if c <= labels.partner[c]]
    weights = np.zeros((rows.values.shape[2], labels.values.shape[2]))
    bias = np.zeros(labels.values.shape[2])

    def column(c: int) -> tuple[Floats, float]:
        known = labels.known[:, :, c]
        return _solve(rows.values[known], labels.values[:, :, c][known], task, cost)

    for c, (w, b) in zip(columns, side_by_side(column, columns), strict=True):
        partner, sign = int(labels.partner[c]), labels.sign[c]
        weights[:, c], bias[c] = w, b
        if partner != c:
            weights[:, partner], bias[partner] = sign * rows.turn * w, sign * b
    return Linear(weights, bias)


def left_out_scores(rows: Rows, labels: Labels, groups: Ints, task: Task, cost: float, seed: int) -> Floats:
    """Score every image by machines that have not seen its group, ``(N, C)``.

    Args:
        rows: of N images.
        labels: of the same.
        groups: ``(N,)`` whose images stay together.
        task: what is predicted.
        cost: of an error.
        seed: of the folds.
    """
    part = folds(groups, min(FOLDS, len(np.unique(groups))), seed=seed)
    found = np.zeros(labels.values.shape[1:])
    for fold in np.unique(part):
        here, others = np.flatnonzero(part == fold), np.flatnonzero(part != fold)
        found[here] = fit_columns(rows.take(others), labels.take(others), task, cost)(rows.take(here))
    return found


def _solve(x: Floats, y: Floats, task: Task, cost: float) -> tuple[Floats, float]:
    with warnings.catch_warnings():
        # Too few steps leave a machine a little off its optimum: validation measures what it is worth.
        warnings.simplefilter("ignore", ConvergenceWarning)
        match task:
            case Keypoints():
                return _regression(x, y, cost)
            case Classes():
                return _classification(x, y, cost)


def _regression(x: Floats, y: Floats, cost: float) -> tuple[Floats, float]:
    mean, spread = (float(y.mean()), float(y.std())) if len(y) else (0.0, 0.0)
    if spread == 0.0:
        return np.zeros(x.shape[1]), mean
    machine: Any = LinearSVR(C=cost, epsilon=EPSILON, loss="squared_epsilon_insensitive", **_SETTINGS)
    machine.fit(x, (y - mean) / spread)
    return spread * machine.coef_.ravel(), spread * float(np.ravel(machine.intercept_)[0]) + mean


def _classification(x: Floats, y: Floats, cost: float) -> tuple[Floats, float]:
    if not len(y) or y.min() == y.max():
        return np.zeros(x.shape[1]), 1.0 if len(y) and y[0] else -1.0
    machine: Any = LinearSVC(C=cost, **_SETTINGS)
    machine.fit(x, y.astype(np.int64))
    return machine.coef_.ravel(), float(machine.intercept_[0])
