"""A closed-form head: lambda chosen by leave-subjects-out error, gaps used, few labels helped by many.

Keypoints that are labelled on few images lean on those that are labelled on many (the anchors): what is learned
for them is how far they lie from where the anchors put them on average. A regression from the anchors' labels to
theirs says where that is. The anchors are predicted from all their images, so the others profit from images that
do not show their labels. Leave-subjects-out error decides whether this is done.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.progress import OnProgress, Progress, silent
from teni.transfer.gram import Gram
from teni.transfer.labels import Cluster, Labels, cluster_columns
from teni.transfer.leave_out import Eigen, decompose, solve, subject_blocks

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# Lambda in the units of a kernel whose mean over (image, same image) is 1.
LAMBDAS = tuple(float(x) for x in np.logspace(-5, 2, 15))


def near(lam: float, factor: float) -> tuple[float, ...]:
    """Return those of the usual lambdas that are at most so many times larger or smaller than this one.

    >>> len(near(0.1, 4.0))
    3
    """
    return tuple(each for each in LAMBDAS if lam / factor <= each <= lam * factor)


@dataclass(frozen=True, eq=False)
class Head:
    """A solved head: ``prediction = gram.predict(alpha) + offset``.

    Args:
        alpha: ``(flags, N, 2K)`` dual weights of the training images.
        offset: ``(2K,)`` pixels.
        left_out: ``(N, 2K)`` leave-subjects-out predictions in pixels, NaN where a column's images are not used.
        lam: the lambda that was chosen.
        rmse_px: leave-subjects-out RMSE for each lambda that was tried.
        anchors: the columns whose labels the others lean on; empty where none do.
    """

    alpha: Floats
    offset: Floats
    left_out: Floats
    lam: float
    rmse_px: dict[float, float]
    anchors: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Prepared:
    """What all lambdas share: the clusters of columns and their decomposed kernels."""

    labels: Labels
    groups: Ints
    clusters: tuple[Cluster, ...]
    eigens: tuple[Eigen, ...]


def prepare(gram: Gram, labels: Labels, groups: Ints) -> Prepared:
    """Decompose the kernel of each cluster of columns, once.

    Args:
        gram: of the N training images with themselves.
        labels: of the N images.
        groups: ``(N,)`` subject of each image.
    """
    clusters = cluster_columns(labels)
    eigens: list[Eigen] = []
    for cluster in clusters:
        part = gram.take(cluster.rows, cluster.rows)
        eigens.append(decompose(part.same, part.cross))
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
        lambdas: what to try.
        on_progress: told how many lambdas are done.
        anchors: whether keypoints with few labels may lean on those with many.
    """
    best: Head | None = None
    tried: dict[float, float] = {}
    for i, lam in enumerate(lambdas):
        alpha, left_out = _solve_columns(prepared, prepared.labels.values, lam)
        head = _finish(prepared, alpha, left_out, None, lam)
        if anchors and len(prepared.clusters) > 1:
            head = min((head, _lean_on_anchors(prepared, alpha, left_out, lam)), key=lambda h: h.rmse_px[lam])
        tried[lam] = head.rmse_px[lam]
        if best is None or tried[lam] < best.rmse_px[best.lam]:
            best = head
        on_progress(Progress("lambda", i + 1, len(lambdas)))
    if best is None:
        raise ValueError("no lambda to try")
    return Head(best.alpha, best.offset, best.left_out, best.lam, tried, best.anchors)


def _solve_columns(
    prepared: Prepared, values: Floats, lam: float, only: tuple[Cluster, ...] | None = None
) -> tuple[Floats, Floats]:
    """Return dual weights and leave-subjects-out predictions of all columns, ``(flags, N, 2K)`` each."""
    labels = prepared.labels
    alpha = np.zeros(values.shape)
    left_out = np.full(values.shape, np.nan)
    for cluster, eigen in zip(prepared.clusters, prepared.eigens, strict=True):
        if only is not None and cluster not in only:
            continue
        blocks = subject_blocks(eigen, prepared.groups[cluster.rows], lam)
        for pattern in cluster.patterns:
            here = np.ix_(range(len(values)), cluster.rows, pattern.columns)
            known = pattern.known & ~np.isnan(values[here]).any(axis=2)
            solution = solve(eigen, blocks, values[here], known, lam)
            for target, found in ((alpha, solution.alpha), (left_out, solution.left_out)):
                target[here] = found
                # The partner's problem is the same one, seen in the mirror.
                partner = labels.partner[pattern.columns]
                other = np.ix_(range(len(values)), cluster.rows, partner)
                mirrored = found[::-1] * labels.sign[pattern.columns] if len(values) == 2 else found
                target[other] = np.where(partner == pattern.columns, found, mirrored)
    return alpha, left_out


def _lean_on_anchors(prepared: Prepared, alpha: Floats, left_out: Floats, lam: float) -> Head:
    """Solve the columns with fewer labels again, as distances from where the anchors' labels put them."""
    labels = prepared.labels
    first = prepared.clusters[0].columns
    anchors = np.unique(np.concatenate([first, labels.partner[first]]))
    others = np.setdiff1d(np.arange(labels.values.shape[2]), anchors)
    # A missing anchor is filled with its own leave-subjects-out prediction.
    filled = np.where(labels.known, labels.values, left_out)[:, :, anchors]
    shape, constant = _regress(filled, labels.values[:, :, others])
    moved = labels.values.copy()
    moved[:, :, others] -= filled @ shape + constant
    again, left = _solve_columns(prepared, moved, lam, prepared.clusters[1:])
    alpha, left_out = alpha.copy(), left_out.copy()
    alpha[:, :, others] = again[:, :, others] + alpha[:, :, anchors] @ shape
    left_out[:, :, others] = left[:, :, others] + left_out[:, :, anchors] @ shape + constant
    offset = np.zeros(labels.values.shape[2])
    offset[others] = constant
    return _finish(prepared, alpha, left_out, (tuple(int(a) for a in anchors), offset), lam)


def _regress(inputs: Floats, outputs: Floats) -> tuple[Floats, Floats]:
    """Fit each output column on all input columns by least squares, over the rows where all are known."""
    flat = inputs.reshape(-1, inputs.shape[2])
    flat = np.concatenate([flat, np.ones((len(flat), 1))], axis=1)
    targets = outputs.reshape(-1, outputs.shape[2])
    weights = np.zeros((flat.shape[1], targets.shape[1]))
    whole = ~np.isnan(flat).any(axis=1)
    for column in range(targets.shape[1]):
        rows = whole & ~np.isnan(targets[:, column])
        weights[:, column] = np.linalg.lstsq(flat[rows], targets[rows, column], rcond=None)[0]
    return weights[:-1], weights[-1]


def _finish(
    prepared: Prepared,
    alpha: Floats,
    left_out: Floats,
    leaning: tuple[tuple[int, ...], Floats] | None,
    lam: float,
) -> Head:
    labels = prepared.labels
    anchors, offset = leaning if leaning is not None else ((), 0.0)
    missed = labels.values[0] - left_out[0]
    rmse = float(np.sqrt(np.nanmean(missed**2)))
    return Head(alpha, labels.middle + offset, left_out[0] + labels.middle, lam, {lam: rmse}, anchors)
