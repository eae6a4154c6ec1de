"""Rows that cannot be used: gathered while reading, told in one sentence at the end."""

from teni.data.counted import counted
from teni.errors import TeniError

_NAMED = 3


class RowProblems:
    """Counts the rows that cannot be used and remembers what is wrong with the first three.

    Args:
        name: how messages call the file.

    >>> problems = RowProblems("faces.csv")
    >>> problems.add(2, 3, "no grey values")
    >>> problems.raise_if_any()
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: faces.csv: 1 row cannot be used: row 2 (line 3): no grey values; correct it or ...
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows: set[int] = set()
        self._first: list[tuple[int, int, str]] = []

    def add(self, row: int, line: int, what: str) -> None:
        """Note one problem; rows may come in any order, and a row may have several.

        Args:
            row: row number from 1, the header not counted.
            line: line number in the file, from 1.
            what: what is wrong, as the end of a sentence.
        """
        if row in self._rows:
            return
        self._rows.add(row)
        self._first = sorted([*self._first, (row, line, what)])[:_NAMED]

    def raise_if_any(self) -> None:
        """Raise an error that names the first three rows and says how many more there are.

        Raises:
            TeniError: any problem was noted.
        """
        if not self._rows:
            return
        count = len(self._rows)
        named = "; ".join(f"row {row} (line {line}): {what}" for row, line, what in self._first)
        more = f"; and {count - _NAMED:,} more" if count > _NAMED else ""
        them = "it" if count == 1 else "them"
        raise TeniError(
            f"{self._name}: {counted(count, 'row')} cannot be used: {named}{more}; "
            f"correct {them} or take {them} out"
        )
