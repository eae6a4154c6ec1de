"""Polynomial mutation: many small steps, few large ones, none beyond the range.

K. Deb, "Multi-objective optimization using evolutionary algorithms" (2001), page 124. A strength of 15, as Nguyen,
Yosinski and Clune (2015) take it, moves a value by a seventeenth of its range on average.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def perturbation(drawn: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """Turn uniform numbers into steps: density (strength + 1) / 2 * (1 - |step|)^strength on [-1, 1].

    Args:
        drawn: uniform on [0, 1).
        strength: the larger, the smaller the steps; the mean size of a step is 1 / (strength + 2).

    Returns:
        Steps as a share of the range, of the same shape.

    >>> perturbation(np.array([0.0, 0.5, 0.875]), strength=1.0).tolist()
    [-1.0, 0.0, 0.5]
    """
    power = 1.0 / (strength + 1.0)
    down = (2.0 * drawn) ** power - 1.0
    up = 1.0 - (2.0 * (1.0 - drawn)) ** power
    return np.where(drawn < 0.5, down, up)


def polynomial_mutation(
    values: Floats, rng: np.random.Generator, rate: float, strength: float, low: float, high: float
) -> Floats:
    """Mutate each value with a probability, independently of the others.

    Args:
        values: of any shape, within ``low`` and ``high``.
        rng: the source of randomness.
        rate: the probability that a value is mutated.
        strength: see `perturbation`.
        low: no value falls below it.
        high: no value rises above it.

    Returns:
        New values of the same shape; `values` stay as they are.

    >>> still = polynomial_mutation(np.ones(3, np.float32), np.random.default_rng(0), 0.0, 15.0, 0.0, 1.0)
    >>> still.tolist()
    [1.0, 1.0, 1.0]
    """
    chosen = np.nonzero(rng.random(values.shape, np.float32) < rate)
    steps = perturbation(rng.random(len(chosen[0])), strength) * (high - low)
    mutated = values.copy()
    mutated[chosen] = np.clip(values[chosen] + steps, low, high)
    return mutated
