"""Everything in the rows of a Kaggle-style CSV but the grey values: coordinates, ids, subjects."""

from array import array
from collections.abc import Iterator, Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from teni.data.grey_text import show
from teni.data.header import Header
from teni.data.problems import RowProblems
from teni.errors import TeniError

Row = tuple[int, int, list[bytes]]
"""Row number from 1, line number from 1, fields."""

_NAN = b"nan"
_NOT_GIVEN = frozenset((b"", b"NA", b"N/A", b"null", b"NULL"))
_FARTHEST = 1e6  # pixels; no image is that large


class Cells:
    """Gathers the cells of the rows that pass by.

    Args:
        header: what stands in which column.
        problems: who is told of cells that cannot be read.

    >>> from teni.data.header import read_header
    >>> cells = Cells(read_header(b"nose_x,nose_y", "a.csv"), RowProblems("a.csv"))
    >>> cells.take((1, 2, [b"0.5", b"2"]))
    >>> cells.points().tolist()
    [[[0.5, 2.0]]]
    """

    def __init__(self, header: Header, problems: RowProblems) -> None:
        self._header = header
        self._problems = problems
        self._coordinates = array("f")
        self._ids: list[bytes] = []
        self._subjects: list[bytes] = []
        self._rows: list[tuple[int, int]] = []

    @property
    def count(self) -> int:
        """Count the rows that have been taken."""
        return len(self._rows)

    def take(self, row: Row) -> None:
        """Read one row's cells."""
        number, line, fields = row
        header = self._header
        self._rows.append((number, line))
        try:
            self._coordinates.extend([float(fields[place] or _NAN) for place in header.places])
        except ValueError:
            self._coordinates.extend(self._read_slowly(row))
        if header.image_id is not None:
            self._ids.append(fields[header.image_id].strip())
        if header.subject is not None:
            self._subjects.append(fields[header.subject].strip())

    def drain(self, rows: Iterator[Row]) -> None:
        """Read the cells of all rows, whatever images they hold."""
        for row in rows:
            self.take(row)

    def points(self) -> NDArray[np.float32]:
        """Return the coordinates, ``float32 (N, K, 2)``, NaN where none is given; report impossible ones."""
        points = np.array(self._coordinates, np.float32).reshape(self.count, len(self._header.keypoints), 2)
        for row, k, axis in np.argwhere(np.abs(points) > _FARTHEST).tolist():
            what = (
                f"{self._header.keypoints[k]}_{'xy'[axis]} is {points[row, k, axis]:g}, nowhere near an image"
            )
            self._problems.add(*self._rows[row], what)
        return points

    def ids(self, name: str) -> NDArray[np.str_] | None:
        """Return the ImageId column, ``(N,)``, or None; ``name`` is how messages call the file."""
        return None if self._header.image_id is None else to_texts(self._ids, name, "ImageId")

    def subjects(self, name: str) -> NDArray[np.str_] | None:
        """Return the Subject column, ``(N,)``, or None; ``name`` is how messages call the file."""
        return None if self._header.subject is None else to_texts(self._subjects, name, "Subject")

    def _read_slowly(self, row: Row) -> list[float]:
        """Read a row's coordinates one by one, and report the first that is no number."""
        number, line, fields = row
        values = list[float]()
        for place in self._header.places:
            text = fields[place].strip()
            try:
                values.append(float(_NAN if text in _NOT_GIVEN else text))
            except ValueError:
                what = f"{self._header.columns[place]} is {show(text)}, not a number of pixels"
                self._problems.add(number, line, what)
                values.append(nan)
        return values


def to_texts(fields: Sequence[bytes], name: str, column: str) -> NDArray[np.str_]:
    """Decode the cells of a column of names, none of which may be empty.

    Args:
        fields: one cell a row.
        name: how messages call the file.
        column: how messages call the column.

    Raises:
        TeniError: a cell is empty or not UTF-8.

    >>> to_texts([b"Ada", b"Max"], "subjects.csv", "Subject").tolist()
    ['Ada', 'Max']
    """
    if b"" in fields:
        raise TeniError(
            f"{name}: row {list(fields).index(b'') + 1} has an empty {column}; give every row its own"
        )
    try:
        return np.array([field.decode("utf-8") for field in fields], np.str_)
    except UnicodeDecodeError as error:
        raise TeniError(f"{name}: the {column} column is not UTF-8 text; save the file as UTF-8") from error
