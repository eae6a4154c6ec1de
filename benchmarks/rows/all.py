"""All rows, in the order of the table."""

from rows import climbing, epochs, extraction, heads, reading, ridge
from rows.row import Row

ROWS: tuple[Row, ...] = (
    *reading.ROWS,
    *extraction.ROWS,
    *heads.ROWS,
    *ridge.ROWS,
    *epochs.ROWS,
    *climbing.ROWS,
)


def find(name: str) -> Row:
    """Return the row of a name."""
    return next(row for row in ROWS if row.name == name)
