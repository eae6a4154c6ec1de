"""The header line of a Kaggle-style CSV, and how its rows fall into fields."""

import re
from dataclasses import dataclass

from teni.errors import TeniError

_QUOTED_FIELD = re.compile(rb'"((?:[^"]|"")*)"(?=,|$)|([^,"]*)(?=,|$)')


@dataclass(frozen=True)
class Header:
    """Where what stands in a row.

    Args:
        columns: every column's name, in order.
        keypoints: the K keypoint names, in order of their first column.
        places: the 2K columns of their coordinates: x, y of the first keypoint, x, y of the second ...
        image: the column of the grey values, or None.
        image_id: the column of the image's id, or None.
        subject: the column of who the image shows, or None.
        ignored: names of the columns that mean nothing here.
    """

    columns: tuple[str, ...]
    keypoints: tuple[str, ...]
    places: tuple[int, ...]
    image: int | None
    image_id: int | None
    subject: int | None
    ignored: tuple[str, ...]


def read_header(line: bytes, name: str) -> Header:
    """Understand a header line: ``*_x``, ``*_y``, ``Image``, ``ImageId``, ``Subject`` in any order.

    Args:
        line: the first line of the file, without its end.
        name: how messages call the file.

    Raises:
        TeniError: not text, a column twice, or an ``_x`` without its ``_y``.

    >>> header = read_header(b"Image,nose_y,nose_x", "faces.csv")
    >>> header.keypoints, header.places, header.image
    (('nose',), (2, 1), 0)
    """
    columns = tuple(field.strip() for field in _decode(line, name))
    index: dict[str, int] = {}
    for i, column in enumerate(columns):
        if column in index:
            raise TeniError(
                f"{name}: the column {column!r} stands there twice; every column needs its own name"
            )
        index[column] = i
    keypoints: dict[str, None] = {}
    for column in columns:
        if column.endswith(("_x", "_y")):
            point, other = column[:-2], "y" if column.endswith("_x") else "x"
            if f"{point}_{other}" not in index:
                raise TeniError(
                    f"{name}: there is a column {column!r} but no {point + '_' + other!r}; add it"
                )
            keypoints[point] = None
    special = {column.lower(): i for i, column in enumerate(columns)}
    image, image_id, subject = (special.get(key) for key in ("image", "imageid", "subject"))
    places = tuple(index[f"{point}_{axis}"] for point in keypoints for axis in "xy")
    known = {*places, image, image_id, subject}
    ignored = tuple(column for i, column in enumerate(columns) if i not in known)
    return Header(columns, tuple(keypoints), places, image, image_id, subject, ignored)


def split_row(line: bytes, columns: int) -> list[bytes] | None:
    """Cut a row into its fields; None if there are more or fewer than there should be.

    Args:
        line: one line without its end.
        columns: how many fields there should be. (Commas in the last field stay there: it is the long one,
            the image, where they are found as what they are, a wrong grey value, without being searched
            for.)

    >>> split_row(b'1.5,,"0 1 2"', 3), split_row(b"1.5", 3)
    ([b'1.5', b'', b'0 1 2'], None)
    """
    if b'"' not in line:
        fields = line.split(b",", columns - 1)
        return fields if len(fields) == columns else None
    fields, at = list[bytes](), 0
    while (match := _QUOTED_FIELD.match(line, at)) is not None:
        quoted, plain = match.groups()
        fields.append(plain if quoted is None else quoted.replace(b'""', b'"'))
        at = match.end() + 1
        if at > len(line):
            return fields if len(fields) == columns else None
    return None


def _decode(line: bytes, name: str) -> list[str]:
    """Turn the header line into column names, or say why it is no header."""
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TeniError(f"{name}: written in UTF-16; save it as CSV in UTF-8")
    if b"\0" in line:
        raise TeniError(f"{name}: not a text file; expected a CSV, or a zip with one CSV in it")
    try:
        text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        raise TeniError(
            f"{name}: the header line is not UTF-8 text; expected a CSV saved as UTF-8"
        ) from error
    fields = split_row(text.encode(), text.count(",") + 1) or text.split(",")
    if len(fields) == 1 and ";" in text:
        raise TeniError(f"{name}: the columns are separated by ';'; expected commas")
    return [field if isinstance(field, str) else field.decode() for field in fields]
