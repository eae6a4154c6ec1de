"""Kernel ridge regression with gaps in the labels, and its leave-subjects-out error, both in closed form.

Rows come as images and, where the task can be mirrored, as mirror images too: row ``(flag, image)`` with flag 0
for the image as it is and 1 for its mirror image. A kernel that treats both alike has the Gram matrix
``[[same, cross], [cross, same]]``, which splits into an even part ``same + cross`` and an odd part
``same - cross``: two eigendecompositions of N rows stand for one of 2N, at a quarter of the cost.

With ``G = (K + lambda I)^-1`` and ``alpha = G y``, leaving out any set of rows L changes the prediction on it to
``y_L - G_LL^-1 alpha_L`` (Rifkin and Lippert 2007, "Notes on regularized least squares"). A label that is missing
is a row that is always left out; so a few gaps cost a small correction instead of a decomposition of their own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from teni.transfer.threads import side_by_side

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Decomposed:
    """The even and the odd part of a Gram matrix (one part without mirror images), ready to be solved with.

    With values w and vectors V of a part, ``(K + lambda I)^-1 = V diag(1 / (w + lambda)) V'``: for every lambda
    if `decompose` made them, for one lambda if `factorize` did.

    Args:
        values: for each part ``(N,)``.
        vectors: for each part ``(N, N)``, one vector a column.
    """

    values: tuple[Array, ...]
    vectors: tuple[Array, ...]

    @property
    def flags(self) -> int:
        """Count the rows an image stands for: 2 with its mirror image, else 1."""
        return len(self.values)

    @property
    def turn(self) -> Array:
        """Return the rotation between flags and parts, ``(flags, flags)``; its own inverse."""
        return np.array([[1.0]]) if self.flags == 1 else np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)


@dataclass(frozen=True)
class Solution:
    """The dual weights of some columns, and what is predicted for each row when its subject is left out.

    Args:
        alpha: ``(flags, N, C)``; the prediction is the kernel to row (flag, image) times its weight, summed.
            Rows without a label have weight zero.
        left_out: ``(flags, N, C)`` leave-subjects-out predictions, for rows with and without a label.
    """

    alpha: Array
    left_out: Array


def decompose(same: Array, cross: Array | None) -> Decomposed:
    """Decompose a Gram matrix into eigenvectors; every lambda and every column is solved from them.

    Args:
        same: ``(N, N)`` kernel between images (equal to that between their mirror images).
        cross: ``(N, N)`` kernel between images and mirror images; None if mirror images are not used.

    >>> e = decompose(np.array([[2.0, 0.0], [0.0, 3.0]]), None)
    >>> e.values[0].tolist()
    [2.0, 3.0]
    """
    pairs = side_by_side(np.linalg.eigh, _parts(same, cross))
    # A Gram matrix has no negative eigenvalue; what rounding leaves below zero is noise.
    return Decomposed(tuple(np.maximum(w, 0.0) for w, _ in pairs), tuple(v for _, v in pairs))


def factorize(same: Array, cross: Array | None, lam: float) -> Decomposed:
    """Factorize a Gram matrix for one lambda, at a fifth of the cost of `decompose`.

    Args:
        same: see `decompose`.
        cross: see `decompose`.
        lam: the only lambda that it may be solved with, in the units of the kernel.

    >>> f = factorize(np.array([[2.0, 0.0], [0.0, 3.0]]), None, 2.0)
    >>> (f.vectors[0] @ np.diag(1 / (f.values[0] + 2.0)) @ f.vectors[0].T).round(9).tolist()
    [[0.25, 0.0], [0.0, 0.2]]
    """

    def factor(part: Array) -> Array:
        part = part + lam * np.eye(len(part))
        lower = np.linalg.cholesky(part)
        (invert,) = scipy.linalg.get_lapack_funcs(("trtri",), (lower,))
        inverse, _ = invert(lower, lower=1)
        return np.ascontiguousarray(inverse.T)

    vectors = side_by_side(factor, _parts(same, cross))
    return Decomposed(tuple(np.full(len(v), 1.0 - lam) for v in vectors), tuple(vectors))


def _parts(same: Array, cross: Array | None) -> list[Array]:
    return [same] if cross is None else [same + cross, same - cross]


def subject_blocks(eigen: Decomposed, groups: Ints, lam: float) -> list[tuple[Ints, list[Array]]]:
    """Return the diagonal blocks of G that belong to one subject, subjects of equal size together.

    Args:
        eigen: the decomposed Gram matrix of N images.
        groups: ``(N,)`` subject of each image.
        lam: lambda, in the units of the kernel.

    Returns:
        For each size n of subject: image positions ``(S, n)`` and for each part the blocks ``(S, n, n)``.
    """
    order = np.argsort(groups, kind="stable")
    _, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    found: list[tuple[Ints, list[Array]]] = []
    for size in np.unique(sizes):
        rows = np.stack([order[start : start + size] for start in starts[sizes == size]])

        def block(values: Array, vectors: Array, rows: Ints = rows) -> Array:
            half = vectors[rows] / np.sqrt(values + lam)
            return half @ half.transpose(0, 2, 1)

        found.append((rows, side_by_side(block, eigen.values, eigen.vectors)))
    return found


def solve(
    eigen: Decomposed, blocks: list[tuple[Ints, list[Array]]], labels: Array, known: Bools, lam: float
) -> Solution:
    """Solve columns that share their gaps for one lambda, with the residuals of leaving out each subject.

    Args:
        eigen: the decomposed Gram matrix of N images.
        blocks: what `subject_blocks` gave for the same lambda.
        labels: ``(flags, N, C)``; what stands where ``known`` is false does not matter.
        known: ``(flags, N)`` true where the columns have a label.
        lam: lambda, in the units of the kernel.

    >>> e = decompose(np.eye(2), None)
    >>> b = subject_blocks(e, np.array([0, 1]), 1.0)
    >>> s = solve(e, b, np.array([[[1.0], [2.0]]]), np.array([[True, True]]), 1.0)
    >>> s.alpha.ravel().round(9).tolist(), abs(s.left_out).max().round(9)
    ([0.5, 1.0], np.float64(0.0))
    """
    labels = np.where(known[:, :, None], labels, 0.0)
    turn = eigen.turn
    flag, row = np.nonzero(~known)

    def part(w: Array, v: Array, y: Array, signs: Array) -> tuple[Array, Array]:
        return v @ ((v.T @ y) / (w + lam)[:, None]), (v @ (v[row] / (w + lam)).T) * signs[flag]

    parts = side_by_side(part, eigen.values, eigen.vectors, _turned(turn, labels), turn)
    weights = _turned(turn, np.stack([alpha for alpha, _ in parts]))
    columns = _turned(turn, np.stack([column for _, column in parts]))
    # G_MM = L L' over the missing rows M; everything that they touch is kept as G_.M L'^-1.
    lower = scipy.linalg.cholesky(columns[flag, row], lower=True) if len(row) else np.zeros((0, 0))
    inverse: Array = scipy.linalg.solve_triangular(lower, np.eye(len(row)), lower=True) if len(row) else lower
    touched = columns @ inverse.T
    missing = inverse @ weights[flag, row]
    gaps = _Gaps(flag, row, touched, missing, inverse)
    weights = weights - touched @ missing
    return Solution(weights, _left_out(blocks, turn, weights, labels, known, gaps))


@dataclass(frozen=True)
class _Gaps:
    """The rows without a label (M of them), and what taking them out changes; see `solve`."""

    flag: Ints
    row: Ints
    touched: Array
    missing: Array
    inverse: Array


def _turned(turn: Array, by_flag: Array) -> Array:
    """Go from flags to parts or back."""
    return np.tensordot(turn, by_flag, axes=1)


def _left_out(
    blocks: list[tuple[Ints, list[Array]]],
    turn: Array,
    alpha: Array,
    labels: Array,
    known: Bools,
    gaps: _Gaps,
) -> Array:
    """Predict every row with its whole subject (both flags) left out."""
    flags, _, columns = alpha.shape
    found = np.zeros(alpha.shape)
    for rows, parts in blocks:
        subjects, size = rows.shape

        def of_subjects(x: NDArray[Any], rows: Ints = rows, size: int = size) -> NDArray[Any]:
            """Take ``(flags, N, ...)`` apart into ``(subjects, flags * size, ...)``."""
            return x[:, rows].swapaxes(0, 1).reshape(len(rows), flags * size, *x.shape[2:])

        # From parts to flags: G_(f,i),(g,j) = sum over parts of turn[f,p] G^p_ij turn[p,g].
        block = np.einsum("fp,psij,pg->sfigj", turn, np.stack(parts), turn)
        block = block.reshape(subjects, flags * size, flags * size)
        touched = of_subjects(gaps.touched)
        here = of_subjects(known)
        block = block - touched @ touched.swapaxes(1, 2)
        # A row without a label is left out already: it must neither give nor take.
        block = np.where(here[:, :, None] & here[:, None, :], block, np.eye(flags * size))
        missed = np.linalg.solve(block, np.where(here[:, :, None], of_subjects(alpha), 0.0))
        predicted = of_subjects(labels) - missed
        if len(gaps.row):
            predicted = np.where(here[:, :, None], predicted, _at_gaps(rows, gaps, touched, missed, flags))
        found[:, rows] = predicted.reshape(subjects, flags, size, columns).swapaxes(0, 1)
    return found


def _at_gaps(rows: Ints, gaps: _Gaps, touched: Array, missed: Array, flags: int) -> Array:
    """Predict the rows without a label of the subjects that are left out (their labels count as zero)."""
    subjects, size = rows.shape
    position = np.full((flags, int(gaps.touched.shape[1])), -1)
    position[gaps.flag, gaps.row] = np.arange(len(gaps.row))
    place = position[:, rows].swapaxes(0, 1).reshape(subjects, flags * size)
    rest = gaps.missing - touched.swapaxes(1, 2) @ missed
    return np.where(place[:, :, None] >= 0, -(gaps.inverse.T[place] @ rest), 0.0)
