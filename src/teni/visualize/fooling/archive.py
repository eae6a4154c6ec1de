"""The archive of MAP-Elites with one cell for each class: the best candidate so far, whatever its parents were for.

J.-B. Mouret and J. Clune, "Illuminating search spaces by mapping elites" (2015), as Nguyen, Yosinski and Clune use it
(2015): every candidate competes in the cells of all classes, not only in that of its own strongest class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from teni.visualize.fooling.encoding import G

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Archive(Generic[G]):
    """The elite of each class; an archive is never changed, a better one takes its place.

    Args:
        elites: a genome for each class; one genome may be the elite of several.
        confidences: ``float64 (classes,)``, 0 to 1.
        born: ``int64 (classes,)``, the generation of each elite.

    >>> Archive(("a", "b"), np.array([0.2, 0.9]), np.array([0, 3])).elites
    ('a', 'b')
    """

    elites: tuple[G, ...]
    confidences: Floats
    born: Ints


def offer(
    archive: Archive[G] | None, genomes: Sequence[G], confidences: Floats, generation: int
) -> Archive[G]:
    """Let candidates compete for every cell; a cell changes hands only to a higher confidence.

    Args:
        archive: the elites so far; None before the first.
        genomes: the candidates.
        confidences: ``float64 (candidates, classes)``, all of them numbers.
        generation: of the candidates.

    Returns:
        The archive after it.

    >>> first = offer(None, ["a", "b"], np.array([[0.9, 0.1], [0.3, 0.2]]), 0)
    >>> second = offer(first, ["c"], np.array([[0.9, 0.7]]), 1)
    >>> first.elites, second.elites, second.born.tolist()
    (('a', 'b'), ('a', 'c'), [0, 1])
    """
    best = confidences.argmax(axis=0)
    offered = confidences.max(axis=0)
    if archive is None:
        return Archive(tuple(genomes[place] for place in best), offered, np.full(len(best), generation))
    better = offered > archive.confidences
    elites = tuple(
        genomes[place] if wins else elite
        for place, wins, elite in zip(best, better, archive.elites, strict=True)
    )
    return Archive(
        elites,
        np.where(better, offered, archive.confidences),
        np.where(better, generation, archive.born),
    )
