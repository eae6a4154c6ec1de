"""Load a data set: find out its format from the path, read it, and say what looks odd."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teni.data.counted import counted
from teni.data.dataset import Dataset
from teni.data.kaggle import Table, read_table
from teni.data.load_classes import PictureOptions, holds_classes, load_classes
from teni.data.source import MAX_UNPACKED_MB
from teni.data.subjects import read_subjects
from teni.errors import TeniError
from teni.task import Keypoints, flip_permutation


def load(
    path: str | Path,
    *,
    keypoints: str | Path | None = None,
    subjects: str | Path | None = None,
    mirror: Mapping[str, str] | None = None,
    mirrored: bool = True,
    max_unpacked_mb: int = MAX_UNPACKED_MB,
    pictures: PictureOptions = PictureOptions(),
) -> Dataset:
    """Load images and their keypoints or classes; the path says in which format.

    Keypoints: a CSV in the layout of Kaggle's Facial Keypoints, plain or zipped, with ``<keypoint>_x`` and
    ``<keypoint>_y`` columns of any names and an ``Image`` column of grey values. Coordinates that are
    missing are NaN. A file without coordinates gives a data set without targets.

    Classes: a folder with a folder of pictures for each class, a labels CSV with a column of pictures' files and
    one of classes, or a zip of these.

    Args:
        path: the file or folder.
        keypoints: another file of the same rows, whose coordinates are taken instead.
        subjects: keypoints: a file with one subject a row, in the order of the images; without it a ``Subject``
            column is used if there is one. Classes: a CSV with the columns file and subject.
        mirror: for keypoints whose name does not tell, which one takes its place in a mirrored image.
        mirrored: False where no mirror images will be made of these data, which are only measured, say: a side
            without its counterpart is then no error.
        max_unpacked_mb: the most that a zip may unpack to, in MB.
        pictures: how pictures of classes are read.

    Returns:
        Keypoints: images ``uint8 (N, H, W, 1)``, targets ``float32 (N, K, 2)`` in pixels, ids from ``ImageId`` or
        else the row numbers from 1. Classes: images of one size ``uint8 (N, H, W, 1 or 3)``, targets ``int64
        (N,)``, ids from the files' names.

    Raises:
        TeniError: something cannot be read; the sentence says what, where, and what was expected.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "faces.csv")
    ...     _ = file.write_text("nose_x,nose_y,Image\\n0.5,1,1 2 3 4\\n,,5 6 7 8\\n")
    ...     faces = load(file)
    >>> len(faces), faces.images.shape, faces.task.names, faces.ids.tolist()
    (2, (2, 2, 2, 1), ('nose',), ['1', '2'])
    """
    path = Path(path)
    if holds_classes(path):
        if keypoints is not None:
            raise TeniError(f"{path}: holds pictures of classes; coordinates belong to a table of keypoints")
        who = None if subjects is None else Path(subjects)
        return load_classes(path, who, pictures, max_unpacked_mb)
    table = read_table(path, max_unpacked_mb=max_unpacked_mb)
    points_name = table.name
    if keypoints is not None:
        other = read_table(Path(keypoints), max_unpacked_mb=max_unpacked_mb, with_images=False)
        table, points_name = _with_points_of(other, table), other.name
    if subjects is not None:
        who = read_subjects(Path(subjects), len(table.points), max_unpacked_mb=max_unpacked_mb)
        table = replace(table, subjects=who)
    return _to_dataset(table, points_name, flip_permutation(table.keypoints, mirror, one_sided=not mirrored))


def _with_points_of(other: Table, table: Table) -> Table:
    """Take the coordinates (and the subjects, if any) of another file of the same rows."""
    if len(other.points) != len(table.points):
        raise TeniError(
            f"{other.name}: {counted(len(other.points), 'row')} for the "
            f"{counted(len(table.points), 'image')} of {table.name}; "
            "expected the same rows in the same order"
        )
    if not other.keypoints:
        raise TeniError(
            f"{other.name}: no coordinates; expected columns called <keypoint>_x and <keypoint>_y"
        )
    if other.ids is not None and table.ids is not None and not np.array_equal(other.ids, table.ids):
        row = int(np.argmax(other.ids != table.ids))
        raise TeniError(
            f"{other.name}: row {row + 1} has ImageId {other.ids[row]}, {table.name} has {table.ids[row]}; "
            "expected the same rows in the same order"
        )
    return replace(
        table,
        keypoints=other.keypoints,
        points=other.points,
        subjects=table.subjects if other.subjects is None else other.subjects,
        ignored=(*table.ignored, *other.ignored),
    )


def _to_dataset(table: Table, points_name: str, permutation: tuple[int, ...]) -> Dataset:
    """Check what has been read as a whole, and put it together."""
    if table.images is None:
        raise TeniError(f"{table.name}: no images")
    _, height, width, _ = table.images.shape
    points, notes = _whole_points(table.points, points_name)
    if table.ignored:
        notes.append(
            f"{table.name}: columns that mean nothing here were ignored: {', '.join(table.ignored)}."
        )
    notes += _outside(points, table.keypoints, (width, height), points_name)
    ids = table.ids
    if ids is None:
        ids = np.array([str(row) for row in range(1, len(points) + 1)], np.str_)
    else:
        _check_unique(ids, table.name)
    task = Keypoints(table.keypoints, height, width, permutation)
    targets = points if table.keypoints else None
    return Dataset(table.images, targets, task, table.subjects, ids, tuple(notes))


def _whole_points(points: NDArray[np.float32], name: str) -> tuple[NDArray[np.float32], list[str]]:
    """Unlabel the points of which only one coordinate is given, and say how many."""
    half = np.isnan(points).sum(-1) == 1
    if not half.any():
        return points, []
    note = f"{name}: points with only x or only y count as not labelled: {np.count_nonzero(half):,}."
    return np.where(half[..., None], np.float32(np.nan), points), [note]


def _outside(
    points: NDArray[np.float32], names: tuple[str, ...], size: tuple[int, int], name: str
) -> list[str]:
    """Say how many coordinates lie outside the image, and where the first is; all are kept."""
    found = np.argwhere((points < 0) | (points > np.array(size)))
    if not len(found):
        return []
    row, k, axis = found[0].tolist()
    first = f"row {row + 1}, {names[k]}_{'xy'[axis]} = {points[row, k, axis]:g}"
    rows = counted(len(np.unique(found[:, 0])), "row")
    return [
        f"{name}: {counted(len(found), 'coordinate')} in {rows} outside the image of "
        f"{size[0]}x{size[1]} pixels, kept (the first: {first})."
    ]


def _check_unique(ids: NDArray[np.str_], name: str) -> None:
    """Refuse two images of one id: later files refer to images by id."""
    unique, first, counts = np.unique(ids, return_index=True, return_counts=True)
    if len(unique) < len(ids):
        repeated = unique[counts > 1][np.argmin(first[counts > 1])]
        rows = np.flatnonzero(ids == repeated)[:2] + 1
        raise TeniError(
            f"{name}: ImageId {repeated} stands on row {rows[0]} and row {rows[1]}; expected it once"
        )
