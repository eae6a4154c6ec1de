"""Numbers of things in messages."""


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """Write how many there are of something, as a person would.

    Args:
        count: how many.
        singular: what one of them is called.
        plural: what several are called; by default with an s.

    >>> counted(1, "row"), counted(2545, "row"), counted(0, "person", "people")
    ('1 row', '2,545 rows', '0 people')
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
