"""Who or what each picture shows, from a CSV that names the pictures."""

from itertools import chain, islice
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from teni.data.class_folders import Labelled
from teni.data.class_table import FILES, SUBJECTS, decode_row, plain_name
from teni.data.image_files import SUFFIXES
from teni.data.problems import RowProblems
from teni.data.source import MAX_UNPACKED_MB, open_csv
from teni.errors import TeniError


def read_picture_subjects(
    path: Path, labelled: Labelled, max_unpacked_mb: int = MAX_UNPACKED_MB
) -> NDArray[np.str_]:
    """Read the subject of each picture from a CSV with a column of files and one of subjects, in any order.

    Args:
        path: the CSV; a picture may be named by its path, or by its name alone where no other has it.
        labelled: the pictures.
        max_unpacked_mb: the most that a zipped CSV may unpack to, in MB.

    Returns:
        ``(N,)`` strings, in the order of the pictures.

    Raises:
        TeniError: the file cannot be read, names no pictures, or leaves one out.

    >>> import tempfile
    >>> files = ("cat/1.png", "cat/2.png")
    >>> pictures = Labelled(files, np.array(files), ("cat", "cat"), ("cat",))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "who.csv")
    ...     _ = path.write_text("file,subject\\ncat/2.png,Tom\\ncat/1.png,Kit\\n")
    ...     read_picture_subjects(path, pictures).tolist()
    ['Kit', 'Tom']
    """
    with open_csv(path, max_unpacked_mb) as text:
        head = list(islice(text.lines, 2))
        header = decode_row(head[0][1]) if head else None
        if header is None:
            raise TeniError(f"{text.name}: no header line; expected the columns file and subject")
        first = (decode_row(head[1][1]) if len(head) > 1 else None) or []
        plain = [plain_name(column) for column in header]
        files = [plain.index(name) for name in FILES if name in plain]
        files += [i for i, value in enumerate(first) if value.strip().lower().endswith(SUFFIXES)]
        whose = [plain.index(name) for name in SUBJECTS if name in plain]
        if not files or not whose:
            raise TeniError(
                f"{text.name}: found the columns {', '.join(header)}; expected one of pictures' files called file, "
                "and one called subject"
            )
        problems, subject_of = RowProblems(text.name), dict[str, str]()
        for row, (line, content) in enumerate(chain(head[1:], text.lines), 1):
            fields = decode_row(content)
            if fields is None or len(fields) != len(header):
                problems.add(row, line, f"not the {len(header)} fields of the header, in UTF-8")
            elif not fields[whose[0]].strip():
                problems.add(row, line, f"an empty {header[whose[0]]}")
            else:
                subject_of[fields[files[0]].strip().removeprefix("./")] = fields[whose[0]].strip()
        problems.raise_if_any()
    return np.array(_matched(text.name, labelled, subject_of), np.str_)


def _matched(name: str, labelled: Labelled, subject_of: dict[str, str]) -> list[str]:
    """Find each picture's subject by its id, its path or its name alone."""
    alone = [PurePosixPath(file).name for file in labelled.files]
    found, missing = list[str](), list[str]()
    for each, file, last in zip(labelled.ids.tolist(), labelled.files, alone, strict=True):
        names = [each, file, *([last] if alone.count(last) == 1 else [])]
        subject = next((subject_of[n] for n in names if n in subject_of), None)
        if subject is None:
            missing.append(each)
        else:
            found.append(subject)
    if missing:
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise TeniError(
            f"{name}: no subject for {missing[0]}{more}; expected a row for each picture, its path as in {missing[0]}"
        )
    return found
