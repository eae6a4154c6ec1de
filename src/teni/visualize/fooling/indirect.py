"""The indirect encoding: a genome is a CPPN, whose pictures are regular without anybody asking for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teni.visualize.fooling.cppn import Cppn, check_cppn, random_cppn
from teni.visualize.fooling.cppn_mutation import mutate_cppn
from teni.visualize.fooling.cppn_render import render_cppns
from teni.visualize.fooling.encoding import Arrays, Encoding, Images


@dataclass(frozen=True)
class CppnEncoding(Encoding[Cppn]):
    """Pictures from networks that begin without hidden nodes and grow.

    Nguyen, Yosinski and Clune, "Deep neural networks are easily fooled" (2015), section 2.3.

    Args:
        shape: height, width and channels of the pictures.

    >>> cppn = CppnEncoding((4, 6, 3))
    >>> cppn.render(cppn.random(5, np.random.default_rng(0))).shape
    (5, 4, 6, 3)
    """

    shape: tuple[int, int, int]

    def random(self, count: int, rng: np.random.Generator) -> list[Cppn]:
        """Draw networks without hidden nodes, see `Encoding.random`."""
        return [random_cppn(self.shape[2], rng) for _ in range(count)]

    def mutate(self, parents: Sequence[Cppn], rng: np.random.Generator, generation: int) -> list[Cppn]:
        """Mutate weights, functions and structure, see `Encoding.mutate`; the rates never change."""
        del generation
        return [mutate_cppn(parent, rng) for parent in parents]

    def render(self, genomes: Sequence[Cppn]) -> Images:
        """Draw all networks at once, see `Encoding.render`."""
        return render_cppns(genomes, *self.shape[:2])

    def pack(self, genomes: Sequence[Cppn]) -> Arrays:
        """Join the networks' arrays, see `Encoding.pack`."""
        return {
            "nodes": np.array([len(genome.functions) for genome in genomes], np.int32),
            "links": np.array([len(genome.weights) for genome in genomes], np.int32),
            "functions": np.concatenate([genome.functions for genome in genomes]),
            "sources": np.concatenate([genome.sources for genome in genomes]),
            "targets": np.concatenate([genome.targets for genome in genomes]),
            "weights": np.concatenate([genome.weights for genome in genomes]),
        }

    def unpack(self, arrays: Arrays) -> list[Cppn]:
        """Part the networks' arrays again, see `Encoding.unpack`."""
        nodes, links = np.cumsum(arrays["nodes"])[:-1], np.cumsum(arrays["links"])[:-1]
        kinds = {"functions": np.uint8, "sources": np.int32, "targets": np.int32, "weights": np.float32}
        parts = {
            name: np.split(arrays[name].astype(kind, casting="safe"), nodes if name == "functions" else links)
            for name, kind in kinds.items()
        }
        genomes = [Cppn(self.shape[2], *each) for each in zip(*parts.values(), strict=True)]
        for genome in genomes:
            if not len(genome.sources) == len(genome.targets) == len(genome.weights):
                raise ValueError("a network's links have no source, target or weight")
            check_cppn(genome)
        return genomes
