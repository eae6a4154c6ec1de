"""Read a table in the layout of Kaggle's Facial Keypoints Detection: coordinates, and grey values as text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teni.data.cells import Cells, Row
from teni.data.grey_text import explain_row, parse_rows
from teni.data.header import Header, read_header, split_row
from teni.data.large import make_room
from teni.data.problems import RowProblems
from teni.data.source import MAX_UNPACKED_MB, CsvText, open_csv
from teni.errors import TeniError

_BATCH_BYTES = 100_000  # of text at a time: what the vector steps touch then stays in the processor's cache
_ROWS_TO_GUESS_FROM = 16


@dataclass(frozen=True)
class Table:
    """What stands in one Kaggle-style CSV.

    Args:
        name: how messages call the file.
        keypoints: K names.
        points: ``float32 (N, K, 2)``, pixels, NaN where none is given.
        images: ``uint8 (N, H, W, 1)``, or None where they were not asked for.
        ids: ``(N,)`` the ImageId column, or None.
        subjects: ``(N,)`` the Subject column, or None.
        ignored: the names of columns that mean nothing here.
    """

    name: str
    keypoints: tuple[str, ...]
    points: NDArray[np.float32]
    images: NDArray[np.uint8] | None
    ids: NDArray[np.str_] | None
    subjects: NDArray[np.str_] | None
    ignored: tuple[str, ...]


def read_table(path: Path, *, max_unpacked_mb: int = MAX_UNPACKED_MB, with_images: bool = True) -> Table:
    """Read a Kaggle-style CSV, plain or zipped, in one pass.

    The text streams through in small batches whose grey values go straight into the array that is returned:
    peak memory is little more than that array, and less where it is so large
    that it stands in a file. (Threads were tried: the steps are so short that they wait
    for each other's interpreter lock, and nothing was gained.)

    Args:
        path: the CSV, or a zip with one CSV in it.
        max_unpacked_mb: the most that a zipped CSV may unpack to, in MB.
        with_images: False leaves an Image column unread.

    Raises:
        TeniError: the file cannot be read, or rows of it cannot be used (the first three are named).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "faces.csv")
    ...     _ = path.write_text("nose_x,nose_y,Image\\n0.5,1,1 2 3 4\\n,,5 6 7 8\\n")
    ...     table = read_table(path)
    >>> table.keypoints, table.points.tolist(), table.images.shape
    (('nose',), [[[0.5, 1.0]], [[nan, nan]]], (2, 2, 2, 1))
    """
    with open_csv(path, max_unpacked_mb) as text:
        first = next(text.lines, None)
        if first is None:
            raise TeniError(f"{text.name}: the file is empty; expected a header line and one row an image")
        header = read_header(first[1], text.name)
        problems = RowProblems(text.name)
        cells = Cells(header, problems)
        rows = _rows(text, header, problems)
        images = _read_images(rows, header, text, cells, problems) if with_images else cells.drain(rows)
        points = cells.points()
        problems.raise_if_any()
        if not cells.count:
            raise TeniError(f"{text.name}: a header but no rows under it; expected one row an image")
        ids, subjects = cells.ids(text.name), cells.subjects(text.name)
    return Table(text.name, header.keypoints, points, images, ids, subjects, header.ignored)


def _rows(text: CsvText, header: Header, problems: RowProblems) -> Iterator[Row]:
    """Number the rows and cut them into fields; those with too few or too many are reported and left out."""
    for row, (line_number, line) in enumerate(text.lines, 1):
        fields = split_row(line, len(header.columns))
        if fields is None:
            problems.add(row, line_number, f"not the {len(header.columns)} fields of the header")
        else:
            yield row, line_number, fields


def _read_images(
    rows: Iterator[Row], header: Header, text: CsvText, cells: Cells, problems: RowProblems
) -> NDArray[np.uint8]:
    """Turn the grey values of all rows into ``uint8 (N, H, W, 1)``, and give everything else to ``cells``."""
    if header.image is None:
        found = ", ".join(header.columns[:4]) + (", ..." if len(header.columns) > 4 else "")
        raise TeniError(
            f"{text.name}: no Image column (found {found}); expected one with the grey values of each image, "
            "separated by spaces (coordinates alone are given as keypoints, beside the file with the images)"
        )
    head = list(islice(rows, _ROWS_TO_GUESS_FROM))
    if not head:
        return np.zeros((0, 1, 1, 1), np.uint8)
    side = _guess_side([fields[header.image] for _, _, fields in head], text.name)
    count = side * side
    # A value takes at least two bytes, its digit and what follows it: there cannot be more images than
    # this. What is never written to is never used, so asking for too much costs nothing.
    images = make_room((text.size // (2 * count) + 1, count), reserve=False)
    _keep_freed_memory()
    used = 0
    for batch in _batches(chain(head, rows), header.image, count, cells, problems):
        _parse_batch(batch, images[used : used + len(batch)], problems)
        used += len(batch)
    if isinstance(images, np.memmap):  # is a file, which is as long as what was written
        return images[:used].reshape(used, side, side, 1)
    images.resize((used, side, side, 1), refcheck=False)
    return images


def _keep_freed_memory() -> None:
    """Have glibc keep the memory of short-lived arrays for the next ones; else reading takes twice as long.

    It starts by giving every block of 128 kB back to the system at once, and learns better when it first sees
    a larger block freed (M_MMAP_THRESHOLD in `man mallopt`): this one, which is never written to.
    """
    large = np.empty(8 << 20, np.uint8)
    del large


Grey = tuple[int, int, bytes]
"""Row number, line number, grey values."""


def _batches(
    rows: Iterator[Row], column: int, count: int, cells: Cells, problems: RowProblems
) -> Iterator[list[Grey]]:
    """Bundle the grey values of some rows; rows too short to be right are reported and left out."""
    batch, size = list[Grey](), 0
    for row in rows:
        cells.take(row)
        number, line, fields = row
        grey = fields[column].strip()
        if len(grey) < 2 * count - 1:
            what = explain_row(grey, count)
            problems.add(number, line, what if isinstance(what, str) else "too short")
            continue
        batch.append((number, line, grey))
        size += len(grey)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = list[Grey](), 0
    if batch:
        yield batch


def _parse_batch(batch: Sequence[Grey], out: NDArray[np.uint8], problems: RowProblems) -> None:
    """Write the images of a batch into ``out (rows, values)``; report the rows that are no images."""
    if parse_rows([grey for _, _, grey in batch], out):
        return
    for i, (number, line, grey) in enumerate(batch):
        if parse_rows([grey], out[i : i + 1]):
            continue
        found = explain_row(grey, out.shape[1])
        if isinstance(found, str):
            problems.add(number, line, found)
        else:
            out[i] = found


def _guess_side(greys: Sequence[bytes], name: str) -> int:
    """Take the side of the images from the first rows: the commonest count of values, squares first."""
    counts = Counter(len(grey.split()) for grey in greys)
    count = max(counts, key=lambda c: (c > 0 and isqrt(c) ** 2 == c, counts[c]))
    side = isqrt(count)
    if not count:
        raise TeniError(
            f"{name}: the Image column of the first rows is empty; expected grey values and spaces"
        )
    if side * side != count:
        near = side if count - side**2 <= (side + 1) ** 2 - count else side + 1
        raise TeniError(
            f"{name}: the images have {count:,} grey values, which makes no square; "
            f"expected as many as a square image has ({near}x{near} would be {near * near:,})"
        )
    return side
