"""Read who each image shows from a file of its own."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teni.data.cells import to_texts
from teni.data.counted import counted
from teni.data.header import read_header, split_row
from teni.data.problems import RowProblems
from teni.data.source import MAX_UNPACKED_MB, open_csv
from teni.errors import TeniError


def read_subjects(path: Path, count: int, *, max_unpacked_mb: int = MAX_UNPACKED_MB) -> NDArray[np.str_]:
    """Read one subject a row, in the order of the images.

    Args:
        path: a CSV with a header; its Subject column counts, or its only one.
        count: how many images there are.
        max_unpacked_mb: the most that a zipped CSV may unpack to, in MB.

    Returns:
        ``(count,)`` strings.

    Raises:
        TeniError: the file cannot be read, or has another number of rows.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "subjects.csv")
    ...     _ = path.write_text("Subject\\nAda\\nMax\\nAda\\n")
    ...     read_subjects(path, 3).tolist()
    ['Ada', 'Max', 'Ada']
    """
    with open_csv(path, max_unpacked_mb) as text:
        first = next(text.lines, None)
        if first is None:
            raise TeniError(
                f"{text.name}: the file is empty; expected a header line and one subject an image"
            )
        header = read_header(first[1], text.name)
        place = 0 if len(header.columns) == 1 else header.subject
        if place is None:
            raise TeniError(
                f"{text.name}: {len(header.columns)} columns, none called Subject; expected a column of "
                "that name, with a row for each image"
            )
        problems, subjects = RowProblems(text.name), list[bytes]()
        for row, (line, content) in enumerate(text.lines, 1):
            fields = split_row(content, len(header.columns))
            if fields is None:
                problems.add(row, line, f"not the {len(header.columns)} fields of the header")
            else:
                subjects.append(fields[place].strip())
        problems.raise_if_any()
    if len(subjects) != count:
        hint = " (is its header line missing?)" if len(subjects) == count - 1 else ""
        raise TeniError(
            f"{text.name}: {counted(len(subjects), 'subject')} for {counted(count, 'image')}{hint}; "
            "expected one row an image, in the order of the images"
        )
    return to_texts(subjects, text.name, "Subject")
