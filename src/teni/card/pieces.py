"""The pieces a card is made of."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """A small table.

    Args:
        head: names of its columns.
        rows: as text; the first cell names the row.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """One part of a card, its pieces in the order in which they are shown.

    Args:
        title: its heading.
        text: paragraphs.
        table: numbers, or None.
        bullets: sentences of a list.
        code: lines of Python, empty for none.
    """

    title: str
    text: tuple[str, ...] = ()
    table: Table | None = None
    bullets: tuple[str, ...] = field(default=())
    code: str = ""

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not (self.text or self.bullets or self.code or (self.table and self.table.rows))
