"""A labels CSV: a picture's file and its class in each row, and perhaps who or what it shows."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import PurePosixPath

import numpy as np

from teni.data.album import Album
from teni.data.class_folders import Labelled
from teni.data.counted import counted
from teni.data.image_files import SUFFIXES
from teni.data.natural_order import natural_key
from teni.data.problems import RowProblems
from teni.data.source import CsvText
from teni.errors import TeniError

# Names of columns, best first; compared without case, spaces, hyphens and underlines.
FILES = (
    *("file", "filename", "filepath", "image", "imagefile", "imagename", "imagepath", "imageid", "img"),
    *("path", "picture", "photo", "id"),
)
CLASSES = ("class", "label", "category", "classname", "labelname", "species", "breed", "target", "y")
SUBJECTS = ("subject", "subjectid", "person", "patient", "patientid", "individual", "group")


@dataclass(frozen=True)
class Columns:
    """Where what stands in a labels CSV.

    Args:
        file: the column of the pictures' files.
        label: the column of the classes.
        subject: the column of who or what is shown, or None.
        names: all columns, in order.
    """

    file: int
    label: int
    subject: int | None
    names: tuple[str, ...]


def table_columns(head: Sequence[tuple[int, bytes]]) -> Columns | None:
    """Find out from the first two lines whether a CSV is a labels CSV, and which column is what.

    Args:
        head: (line number, content) of the header and of the first row, if there is one.

    Returns:
        None where no column names pictures or no other names a class, e.g. in a table of keypoints.

    >>> table_columns([(1, b"id,breed"), (2, b"000bec18,boston_bull")]).label
    1
    >>> table_columns([(1, b"nose_x,nose_y,Image"), (2, b"1,2,0 1 2 3")]) is None
    True
    """
    rows = [decode_row(line) for _, line in head[:2]]
    header = rows[0] if rows else None
    if not header:
        return None
    plain = [plain_name(name) for name in header]
    first = rows[1] if len(rows) > 1 else [""] * len(plain)
    if first is None or len(first) != len(plain):
        return None
    looks = [i for i, value in enumerate(first) if value.strip().lower().endswith(SUFFIXES)]
    named = [plain.index(name) for name in FILES if name in plain]
    file = next((i for i in named if i in looks), looks[0] if looks else next(iter(named), None))
    if file is None or (len(first[file].split()) > 3 and file not in looks):  # grey values, not a file
        return None
    rest = [i for i in range(len(plain)) if i != file]
    subject = next(
        (plain.index(name) for name in SUBJECTS if name in plain and plain.index(name) in rest), None
    )
    label = next((plain.index(name) for name in CLASSES if name in plain and plain.index(name) in rest), None)
    if label is None and len(rest) == 1 and rest[0] != subject and file in looks:
        label = rest[0]  # two columns, and one of them is pictures: the other can be nothing else
    return None if label is None else Columns(file, label, subject, tuple(header))


def read_class_table(text: CsvText, album: Album, place: str) -> Labelled | None:
    """Read a labels CSV whose pictures lie in a folder or a zip.

    A picture is found by its path from the CSV; or by its name alone, with or without its ending, where no two
    pictures below that folder share it.

    Args:
        text: the CSV.
        album: where the pictures are.
        place: the folder of the CSV in the album, with its ``/``; empty if it lies at the top.

    Returns:
        Pictures in the order of the rows; ids are the files' names as they stand in the CSV. None where the CSV
        is no labels CSV, see `table_columns`.

    Raises:
        TeniError: rows that cannot be used: no such picture, one that stands twice, the wrong number of fields.
    """
    head = list(islice(text.lines, 2))
    columns = table_columns(head)
    if columns is None:
        return None
    finder = _Finder(album, place)
    problems, first_row = RowProblems(text.name), dict[str, int]()
    files, ids, classes, subjects = list[str](), list[str](), list[str | None](), list[str]()
    for row, (line, content) in enumerate(chain(head[1:], text.lines), 1):
        fields = decode_row(content)
        if fields is None or len(fields) != len(columns.names):
            problems.add(row, line, f"not the {len(columns.names)} fields of the header, in UTF-8")
            continue
        name, label = fields[columns.file].strip(), fields[columns.label].strip()
        found = finder.find(name) if name else "no file is named"
        if found not in finder.pictures:
            problems.add(row, line, found)
            continue
        if found in first_row:
            problems.add(row, line, f"{name} stands on row {first_row[found]} already")
            continue
        first_row[found] = row
        files.append(found)
        ids.append(name)
        classes.append(label or None)
        if columns.subject is not None:
            subjects.append(fields[columns.subject].strip())
            if not subjects[-1]:
                problems.add(row, line, f"an empty {columns.names[columns.subject]}")
    problems.raise_if_any()
    if not files:
        raise TeniError(f"{text.name}: a header but no rows under it; expected one row an image")
    names = sorted({label for label in classes if label is not None}, key=natural_key)
    who = np.array(subjects, np.str_) if columns.subject is not None else None
    notes = _notes(text.name, columns, classes, len(album.pictures) - len(files))
    return Labelled(tuple(files), np.array(ids, np.str_), tuple(classes), tuple(names), who, notes)


def decode_row(content: bytes) -> list[str] | None:
    """Cut one line of a CSV into its fields; None if it is not UTF-8 or not one row.

    >>> decode_row(b'a.png,"cat, striped"'), decode_row(b"\\xff")
    (['a.png', 'cat, striped'], None)
    """
    try:
        rows = list(csv.reader([content.decode("utf-8-sig")], strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    return rows[0] if len(rows) == 1 else None


class _Finder:
    """Finds pictures of an album by what a CSV calls them."""

    def __init__(self, album: Album, place: str) -> None:
        self.pictures = frozenset(album.pictures)
        self._place = place
        self._by_name: dict[str, list[str]] = {}
        for file in album.pictures:
            path = PurePosixPath(file)
            for name in {path.name, path.stem}:
                self._by_name.setdefault(name, []).append(file)

    def find(self, name: str) -> str:
        """Return the path of a picture in the album, or what is wrong as the end of a sentence."""
        plain = name.replace("\\", "/").removeprefix("./")
        whole = f"{self._place}{plain}"
        if whole in self.pictures:
            return whole
        alike = self._by_name.get(PurePosixPath(plain).name, [])
        if len(alike) > 1:
            alike = [file for file in alike if PurePosixPath(file).with_suffix("").as_posix() == whole]
            if len(alike) != 1:
                return f"several pictures are called {name}; give the path from the CSV"
        return alike[0] if alike else f"there is no picture {name} beside the CSV"


def _notes(name: str, columns: Columns, classes: Sequence[str | None], left: int) -> tuple[str, ...]:
    said = f"{name}: pictures from the column {columns.names[columns.file]!r}, classes from "
    said += f"{columns.names[columns.label]!r}"
    if columns.subject is not None:
        said += f", subjects from {columns.names[columns.subject]!r}"
    notes = [f"{said}."]
    used = {columns.file, columns.label, columns.subject}
    ignored = [column for i, column in enumerate(columns.names) if i not in used]
    if ignored:
        notes.append(f"{name}: columns that mean nothing here were ignored: {', '.join(ignored)}.")
    unlabelled = sum(label is None for label in classes)
    if unlabelled:
        notes.append(f"{name}: {counted(unlabelled, 'row')} without a class, not labelled.")
    if left:
        notes.append(f"{name}: {counted(left, 'picture')} beside it that no row names, left out.")
    return tuple(notes)


def plain_name(name: str) -> str:
    """Write a column's name without case, spaces, hyphens and underlines.

    >>> plain_name("File_Name")
    'filename'
    """
    return "".join(c for c in name.strip().lower() if c not in " -_")
