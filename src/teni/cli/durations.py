"""Durations as people type them."""

import re

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
