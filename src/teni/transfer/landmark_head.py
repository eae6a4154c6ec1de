"""A head on coordinates: solved from sums over all images, its leave-subjects-out error exact, nothing N by N.

With Z the coordinates of the labelled images and ``A = Z'Z + lambda I``, the weights are ``A^-1 Z'y``. Leaving out
subject s changes the prediction on its images from f to ``f - H w`` with ``H = Z_s A^-1 Z_s'`` and ``w = (I - H)^-1
(y_s - f)``, which is what solving again without it would give. Even and odd part are solved apart, as an image and
its mirror image are left out together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.transfer.head import write_columns
from teni.transfer.labels import Labels, cluster_columns
from teni.transfer.threads import side_by_side

Floats32 = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

Coordinates = Callable[[Ints], tuple[Floats32, ...]]
"""From positions of images to the coordinates of each part."""

IMAGES_A_BLOCK = 1024


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns that are solved from the same images.

    Args:
        columns: which, partners not included.
        known: ``(N,)`` the images on which all of them have a label, and in the mirror image too.
    """

    columns: Ints
    known: Bools


@dataclass(frozen=True, eq=False)
class Sums:
    """What all lambdas share: for each part the eigenvalues and vectors of Z'Z, and Z'y in these vectors.

    Args:
        values: for each part ``(r,)``.
        vectors: for each part ``(r, r)``, one a column.
        products: for each part ``(r, C)``.
    """

    values: tuple[Floats, ...]
    vectors: tuple[Floats, ...]
    products: tuple[Floats, ...]

    def weights(self, lam: float) -> list[Floats]:
        """Return for each part the weights of the coordinates, ``(r, C)``."""
        return [
            v @ (p / (w + lam)[:, None])
            for w, v, p in zip(self.values, self.vectors, self.products, strict=True)
        ]


def alike_columns(labels: Labels) -> tuple[Columns, ...]:
    """Group the columns that nearly the same images label; an image counts where it labels all of a group.

    >>> values = np.array([[[1.0, 1.0], [2.0, 2.0], [3.0, np.nan]]])
    >>> some = Labels(values, np.zeros(2), np.arange(2), np.ones(2))
    >>> [(c.columns.tolist(), c.known.tolist()) for c in alike_columns(some)]
    [([0], [True, True, True]), ([1], [True, True, False])]
    """
    known: Bools = np.asarray(labels.known.all(axis=0))

    def on_all(columns: Ints) -> Bools:
        return np.asarray(known[:, columns].all(axis=1))

    return tuple(Columns(c.columns, on_all(c.columns)) for c in cluster_columns(labels))


def add_up(columns: Sequence[Columns], labels: Labels, coordinates: Coordinates) -> list[Sums]:
    """Sum over all images, a block at a time.

    Args:
        columns: from `alike_columns`.
        labels: of all N images.
        coordinates: of some images.

    Returns:
        The sums of each group of columns.
    """
    squares: list[list[Floats]] = [[] for _ in columns]
    products: list[list[Floats]] = [[] for _ in columns]
    for rows in _blocks(np.arange(labels.values.shape[1])):
        parts = coordinates(rows)
        for i, group in enumerate(columns):
            here = np.flatnonzero(group.known[rows])
            targets = _part_targets(labels, rows[here], group.columns)

            def one(z: Floats32, y: Floats, here: Ints = here) -> tuple[Floats, Floats]:
                z = z[here]
                return (z.T @ z).astype(np.float64), z.T.astype(np.float64) @ y

            for part, (square, product) in enumerate(side_by_side(one, parts, targets)):
                if len(squares[i]) <= part:
                    squares[i].append(square)
                    products[i].append(product)
                else:
                    squares[i][part] += square
                    products[i][part] += product
    found: list[Sums] = []
    for square, product in zip(squares, products, strict=True):
        pairs = side_by_side(np.linalg.eigh, square)
        vectors = tuple(v for _, v in pairs)
        found.append(
            Sums(
                tuple(np.maximum(w, 0.0) for w, _ in pairs),
                vectors,
                tuple(v.T @ p for v, p in zip(vectors, product, strict=True)),
            )
        )
    return found


def leave_out(
    columns: Sequence[Columns],
    sums: Sequence[Sums],
    labels: Labels,
    groups: Ints,
    coordinates: Coordinates,
    lambdas: Sequence[float],
    rows: Ints,
) -> dict[float, Floats]:
    """Predict some images, each with its subject left out.

    Args:
        columns: from `alike_columns`.
        sums: from `add_up`.
        labels: of all N images.
        groups: ``(N,)`` subject of each.
        coordinates: of some images.
        lambdas: which to predict with.
        rows: the images, all of each of their subjects.

    Returns:
        For each lambda ``(len(rows), 2K)``.
    """
    rows = np.asarray(rows, np.intp)
    order = np.argsort(groups[rows], kind="stable")
    found = {
        lam: np.full((labels.values.shape[0], len(rows), labels.values.shape[2]), np.nan) for lam in lambdas
    }
    for places in _blocks(order, groups[rows]):
        here = rows[places]
        parts = coordinates(here)
        for group, each in zip(columns, sums, strict=True):
            targets = _part_targets(labels, here, group.columns)
            turned = side_by_side(lambda z, v: z @ v.astype(np.float32), parts, each.vectors)
            for lam in lambdas:
                left = [
                    _left_out(z, w, p, y, group.known[here], groups[here], lam)
                    for z, w, p, y in zip(turned, each.values, each.products, targets, strict=True)
                ]
                back = np.tensordot(_turn(len(left)), np.stack(left), axes=1)
                write_columns(labels, found[lam], places, group.columns, back)
    return {lam: each[0] for lam, each in found.items()}


def _left_out(
    z: Floats32, values: Floats, products: Floats, targets: Floats, known: Bools, groups: Ints, lam: float
) -> Floats:
    """Predict the images of whole subjects, sorted by subject, in one part; z in the eigenvectors' directions."""
    predicted = z @ (products / (values + lam)[:, None])
    half = z / np.sqrt(values + lam).astype(np.float32)
    missed = np.where(known[:, None], targets - predicted, 0.0)
    _, starts, sizes = np.unique(groups, return_index=True, return_counts=True)
    for size in np.unique(sizes):
        rows = starts[sizes == size][:, None] + np.arange(size)
        block = (half[rows] @ half[rows].swapaxes(1, 2)).astype(np.float64)
        both = known[rows][:, :, None] & known[rows][:, None, :]
        wrong = np.linalg.solve(np.eye(size) - np.where(both, block, 0.0), missed[rows])
        predicted[rows] -= block @ np.where(known[rows][:, :, None], wrong, 0.0)
    return predicted


def _part_targets(labels: Labels, rows: Ints, columns: Ints) -> list[Floats]:
    """Return the labels as even and odd part, ``(n, C)`` each; what has none counts as zero."""
    values = labels.values[:, rows][:, :, columns]
    values = np.where(np.isnan(values), 0.0, values)
    return list(np.tensordot(_turn(len(values)), values, axes=1))


def _turn(parts: int) -> Floats:
    """Return the rotation between flags and parts; its own inverse."""
    return np.ones((1, 1)) if parts == 1 else np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)


def _blocks(order: Ints, groups: Ints | None = None) -> Iterator[Ints]:
    """Cut positions into blocks; between subjects where those are given for all positions."""
    start = 0
    while start < len(order):
        end = min(start + IMAGES_A_BLOCK, len(order))
        if groups is not None:
            while end < len(order) and groups[order[end]] == groups[order[end - 1]]:
                end += 1
        yield order[start:end]
        start = end
