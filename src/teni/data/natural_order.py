"""Names in the order in which a person would list them."""

import re


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts numbers inside names by their value.

    >>> sorted(["img10.png", "img9.png", "B", "a"], key=natural_key)
    ['a', 'B', 'img9.png', 'img10.png']
    """
    parts = [part for part in re.split(r"(\d+)", name) if part]
    # The name itself comes last, so that no two names have one key.
    return (*((0, int(p), "") if p.isdecimal() else (1, 0, p.casefold()) for p in parts), (-1, 0, name))
