"""A network's description, whoever wrote it, as plain nodes and calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONTAINERS = ("Sequential", "Model", "Functional")


@dataclass(frozen=True)
class Source:
    """The output number ``tensor`` of the call number ``call`` of a layer.

    >>> Source("conv1").call
    0
    """

    layer: str
    call: int = 0
    tensor: int = 0


@dataclass(frozen=True)
class Node:
    """One layer: its class, its settings, and one tuple of sources for each time that it is called.

    >>> Node("relu1", "Activation", {"activation": "relu"}, ((Source("conv1"),),)).kind
    'Activation'
    """

    name: str
    kind: str
    config: Mapping[str, Any]
    calls: tuple[tuple[Source, ...], ...]
    inner: "Network | None" = None


@dataclass(frozen=True)
class Network:
    """A network: its layers in an order in which they can be computed, its inputs and outputs.

    >>> Network("empty", (), (), ()).nodes
    ()
    """

    name: str
    nodes: tuple[Node, ...]
    inputs: tuple[Source, ...]
    outputs: tuple[Source, ...]
