"""Sizes, pairs and times as people type them."""

import re
from collections.abc import Sequence
from typing import Literal

from teni.errors import TeniError

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def parse_budget(text: str | None) -> float | None:
    """Read ``--budget``: a number with s, m or h behind it.

    Args:
        text: as it was typed; None is no limit.

    Returns:
        Seconds.

    Raises:
        TeniError: it is no duration, or nothing.

    >>> parse_budget("10m"), parse_budget("1.5h"), parse_budget("90")
    (600.0, 5400.0, 90.0)
    """
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)([smh]?)", text.strip().lower())
    seconds = float(found[1]) * _SECONDS[found[2] or "s"] if found else 0.0
    if not seconds > 0:
        raise TeniError(f"--budget {text}: expected a time such as 90s, 10m or 1.5h")
    return seconds


def parse_rate(text: str | None) -> float | Literal["find"] | None:
    """Read ``--rate``: a learning rate, or ``find``; None leaves it to the strategy.

    >>> parse_rate("3e-4"), parse_rate("find")
    (0.0003, 'find')
    """
    if text is None or text == "find":
        return text
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise TeniError(f"--rate {text}: expected a learning rate, e.g. 0.001, or find")
    return rate


def parse_sizes(text: str | None) -> list[tuple[int, int]] | None:
    """Read ``--size``: height and width pairs to try; an empty list shows images as they are, None is auto.

    >>> parse_sizes("192x144"), parse_sizes("96"), parse_sizes("auto")
    ([(144, 192)], [(96, 96)], None)
    """
    if text is None:
        return []
    if text == "auto":
        return None
    try:
        numbers = [int(number) for number in text.lower().split("x")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2) or min(numbers) < 1:
        raise TeniError(f"--size {text}: expected pixels, e.g. 144, or wide x high, e.g. 192x144, or auto")
    return [(numbers[-1], numbers[0])]


def parse_pairs(given: Sequence[str]) -> dict[str, str]:
    """Read ``--pair``: which keypoint takes the place of which in a mirror image.

    >>> parse_pairs(["p1=p2", "left_wing=left_wing"])
    {'p1': 'p2', 'left_wing': 'left_wing'}
    """
    pairs: dict[str, str] = {}
    for text in given:
        one, equals, other = (part.strip() for part in text.partition("="))
        if not (one and equals and other):
            raise TeniError(f"--pair {text}: expected two keypoints, e.g. --pair wing_1=wing_2, or one twice")
        if pairs.setdefault(one, other) != other:
            raise TeniError(f"--pair {text}: {one!r} is paired with {pairs[one]!r} too; give one of the two")
    return pairs
