"""How sure a mean over people is: a bootstrap that draws whole subjects, never single images."""

import numpy as np
from numpy.typing import NDArray

_BLOCK = 2_000_000  # resampled subjects held at once: 16 MB of counts


def sums_by_subject(values: NDArray[np.float64], subjects: NDArray[np.str_]) -> NDArray[np.float64]:
    """Add up the rows of each subject.

    Args:
        values: ``(N, M)``.
        subjects: ``(N,)``, who each row shows.

    Returns:
        ``(S, M)``, the subjects in sorted order.

    >>> sums_by_subject(np.array([[1.0], [2.0], [4.0]]), np.array(["b", "a", "b"])).tolist()
    [[2.0], [5.0]]
    """
    _, where = np.unique(subjects, return_inverse=True)
    sums = np.zeros((int(where.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(sums, where, values)
    return sums


def resampled_ratios(
    numerators: NDArray[np.float64], denominators: NDArray[np.float64], seed: int, resamples: int = 2000
) -> NDArray[np.float64]:
    """Draw as many subjects as there are, with replacement, and divide sum by sum; repeat.

    A ratio of sums is what a mean over images is when subjects have different numbers of images. Images of
    one person are near twins, so drawing images instead of people would make every interval far too narrow.

    Source: B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 8.

    Args:
        numerators: ``(S, M)``, one row a subject, e.g. summed squared errors.
        denominators: ``(S, M)``, e.g. counts of labelled coordinates.
        seed: the same seed gives the same draws.
        resamples: how many times everything is drawn again.

    Returns:
        ``(resamples, M)``, NaN where nothing that counts was drawn.

    >>> resampled_ratios(np.array([[6.0], [6.0]]), np.array([[3.0], [3.0]]), seed=0, resamples=2).tolist()
    [[2.0], [2.0]]
    """
    many = len(numerators)
    random = np.random.default_rng(seed)
    out = np.empty((resamples, numerators.shape[1]))
    step = max(1, _BLOCK // max(1, many))
    for start in range(0, resamples, step):  # blocks only bound the memory; a block is one matrix product
        rows = min(step, resamples - start)
        drawn = random.integers(0, many, (rows, many)) + many * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * many).reshape(rows, many).astype(np.float64)
        below = counts @ denominators
        above = counts @ numerators
        out[start : start + rows] = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return out


def interval(samples: NDArray[np.float64], level: float = 0.95) -> list[list[float] | None]:
    """Return for each column the percentile interval of its samples.

    Args:
        samples: ``(B, M)``; NaN counts as not drawn.
        level: the share of samples between the two ends.

    Returns:
        M pairs ``[low, high]``, None for a column without a number.

    >>> interval(np.arange(5.0)[:, None], 0.5)
    [[1.0, 3.0]]
    """
    tail = 50 * (1 - level)
    out: list[list[float] | None] = []
    for column in samples.T:
        known = column[~np.isnan(column)]
        out.append([float(x) for x in np.percentile(known, [tail, 100 - tail])] if known.size else None)
    return out
