"""Labels as a closed-form head wants them: columns, mirror images as rows, columns grouped by their gaps.

Keypoints: column 2k is x and column 2k+1 is y of keypoint k. Mirroring turns the x of a left eye into minus the x of
the right one (both measured from the axis), so a column and its partner are one problem seen from two sides: only one
of the two is solved. Classes: a column a class, 1 for its own images and 0 for all others (one-vs-rest), and a mirror
image shows what its image shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teni.task import Classes, FlipCenter, Keypoints, Targets, Task
from teni.task import axis_position as axis_position
from teni.transfer.calibrate import cross_fitted_log_loss

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

# Columns whose gaps differ are solved on one decomposition as long as a column lacks at most this share of its rows.
MOST_GAPS = 0.15

Measure = Callable[[Floats, Floats, Any], float]
"""From labels ``(N, C)``, NaN = unlabelled, left-out predictions ``(N, C)`` and groups ``(N,)`` to an error."""


def rmse(values: Floats, left_out: Floats, groups: Any) -> float:
    """Return the root mean squared error over what is labelled.

    >>> round(rmse(np.array([[3.0, np.nan], [0.0, 0.0]]), np.array([[0.0, 9.0], [0.0, 0.0]]), None), 3)  # sqrt(9 / 3)
    1.732
    """
    del groups  # whoever was left out is in the predictions already
    return float(np.sqrt(np.nanmean((values - left_out) ** 2)))


@dataclass(frozen=True, eq=False)
class Labels:
    """Targets as columns, for images and (flag 1) their mirror images.

    Args:
        values: ``(flags, N, 2K)`` pixels from the middle of the image; NaN where there is no label. Classes:
            ``(flags, N, C)`` ones and zeros.
        middle: ``(2K,)`` what to add to get back to pixels.
        partner: ``(2K,)`` the column that takes this one's place in a mirror image.
        sign: ``(2K,)`` -1 where mirroring changes the sign.
        measure: the error that validation lowers.
        shown: ``(N, C)`` whether an image is an example of a column; None where every labelled image is.
    """

    values: Floats
    middle: Floats
    partner: Ints
    sign: Floats
    measure: Measure = rmse
    shown: Bools | None = None

    @property
    def known(self) -> Bools:
        """Tell where there is a label, ``(flags, N, 2K)``."""
        return ~np.isnan(self.values)

    @property
    def examples(self) -> Bools:
        """Tell which images are examples of a column, ``(N, 2K)``."""
        return np.asarray(self.known.any(axis=0)) if self.shown is None else self.shown

    def take(self, rows: Ints) -> "Labels":
        """Return the labels of some images."""
        shown = None if self.shown is None else self.shown[rows]
        return replace(self, values=self.values[:, rows], shown=shown)


@dataclass(frozen=True, eq=False)
class Pattern:
    """Columns that have the very same gaps.

    Args:
        columns: positions among the 2K columns; a column's partner is not listed beside it.
        known: ``(flags, n)`` where they have a label, over the rows of their cluster.
    """

    columns: Ints
    known: Bools


@dataclass(frozen=True, eq=False)
class Cluster:
    """Patterns that are solved on one decomposition: the images where any of them has a label.

    Args:
        rows: ``(n,)`` positions of the images, ascending.
        patterns: the columns by their gaps.
    """

    rows: Ints
    patterns: tuple[Pattern, ...]

    @property
    def columns(self) -> Ints:
        """Return all columns of the cluster, partners not included."""
        return np.concatenate([pattern.columns for pattern in self.patterns])


def make_labels(targets: Targets, task: Task, center: FlipCenter, mirror: bool) -> Labels:
    """Turn targets into columns, with the mirror images' labels where they are wanted.

    Args:
        targets: ``(N, K, 2)`` pixels, NaN = unlabelled; or ``(N,)`` classes, -1 = unlabelled.
        task: what they are.
        center: where the mirror's axis lies.
        mirror: whether mirror images are rows too.

    Returns:
        Keypoints: columns measured from the mirror's axis and from half the height. Classes: ones and zeros.

    >>> task = Keypoints(("left", "right"), 4, 4, (1, 0))
    >>> made = make_labels(np.array([[[3.0, 1.0], [2.0, 1.0]]], np.float32), task, "halves", True)
    >>> made.values[:, 0].tolist()
    [[1.0, -1.0, 0.0, -1.0], [-0.0, -1.0, -1.0, -1.0]]
    """
    match task:
        case Keypoints():
            return _keypoint_labels(targets, task, center, mirror)
        case Classes():
            return _class_labels(targets, task, mirror)


def _keypoint_labels(
    targets: NDArray[np.float32], task: Keypoints, center: FlipCenter, mirror: bool
) -> Labels:
    count = len(task.names)
    middle = np.tile([axis_position(task, center) / 2, task.height / 2], count)
    values = targets.reshape(len(targets), 2 * count).astype(np.float64) - middle
    partner = (2 * np.asarray(task.flip_permutation, np.intp)[:, None] + np.arange(2)).ravel()
    sign = np.tile([-1.0, 1.0], count)
    both = [values, sign * values[:, partner]] if mirror else [values]
    return Labels(np.stack(both), middle, partner if mirror else np.arange(2 * count), sign)


def _class_labels(targets: NDArray[np.int64], task: Classes, mirror: bool) -> Labels:
    count = len(task.names)
    shown = np.asarray(targets[:, None] == np.arange(count))
    values = np.where(targets[:, None] >= 0, shown.astype(np.float64), np.nan)
    both = np.stack([values, values] if mirror else [values])
    same = np.arange(count)
    return Labels(both, np.zeros(count), same, np.ones(count), cross_fitted_log_loss, shown)


def cluster_columns(labels: Labels) -> tuple[Cluster, ...]:
    """Group the columns by their gaps, so that few decompositions serve them all.

    Args:
        labels: of the training images; every column has one somewhere.

    Returns:
        Clusters with the most labels first; together they hold every column or its partner, once.

    >>> values = np.array([[[1.0, 1.0], [2.0, 2.0], [3.0, np.nan]]])
    >>> some = Labels(values, np.zeros(2), np.arange(2), np.ones(2))
    >>> [(cluster.rows.tolist(), cluster.columns.tolist()) for cluster in cluster_columns(some)]
    [([0, 1, 2], [0]), ([0, 1], [1])]
    """
    known = labels.known
    columns = [c for c in range(known.shape[2]) if c <= labels.partner[c]]
    by_gaps: dict[bytes, list[int]] = {}
    for column in columns:
        by_gaps.setdefault(known[:, :, column].tobytes(), []).append(column)
    patterns = sorted(by_gaps.values(), key=lambda p: (-int(known[:, :, p[0]].sum()), p[0]))
    gathered: list[tuple[Bools, list[list[int]]]] = []
    for pattern in patterns:
        mine: Bools = known[:, :, pattern[0]]
        for i, (rows, members) in enumerate(gathered):
            union: Bools = rows | mine.any(axis=0)
            if _few_gaps(known, [*members, pattern], union):
                gathered[i] = (union, [*members, pattern])
                break
        else:
            gathered.append((np.asarray(mine.any(axis=0)), [pattern]))
    # The first cluster takes in the images that only other columns label, unless they are many: its columns are
    # then predicted for every image, and the others can lean on them.
    everyone: Bools = np.logical_or.reduce([rows for rows, _ in gathered])
    if _few_gaps(known, gathered[0][1], everyone):
        gathered[0] = (everyone, gathered[0][1])
    return tuple(
        Cluster(
            np.flatnonzero(rows),
            tuple(Pattern(np.array(m), known[:, rows][:, :, m[0]]) for m in members),
        )
        for rows, members in gathered
    )


def _few_gaps(known: Bools, patterns: list[list[int]], rows: Bools) -> bool:
    """Tell whether each pattern has enough labels on these images to be solved on their decomposition."""
    least = min(int(known[:, rows, pattern[0]].sum()) for pattern in patterns)
    return least >= (1 - MOST_GAPS) * len(known) * int(rows.sum())
