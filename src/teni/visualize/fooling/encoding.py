"""The contract of an encoding: what a picture is bred from, and how it becomes a picture."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

G = TypeVar("G")  # a genome
Images = NDArray[np.uint8]
Arrays = Mapping[str, NDArray[Any]]


class Encoding(ABC, Generic[G]):
    """How pictures are encoded for evolution; an encoding has settings and no state."""

    @abstractmethod
    def random(self, count: int, rng: np.random.Generator) -> list[G]:
        """Draw genomes to begin with.

        Args:
            count: how many.
            rng: the source of randomness.
        """

    @abstractmethod
    def mutate(self, parents: Sequence[G], rng: np.random.Generator, generation: int) -> list[G]:
        """Make one child of each parent; the parents stay as they are.

        Args:
            parents: genomes.
            rng: the source of randomness.
            generation: number of the generation to which the children will belong, from 1.
        """

    @abstractmethod
    def render(self, genomes: Sequence[G]) -> Images:
        """Turn genomes into pictures, ``uint8 (N, H, W, C)``.

        Args:
            genomes: at least one.
        """

    @abstractmethod
    def pack(self, genomes: Sequence[G]) -> Arrays:
        """Write genomes as plain arrays, for a file.

        Args:
            genomes: at least one.
        """

    @abstractmethod
    def unpack(self, arrays: Arrays) -> list[G]:
        """Read genomes that `pack` wrote.

        Args:
            arrays: from a file that nobody vouches for.

        Raises:
            ValueError: they are no genomes of this encoding.
        """
