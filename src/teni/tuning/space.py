"""What a search may change, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """Numbers between two ends.

    Args:
        low: the smallest.
        high: the largest.
        log: whether factors count rather than differences, as for learning rates.

    >>> Range(1e-4, 1e-1, log=True).high
    0.1
    """

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class OneOf:
    """One of some values.

    Args:
        values: numbers or words.
    """

    values: tuple[float | int | str, ...]


Space = Mapping[str, Range | OneOf]
"""By the name of a setting, what it may be."""
