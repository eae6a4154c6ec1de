"""The direct encoding: a genome is the picture itself, one number for each pixel and channel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teni.visualize.fooling.encoding import Arrays, Encoding, Images
from teni.visualize.fooling.polynomial import polynomial_mutation

Pixels = NDArray[np.float32]  # (H, W, C), 0 to 1

RATE = 0.1  # of the pixels that are mutated at first
HALVED_EVERY = 1000  # generations
STRENGTH = 15.0


def mutation_rate(generation: int) -> float:
    """Return the share of pixels that are mutated: a tenth, halved every 1,000 generations.

    Args:
        generation: from 1.

    >>> mutation_rate(999), mutation_rate(1000), mutation_rate(2500)
    (0.1, 0.05, 0.025)
    """
    return RATE * 0.5 ** (generation // HALVED_EVERY)


@dataclass(frozen=True)
class DirectEncoding(Encoding[Pixels]):
    """Pictures from uniform noise, whose pixels are mutated one by one.

    Nguyen, Yosinski and Clune, "Deep neural networks are easily fooled" (2015), section 2.3.

    Args:
        shape: height, width and channels of the pictures.

    >>> direct = DirectEncoding((2, 2, 1))
    >>> direct.render([np.array([[[0.0], [0.2]], [[0.5], [1.0]]], np.float32)]).ravel().tolist()
    [0, 51, 128, 255]
    """

    shape: tuple[int, int, int]

    def random(self, count: int, rng: np.random.Generator) -> list[Pixels]:
        """Draw uniform noise, see `Encoding.random`."""
        return [rng.random(self.shape, np.float32) for _ in range(count)]

    def mutate(self, parents: Sequence[Pixels], rng: np.random.Generator, generation: int) -> list[Pixels]:
        """Mutate pixels at the rate of the generation, see `Encoding.mutate`."""
        rate = mutation_rate(generation)
        return [polynomial_mutation(parent, rng, rate, STRENGTH, 0.0, 1.0) for parent in parents]

    def render(self, genomes: Sequence[Pixels]) -> Images:
        """Round to 8 bits, see `Encoding.render`."""
        return np.rint(np.stack(genomes) * 255).astype(np.uint8)

    def pack(self, genomes: Sequence[Pixels]) -> Arrays:
        """Stack the pictures, see `Encoding.pack`."""
        return {"pixels": np.stack(genomes)}

    def unpack(self, arrays: Arrays) -> list[Pixels]:
        """Read a stack of pictures, see `Encoding.unpack`."""
        pixels = arrays["pixels"]
        if pixels.dtype != np.float32 or pixels.shape[1:] != self.shape:
            raise ValueError(f"pixels are {pixels.dtype} {pixels.shape[1:]}, expected float32 {self.shape}")
        if not ((pixels >= 0) & (pixels <= 1)).all():
            raise ValueError("pixels are not all between 0 and 1")
        return list(pixels)
