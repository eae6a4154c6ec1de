"""Kaggle's question sheet: which coordinates IdLookupTable.csv asks for, their solution, and a submission."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teni.data.counted import counted
from teni.data.source import MAX_UNPACKED_MB, open_csv
from teni.errors import TeniError
from teni.files import write_text
from teni.task import Keypoints
from teni.task.metrics import Points


@dataclass(frozen=True, eq=False)
class Lookup:
    """The R coordinates that are asked for, in the order of the file.

    Args:
        name: the file, for messages.
        row_ids: ``(R,)`` strings, unique.
        images: ``(R,)``, positions in the data set.
        coordinates: ``(R,)``, positions among the 2K coordinates x0, y0, x1, y1, ...
        shape: ``(N, K, 2)``, of the predictions this belongs to.
    """

    name: str
    row_ids: NDArray[np.str_]
    images: NDArray[np.intp]
    coordinates: NDArray[np.intp]
    shape: tuple[int, int, int]

    def __len__(self) -> int:
        """Count the coordinates asked for."""
        return len(self.row_ids)


def read_lookup(
    path: Path, ids: NDArray[np.str_], task: Keypoints, max_unpacked_mb: int = MAX_UNPACKED_MB
) -> Lookup:
    """Read IdLookupTable.csv: RowId, ImageId, FeatureName (``nose_tip_x``); other columns are not looked at.

    Args:
        path: the CSV, or a zip with it.
        ids: ``(N,)`` strings, the ImageId of each image of the data set.
        task: the K keypoints.
        max_unpacked_mb: the most that a zip may unpack to, in MB.

    Raises:
        TeniError: a column is missing, a RowId comes twice, or an ImageId or FeatureName is
            not known or not unique among the images.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "IdLookupTable.csv")
    ...     _ = file.write_text("RowId,ImageId,FeatureName,Location\\n1,8,nose_y,\\n2,7,nose_x,\\n")
    ...     lookup = read_lookup(file, np.array(["7", "8"]), Keypoints(("nose",), 96, 96, (0,)))
    >>> lookup.images.tolist(), lookup.coordinates.tolist()
    ([1, 0], [1, 0])
    """
    name, table = _read(path, ("RowId", "ImageId", "FeatureName"), max_unpacked_mb)
    features = [f"{keypoint}_{axis}" for keypoint in task.names for axis in "xy"]
    if len(np.unique(ids)) != len(ids):
        raise TeniError(f"{name}: names images by ImageId, but some of these images have the same one")
    images = _positions(ids, table["ImageId"])
    _all_known(name, "ImageId", table["ImageId"], images, f"the images have {_some(ids.tolist())}")
    coordinates = _positions(np.array(features, np.str_), table["FeatureName"])
    unknown = table["FeatureName"][coordinates < 0].tolist()
    nearest = get_close_matches(unknown[0], features, 3) if unknown else []
    expected = f"nearest: {', '.join(nearest)}" if nearest else f"the model knows {_some(features)}"
    _all_known(name, "FeatureName", table["FeatureName"], coordinates, expected)
    return Lookup(name, table["RowId"], images, coordinates, (len(ids), len(task.names), 2))


def read_solution(path: Path, lookup: Lookup, max_unpacked_mb: int = MAX_UNPACKED_MB) -> NDArray[np.float32]:
    """Read the answers to a lookup table: RowId, Location in pixels; an empty Location does not count.

    Args:
        path: the CSV, or a zip with it; its rows may be in any order.
        lookup: what was asked.
        max_unpacked_mb: the most that a zip may unpack to, in MB.

    Returns:
        ``(N, K, 2)`` pixels, NaN where nothing was asked.

    Raises:
        TeniError: a column or RowId is missing, a RowId unknown or there twice, or a Location no number.

    >>> import tempfile
    >>> lookup = Lookup("lookup", np.array(["1", "2"]), np.array([1, 0]), np.array([1, 0]), (2, 1, 2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "solution.csv")
    ...     _ = file.write_text("RowId,Location\\n2,30.5\\n1,60\\n")
    ...     read_solution(file, lookup).tolist()
    [[[30.5, nan]], [[nan, 60.0]]]
    """
    name, table = _read(path, ("RowId", "Location"), max_unpacked_mb)
    rows, texts = table["RowId"], table["Location"]
    where = _positions(lookup.row_ids, rows)
    _all_known(name, "RowId", rows, where, f"{lookup.name} has {_some(lookup.row_ids.tolist())}")
    if len(rows) != len(lookup):
        missing = np.delete(lookup.row_ids, where).tolist()
        raise TeniError(
            f"{name}: {len(rows):,} rows, expected the {len(lookup):,} of {lookup.name}; "
            f"RowId {_some(missing)} missing"
        )
    values = np.asarray(pd.to_numeric(pd.Series(texts), errors="coerce"), np.float64)
    strange = np.flatnonzero(~np.isfinite(values) & (texts != ""))
    if strange.size:
        raise TeniError(
            f"{name}: {strange.size:,} Locations are not numbers, first {str(texts[strange[0]])!r} of RowId "
            f"{rows[strange[0]]}; expected pixels, or nothing where there is no answer"
        )
    truth = np.full((lookup.shape[0], lookup.shape[1] * 2), np.nan, np.float32)
    truth[lookup.images[where], lookup.coordinates[where]] = values
    return truth.reshape(lookup.shape)


def asked_for(lookup: Lookup, predicted: Points, task: Keypoints) -> NDArray[np.float64]:
    """Take from predictions the coordinates that are asked for, clipped to the image.

    Args:
        lookup: what is asked.
        predicted: ``(N, K, 2)`` pixels.
        task: its image size bounds the coordinates: x to [0, width], y to [0, height].

    Returns:
        ``(R,)`` pixels.

    Raises:
        TeniError: the predictions belong to other images or keypoints, or one is not a number.

    >>> lookup = Lookup("lookup", np.array(["1", "2"]), np.array([1, 0]), np.array([1, 0]), (2, 1, 2))
    >>> asked_for(lookup, np.array([[[-3.0, 5.0]], [[7.0, 8.0]]]), Keypoints(("a",), 96, 96, (0,))).tolist()
    [8.0, 0.0]
    """
    if predicted.shape != lookup.shape:
        raise TeniError(
            f"{lookup.name}: read for predictions of shape {lookup.shape}, got {predicted.shape}; "
            "read it again with these images and keypoints"
        )
    clipped = np.clip(predicted.astype(np.float64), 0, (task.width, task.height))
    values = clipped.reshape(len(predicted), -1)[lookup.images, lookup.coordinates]
    if np.isnan(values).any():
        raise TeniError(
            f"{lookup.name}: {int(np.isnan(values).sum()):,} of the predictions it asks for are not numbers; "
            "the model is broken, fit it again"
        )
    return values


def write_submission(path: Path, lookup: Lookup, predicted: Points, task: Keypoints) -> None:
    """Write a submission: RowId, Location, in the order of the lookup table, clipped to the image.

    Args:
        path: the CSV to write; it is replaced if it exists.
        lookup: what is asked.
        predicted: ``(N, K, 2)`` pixels.
        task: its image size bounds the coordinates.

    Raises:
        TeniError: as `asked_for`, or the file cannot be written.

    >>> import tempfile
    >>> lookup = Lookup("lookup", np.array(["1", "2"]), np.array([1, 0]), np.array([1, 0]), (2, 1, 2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "submission.csv")
    ...     points = np.array([[[30.5, 5.0]], [[7.0, 99.0]]])
    ...     write_submission(file, lookup, points, Keypoints(("nose",), 96, 96, (0,)))
    ...     file.read_text().splitlines()
    ['RowId,Location', '1,96.0000', '2,30.5000']
    """
    write_text(path, submission_text(lookup, predicted, task))


def submission_text(lookup: Lookup, predicted: Points, task: Keypoints) -> str:
    """Give the text of a submission; see `write_submission`.

    Args:
        lookup: what is asked.
        predicted: ``(N, K, 2)`` pixels.
        task: its image size bounds the coordinates.

    Raises:
        TeniError: as `asked_for`.
    """
    values = asked_for(lookup, predicted, task)
    table = pd.DataFrame({"RowId": lookup.row_ids, "Location": values})
    return table.to_csv(index=False, float_format="%.4f", lineterminator="\n")


def _read(
    path: Path, columns: tuple[str, ...], max_unpacked_mb: int
) -> tuple[str, dict[str, NDArray[np.str_]]]:
    """Read the columns as text; the first one is the key and must not repeat."""
    with open_csv(Path(path), max_unpacked_mb) as text:
        name = text.name
        content = b"\n".join(line for _, line in text.lines)
    try:
        table = pd.read_csv(
            io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig", skipinitialspace=True
        )
    except ValueError as error:  # pandas' own errors are ValueErrors, and so is text that is not UTF-8
        raise TeniError(f"{name}: cannot be read as CSV ({error}); expected {', '.join(columns)}") from error
    missing = [column for column in columns if column not in table]
    if missing:
        raise TeniError(
            f"{name}: no column {', '.join(missing)}; found {_some(list(table.columns))}, "
            f"expected {', '.join(columns)}"
        )
    if not len(table):
        raise TeniError(f"{name}: no rows below the header; expected one a coordinate")
    found = {column: np.asarray(table[column], np.str_) for column in columns}
    keys, counts = np.unique(found[columns[0]], return_counts=True)
    if len(keys) != len(table):
        raise TeniError(
            f"{name}: {columns[0]} {_some(keys[counts > 1].tolist())} comes more than once; "
            "each must be unique"
        )
    return name, found


def _positions(known: NDArray[np.str_], given: NDArray[np.str_]) -> NDArray[np.intp]:
    """Find where each given text stands among the known ones, -1 for those that do not."""
    return np.asarray(pd.Index(known.tolist()).get_indexer(pd.Index(given.tolist())), np.intp)


def _all_known(
    name: str, column: str, given: NDArray[np.str_], where: NDArray[np.intp], expected: str
) -> None:
    unknown = given[where < 0]
    if unknown.size:
        raise TeniError(
            f"{name}: {column} {_some(np.unique(unknown).tolist())} is not known ({counted(unknown.size, 'row')}); "
            f"{expected}"
        )


def _some(values: Iterable[object], many: int = 3) -> str:
    texts = [str(value) for value in values]
    more = f" and {len(texts) - many:,} more" if len(texts) > many else ""
    return (", ".join(texts[:many]) or "none") + more
