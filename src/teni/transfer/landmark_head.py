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
from teni.transfer.labels import MOST_GAPS, Labels, cluster_columns
from teni.transfer.threads import side_by_side

Floats32 = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

Coordinates = Callable[[Ints], tuple[Floats32, ...]]
"""From positions of images to the coordinates of each part."""

IMAGES_A_BLOCK = 1024
# Of a subject with more images the products of all with all take more than solving again without it.
LARGE_SUBJECT = 2048
# Each takes a matrix of landmarks by landmarks, with mirror images two: 67 MB.
MOST_GROUPS = 8


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

    Stray gaps add up: columns part where a group would leave out more than 15% of the images that label one of
    them, or half of them where there are many groups already, since each takes memory.

    >>> values = np.array([[[1.0, 1.0], [2.0, 2.0], [3.0, np.nan]]])
    >>> some = Labels(values, np.zeros(2), np.arange(2), np.ones(2))
    >>> [(c.columns.tolist(), c.known.tolist()) for c in alike_columns(some)]
    [([0], [True, True, True]), ([1], [True, True, False])]
    """
    known: Bools = np.asarray(labels.known.all(axis=0))
    found: list[_Gathered] = []
    for cluster in cluster_columns(labels):
        first = len(found)
        for pattern in cluster.patterns:
            mine = known[:, pattern.columns[0]]
            most, joint = int(mine.sum()), [mine & group.known for group in found]
            kept = [
                int(both.sum()) / max(most, group.most, 1) for both, group in zip(joint, found, strict=True)
            ]
            few = len(found) < MOST_GROUPS
            best = max(range(first if few else 0, len(found)), key=lambda i: kept[i], default=None)
            if best is None or kept[best] < (1 - MOST_GAPS if few else 0.5):
                found.append(_Gathered([pattern.columns], mine, most))
            else:
                group = found[best]
                found[best] = _Gathered([*group.columns, pattern.columns], joint[best], max(group.most, most))
    return tuple(Columns(np.concatenate(group.columns), group.known) for group in found)


@dataclass(frozen=True, eq=False)
class _Gathered:
    """Columns of a group, the images that label all of them, and how many label the one with most labels."""

    columns: list[Ints]
    known: Bools
    most: int


def add_up(columns: Sequence[Columns], labels: Labels, coordinates: Coordinates) -> list[Sums]:
    """Sum over all images, a block at a time.

    Args:
        columns: from `alike_columns`.
        labels: of all N images.
        coordinates: of some images.

    Returns:
        The sums of each group of columns.
    """
    found: list[Sums] = []
    added = _sum_up(columns, labels, coordinates, np.arange(labels.values.shape[1]))
    while added:
        squares, products = added.pop(0)  # so that each is gone when the next is decomposed
        pairs = side_by_side(np.linalg.eigh, squares)
        vectors = tuple(v for _, v in pairs)
        found.append(
            Sums(
                tuple(np.maximum(w, 0.0) for w, _ in pairs),
                vectors,
                tuple(v.T @ p for v, p in zip(vectors, products, strict=True)),
            )
        )
    return found


def _sum_up(
    columns: Sequence[Columns], labels: Labels, coordinates: Coordinates, every: Ints
) -> list[tuple[list[Floats], list[Floats]]]:
    """Return for each group of columns Z'Z and Z'y of each part, over some images."""
    found: list[tuple[list[Floats], list[Floats]]] = [([], []) for _ in columns]
    for start in range(0, len(every), IMAGES_A_BLOCK):
        rows = every[start : start + IMAGES_A_BLOCK]
        parts = coordinates(rows)
        for group, (squares, products) in zip(columns, found, strict=True):
            here = np.flatnonzero(group.known[rows])
            targets = _part_targets(labels, rows[here], group.columns)

            def one(z: Floats32, y: Floats, here: Ints = here) -> tuple[Floats, Floats]:
                z = z[here]
                return (z.T @ z).astype(np.float64), z.T.astype(np.float64) @ y

            for part, (square, product) in enumerate(side_by_side(one, parts, targets)):
                if len(squares) <= part:
                    squares.append(square)
                    products.append(product)
                else:
                    squares[part] += square
                    products[part] += product
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
    found = {lam: np.full((len(rows), labels.values.shape[2]), np.nan) for lam in lambdas}

    def put(places: Ints, group: Columns, lam: float, parts: list[Floats]) -> None:
        both = np.full((len(parts), len(places), labels.values.shape[2]), np.nan)
        back = np.tensordot(_turn(len(parts)), np.stack(parts), axes=1)
        write_columns(labels, both, np.arange(len(places)), group.columns, back)
        mine = np.union1d(group.columns, labels.partner[group.columns])
        found[lam][np.ix_(places, mine)] = both[0][:, mine]

    for places in _subject_blocks(order, groups[rows]):
        here = rows[places]
        if len(here) > LARGE_SUBJECT and groups[here[0]] == groups[here[-1]]:
            weights = _solve_without(columns, sums, labels, coordinates, lambdas, here)
            for start in range(0, len(here), IMAGES_A_BLOCK):
                some = slice(start, start + IMAGES_A_BLOCK)
                parts = coordinates(here[some])
                for group, each in zip(columns, weights, strict=True):
                    for lam, solved in each.items():
                        left = [z @ w for z, w in zip(parts, solved, strict=True)]
                        put(places[some], group, lam, left)
            continue
        parts = coordinates(here)
        for group, each in zip(columns, sums, strict=True):
            targets = _part_targets(labels, here, group.columns)
            turned = side_by_side(lambda z, v: z @ v.astype(np.float32), parts, each.vectors)
            for lam in lambdas:
                left = [
                    _left_out(z, w, p, y, group.known[here], groups[here], lam)
                    for z, w, p, y in zip(turned, each.values, each.products, targets, strict=True)
                ]
                put(places, group, lam, left)
    return found


def _solve_without(
    columns: Sequence[Columns],
    sums: Sequence[Sums],
    labels: Labels,
    coordinates: Coordinates,
    lambdas: Sequence[float],
    rows: Ints,
) -> list[dict[float, list[Floats]]]:
    """Take a subject's images off the sums and solve again: for many images the quicker way, in bounded memory.

    Returns:
        For each group of columns and each lambda the weights of each part.
    """
    found: list[dict[float, list[Floats]]] = []
    for each, (squares, products) in zip(sums, _sum_up(columns, labels, coordinates, rows), strict=True):
        solved: dict[float, list[Floats]] = {lam: [] for lam in lambdas}
        for w, v, p, square, product in zip(
            each.values, each.vectors, each.products, squares, products, strict=True
        ):
            rest, right = (v * w) @ v.T - square, v @ p - product
            for lam in lambdas:
                weights = np.linalg.solve(rest + lam * np.eye(len(rest)), right)
                solved[lam].append(np.asarray(weights, np.float64))
        found.append(solved)
    return found


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


def _subject_blocks(order: Ints, groups: Ints) -> Iterator[Ints]:
    """Cut positions, sorted by subject, between subjects into blocks; a large subject stands alone."""
    ends = [*(np.flatnonzero(np.diff(groups[order])) + 1), len(order)] if len(order) else []
    start = last = 0
    for end in ends:
        if end - start > IMAGES_A_BLOCK and last > start:
            yield order[start:last]
            start = last
        last = end
    if last > start:
        yield order[start:last]
