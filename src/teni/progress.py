"""What a long step tells whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace


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


def within(on_progress: OnProgress, whole: str) -> OnProgress:
    """Name what a step is part of, where several things have steps of the same names.

    Args:
        on_progress: is told of ``WHOLE: STEP``.
        whole: e.g. the strategy that is fitted.

    >>> within(print, "face mlp")(Progress("training the head", 3, 300))
    Progress(step='face mlp: training the head', done=3, total=300)
    """
    return lambda progress: on_progress(replace(progress, step=f"{whole}: {progress.step}"))


def silent(progress: Progress) -> None:
    """Tell nobody; the default of every function that reports progress.

    >>> silent(Progress("features", 1, 2))
    """
    del progress
