"""Where some keypoints lie, given where others do: linear regressions, each also with one subject left out.

With few labels a regression comes close to its own labels and knows nothing of anybody else's. An error that is to
be honest must not use a regression that the subject at hand took part in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

# Directions of the inputs whose share is smaller than this are not told apart (squared, as all is here).
SMALLEST_SHARE = 1e-12


@dataclass(frozen=True, eq=False)
class Shape:
    """Regression weights from A inputs to C outputs.

    Args:
        weights: ``(A, C)`` from all rows.
        without: ``(S, A, C)`` without the rows of each subject.
        subject: ``(N,)`` position of each image's subject among the S.
    """

    weights: Floats
    without: Floats
    subject: Ints


def fit_shape(inputs: Floats, outputs: Floats, groups: Ints) -> Shape:
    """Fit every output by least squares over the rows where it and all inputs are known; shortest solution of many.

    Args:
        inputs: ``(flags, N, A)``, a column of ones among them for the constant.
        outputs: ``(flags, N, C)``, NaN = unknown.
        groups: ``(N,)`` subject of each image.

    Returns:
        The weights from all subjects, and from all but each.

    >>> line = np.array([[[1.0, 1.0], [2.0, 1.0], [4.0, 1.0]]])
    >>> fit_shape(line, 3 * line[:, :, :1], np.array([0, 1, 2])).weights.round(9).ravel().tolist()
    [3.0, 0.0]
    """
    names, subject = np.unique(groups, return_inverse=True)
    order = np.argsort(subject, kind="stable")
    starts = np.searchsorted(subject[order], np.arange(len(names)))
    whole = np.asarray(~np.isnan(inputs).any(axis=2))
    known: Bools = ~np.isnan(outputs) & whole[:, :, None]
    x = np.where(whole[:, :, None], inputs, 0.0)
    y = np.where(known, outputs, 0.0)
    weights = np.zeros((inputs.shape[2], outputs.shape[2]))
    without = np.zeros((len(names), *weights.shape))
    for columns in _alike(known):
        rows = np.where(known[:, :, columns[:1]], x, 0.0)[:, order]
        ends = y[:, order][:, :, columns]
        # Normal equations: a subject's share of the sums is taken off again.
        squares = _by_subject(rows, rows, starts)
        products = _by_subject(rows, ends, starts)
        weights[:, columns] = _solve(squares.sum(axis=0), products.sum(axis=0))
        without[:, :, columns] = _solve(squares.sum(axis=0) - squares, products.sum(axis=0) - products)
    return Shape(weights, without, subject.astype(np.intp))


def _by_subject(left: Floats, right: Floats, starts: Ints) -> Floats:
    """Return each subject's sum of products ``(S, A, B)`` of ``(flags, N, A)`` and ``(flags, N, B)``, sorted rows."""
    products = np.einsum("fna,fnb->nab", left, right)
    return np.add.reduceat(products, starts)


def _solve(squares: Floats, products: Floats) -> Floats:
    return np.linalg.pinv(squares, rcond=SMALLEST_SHARE, hermitian=True) @ products


def _alike(known: Bools) -> list[Ints]:
    """Group the columns that are known on the very same rows."""
    groups: dict[bytes, list[int]] = {}
    for column in range(known.shape[2]):
        groups.setdefault(known[:, :, column].tobytes(), []).append(column)
    return [np.array(columns) for columns in groups.values()]
