"""The blocks of a network, from the head down: what is unfrozen together, and what learns at one rate."""

from collections.abc import Sequence
from typing import Any

import keras

from teni.backbones import Backbone, propose_taps
from teni.backbones.preprocessing import Preprocessing
from teni.errors import TeniError
from teni.transfer.network import HEAD, PROJECTION

MOST_BLOCKS = 5


def blocks_from_the_top(network: keras.Model) -> list[list[str]]:
    """Group the layers that have weights: the head first, then block after block down to the image.

    Blocks end where `teni.backbones.propose_taps` would tap; where it finds nothing, each layer is a block.

    Args:
        network: from `teni.transfer.network.with_head`.

    Returns:
        Names of layers; a batch norm is in the block of the layer before it.

    >>> x = keras.Input((8, 8, 1))
    >>> h = keras.layers.MaxPooling2D(name="p")(keras.layers.Conv2D(2, 3, name="c")(x))
    >>> h = keras.layers.Flatten()(keras.layers.Conv2D(4, 1, activation="relu", name="d")(h))
    >>> blocks_from_the_top(keras.Model(x, keras.layers.Dense(2, name="head")(h)))
    [['head'], ['d'], ['c']]
    """
    operations: list[Any] = list(network.operations)
    order = {operation.name: place for place, operation in enumerate(operations)}
    weighted = [o.name for o in operations if getattr(o, "weights", [])]
    top = [name for name in weighted if name in (HEAD, PROJECTION)]
    below = [name for name in weighted if name not in top]
    trunk = Backbone("", network, Preprocessing(1, (1.0,), (0.0,)))
    ends = [tap for tap in propose_taps(trunk, MOST_BLOCKS) if order[tap] < order[HEAD]]
    if not ends:
        return [top, *([name] for name in reversed(below))]
    blocks: list[list[str]] = [[] for _ in range(len(ends) + 1)]
    for name in below:
        blocks[sum(order[end] < order[name] for end in ends)].append(name)
    return [top, *(block for block in reversed(blocks) if block)]


def layers_from(network: keras.Model, lowest: str) -> list[str]:
    """List the layers with weights from a named one up to the head.

    Args:
        network: from `teni.transfer.network.with_head`.
        lowest: the lowest layer that learns; it stands in the order in which the network computes.

    Raises:
        TeniError: the network does not have that layer below its head.

    >>> x = keras.Input((2,))
    >>> h = keras.layers.Dense(2, name="b")(keras.layers.Dense(2, name="a")(x))
    >>> layers_from(keras.Model(x, keras.layers.Dense(2, name="head")(h)), "b")
    ['b', 'head']
    """
    names = [operation.name for operation in network.operations]
    if lowest not in names:
        named = [o.name for o in network.operations if getattr(o, "weights", []) and o.name != HEAD]
        raise TeniError(
            f"freezing below {lowest!r}: there is no such layer below the tap that the head sits on; expected one of "
            f"those with weights, {', '.join(named[:3])} ... {', '.join(named[-2:])}"
        )
    above: Sequence[Any] = network.operations[names.index(lowest) :]
    return [operation.name for operation in above if getattr(operation, "weights", [])]
