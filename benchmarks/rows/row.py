"""One line of the table: the same work done by teni and by what a good user would do without it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Work:
    """Work that is set up and can be done again and again.

    Args:
        run: does it once; returns numbers that tell what came out, the same for every side where they can be.
        operations: floating-point operations that it cannot do without; 0 where arithmetic does not bound it.
        share: what part of the whole is done; the time is divided by it.
    """

    run: Callable[[], Any]
    operations: float = 0.0
    share: float = 1.0


@dataclass(frozen=True, eq=False)
class Row:
    """A line of the table.

    Args:
        name: of the work.
        asked: how many times quicker than the best of the others teni ought to be.
        sides: who does it: ``teni``, then the others. What stands behind the last hyphen is the Keras backend.
        size: how much, e.g. images.
        make: sets it up for a side and a size, in a process of its own.
        growth: multiples of the size that teni is also timed at.
        agree: how far the others' numbers may lie from teni's, as a share; None where they do other work by nature
            (random dropout).
    """

    name: str
    asked: float
    sides: tuple[str, ...]
    size: int
    make: Callable[[str, int], Work]
    growth: tuple[int, ...] = ()
    agree: float | None = None

    def backend(self, side: str) -> str:
        """Return the Keras backend of a side; JAX where it names none.

        >>> Row("", 1.0, (), 1, print).backend("keras-torch"), Row("", 1.0, (), 1, print).backend("pandas")
        ('torch', 'jax')
        """
        last = side.rsplit("-", 1)[-1]
        return last if last in ("tensorflow", "torch") else "jax"


KERAS = ("keras-jax", "keras-tensorflow", "keras-torch")
