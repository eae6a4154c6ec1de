"""Some of the subjects, on which candidates are compared: enough to tell them apart, few enough to be quick."""

import numpy as np
from numpy.typing import NDArray

from teni.data import Dataset
from teni.data.stratify import group_order
from teni.task import Classes, Keypoints, Targets, Task

Ints = NDArray[np.intp]


def screening_rows(data: Dataset, groups: Ints, seed: int, enough_images: int) -> Ints:
    """Draw whole subjects until there are enough images, and enough labels to leave a subject out.

    Args:
        data: the training images.
        groups: ``(N,)`` subject of each.
        seed: of the draw; classes are drawn in their shares.
        enough_images: how many images there should be at least.

    Returns:
        Positions of the images drawn, ascending.

    >>> task, ids = Classes(("cat", "dog"), 2, 2), np.arange(8).astype(str)
    >>> data = Dataset(np.zeros((8, 2, 2, 1), np.uint8), np.arange(8) % 2, task, None, ids)
    >>> rows = screening_rows(data, np.arange(8), 0, 4)
    >>> sorted((rows % 2).tolist())
    [0, 0, 1, 1]
    """
    names, places = np.unique(groups, return_inverse=True)
    order = group_order(data, places.astype(np.intp), np.random.default_rng(seed))
    sizes = np.bincount(places)[order]
    enough = max(int(np.searchsorted(np.cumsum(sizes), enough_images)) + 1, 2)
    while enough < len(order) and not _labelled(data, places, order[:enough]):
        enough += 1
    return np.flatnonzero(np.isin(groups, names[order[:enough]]))


def _labelled(data: Dataset, places: Ints, drawn: Ints) -> bool:
    """Tell whether every keypoint is labelled for at least two of the subjects, or two classes are shown."""
    if data.targets is None:
        return False
    here = np.isin(places, drawn)
    return _enough(data.targets[here], places[here], data.task)


def _enough(targets: Targets, groups: Ints, task: Task) -> bool:
    match task:
        case Keypoints():
            known = np.asarray(~np.isnan(targets).any(axis=2))
            return all(len(np.unique(groups[known[:, k]])) >= 2 for k in range(targets.shape[1]))
        case Classes():
            return len(np.unique(targets[targets >= 0])) >= 2
