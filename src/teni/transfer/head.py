"""A closed-form head: lambda chosen by leave-subjects-out error, gaps used, few labels helped by many.

Keypoints that are labelled on few images lean on those that are labelled on many (the anchors): what is learned
for them is how far they lie from where the anchors put them on average. A regression from the anchors' labels to
theirs says where that is. The anchors are predicted from all their images, so the others profit from images that
do not show their labels. Leave-subjects-out error decides whether this is done.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent
from teni.transfer.gram import Gram
from teni.transfer.labels import Cluster, Labels, cluster_columns
from teni.transfer.leave_out import Decomposed, decompose, factorize, solve, subject_blocks
from teni.transfer.shape import fit_shape

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# Lambda in the units of a kernel whose mean over (image, same image) is 1.
LAMBDAS = tuple(float(x) for x in np.logspace(-5, 2, 15))


@dataclass(frozen=True, eq=False)
class Head:
    """A solved head: ``prediction = gram.predict(alpha) + offset``.

    Args:
        alpha: ``(flags, N, 2K)`` dual weights of the training images.
        offset: ``(2K,)`` pixels.
        left_out: ``(N, 2K)`` leave-subjects-out predictions in pixels, NaN where a column's images are not used;
            classes: ``(N, C)`` scores.
        lam: the lambda that was chosen.
        errors: leave-subjects-out error for each lambda that was tried, RMSE in pixels or log loss.
        anchors: the columns whose labels the others lean on; empty where none do.
    """

    alpha: Floats
    offset: Floats
    left_out: Floats
    lam: float
    errors: dict[float, float]
    anchors: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Prepared:
    """What all lambdas share: the clusters of columns and their decomposed kernels."""

    labels: Labels
    groups: Ints
    clusters: tuple[Cluster, ...]
    eigens: tuple[Decomposed, ...]


def prepare(gram: Gram, labels: Labels, groups: Ints, lam: float | None = None) -> Prepared:
    """Decompose the kernel of each cluster of columns, once.

    Args:
        gram: of the N training images with themselves.
        labels: of the N images.
        groups: ``(N,)`` subject of each image.
        lam: the only lambda that will be asked for, which is quicker; None for any.

    >>> from teni.task import Keypoints
    >>> from teni.transfer.labels import make_labels
    >>> labels = make_labels(np.ones((2, 1, 2), np.float32), Keypoints(("nose",), 4, 4, (0,)), "halves", False)
    >>> len(prepare(Gram(np.eye(2), None), labels, np.array([0, 1])).clusters)
    1
    """
    clusters = cluster_columns(labels)
    eigens: list[Decomposed] = []
    for cluster in clusters:
        part = gram.take(cluster.rows, cluster.rows)
        eigens.append(
            decompose(part.same, part.cross) if lam is None else factorize(part.same, part.cross, lam)
        )
    return Prepared(labels, groups, clusters, tuple(eigens))


def solve_head(
    prepared: Prepared,
    lambdas: tuple[float, ...] = LAMBDAS,
    on_progress: OnProgress = silent,
    *,
    anchors: bool = True,
) -> Head:
    """Solve for every lambda and keep the one with the lowest leave-subjects-out error.

    Args:
        prepared: from `prepare`.
        lambdas: what to try, one at least.
        on_progress: told how many lambdas are done.
        anchors: whether keypoints with few labels may lean on those with many.

    Returns:
        The head of the best lambda, with the errors of all.

    >>> from teni.task import Keypoints
    >>> from teni.transfer.labels import make_labels
    >>> labels = make_labels(np.ones((2, 1, 2), np.float32), Keypoints(("nose",), 4, 4, (0,)), "halves", False)
    >>> head = solve_head(prepare(Gram(np.ones((2, 2)), None), labels, np.array([0, 1])), (0.01, 1.0))
    >>> head.lam, head.left_out.round(2).tolist()
    (0.01, [[1.01, 1.01], [1.01, 1.01]])
    """
    best: Head | None = None
    tried: dict[float, float] = {}
    for i, lam in enumerate(lambdas):
        alpha, left_out = _solve_columns(prepared, lam)
        head = _finish(prepared, alpha, left_out, None, lam)
        if anchors and _can_lean(prepared):
            head = min((head, _lean_on_anchors(prepared, alpha, left_out, lam)), key=lambda h: h.errors[lam])
        tried[lam] = head.errors[lam]
        if best is None or tried[lam] < best.errors[best.lam]:
            best = head
        on_progress(Progress("lambda", i + 1, len(lambdas)))
    if best is None:
        raise ValueError("no lambda to try")
    return replace(best, errors=tried)


def descend(gram: Gram, labels: Labels, groups: Ints, start: float, on_progress: OnProgress = silent) -> Head:
    """Solve for one lambda after another, from a good guess downhill to the lowest leave-subjects-out error.

    A few factorizations are quicker than one decomposition that would serve all lambdas. The error over the
    logarithm of lambda has one valley, as far as it was seen.

    Args:
        gram: of the N training images with themselves.
        labels: of the N images.
        groups: ``(N,)`` subject of each image.
        start: one of `LAMBDAS`, e.g. what was best for some of the images.
        on_progress: told how many lambdas are done.

    Returns:
        The head of the best lambda, with the errors of all that were tried.

    >>> from teni.task import Keypoints
    >>> from teni.transfer.labels import make_labels
    >>> labels = make_labels(np.ones((2, 1, 2), np.float32), Keypoints(("nose",), 4, 4, (0,)), "halves", False)
    >>> head = descend(Gram(np.ones((2, 2)), None), labels, np.array([0, 1]), LAMBDAS[1])
    >>> head.lam == LAMBDAS[0], len(head.errors)
    (True, 3)
    """
    tried: dict[int, float] = {}
    best: Head | None = None

    def error(place: int) -> float:
        nonlocal best
        if place not in range(len(LAMBDAS)):
            return float("inf")
        if place not in tried:
            lam = LAMBDAS[place]
            head = solve_head(prepare(gram, labels, groups, lam), (lam,))
            tried[place] = head.errors[lam]
            best = head if best is None or tried[place] < best.errors[best.lam] else best
            on_progress(Progress("lambda", len(tried), max(len(tried), 3)))
        return tried[place]

    here = LAMBDAS.index(start)
    while True:
        lowest = min((here, here - 1, here + 1), key=error)
        if lowest == here:
            break
        here = lowest
    if best is None:
        raise ValueError("no lambda was tried")
    return replace(best, errors={LAMBDAS[place]: tried[place] for place in sorted(tried)})


def _solve_columns(prepared: Prepared, lam: float) -> tuple[Floats, Floats]:
    """Return dual weights and leave-subjects-out predictions of all columns, ``(flags, N, 2K)`` each."""
    values = prepared.labels.values
    alpha = np.zeros(values.shape)
    left_out = np.full(values.shape, np.nan)
    for cluster, eigen in zip(prepared.clusters, prepared.eigens, strict=True):
        blocks = subject_blocks(eigen, prepared.groups[cluster.rows], lam)
        for pattern in cluster.patterns:
            here = _place(values, cluster.rows, pattern.columns)
            solution = solve(eigen, blocks, values[here], pattern.known, lam)
            write_columns(prepared.labels, alpha, cluster.rows, pattern.columns, solution.alpha)
            write_columns(prepared.labels, left_out, cluster.rows, pattern.columns, solution.left_out)
    return alpha, left_out


def _place(values: Floats, rows: Ints, columns: Ints) -> Any:
    return np.ix_(np.arange(len(values)), rows, columns)


def write_columns(labels: Labels, target: Floats, rows: Ints, columns: Ints, found: Floats) -> None:
    """Put what was found into its columns and, as seen in the mirror, into their partners'.

    Args:
        labels: say which column is whose partner.
        target: ``(flags, N, 2K)``, written to.
        rows: the images.
        columns: C of the columns.
        found: ``(flags, len(rows), C)``.
    """
    partner = labels.partner[columns]
    mirrored = found[::-1] * labels.sign[columns] if len(found) == 2 else found
    target[_place(target, rows, columns)] = found
    target[_place(target, rows, partner)] = np.where(partner == columns, found, mirrored)


def _can_lean(prepared: Prepared) -> bool:
    """Tell whether there are columns with fewer labels, all on images for which the anchors are predicted."""
    first, *others = prepared.clusters
    return bool(others) and all(np.isin(cluster.rows, first.rows).all() for cluster in others)


def _lean_on_anchors(prepared: Prepared, alpha: Floats, left_out: Floats, lam: float) -> Head:
    """Solve the columns with fewer labels again, as distances from where the anchors' labels put them.

    Whoever is left out is left out of the regression from the anchors too: solving is linear in the labels, so
    that another regression moves the prediction by what the anchors' own columns give when they are solved here.
    """
    labels = prepared.labels
    first = prepared.clusters[0].columns
    anchors = np.unique(np.concatenate([first, labels.partner[first]]))
    others = np.setdiff1d(np.arange(labels.values.shape[2]), anchors)
    ones = np.ones((*labels.values.shape[:2], 1))
    # A missing anchor is filled with its own leave-subjects-out prediction.
    filled = np.where(labels.known, labels.values, left_out)[:, :, anchors]
    inputs = np.concatenate([filled, ones], axis=2)
    predicted = np.concatenate([left_out[:, :, anchors], ones], axis=2)
    shape = fit_shape(inputs, labels.values[:, :, others], prepared.groups)
    position = np.searchsorted(others, np.arange(labels.values.shape[2]))
    alpha, left_out = alpha.copy(), left_out.copy()
    for cluster, eigen in zip(prepared.clusters[1:], prepared.eigens[1:], strict=True):
        rows = cluster.rows
        blocks = subject_blocks(eigen, prepared.groups[rows], lam)
        for pattern in cluster.patterns:
            mine = position[pattern.columns]
            moved = (
                labels.values[_place(alpha, rows, pattern.columns)] - inputs[:, rows] @ shape.weights[:, mine]
            )
            found = solve(eigen, blocks, np.concatenate([moved, inputs[:, rows]], axis=2), pattern.known, lam)
            count = len(pattern.columns)
            weights = shape.without[shape.subject[rows]][:, :, mine]
            change = np.einsum("fna,nac->fnc", found.left_out[:, :, count:], weights - shape.weights[:, mine])
            left = found.left_out[:, :, :count] - change
            left += np.einsum("fna,nac->fnc", predicted[:, rows], weights)
            write_columns(labels, alpha, rows, pattern.columns, found.alpha[:, :, :count])
            write_columns(labels, left_out, rows, pattern.columns, left)
    alpha[:, :, others] += alpha[:, :, anchors] @ shape.weights[:-1]
    offset = np.zeros(labels.values.shape[2])
    offset[others] = shape.weights[-1]
    return _finish(prepared, alpha, left_out, (tuple(int(a) for a in anchors), offset), lam)


def _finish(
    prepared: Prepared,
    alpha: Floats,
    left_out: Floats,
    leaning: tuple[tuple[int, ...], Floats] | None,
    lam: float,
) -> Head:
    labels = prepared.labels
    anchors, offset = leaning if leaning is not None else ((), 0.0)
    error = labels.measure(labels.values[0], left_out[0], prepared.groups)
    return Head(alpha, labels.middle + offset, left_out[0] + labels.middle, lam, {lam: error}, anchors)
