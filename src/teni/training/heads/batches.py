"""Which rows are seen when, and what is dropped: from the seed and the epoch alone, the same on every backend."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.training.heads.settings import MlpSettings


@dataclass(frozen=True, eq=False)
class Pass:
    """One pass over all rows, step by step.

    Args:
        rows: ``int32 (steps, batch)`` positions; the last step is filled up with rows that do not count.
        counts: ``bool (steps, batch)`` which rows count.
        kept: for each hidden layer ``bool (steps, batch, units)``, the outputs that are not dropped; None where
            nothing is.
    """

    rows: NDArray[np.int32]
    counts: NDArray[np.bool_]
    kept: tuple[NDArray[np.bool_] | None, ...]


def draw_pass(settings: MlpSettings, rows: int, seed: int, epoch: int) -> Pass:
    """Draw the order of the rows and the dropout of one epoch.

    Args:
        settings: batch, widths and dropout.
        rows: how many there are.
        seed: of the training.
        epoch: counted from 0.

    >>> drawn = draw_pass(MlpSettings((4,), (0.0,), batch=2), 3, seed=0, epoch=0)
    >>> sorted(drawn.rows[drawn.counts].tolist()), drawn.counts.sum(axis=1).tolist(), drawn.kept
    ([0, 1, 2], [2, 1], (None,))
    """
    rng = np.random.default_rng((seed, 1, epoch))
    order = rng.permutation(rows).astype(np.int32)
    size = min(settings.batch, rows)
    steps = -(-rows // size)
    filled = np.resize(order, steps * size).reshape(steps, size)
    counts = (np.arange(steps * size) < rows).reshape(steps, size)
    kept = tuple(
        rng.random((steps, size, units), np.float32) >= rate if rate else None
        for units, rate in zip(settings.widths, settings.dropout, strict=True)
    )
    return Pass(filled, counts, kept)
