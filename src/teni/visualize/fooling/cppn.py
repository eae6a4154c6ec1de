"""Compositional pattern-producing networks: small networks from a pixel's place to its colour.

K. O. Stanley, "Compositional pattern producing networks" (2007). Nodes are numbered: first the inputs, then the
outputs, then the hidden ones. Links never form a circle.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

INPUTS = ("x", "y", "distance", "bias")  # x and y from -1 to 1, the distance from the middle, and 1
FUNCTIONS = ("sine", "sigmoid", "gaussian", "linear")  # what a node makes of its weighted sum, -1 to 1
LARGEST_WEIGHT = 10.0


@dataclass(frozen=True, eq=False)
class Cppn:
    """One network; its arrays are never changed in place.

    Args:
        outputs: how many outputs: one for grey, three for colour.
        functions: ``uint8 (outputs + hidden,)``, the place in `FUNCTIONS` of every node's own.
        sources: ``int32 (links,)``, the node that a link reads.
        targets: ``int32 (links,)``, the node that it leads to.
        weights: ``float32 (links,)``, from -10 to 10.

    >>> two = np.array([0, 1], np.int32)
    >>> Cppn(1, np.array([3], np.uint8), two, np.full(2, 4, np.int32), np.ones(2, np.float32)).nodes
    5
    """

    outputs: int
    functions: NDArray[np.uint8]
    sources: Ints
    targets: Ints
    weights: Floats

    @property
    def nodes(self) -> int:
        """How many nodes there are, the inputs among them."""
        return len(INPUTS) + len(self.functions)


def random_cppn(outputs: int, rng: np.random.Generator) -> Cppn:
    """Draw a network without hidden nodes, every input linked to every output.

    Args:
        outputs: how many outputs.
        rng: the source of randomness.

    >>> random_cppn(3, np.random.default_rng(0)).weights.shape
    (12,)
    """
    sources, targets = np.divmod(np.arange(len(INPUTS) * outputs, dtype=np.int32), outputs)
    weights = rng.uniform(-LARGEST_WEIGHT, LARGEST_WEIGHT, len(sources)).astype(np.float32)
    functions = rng.integers(len(FUNCTIONS), size=outputs, dtype=np.uint8)
    return Cppn(outputs, functions, sources, targets + np.int32(len(INPUTS)), weights)


def ancestors(cppn: Cppn, node: int) -> set[int]:
    """Find the nodes on which a node depends, itself among them.

    Args:
        cppn: the network.
        node: its number.

    >>> sorted(ancestors(random_cppn(1, np.random.default_rng(0)), 4))
    [0, 1, 2, 3, 4]
    """
    found, waiting = {node}, [node]
    while waiting:
        read = cppn.sources[cppn.targets == waiting.pop()].tolist()
        fresh = set(read) - found
        found |= fresh
        waiting += fresh
    return found


def check_cppn(cppn: Cppn) -> None:
    """Refuse what is no such network, for networks from a file.

    Args:
        cppn: the network.

    Raises:
        ValueError: a function, node or weight that there cannot be, or links that form a circle.

    >>> check_cppn(random_cppn(1, np.random.default_rng(0)))
    """
    if len(cppn.functions) < cppn.outputs or (cppn.functions >= len(FUNCTIONS)).any():
        raise ValueError("a network has fewer nodes than outputs, or a function that is not known")
    inside = (cppn.sources >= 0) & (cppn.sources < cppn.nodes)
    inside &= (cppn.targets >= len(INPUTS)) & (cppn.targets < cppn.nodes)
    if not inside.all() or not (np.abs(cppn.weights) <= LARGEST_WEIGHT).all():
        raise ValueError("a network has a link to no node, or a weight that is too large")
    left = {*cppn.targets.tolist()}
    while left:  # nodes that read none of those left can be computed
        waiting = {t for s, t in zip(cppn.sources.tolist(), cppn.targets.tolist(), strict=True) if s in left}
        if waiting & left == left:
            raise ValueError("a network's links form a circle")
        left &= waiting
