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
        ci95: from a bootstrap over subjects, of the mean over the seeds; None from a single subject.
        seeds: the error of each seed.
        behind: how much larger this mean is than the winner's; None for the winner itself.
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
    # A column a seed: each has its error in every draw, and those are averaged as the errors themselves are.
    every = [losses for seeds in strategies for losses in seeds]
    ends = np.cumsum([len(seeds) for seeds in strategies])[:-1]
    sums = sums_by_subject(np.stack([losses.sums for losses in every], axis=1), people)
    counts = sums_by_subject(np.stack([losses.counts for losses in every], axis=1), people)
    errors = np.split(_error(sums.sum(axis=0), counts.sum(axis=0), root), ends)
    total = [float(np.mean(each)) for each in errors]
    intervals: list[list[float] | None] = [None] * len(strategies)
    behind: list[list[float] | None] = [None] * len(strategies)
    if len(sums) > 1:
        drawn = resampled_ratios(sums, counts, seed)
        drawn = np.split(np.sqrt(drawn) if root else drawn, ends, axis=1)
        draws = np.stack([each.mean(axis=1) for each in drawn], axis=1)
        intervals = interval(draws)
        behind = interval(draws - draws[:, [winner]])
    found: list[Measured] = []
    for i, seeds in enumerate(strategies):
        other = i != winner
        found.append(
            Measured(
                seeds[0].name,
                total[i],
                intervals[i],
                tuple(errors[i].tolist()),
                total[i] - total[winner] if other else None,
                behind[i] if other else None,
            )
        )
    return found


def _error(sums: NDArray[np.floating], counts: NDArray[np.floating], root: bool) -> Floats:
    ratio = np.asarray(sums, np.float64) / np.asarray(counts, np.float64)
    return np.sqrt(ratio) if root else ratio
