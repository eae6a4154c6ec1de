"""Some of the subjects, on which candidates are compared: enough to tell them apart, few enough to be quick."""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from teni.data import Dataset
from teni.data.stratify import group_order
from teni.task import Classes, Keypoints, Targets, Task

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


def screening_rows(
    data: Dataset, groups: Ints, seed: int, enough_images: int, most_images: int | None = None
) -> Ints:
    """Draw whole subjects until there are enough images, and further ones where labels are lacking.

    Args:
        data: the training images.
        groups: ``(N,)`` subject of each.
        seed: of the draw; classes are drawn in their shares.
        enough_images: how many images there should be at least.
        most_images: of more images each subject keeps some, spread over its own; None keeps all. For labels that
            would be lost with the others a few may come on top.

    Returns:
        Positions of the images drawn, ascending. Two subjects label every keypoint, or two classes are shown, if
        the data have them.

    >>> task, ids = Classes(("cat", "dog"), 2, 2), np.arange(8).astype(str)
    >>> data = Dataset(np.zeros((8, 2, 2, 1), np.uint8), np.arange(8) % 2, task, None, ids)
    >>> rows = screening_rows(data, np.arange(8), 0, 4)
    >>> sorted((rows % 2).tolist())
    [0, 0, 1, 1]
    """
    names, places = np.unique(groups, return_inverse=True)
    places = places.astype(np.intp)
    order = group_order(data, places, np.random.default_rng(seed))
    sizes = np.bincount(places)[order]
    enough = max(int(np.searchsorted(np.cumsum(sizes), enough_images)) + 1, 2)
    drawn, rest = order[:enough], order[enough:]
    if data.targets is not None:
        shown = _shown(data.targets, places, len(names), data.task)
        drawn = np.concatenate([drawn, rest[_lacking(shown[drawn], shown[rest], data.task)]])
    rows = np.flatnonzero(np.isin(places, drawn))
    if most_images is None or len(rows) <= most_images:
        return rows
    kept = _spread(places[rows], most_images)
    if data.targets is not None:
        kept |= _lost(_labels(data.targets[rows], data.task), places[rows], kept)
    return rows[kept]


def _labels(targets: Targets, task: Task) -> Bools:
    """Tell which keypoints an image labels, or which class it shows, ``(N, columns)``."""
    match task:
        case Keypoints():
            return np.asarray(~np.isnan(targets).any(axis=2))
        case Classes():
            return np.asarray(targets[:, None] == np.arange(len(task.names)))


def _shown(targets: Targets, places: Ints, subjects: int, task: Task) -> Bools:
    """Tell which keypoints a subject labels, or which classes it shows, ``(subjects, columns)``."""
    shown = np.zeros((subjects, len(task.names)), np.bool_)
    match task:
        case Keypoints():
            np.logical_or.at(shown, places, _labels(targets, task))
        case Classes():
            known = targets >= 0
            shown[places[known], targets[known]] = True
    return shown


def _lacking(drawn: Bools, rest: Bools, task: Task) -> Ints:
    """Say which of the other subjects are needed: every keypoint labelled by two, or two classes shown."""
    added: list[int] = []
    match task:
        case Keypoints():
            for column in range(drawn.shape[1]):
                lacking = 2 - int(drawn[:, column].sum()) - int(rest[added, column].sum())
                more = np.setdiff1d(np.flatnonzero(rest[:, column]), added)
                added += more[: max(lacking, 0)].tolist()
        case Classes():
            seen = drawn.any(axis=0)
            while seen.sum() < 2 and len(more := np.flatnonzero((rest & ~seen).any(axis=1))):
                added.append(int(more[0]))
                seen |= rest[more[0]]
    return np.array(added, np.intp)


def _spread(who: Ints, most: int) -> Bools:
    """Keep about `most` images, of each subject as many as of any other if it has them, spread over its own."""
    _, inverse, sizes = np.unique(who, return_inverse=True, return_counts=True)
    each = bisect_right(range(1, most + 1), most, key=lambda count: int(np.minimum(sizes, count).sum()))
    each = max(each, 1)
    order = np.argsort(inverse, kind="stable")
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(who), np.intp)
    place[order] = np.arange(len(who)) - np.repeat(starts, sizes)
    size = sizes[inverse]
    share = np.minimum(size, each)
    return np.asarray(place * share // size != (place - 1) * share // size)


def _lost(labels: Bools, who: Ints, kept: Bools) -> Bools:
    """Find a labelled image of one subject, or two, for every column that too few of the kept images label."""
    found = np.zeros(len(who), np.bool_)
    for column in range(labels.shape[1]):
        seen = np.unique(who[labels[:, column] & kept])
        others = np.flatnonzero(labels[:, column] & ~np.isin(who, seen))
        _, first = np.unique(who[others], return_index=True)
        found[others[first[: max(2 - len(seen), 0)]]] = True
    return found
