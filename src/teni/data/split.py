"""Split a data set into train, validation and test so that no subject stands on two sides."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.data.duplicates import THRESHOLD, group_lookalikes
from teni.data.stratify import group_order, missing_notes
from teni.errors import TeniError

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, eq=False)
class Split:
    """Which row is used for what.

    Args:
        parts: ``(N,)`` strings, each ``train``, ``validation`` or ``test``.
        groups: ``int (N,)``, rows of one number stay together: one subject, or near-duplicates.
        data: fingerprint of the data set that was split.
        notes: what the reader of a report should know, one sentence each.

    >>> split = Split(np.array(["test", "train"]), np.array([0, 1]), "4f")
    >>> split.rows("train").tolist(), split.fingerprint[:8]
    ([1], '...')
    """

    parts: NDArray[np.str_]
    groups: NDArray[np.intp]
    data: str
    notes: tuple[str, ...] = field(default=())

    def rows(self, part: Part) -> NDArray[np.intp]:
        """Return the positions of the rows of one part, ascending."""
        return np.flatnonzero(self.parts == part)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the data set's fingerprint, parts and groups, as hexadecimal text."""
        digest = hashlib.sha256(self.data.encode())
        digest.update(",".join(self.parts.tolist()).encode())
        digest.update(self.groups.astype(np.int64).tobytes())
        return digest.hexdigest()


def split(dataset: Dataset, *, test: float = 0.2, validation: float = 0.15, seed: int = 0) -> Split:
    """Draw a split by subject; where subjects are unknown, near-duplicates stay together instead.

    Each part gets whole groups, in random order, until it is as near to its share of the rows as it can come:
    nearer than one group. Where images show classes, each part gets its share of every class, as well as whole
    groups allow, and training keeps one group of each.

    Args:
        dataset: what to split.
        test: share of the rows for the test, 0 if a test set is given apart.
        validation: share of the rows for validation.
        seed: the same seed gives the same split.

    Raises:
        TeniError: shares that leave nothing to train on, or fewer subjects than parts.

    >>> from teni.task import Keypoints
    >>> who = np.array(["Ada", "Ada", "Max", "Max", "Tom", "Tom"])
    >>> data = Dataset(np.zeros((6, 2, 2, 1), np.uint8), None, Keypoints((), 2, 2, ()), who, who)
    >>> split(data, test=0.3, validation=0.3, seed=1).parts.tolist()
    ['test', 'test', 'validation', 'validation', 'train', 'train']
    """
    if not (0 <= test < 1 and 0 <= validation < 1 and test + validation < 1):
        raise TeniError(
            f"test={test:g} and validation={validation:g} leave nothing to train on; expected shares from 0 "
            "that add up to less than 1"
        )
    groups, notes = group_rows(dataset)
    sizes = np.bincount(groups)
    wanted = [(part, share) for part, share in (("test", test), ("validation", validation)) if share > 0]
    if len(sizes) < max(2, len(wanted) + 1):
        what = "subject" if dataset.subjects is not None else "group"
        hint = "" if dataset.subjects is not None else " of near-duplicates"
        parts = " + ".join(["train", *(part for part, _ in wanted)])
        raise TeniError(
            f"cannot split into {parts}: found {counted(len(sizes), what)}{hint}, expected at least "
            f"{max(2, len(wanted) + 1)}, one for each part"
        )
    part_of_group = np.full(len(sizes), "train", "<U10")
    order = group_order(dataset, groups, np.random.default_rng(seed))
    for i, (part, share) in enumerate(wanted):
        # Each later part, and training, keeps at least one group.
        most = len(order) - (len(wanted) - i)
        taken = _nearest_prefix(sizes[order[:most]], share * len(dataset))
        part_of_group[order[:taken]] = part
        order = order[taken:]
    parts = part_of_group[groups]
    return Split(parts, groups, dataset.fingerprint, (*notes, *missing_notes(dataset, parts)))


def group_rows(dataset: Dataset) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Number the groups of rows that must stay together, and say how they were found.

    Args:
        dataset: images, with or without subjects.

    Returns:
        ``int (N,)`` numbers from 0 without gaps, and notes.

    >>> from teni.task import Keypoints
    >>> who = np.array(["Max", "Ada", "Max"])
    >>> data = Dataset(np.zeros((3, 2, 2, 1), np.uint8), None, Keypoints((), 2, 2, ()), who, who)
    >>> group_rows(data)
    (array([1, 0, 1]), ())
    """
    if dataset.subjects is not None:
        return np.unique(dataset.subjects, return_inverse=True)[1].astype(np.intp), ()
    alike = group_lookalikes(dataset.images)
    note = (
        f"No subjects are given: {counted(alike.rows, 'near-duplicate image')} in "
        f"{counted(alike.shared_groups, 'group')} kept together, but different images of one subject may "
        "stand on both sides of the split and make its errors look too good."
    )
    if alike.threshold < THRESHOLD:
        note += f" All images look much alike: only hashes within {alike.threshold} bits were grouped."
    return alike.groups, (note,)


def folds(groups: NDArray[np.intp], count: int, *, seed: int = 0) -> NDArray[np.intp]:
    """Deal groups into folds for cross-validation, the folds about equal in rows.

    Args:
        groups: ``int (N,)``, rows of one number stay together.
        count: how many folds.
        seed: the same seed gives the same folds.

    Returns:
        ``int (N,)``, each row's fold from 0.

    Raises:
        TeniError: fewer groups than folds, or fewer than two folds.

    >>> folds(np.array([0, 0, 1, 2, 2, 3]), 2).tolist()
    [1, 1, 0, 0, 0, 1]
    """
    names, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if not 2 <= count <= len(names):
        raise TeniError(
            f"{counted(len(names), 'group')} cannot make {count} folds; expected 2 folds to one a group"
        )
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    fold_of_group, filled = np.zeros(len(names), np.intp), np.zeros(count)
    for group in order:
        smallest = int(filled.argmin())
        fold_of_group[group] = smallest
        filled[smallest] += sizes[group]
    return fold_of_group[inverse]


def _nearest_prefix(sizes: NDArray[np.intp], target: float) -> int:
    """Say how many of these groups, at least one, come nearest to ``target`` rows."""
    return int(np.abs(np.cumsum(sizes) - target).argmin()) + 1
