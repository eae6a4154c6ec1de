"""What a long step tells whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a long step has come: its name, what is done, and how much there is (same unit, e.g. images).

    >>> Progress("features", 64, 2545)
    Progress(step='features', done=64, total=2545)
    """

    step: str
    done: int
    total: int


OnProgress = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Tell nobody; the default of every function that reports progress.

    >>> silent(Progress("features", 1, 2))
    """
    del progress
