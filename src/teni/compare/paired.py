"""Errors with intervals, and differences between strategies on the very same people."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.compare.losses import Losses
from teni.task.bootstrap import interval, resampled_ratios, sums_by_subject

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """The error of a strategy over its seeds, on one part of the data.

    Args:
        name: of the error, ``rmse_px`` or ``log_loss``.
        error: mean over the seeds.
        ci95: from a bootstrap over subjects, of the error of all seeds together; None from a single subject.
        seeds: the error of each seed.
        behind: how much larger the error is than the winner's; None for the winner itself.
        behind_ci95: the same draws of subjects for both; an interval without 0 tells the two apart.
    """

    name: str
    error: float
    ci95: list[float] | None
    seeds: tuple[float, ...]
    behind: float | None = None
    behind_ci95: list[float] | None = None


def measure(
    strategies: Sequence[Sequence[Losses]], people: NDArray[np.str_], winner: int, seed: int
) -> list[Measured]:
    """Measure strategies beside each other.

    Args:
        strategies: for each strategy the losses of each seed, over the same N images.
        people: ``(N,)`` who each image shows.
        winner: position of the strategy that the others are compared with.
        seed: of the bootstrap; every strategy gets the same draws.

    >>> good, bad = (Losses(np.array([x, x]), np.ones(2), "rmse_px") for x in (1.0, 4.0))
    >>> found = measure([[good], [bad]], np.array(["a", "b"]), winner=0, seed=0)
    >>> found[1].error, found[1].behind, found[1].behind_ci95
    (2.0, 1.0, [1.0, 1.0])
    """
    root = strategies[0][0].is_root
    above = np.stack([np.mean([losses.sums for losses in seeds], axis=0) for seeds in strategies], axis=1)
    below = np.stack([np.mean([losses.counts for losses in seeds], axis=0) for seeds in strategies], axis=1)
    sums, counts = sums_by_subject(above, people), sums_by_subject(below, people)
    total = _error(sums.sum(axis=0), counts.sum(axis=0), root)
    intervals: list[list[float] | None] = [None] * len(strategies)
    behind: list[list[float] | None] = [None] * len(strategies)
    if len(sums) > 1:
        draws = resampled_ratios(sums, counts, seed)
        draws = np.sqrt(draws) if root else draws
        intervals = interval(draws)
        behind = interval(draws - draws[:, [winner]])
    found: list[Measured] = []
    for i, seeds in enumerate(strategies):
        each = tuple(float(_error(losses.sums.sum(), losses.counts.sum(), root)) for losses in seeds)
        other = i != winner
        found.append(
            Measured(
                seeds[0].name,
                float(np.mean(each)),
                intervals[i],
                each,
                float(total[i] - total[winner]) if other else None,
                behind[i] if other else None,
            )
        )
    return found


def _error(sums: NDArray[np.floating], counts: NDArray[np.floating], root: bool) -> Floats:
    ratio = np.asarray(sums, np.float64) / np.asarray(counts, np.float64)
    return np.sqrt(ratio) if root else ratio
