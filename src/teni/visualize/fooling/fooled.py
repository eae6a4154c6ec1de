"""What every way of fooling hands over, and how a search is run to its end or to Ctrl-C."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
State = TypeVar("State")


@dataclass(frozen=True, eq=False)
class Fooled:
    """What was found.

    Args:
        names: of the classes.
        images: ``uint8 (classes, H, W, C)``, the picture of which the model is most confident for each class.
        confidences: ``float64 (classes,)``, the model's confidence in that class.
        history: ``float64 (rows, classes)``, the best so far after each generation or step, from number 0.
        counted: what a row of the history is: ``generation`` or ``step``.
        interrupted: whether Ctrl-C ended the search early.
        archive: the state of evolution, as the content of a file; None for gradient ascent.

    >>> grey = np.zeros((2, 4, 4, 1), np.uint8)
    >>> history = np.array([[0.1, 0.7], [0.3, 0.7]])
    >>> Fooled(("cat", "dog"), grey, history[-1], history, "step", False, None).since.tolist()
    [1, 0]
    """

    names: tuple[str, ...]
    images: NDArray[np.uint8]
    confidences: Floats
    history: Floats
    counted: str
    interrupted: bool
    archive: bytes | None

    @property
    def since(self) -> NDArray[np.intp]:
        """The number of the generation or step of which each picture is."""
        return (self.history == self.history[-1]).argmax(axis=0)


def run_search(states: Iterator[State], tell: Callable[[State], None]) -> tuple[State, bool]:
    """Run a search to its end or to Ctrl-C.

    Args:
        states: the search; what it yields never changes afterwards. There is at least one.
        tell: told of every state.

    Returns:
        The last whole state, and whether Ctrl-C came before the end.

    Raises:
        KeyboardInterrupt: before there was any state.

    >>> run_search(iter("abc"), lambda state: None)
    ('c', False)
    """
    last: list[State] = []
    try:
        for state in states:
            last[:] = [state]
            tell(state)
    except KeyboardInterrupt:
        if not last:
            raise
        return last[0], True
    return last[0], False
