"""An order of groups of which every beginning holds each class in about its share."""

import numpy as np
from numpy.typing import NDArray

from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.task import Classes

Ints = NDArray[np.intp]
_NAMED = 3


def group_order(dataset: Dataset, groups: Ints, random: np.random.Generator) -> Ints:
    """Put groups into a random order, for classes one that spreads each class evenly over it.

    The last group of each class comes at the end of all: whoever takes from the beginning leaves one of each.

    Args:
        dataset: whose rows are grouped.
        groups: ``int (N,)``, each row's group, numbers from 0 without gaps.
        random: where chance comes from.

    Returns:
        ``(G,)`` group numbers.

    >>> task, who = Classes(("cat", "dog"), 2, 2), np.array(list("abcdefgh"))
    >>> images, targets = np.zeros((8, 2, 2, 1), np.uint8), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> order = group_order(Dataset(images, targets, task, who, who), np.arange(8), np.random.default_rng(0))
    >>> [sorted(targets[order[i : i + 2]].tolist()) for i in (0, 2, 4, 6)]
    [[0, 1], [0, 1], [0, 1], [0, 1]]
    """
    order = random.permutation(int(groups.max()) + 1)
    if dataset.targets is None or not isinstance(dataset.task, Classes):
        return order
    classes = _class_of_group(dataset.targets, groups, len(dataset.task.names))[order]
    key = np.zeros(len(order))
    for each in np.unique(classes):
        mine = np.flatnonzero(classes == each)
        shift = random.random()
        key[mine] = (np.arange(len(mine)) + shift) / len(mine)
        key[mine[-1]] = 1 + shift
    return order[np.argsort(key, kind="stable")]


def missing_notes(dataset: Dataset, parts: NDArray[np.str_]) -> tuple[str, ...]:
    """Say which classes a part that measures has no image of.

    >>> task, ids = Classes(("cat", "dog"), 2, 2), np.array(["1", "2", "3"])
    >>> data = Dataset(np.zeros((3, 2, 2, 1), np.uint8), np.array([0, 1, 1]), task, None, ids)
    >>> missing_notes(data, np.array(["train", "train", "test"]))
    ('1 class has no image in the test part (cat): how well it is recognised is not measured there.',)
    """
    if dataset.targets is None or not isinstance(dataset.task, Classes):
        return ()
    notes: list[str] = []
    for part in ("validation", "test"):
        here = dataset.targets[parts == part]
        missing = [name for i, name in enumerate(dataset.task.names) if not (here == i).any()]
        if len(here) and missing:
            named = ", ".join(missing[:_NAMED]) + (", ..." if len(missing) > _NAMED else "")
            they, are = ("it", "is") if len(missing) == 1 else ("they", "are")
            notes.append(
                f"{counted(len(missing), 'class has', 'classes have')} no image in the {part} part ({named}): how "
                f"well {they} {are} recognised is not measured there."
            )
    return tuple(notes)


def _class_of_group(targets: NDArray[np.int64], groups: Ints, classes: int) -> Ints:
    """Give each group its class: of several the one that the fewest groups show, C if nothing is labelled."""
    shown = np.zeros((int(groups.max()) + 1, classes + 1), np.bool_)
    shown[groups, np.where(targets < 0, classes, targets)] = True
    shown[:, classes] = ~shown[:, :classes].any(axis=1)
    rarity = np.where(shown, shown.sum(axis=0), len(shown) + 1)
    return rarity.argmin(axis=1)
