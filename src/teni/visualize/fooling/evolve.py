"""MAP-Elites over all classes at once: generation after generation, each evaluated as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from teni.visualize.fooling.archive import Archive, offer
from teni.visualize.fooling.encoding import Encoding, G, Images
from teni.visualize.fooling.settings import EvolutionSettings

Floats = NDArray[np.float64]
Confidences = Callable[[Images], Floats]  # uint8 (N, H, W, C) -> (N, classes)


@dataclass(frozen=True, eq=False)
class Evolved(Generic[G]):
    """What evolution has come to after a generation.

    Args:
        archive: the elites.
        history: ``float64 (classes,)`` confidences of the elites after each generation, the random one first.
    """

    archive: Archive[G]
    history: tuple[Floats, ...]

    @property
    def generation(self) -> int:
        """The number of the last generation; the random one is 0."""
        return len(self.history) - 1


def evolve(
    encoding: Encoding[G],
    confidences: Confidences,
    settings: EvolutionSettings,
    *,
    seed: int,
    start: Evolved[G] | None = None,
) -> Iterator[Evolved[G]]:
    """Evolve, and hand out the state after every generation.

    Every generation has its own stream of random numbers, made of the seed and its number: an evolution that was
    stopped and goes on from what it handed out last ends like one that was never stopped.

    Args:
        encoding: what pictures are bred from.
        confidences: judges the pictures of a whole generation.
        settings: how long and how broadly.
        seed: of everything random.
        start: where an earlier evolution stopped; None begins with random candidates.

    Yields:
        The state after each generation that was computed, which may be kept: it never changes.

    >>> from teni.visualize.fooling.direct import DirectEncoding
    >>> bright = lambda images: images.mean(axis=(1, 2), dtype=float) / 255
    >>> states = list(evolve(DirectEncoding((2, 2, 3)), bright, EvolutionSettings(20, 10), seed=0))
    >>> states[-1].generation, bool((states[-1].archive.confidences > states[0].archive.confidences).all())
    (20, True)
    """
    state = start
    if state is None:
        genomes = encoding.random(settings.population, np.random.default_rng([seed, 0]))
        archive = offer(None, genomes, confidences(encoding.render(genomes)), 0)
        state = Evolved(archive, (archive.confidences,))
        yield state
    while state.generation < settings.generations and not is_fooled(state.archive, settings.target).all():
        generation = state.generation + 1
        rng = np.random.default_rng([seed, generation])
        elites = state.archive.elites
        parents = [elites[place] for place in rng.integers(len(elites), size=settings.population)]
        children = encoding.mutate(parents, rng, generation)
        archive = offer(state.archive, children, confidences(encoding.render(children)), generation)
        state = replace(state, archive=archive, history=(*state.history, archive.confidences))
        yield state


def is_fooled(archive: Archive[Any], target: float) -> NDArray[np.bool_]:
    """Tell for which classes a picture was found in which the model is as confident as asked.

    >>> is_fooled(Archive(("a", "b"), np.array([0.999, 0.4]), np.zeros(2, np.int64)), 0.99).tolist()
    [True, False]
    """
    return archive.confidences >= target
