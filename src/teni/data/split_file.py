"""Keep a split as a CSV, and refuse it where it does not belong."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teni.data.dataset import Dataset
from teni.data.source import open_csv
from teni.data.split import PARTS, Split
from teni.errors import TeniError

_SHORT = 16  # characters of the fingerprint that a row of the file carries
_COLUMNS = ("id", "group", "part", "fingerprint")


def save_split(split: Split, dataset: Dataset, path: str | Path) -> None:
    """Write a split as CSV, a row an image: id, group (the subject where known), part, data's fingerprint.

    Args:
        split: what to write.
        dataset: the data set that was split.
        path: the CSV, overwritten if it exists.

    Raises:
        TeniError: the split belongs to another data set, or the file cannot be written.

    >>> import tempfile
    >>> from teni.data.split import split
    >>> from teni.task import Keypoints
    >>> who = np.array(["Ada", "Max"])
    >>> data = Dataset(np.zeros((2, 2, 2, 1), np.uint8), None, Keypoints((), 2, 2, ()), who, who)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     before = split(data, test=0.5, validation=0)
    ...     save_split(before, data, Path(folder, "split.csv"))
    ...     before.fingerprint == load_split(Path(folder, "split.csv"), data).fingerprint
    True
    """
    if split.data != dataset.fingerprint:
        raise TeniError("this split was made for another data set; make a new one")
    names = dataset.subjects if dataset.subjects is not None else split.groups
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            for row in zip(dataset.ids, names, split.parts, strict=True):
                writer.writerow((*row, split.data[:_SHORT]))
    except OSError as error:
        raise TeniError(f"{path}: cannot be written ({error.strerror})") from error


def load_split(path: str | Path, dataset: Dataset) -> Split:
    """Read a split and make sure that it belongs to this data set.

    Args:
        path: a CSV written by `save_split`.
        dataset: the data set that was split.

    Raises:
        TeniError: the file cannot be read, is no split, or belongs to another data set.
    """
    path = Path(path)
    with open_csv(path) as text:
        rows = list(csv.reader(line.decode("utf-8", "replace") for _, line in text.lines))
    if len(rows) < 2 or tuple(rows[0]) != _COLUMNS or any(len(row) != len(_COLUMNS) for row in rows):
        raise TeniError(f"{path}: not a split; expected a CSV with the columns {', '.join(_COLUMNS)}")
    ids, names, parts, data = (np.array(column, np.str_) for column in zip(*rows[1:], strict=True))
    if ids.tolist() != dataset.ids.tolist():
        raise TeniError(f"{path}: lists other images than the data set has; make a new split")
    if (data != dataset.fingerprint[:_SHORT]).any():
        raise TeniError(
            f"{path}: was made for other data (fingerprint {data[0]}, this data has "
            f"{dataset.fingerprint[:_SHORT]}); make a new split"
        )
    unknown = np.setdiff1d(parts, PARTS)
    if len(unknown):
        raise TeniError(f"{path}: the part {str(unknown[0])!r} is unknown; expected {', '.join(PARTS)}")
    # The file may have been changed by hand: what matters most is checked, not trusted.
    unique, groups = np.unique(names if dataset.subjects is None else dataset.subjects, return_inverse=True)
    for i, name in enumerate(unique):
        if len(sides := np.unique(parts[groups == i])) > 1:
            raise TeniError(f"{path}: {name} stands in {' and in '.join(sides)}; keep a group on one side")
    return Split(parts.astype("<U10"), _renumber(names, groups, dataset), dataset.fingerprint)


def _renumber(names: NDArray[np.str_], groups: NDArray[np.intp], dataset: Dataset) -> NDArray[np.intp]:
    """Give groups the numbers that they had when the split was drawn."""
    if dataset.subjects is None and all(name.isdecimal() for name in names):
        return names.astype(np.intp)
    return groups.astype(np.intp)
