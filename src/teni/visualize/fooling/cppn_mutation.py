"""How a CPPN is mutated: its weights, its functions, and its structure.

The rates are those of the code that the authors published with "Deep neural networks are easily fooled" (2015). Two
networks are not crossed there either: a child of two is a copy of one of them.
"""

from dataclasses import replace

import numpy as np

from teni.visualize.fooling.cppn import FUNCTIONS, INPUTS, LARGEST_WEIGHT, Cppn, ancestors
from teni.visualize.fooling.polynomial import polynomial_mutation

CHANGE_WEIGHT, CHANGE_FUNCTION = 0.1, 0.1  # of each link, of each node
ADD_LINK, REMOVE_LINK, ADD_NODE, REMOVE_NODE = 0.5, 0.3, 0.5, 0.2  # of a network
STRENGTH = 15.0


def mutate_cppn(cppn: Cppn, rng: np.random.Generator) -> Cppn:
    """Make a mutated copy.

    Args:
        cppn: the parent.
        rng: the source of randomness.

    Returns:
        The child; the parent stays as it is.

    >>> from teni.visualize.fooling.cppn import random_cppn
    >>> rng = np.random.default_rng(0)
    >>> mutate_cppn(random_cppn(1, rng), rng).outputs
    1
    """
    child = change_functions(change_weights(cppn, rng), rng)
    for rate, change in (
        (ADD_LINK, add_link),
        (REMOVE_LINK, remove_link),
        (ADD_NODE, add_node),
        (REMOVE_NODE, remove_node),
    ):
        if rng.random() < rate:
            child = change(child, rng)
    return child


def change_weights(cppn: Cppn, rng: np.random.Generator) -> Cppn:
    """Mutate each weight with a tenth's probability, by polynomial mutation of strength 15."""
    low, high = -LARGEST_WEIGHT, LARGEST_WEIGHT
    return replace(cppn, weights=polynomial_mutation(cppn.weights, rng, CHANGE_WEIGHT, STRENGTH, low, high))


def change_functions(cppn: Cppn, rng: np.random.Generator) -> Cppn:
    """Give each node another function with a tenth's probability."""
    chosen = rng.random(len(cppn.functions)) < CHANGE_FUNCTION
    shift = rng.integers(1, len(FUNCTIONS), size=len(cppn.functions))
    functions = np.where(chosen, (cppn.functions + shift) % len(FUNCTIONS), cppn.functions)
    return replace(cppn, functions=functions.astype(np.uint8))


def add_link(cppn: Cppn, rng: np.random.Generator) -> Cppn:
    """Link two nodes that are not linked, from an input or a hidden node, so that no circle is closed."""
    nodes, first_hidden = np.arange(cppn.nodes), len(INPUTS) + cppn.outputs
    source = int(rng.choice(np.delete(nodes, np.arange(len(INPUTS), first_hidden))))
    taken = ancestors(cppn, source) | set(cppn.targets[cppn.sources == source].tolist())
    free = [node for node in nodes[len(INPUTS) :].tolist() if node not in taken]
    if not free:
        return cppn
    weight = rng.uniform(-LARGEST_WEIGHT, LARGEST_WEIGHT)
    return _with_links(cppn, [source], [int(rng.choice(free))], [weight])


def remove_link(cppn: Cppn, rng: np.random.Generator) -> Cppn:
    """Remove one link, if there is one."""
    if len(cppn.weights) == 0:
        return cppn
    return _without_links(cppn, np.arange(len(cppn.weights)) == rng.integers(len(cppn.weights)))


def add_node(cppn: Cppn, rng: np.random.Generator) -> Cppn:
    """Put a node of a random function into one link; both halves get the link's weight."""
    if len(cppn.weights) == 0:
        return cppn
    link = rng.integers(len(cppn.weights))
    source, target, weight = cppn.sources[link], cppn.targets[link], cppn.weights[link]
    split = _without_links(cppn, np.arange(len(cppn.weights)) == link)
    functions = np.append(cppn.functions, rng.integers(len(FUNCTIONS), dtype=np.uint8))
    node = cppn.nodes
    grown = replace(split, functions=functions)
    return _with_links(grown, [int(source), node], [node, int(target)], [float(weight)] * 2)


def remove_node(cppn: Cppn, rng: np.random.Generator) -> Cppn:
    """Remove one hidden node with all its links, if there is one."""
    first_hidden = len(INPUTS) + cppn.outputs
    if cppn.nodes == first_hidden:
        return cppn
    node = int(rng.integers(first_hidden, cppn.nodes))
    left = _without_links(cppn, (cppn.sources == node) | (cppn.targets == node))
    return replace(
        left,
        functions=np.delete(cppn.functions, node - len(INPUTS)),
        sources=left.sources - (left.sources > node).astype(np.int32),
        targets=left.targets - (left.targets > node).astype(np.int32),
    )


def _with_links(cppn: Cppn, sources: list[int], targets: list[int], weights: list[float]) -> Cppn:
    return replace(
        cppn,
        sources=np.append(cppn.sources, np.array(sources, np.int32)),
        targets=np.append(cppn.targets, np.array(targets, np.int32)),
        weights=np.append(cppn.weights, np.array(weights, np.float32)),
    )


def _without_links(cppn: Cppn, gone: np.ndarray) -> Cppn:
    return replace(
        cppn, sources=cppn.sources[~gone], targets=cppn.targets[~gone], weights=cppn.weights[~gone]
    )
