"""The steps of an epoch in legs of a length that a momentum's scale survives."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The momentum is kept divided by what it has decayed to since the leg began: 0.9 ** 256 is 2e-12, which is far
# from what a 32-bit number cannot hold.
SMALLEST_SCALE = 1e-12


def longest_leg(momentum: float) -> int:
    """Say how many steps a leg may have.

    >>> longest_leg(0.9), longest_leg(0.0)
    (262, 1)
    """
    return max(int(np.log(SMALLEST_SCALE) / np.log(momentum)), 1) if momentum > 0 else 1


def in_legs(arrays: Sequence[NDArray[Any] | None], momentum: float) -> list[NDArray[Any] | None]:
    """Lay the steps of an epoch out as legs of equal length, filled up with zeros: steps in which no row counts.

    Args:
        arrays: each ``(steps, ...)``, or None.
        momentum: of the gradient descent.

    Returns:
        Each ``(legs, length, ...)``.

    >>> [x.shape for x in in_legs([np.ones((300, 4))], 0.9)]
    [(2, 150, 4)]
    """
    steps = next(len(x) for x in arrays if x is not None)
    legs = -(-steps // longest_leg(momentum))
    length = -(-steps // legs)
    missing = legs * length - steps

    def lay_out(x: NDArray[Any]) -> NDArray[Any]:
        filled = np.concatenate([x, np.zeros((missing, *x.shape[1:]), x.dtype)]) if missing else x
        return filled.reshape(legs, length, *x.shape[1:])

    return [None if x is None else lay_out(x) for x in arrays]
