"""A network as steps: each layer with what merely follows it (a normalisation, an activation) folded in."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal

import keras

from teni.visualize.opened import Opened

Family = Literal["input", "convolution", "dense", "pooling", "merge", "other"]
_FOLLOWERS = (
    keras.layers.BatchNormalization,
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
    keras.layers.Softmax,
    keras.layers.Dropout,
    keras.layers.SpatialDropout2D,
    keras.layers.GaussianNoise,
    keras.layers.GaussianDropout,
)
_MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "Divide")


@dataclass(frozen=True)
class Block:
    """One step of a network.

    Args:
        name: of its first layer.
        what: the layer's kind, what tells it from others, and what follows, e.g. ``Conv2D 3x3 /2 + BN + ReLU``.
        family: what colour it gets.
        inputs: places of the blocks whose outputs it takes, in order.
        shape: of its output without the batch, e.g. ``48 x 48 x 32``.
        followers: names of the layers folded in.
        weights: how many numbers it holds, how many of them are frozen, and whether it is a tap.
    """

    name: str
    what: str
    family: Family
    inputs: tuple[int, ...]
    shape: str
    followers: tuple[str, ...] = ()
    weights: tuple[int, int, bool] = (0, 0, False)

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return self.weights[0]

    @property
    def frozen(self) -> bool:
        """Whether it holds numbers and none of them learns."""
        return self.weights[1] > 0 and self.weights[1] == self.weights[0]

    @property
    def tap(self) -> bool:
        """Whether features are taken from it."""
        return self.weights[2]


def blocks_of(opened: Opened, fold: bool = True) -> list[Block]:
    """List the steps of a network so that what belongs to a branch stands together.

    Args:
        opened: the network.
        fold: whether a layer that merely follows another one is folded into it; a tap never is.

    Returns:
        The steps, inputs before what takes them.

    >>> from teni.visualize.opened import open_network
    >>> x = keras.Input((8, 8, 1), name="image")
    >>> y = keras.layers.ReLU(name="relu")(keras.layers.Conv2D(2, 3, name="conv")(x))
    >>> [(block.name, block.shape, block.followers) for block in blocks_of(open_network(keras.Model(x, y)))]
    [('image', '8 x 8 x 1', ()), ('conv', '6 x 6 x 2', ('relu',))]
    """
    nodes = _in_order(opened.model)
    readers: dict[int, int] = {}
    for node in nodes:
        for tensor in node.input_tensors:
            readers[id(tensor)] = readers.get(id(tensor), 0) + 1
    blocks: list[Block] = []
    made_by: dict[int, int] = {}  # the block that gives a tensor
    for node in nodes:
        layer, inputs = node.operation, list(node.input_tensors)
        counts = _counts(layer, opened.frozen, opened.taps)
        alone = len(inputs) == 1 and readers[id(inputs[0])] == 1
        if fold and alone and isinstance(layer, _FOLLOWERS) and not counts[2]:
            place = made_by[id(inputs[0])]
            before = blocks[place]
            if before.family != "input" and not before.tap:
                merged = tuple(a + b for a, b in zip(before.weights[:2], counts[:2], strict=True))
                blocks[place] = replace(
                    before,
                    what=f"{before.what} + {_follower(layer)}",
                    followers=(*before.followers, layer.name),
                    shape=_shape(node.output_tensors[0]),
                    weights=(*merged, False),
                )
                made_by |= {id(tensor): place for tensor in node.output_tensors}
                continue
        made_by |= {id(tensor): len(blocks) for tensor in node.output_tensors}
        places = tuple(made_by[id(tensor)] for tensor in inputs)
        shape = ", ".join(_shape(tensor) for tensor in node.output_tensors)
        blocks.append(Block(layer.name, _what(layer), _family(layer), places, shape, weights=counts))
    return blocks


def _in_order(model: Any) -> list[Any]:
    """Sort the nodes of a graph so that a branch is finished before the next one begins."""
    nodes = [
        node for depth in sorted(model._nodes_by_depth, reverse=True) for node in model._nodes_by_depth[depth]
    ]
    gives = {id(tensor): node for node in nodes for tensor in node.output_tensors}
    takers: dict[int, list[Any]] = {id(node): [] for node in nodes}
    waits: dict[int, int] = {}
    for node in nodes:
        sources = {id(gives[id(tensor)]): gives[id(tensor)] for tensor in node.input_tensors}
        waits[id(node)] = len(sources)
        for source in sources.values():
            takers[id(source)].append(node)
    ready = [node for node in reversed(nodes) if waits[id(node)] == 0]
    found: list[Any] = []
    while ready:
        node = ready.pop()
        found.append(node)
        free: list[Any] = []
        for taker in takers[id(node)]:
            waits[id(taker)] -= 1
            if waits[id(taker)] == 0:
                free.append(taker)
        ready += reversed(free)
    return found


def _counts(layer: Any, frozen: Collection[str], taps: Collection[str]) -> tuple[int, int, bool]:
    many = layer.count_params() if isinstance(layer, keras.Layer) and layer.weights else 0
    return many, many if layer.name in frozen else 0, layer.name in taps


def _shape(tensor: Any) -> str:
    sides = tuple(tensor.shape[1:])
    return " x ".join("?" if side is None else str(side) for side in sides) or "1"


def _family(layer: Any) -> Family:
    kind = type(layer).__name__
    if isinstance(layer, keras.layers.InputLayer):
        return "input"
    if "Conv" in kind:
        return "convolution"
    if "Dense" in kind or "Einsum" in kind or "Attention" in kind:
        return "dense"
    if "Pool" in kind:
        return "pooling"
    return "merge" if kind in _MERGES else "other"


def _follower(layer: Any) -> str:
    if isinstance(layer, keras.layers.BatchNormalization):
        return "BN"
    return layer.activation.__name__ if isinstance(layer, keras.layers.Activation) else type(layer).__name__


def _what(layer: Any) -> str:
    """Name a layer's kind and its window, strides and activation."""
    words = [type(layer).__name__]
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is not None:
        words.append("x".join(map(str, window)))
    strides = getattr(layer, "strides", None)
    if strides is not None and set(strides) != {1} and strides != getattr(layer, "pool_size", None):
        words.append("/" + ",".join(map(str, sorted(set(strides)))))
    activation = getattr(layer, "activation", None)
    if activation is not None and activation is not keras.activations.linear:
        words.append(getattr(activation, "__name__", type(activation).__name__))
    return " ".join(words)
